"""How dates, times and money are written on every page (London time throughout)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from models import clock
from workflows.rules import words
from workflows.rules.calendar import date_words


def day(value: date | datetime | None) -> str:
    """`Tuesday 10 November 2020`; nothing for no date."""
    return date_words(_date(value)) if value is not None else ""


def short_day(value: date | datetime | None) -> str:
    """`10 November 2020`."""
    return words.short_day(_date(value)) if value is not None else ""


def table_day(value: date | datetime | None) -> str:
    """`Tue 10 Nov`, with the year when it is not this one."""
    if value is None:
        return ""
    on = _date(value)
    year = f" {on.year}" if on.year != clock.today().year else ""
    return f"{on:%a} {on.day} {on:%b}{year}"


def time_of(value: datetime | None) -> str:
    """`5pm`, `10:42am`."""
    return words.time(value.astimezone(clock.LONDON)) if value is not None else ""


def clock_time(value: time) -> str:
    """`5pm`, for a London time of day."""
    return words.time(datetime.combine(clock.today(), value))


def moment(value: datetime | None) -> str:
    """`10 November 2020, 10:42am`."""
    return f"{short_day(value)}, {time_of(value)}" if value is not None else ""


def iso(value: date | datetime | None) -> str:
    """The machine form, for `<time datetime>`."""
    return value.isoformat() if value is not None else ""


def _date(value: date | datetime) -> date:
    return value.astimezone(clock.LONDON).date() if isinstance(value, datetime) else value


def size(count: int) -> str:
    """`180 KB`, `2.4 MB`."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} KB"


ALL: dict[str, Callable[..., Any]] = {
    "day": day,
    "short_day": short_day,
    "table_day": table_day,
    "time_of": time_of,
    "clock_time": clock_time,
    "moment": moment,
    "iso": iso,
    "money": words.money,
    "file_size": size,
}
