"""The functions a condition may call: a fixed table that data can never shadow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models import clock
from workflows.engine.language import values
from workflows.engine.language.errors import EvaluationError
from workflows.rules import calendar

Function = Callable[..., Any]
LONGEST_PERIOD = 36_600


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise EvaluationError(f"{value!r} is not a date such as 2026-03-31") from error


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > LONGEST_PERIOD:
        raise EvaluationError("the number of days must be a whole number")
    return value


def _add_workdays(start: Any, count: Any) -> date:
    day, left = _date(start), _whole(count)
    if abs(left) > 2_000:
        raise EvaluationError("that is too many working days")
    step = calendar.next_working_day if left > 0 else calendar.previous_working_day
    for _ in range(abs(left)):
        day = step(day, calendar.EW)
    return day


def _count(items: Any, key: Any = None, wanted: Any = True) -> int:
    found = values.items_of(items)
    return len(found) if key is None else sum(1 for item in found if isinstance(item, dict) and values.equal(item.get(key), wanted))


def _sum(items: Any, key: Any = None) -> Any:
    numbers = [item.get(key) if key is not None and isinstance(item, dict) else item for item in values.items_of(items)]
    if not all(values.is_number(item) for item in numbers):
        raise EvaluationError("only numbers can be added up")
    total: Any = 0
    for item in numbers:
        total += item
    return total


def _round(value: Any, places: Any = 0) -> Any:
    if not values.is_number(value) or type(places) is not int or not 0 <= places <= 6:
        raise EvaluationError("only a number can be rounded, to at most 6 places")
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _extreme(pick: Callable[..., Any]) -> Function:
    def choose(*arguments: Any) -> Any:
        items = values.items_of(arguments[0]) if len(arguments) == 1 else list(arguments)
        if not items or not (all(values.is_number(item) for item in items) or len({type(item) for item in items}) == 1):
            raise EvaluationError("only numbers, or only dates, can be put in order")
        return pick(items)

    return choose


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise EvaluationError(f"{values.kind(value)} is not a text")
    return value


def _like(value: Any, pattern: Any) -> bool:
    return _glob(_text(value).lower(), _text(pattern).lower())


def _glob(text: str, pattern: str) -> bool:
    # Greedy with one remembered star: linear times stars, where a regular expression could be made to run for ever.
    place = star = mark = 0
    seen = False
    at = 0
    while place < len(text):
        if at < len(pattern) and pattern[at] in ("?", text[place]) and pattern[at] != "*":
            place, at = place + 1, at + 1
        elif at < len(pattern) and pattern[at] == "*":
            seen, star, mark, at = True, at, place, at + 1
        elif seen:
            at, mark = star + 1, mark + 1
            place = mark
        else:
            return False
    return all(letter == "*" for letter in pattern[at:])


def _is_set(*arguments: Any) -> bool:
    return any(argument not in (None, "", []) for argument in arguments)


def _coalesce(*arguments: Any) -> Any:
    return next((argument for argument in arguments if argument not in (None, "")), None)


FUNCTIONS: Mapping[str, Function] = {
    "today": lambda: clock.today(),
    "date": _date,
    "days": lambda count: timedelta(days=_whole(count)),
    "hours": lambda count: timedelta(hours=_whole(count)),
    "add_days": lambda start, count: _date(start) + timedelta(days=_whole(count)),
    "add_months": lambda start, count: calendar.add_months(_date(start), _whole(count)),
    "days_between": lambda start, end: (_date(end) - _date(start)).days,
    "add_workdays": _add_workdays,
    "workdays_between": lambda start, end: calendar.working_days_between(_date(start), _date(end), calendar.EW),
    "is_workday": lambda day: calendar.is_working_day(_date(day), calendar.EW),
    "len": lambda value: len(values.items_of(value) if not isinstance(value, str) else value),
    "count": _count,
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "all": lambda items: all(values.items_of(items)),
    "any": lambda items: any(values.items_of(items)),
    "round": _round,
    "abs": lambda value: abs(value) if values.is_number(value) else _round(value),
    "lower": lambda value: _text(value).lower(),
    "upper": lambda value: _text(value).upper(),
    "trim": lambda value: _text(value).strip(),
    "starts_with": lambda value, start: _text(value).startswith(_text(start)),
    "ends_with": lambda value, end: _text(value).endswith(_text(end)),
    "contains": values.contains,
    "like": _like,
    "text": values.words,
    "is_set": _is_set,
    "coalesce": _coalesce,
}


def cost_of(name: str, arguments: list[Any]) -> int:
    """What a call costs besides going over its arguments: the days it counts one by one, the places a pattern is tried at."""
    if name == "add_workdays" and len(arguments) > 1 and type(arguments[1]) is int:
        return abs(arguments[1])
    if name == "workdays_between" and len(arguments) > 1:
        days = abs((_date(arguments[1]) - _date(arguments[0])).days)
        if days > LONGEST_PERIOD:
            raise EvaluationError("that is too many days")
        return days
    if name == "like" and all(isinstance(argument, str) for argument in arguments[:2]) and len(arguments) > 1:
        return len(arguments[0]) * len(arguments[1]) // 20
    return 0
