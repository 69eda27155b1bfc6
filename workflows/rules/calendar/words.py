"""Dates and time left, in words."""

from __future__ import annotations

from datetime import date, datetime

from workflows.rules.calendar.london import london_date
from workflows.rules.calendar.working_days import Calendar, LeftOut, working_days_between

SOON = 2


def date_words(day: date) -> str:
    """A date with its weekday, such as "Tuesday 27 October 2020"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def not_working_words(off: LeftOut) -> str:
    """How a sentence on a day off begins: "Saturday 4 April 2026 is not a working day (weekend)"."""
    return f"{date_words(off.on)} is not a working day ({off.reason})"


def days_left_words(due_on: date, *, today: date, calendar: Calendar) -> str:
    """How long is left: "3 working days left", "Due soon" at two or fewer, "Overdue by 1 working day".

    Both dates are London dates.
    """
    if today > due_on:
        return _overdue(working_days_between(due_on, today, calendar))
    left = working_days_between(today, due_on, calendar)
    return "Due soon" if left <= SOON else f"{_working_days(left)} left"


def time_left_words(due_at: datetime, *, now: datetime, calendar: Calendar) -> str:
    """The same words for aware moments: past its time of day a thing is overdue even on its date."""
    due_on, today = london_date(due_at), london_date(now)
    if now > due_at:
        return _overdue(working_days_between(due_on, today, calendar))
    return days_left_words(due_on, today=today, calendar=calendar)


def _overdue(days: int) -> str:
    # Late on the day itself, or on the weekend after it, is late although no working day has passed.
    return f"Overdue by {_working_days(days)}" if days else "Overdue"


def _working_days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"
