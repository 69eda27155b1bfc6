"""Who must be different people: the four-eyes rules that a diagram writes on its steps (domain 4.2)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models import User, UserTask
from workflows.errors import Refused


@dataclass(frozen=True)
class Doer:
    """One completed step and the people behind it: who did it, and whom they did it for."""

    step: str
    people: frozenset[uuid.UUID]


def steps_apart(task: UserTask) -> list[str]:
    """The ids of the steps whose doers may not do this one."""
    return str(task.properties.get("differentFrom", "")).split()


def conflict(user: User, done: Mapping[str, Sequence[Doer]], *, acting_for: User | None = None) -> str:
    """Why this person may not do the task, as a sentence; empty when they may.

    Whoever acts for a colleague counts as that colleague too, so that separation cannot be got round by delegation.
    """
    themselves = {user.id, *([acting_for.id] if acting_for else [])}
    for step in _steps(done):
        if step.people & themselves:
            return f"You cannot do this: you completed “{step.step}”" if user.id in step.people else _for_another(step, acting_for)
    return ""


def _for_another(step: Doer, acting_for: User | None) -> str:
    name = acting_for.name if acting_for else "a colleague"
    return f"You cannot do this for {name}: they completed “{step.step}”"


def _steps(done: Mapping[str, Sequence[Doer]]) -> Iterable[Doer]:
    return (doer for doers in done.values() for doer in doers)


def check_different(user: User, done: Mapping[str, Sequence[Doer]], *, acting_for: User | None = None) -> None:
    """Raise Refused when someone else must do the task."""
    why = conflict(user, done, acting_for=acting_for)
    if why:
        raise Refused(why)
