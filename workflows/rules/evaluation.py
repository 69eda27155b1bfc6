"""The clock of an evaluation: when to warn, when it is breached, and when it may be prolonged. Nothing ever pauses it (PCR 2015 reg 34(16)-(17))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from models import Application, ApplicationStatus, User
from workflows.errors import Closed, Conflict, Invalid, Refused
from workflows.rules import permissions
from workflows.rules.calendar import Calendar, date_words, london_date, london_instant, previous_working_day

MORNING = time(9)
SHORTEST_REASON = 30
DECIDED, BREACHED, ENDS_SOON, LONGER = "decided", "breached", "ends_soon", "longer"


def warnings(due_on: date, days_before: Sequence[int], working: Calendar) -> list[datetime]:
    """9am in London on the days so many working days before the answer is due, the earliest first."""
    return sorted(london_instant(_before(due_on, days, working), at=MORNING) for days in days_before)


def breach(due_on: date) -> datetime:
    """The moment from which the answer is late: when the day it is due is over in London."""
    return london_instant(due_on + timedelta(days=1))


def look(application: Application, *, looked_for: datetime, warned_at: Sequence[datetime], now: datetime) -> str:
    """What the clock says at a moment that was set as `looked_for`; the day of the answer may have been moved since then.

    Only a decision stops the clock: a question that waits for the provider does not.
    """
    if application.decided_at is not None:
        return DECIDED
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    if now >= breach(application.evaluation_due_on):
        return BREACHED
    return ENDS_SOON if looked_for in warned_at else LONGER


def next_look(due_on: date, *, warned_at: Sequence[datetime], now: datetime) -> datetime:
    """When to look at the clock next: at the next warning, or when the day is over."""
    return next((moment for moment in warned_at if moment > now), breach(due_on))


def check_extension(application: Application, *, by: User | None, because: str, now: datetime) -> None:
    """Raise unless this person may prolong the evaluation now (PCR 2015 reg 34(17)).

    Refused for anyone but the Head of Procurement; Conflict the second time; Closed once the period is over or it is decided; Invalid for
    a reason that is too short.
    """
    if by is None or not permissions.has_role(by, "head_of_procurement"):
        raise Refused("Only the Head of Procurement can prolong an evaluation")
    if application.status is not ApplicationStatus.SENT or application.evaluation_due_on is None or application.decided_at is not None:
        raise Closed("This application is not being evaluated")
    if application.extended_at is not None:
        raise Conflict("This evaluation was prolonged already. That is possible only once")
    if london_date(now) > application.evaluation_due_on:
        raise Closed(f"The period ended on {date_words(application.evaluation_due_on)}. What is over cannot be prolonged")
    if len(because.strip()) < SHORTEST_REASON:
        raise Invalid({"extended_because": f"Enter a reason of {SHORTEST_REASON} characters or more"})


def latest_reply(due_on: date, days_kept: int, working: Calendar) -> date:
    """The last day for a provider's answer that leaves so many working days to decide."""
    return _before(due_on, days_kept, working)


def _before(day: date, days: int, working: Calendar) -> date:
    for _ in range(days):
        day = previous_working_day(day, working)
    return day
