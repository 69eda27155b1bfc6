"""What people and other systems send, made plain before it becomes data of a case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workflows.engine.language.errors import EvaluationError
from workflows.engine.language.values import check_key

DEEPEST = 12
LARGEST = 1_000_000


def clean_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of plain JSON data. EvaluationError for names the engine keeps, for anything not plain, and for too much."""
    room = [LARGEST]
    return {key: _clean(value, 1, room) for key, value in _named(data)}


def _named(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    for key in data:
        check_key(key)
    return list(data.items())


def _clean(value: Any, depth: int, room: list[int]) -> Any:
    room[0] -= 8 + (len(value) if isinstance(value, str) else 0)
    if depth > DEEPEST or room[0] < 0:
        raise EvaluationError("there is too much data, or it is too deep")
    if isinstance(value, dict):
        return {key: _clean(item, depth + 1, room) for key, item in _named(value)}
    if isinstance(value, list | tuple):
        return [_clean(item, depth + 1, room) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise EvaluationError("this is not a number")
    if value is None or type(value) in (str, bool, int, float):
        return value
    raise EvaluationError(f"a {type(value).__name__} is not plain data")
