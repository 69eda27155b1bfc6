"""Operations: what a step of a diagram may make the system do, called by name with the work at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Case, ProcessInstance, User, UserTask
from workflows.engine import operations

Result = Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What an operation works with.

    `task`, `answers` and `by` are set when a person's user task is being completed; a service task has none of them, and
    `params` instead. `data` is a copy of the engine's variables in this place of the diagram; `now` is the aware UTC moment.
    """

    session: Session
    case: Case
    instance: ProcessInstance
    element_id: str
    now: datetime
    data: Mapping[str, Any]
    task: UserTask | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    by: User | None = None
    acting_for: User | None = None


OperationFunction = Callable[[Work], Result]


def operation(name: str, *, gives: tuple[str, ...] = ()) -> Callable[[OperationFunction], OperationFunction]:
    """Register a function as the operation `noun.verb`; `gives` names the values it hands to the diagram.

    ValueError when another function has the name already.
    """

    def register(function: OperationFunction) -> OperationFunction:
        operations.register(name, function, frozenset(gives))
        return function

    return register


def perform(name: str, work: Work) -> dict[str, Any]:
    """Perform an operation and give what it gives. LookupError for an unknown one; ValueError for a value it never announced."""
    known = operations.find(name)
    given = dict(known.function(work) or {})
    unannounced = set(given) - known.gives
    if unannounced:
        raise ValueError(f"{name} gives {', '.join(sorted(unannounced))}, which it does not announce")
    return given
