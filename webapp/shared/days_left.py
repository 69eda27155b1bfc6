"""How long is left until a date, in the words of every page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import g

from models import clock
from webapp.db import db
from workflows.queries import parameters
from workflows.rules import calendar
from workflows.rules.calendar.words import SOON


def until_day(on: date) -> str:
    """`3 working days left`, `Due soon` or `Overdue by 1 working day` for a London date."""
    return calendar.days_left_words(on, today=clock.today(), calendar=_working_days())


def until(at: datetime) -> str:
    """The same words for an aware moment: past its time of day a thing is overdue even on its date."""
    return calendar.time_left_words(at, now=clock.now(), calendar=_working_days())


def until_event(on: date) -> str:
    """For a date on which something happens by itself: `Passed`, `Today`, or `1 working day left`."""
    if on <= clock.today():
        return "Today" if on == clock.today() else "Passed"
    left = calendar.working_days_between(clock.today(), on, _working_days())
    return f"{left} working day{'' if left == 1 else 's'} left"


def soon_until() -> datetime:
    """The moment until which a thing that is due counts as due soon: the end of the second working day from today."""
    day = clock.today()
    for _ in range(SOON):
        day = calendar.next_working_day(day, _working_days())
    return calendar.london_instant(day + timedelta(days=1))


def _working_days() -> calendar.Calendar:
    """The working days of England and Wales without the days the council is closed, read once for a request."""
    if "working_days" not in g:
        g.working_days = calendar.find_calendar("EW", parameters.closures(db.session))
    found: calendar.Calendar = g.working_days
    return found
