"""Small words that rules and pages share: days, times, periods and lists as the council writes them."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from workflows.rules.calendar import date_words


class HasConsultee(Protocol):
    """Anything that names a consulted group."""

    @property
    def consultee(self) -> HasName: ...


class HasName(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str: ...


def short_day(value: date) -> str:
    """`27 October 2020`."""
    return f"{value.day} {months.month_name[value.month]} {value.year}"


def month(value: date) -> str:
    """`November 2020`."""
    return f"{months.month_name[value.month]} {value.year}"


def time(value: datetime) -> str:
    """`11:59pm`, `5pm`, in the zone the value carries."""
    hour = value.hour % 12 or 12
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{hour}{minutes}{'am' if value.hour < 12 else 'pm'}"


def period(start: date, end: date) -> str:
    """`November 2020` for a whole month, a day for a day, else `1 November to 5 December 2020`."""
    if start == end:
        return date_words(start)
    if start.day == 1 and end == end_of_month(start):
        return month(start)
    return f"{short_day(start)} to {short_day(end)}"


def end_of_month(value: date) -> date:
    """The last day of the month that `value` lies in."""
    return value.replace(day=months.monthrange(value.year, value.month)[1])


def day_after(value: datetime) -> date:
    """The calendar day after a local moment."""
    return value.date() + timedelta(days=1)


def listed(items: Sequence[str]) -> str:
    """`Legal`, `Legal and Finance`, `Procurement, Legal and Finance`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def names(requests: Sequence[HasConsultee]) -> str:
    """The consulted groups in a sentence."""
    return listed([request.consultee.name for request in requests])


def post(key: str) -> str:
    """A post's key as words, for a post whose row is not at hand."""
    return key.replace("-", " ").capitalize()


def money(pounds: object) -> str:
    """`£500,000`, with pence only when there are any."""
    text = f"{pounds:,.2f}"
    return f"£{text.removesuffix('.00')}"
