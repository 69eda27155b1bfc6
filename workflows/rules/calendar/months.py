"""Sums with whole months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from workflows.rules.calendar.working_days import plain_date


def first_of_month(day: date) -> date:
    """The first day of a date's month."""
    return plain_date(day).replace(day=1)


def last_of_month(day: date) -> date:
    """The last day of a date's month."""
    return plain_date(day).replace(day=monthrange(day.year, day.month)[1])


def last_of_previous_month(day: date) -> date:
    """The last day of the month before a date's month."""
    return first_of_month(day) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later (or earlier, below zero).

    The month's last day where it has no such day.
    """
    year, month = divmod(plain_date(day).year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
