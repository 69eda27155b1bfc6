"""The values of the language: plain ones only, exact decimals, sizes that are paid for, and the way in and out as JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from workflows.engine.language.errors import EvaluationError

LONGEST_TEXT = 20_000
LONGEST_LIST = 10_000
LARGEST_INTEGER = 10**30
LARGEST_RESULT = 2_000_000
MOST_PARTS = 200_000
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
KINDS = {bool: "yes or no", int: "a number", Decimal: "a number", str: "a text", list: "a list", dict: "a record", date: "a date",
         datetime: "a moment", timedelta: "a length of time", type(None): "nothing"}  # fmt: skip


def kind(value: Any) -> str:
    """What a value is, in words."""
    return KINDS.get(type(value), "this value")


def number(value: float | int) -> Decimal | int:
    """A float as the exact decimal it was written as."""
    if isinstance(value, float):
        exact = Decimal(repr(value))
        if not exact.is_finite():
            raise EvaluationError("this is not a number")
        return exact
    return value


def is_number(value: Any) -> bool:
    """Whether it counts as a number; yes and no do not."""
    return type(value) in (int, Decimal)


def inward(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of JSON data with exact decimals, so that nothing outside can be changed from inside."""
    return {key: _inward(value, 0) for key, value in data.items()}


def _inward(value: Any, depth: int) -> Any:
    if depth > 40:
        raise EvaluationError("the data is too deep")
    if isinstance(value, dict):
        return {str(key): _inward(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_inward(item, depth + 1) for item in value]
    if isinstance(value, float):
        return number(value)
    if value is None or type(value) in (str, bool, int, Decimal, date, datetime, timedelta):
        return value
    raise EvaluationError(f"a {type(value).__name__} is not plain data")


def outward(value: Any) -> Any:
    """A value as plain JSON: whole decimals as whole numbers, dates as ISO text, lengths of time as `P14D`."""
    if weight(value, MOST_PARTS) > MOST_PARTS:
        raise EvaluationError("the result is too large")
    return _outward(value)


def _outward(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _outward(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_outward(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < LARGEST_INTEGER else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return duration(value) if isinstance(value, timedelta) else value


def duration(value: timedelta) -> str:
    """A length of time in ISO 8601: `P14D`, `PT4H`, `P1DT30M`."""
    if value < timedelta(0):
        raise EvaluationError("a length of time cannot be negative")
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{amount}{letter}" for amount, letter in ((hours, "H"), (minutes, "M"), (seconds, "S")) if amount)
    days = f"{value.days}D" if value.days or not clock else ""
    return f"P{days}{'T' + clock if clock else ''}"


def checked(value: Any) -> Any:
    """The value, unless it is too large to go on with."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise EvaluationError("a text has become too long")
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        raise EvaluationError("a list has become too long")
    if type(value) is int and abs(value) > LARGEST_INTEGER:
        raise EvaluationError("a number has become too large")
    return value


def check_size(value: Any) -> None:
    """Refuse a result that would not fit in a case."""
    if len(json.dumps(value, default=str)) > LARGEST_RESULT:
        raise EvaluationError("the result is too large")


def check_key(key: Any) -> None:
    """Refuse a name that the engine keeps for itself, or that is not a name."""
    if not isinstance(key, str) or not key or key == "typename" or key.startswith("__") or len(key) > 100:
        raise EvaluationError(f"the name {key!r} is not allowed")


def size(value: Any) -> int:
    """What it costs to go over a value once."""
    if isinstance(value, str):
        return len(value) // 16
    return len(value) if isinstance(value, list | dict) else 0


def truth(value: Any) -> bool:
    """Whether a value counts as yes."""
    return bool(value)


def equal(left: Any, right: Any) -> bool:
    """Equality as people mean it: 1 equals 1.0, a date equals its ISO text, yes is not the number 1."""
    left, right = as_date(left, right), as_date(right, left)
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def contains(whole: Any, part: Any) -> bool:
    """Whether a list has an item, a record a name, a text a part."""
    if isinstance(whole, list):
        return any(equal(item, part) for item in whole)
    if isinstance(whole, dict):
        return part in whole if isinstance(part, str) else False
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    raise EvaluationError(f"{kind(whole)} holds nothing to look through")


def comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """Both values ready for < and >. EvaluationError when they are of different kinds or one is nothing."""
    left, right = as_date(left, right), as_date(right, left)
    if is_number(left) and is_number(right):
        return left, right
    if type(left) is type(right) and isinstance(left, str | date | datetime | timedelta):
        return left, right
    raise EvaluationError(f"{kind(left)} cannot be compared with {kind(right)}")


def as_date(value: Any, other: Any) -> Any:
    """An ISO text read as a date when it meets a date; anything else as it is."""
    if isinstance(value, str) and type(other) in (date, timedelta) and DATE.fullmatch(value):
        return date.fromisoformat(value)
    return value


def arithmetic(op: ast.operator, left: Any, right: Any) -> Any:
    """A sum of two numbers; a division is exact and by nothing has no answer."""
    if isinstance(op, ast.Div):
        return Decimal(left) / Decimal(right)
    if isinstance(op, ast.Add):
        return left + right
    if isinstance(op, ast.Sub):
        return left - right
    if isinstance(op, ast.Mult):
        return left * right
    if right == 0:
        raise EvaluationError("a number cannot be divided by nothing")
    return left // right if isinstance(op, ast.FloorDiv) else left % right


def items_of(value: Any) -> list[Any]:
    """What can be gone through one by one: the items of a list, the names of a record."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value)
    raise EvaluationError(f"{kind(value)} cannot be gone through one by one")


def words(value: Any) -> str:
    """A value inside a text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    plain = outward(value)
    if isinstance(plain, list):
        return ", ".join(words(item) for item in plain)
    return "" if plain is None else str(plain)


def copied(value: Any, pay: Callable[[], None]) -> Any:
    """A copy, so that two names never share a list; each part of it is paid for."""
    pay()
    if isinstance(value, list):
        return [copied(item, pay) for item in value]
    return {key: copied(item, pay) for key, item in value.items()} if isinstance(value, dict) else value


def weight(value: Any, most: int) -> int:
    """What it costs to go over all parts of a value, counted no further than just beyond `most`.

    A part that occurs twice counts twice: a few lines can build a value that is small to hold and endless to go through.
    """
    if not isinstance(value, list | dict):
        return size(value)
    count, waiting = 0, [value]
    while waiting and count <= most:
        item = waiting.pop()
        count += 1
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, str):
            count += len(item) // 16
    return count
