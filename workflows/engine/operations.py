"""Named operations: what a service task or a user task may make the system do. Actions fill the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True)
class OperationCall:
    """A service task's wish: the operation, its parameters worked out, and the data of its place in the diagram."""

    name: str
    params: Mapping[str, Any]
    element_id: str
    element_name: str
    process_key: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """A registered operation and the names of the values it gives back to the diagram."""

    name: str
    function: Function
    gives: frozenset[str]


Perform = Callable[[OperationCall], Mapping[str, Any] | None]


def perform_nothing(call: OperationCall) -> None:
    """For a case that is only looked at, moved or set: AssertionError, because no operation may be performed then."""
    raise AssertionError(f"{call.name} must not be performed while the case does not go on")



_register: dict[str, Operation] = {}


def register(name: str, function: Function, gives: frozenset[str]) -> None:
    """Add an operation. ValueError when another function already has the name."""
    known = _register.get(name)
    if known is not None and known.function.__qualname__ != function.__qualname__:
        raise ValueError(f"The operation {name} is registered twice")
    _register[name] = Operation(name, function, gives)


def find(name: str) -> Operation:
    """The operation with this name. LookupError when there is none."""
    try:
        return _register[name]
    except KeyError as error:
        raise LookupError(f"There is no operation named {name}") from error


def given() -> dict[str, frozenset[str]]:
    """All operations by name with the values each gives."""
    return {name: operation.gives for name, operation in _register.items()}


def known_operations() -> frozenset[str]:
    """The names of all operations."""
    return frozenset(_register)


def given_by(name: str) -> frozenset[str]:
    """The values an operation gives; nothing for an unknown one."""
    return _register[name].gives if name in _register else frozenset()
