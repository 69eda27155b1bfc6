"""The council's policy values as they stand on a day, and the calendar rules made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LocalClosure, Parameter, clock
from workflows.rules import calendar


class UnknownParameter(LookupError):
    """There is no parameter with this key on this day."""


def find(session: Session, key: str, *, on: date | None = None) -> Parameter:
    """The row in force on a London date (today unless told). UnknownParameter when there is none."""
    day = on or clock.today()
    row = session.scalar(
        select(Parameter).where(Parameter.key == key, Parameter.valid_from <= day).order_by(Parameter.valid_from.desc()).limit(1)
    )
    if row is None:
        raise UnknownParameter(f"There is no parameter {key!r} on {day.isoformat()}")
    return row


def labels(session: Session) -> dict[str, str]:
    """What each parameter is called, by key; the newest words where they have changed."""
    rows = session.execute(select(Parameter.key, Parameter.label).order_by(Parameter.valid_from))
    return {key: label for key, label in rows}


def value(session: Session, key: str, *, on: date | None = None) -> Any:
    """The value itself: a number, a text or a list, as `parameters.yml` writes it."""
    return find(session, key, on=on).value


def rule(session: Session, key: str, *, on: date | None = None) -> calendar.Rule:
    """The parameter as a rule the calendar can count by. ValueError when its unit is not a kind of day."""
    row = find(session, key, on=on)
    return calendar.Rule(
        id=row.key,
        sentence=row.sentence or row.label,
        count=int(row.value),
        unit=cast(calendar.Unit, row.unit),
        legal_basis=row.legal_basis,
        legal_url=row.legal_url,
        confirmed=row.confirmed_at is not None,
        calendar=cast(calendar.CalendarName, row.calendar) if row.calendar else None,
        version=row.valid_from.isoformat(),
    )


def time_of_day(session: Session, key: str, *, on: date | None = None) -> time:
    """A parameter such as `17:00` as a London time of day."""
    return time.fromisoformat(str(value(session, key, on=on)))


def closures(session: Session) -> Sequence[calendar.Closure]:
    """The days the council's offices are closed, for the calendars that leave them out."""
    return [closure_of(row) for row in session.scalars(select(LocalClosure).order_by(LocalClosure.day))]


def closure_of(row: LocalClosure) -> calendar.Closure:
    """A day off as the calendars take it: a bank holiday counts in all of them, a closure of the council's offices only in its own."""
    if row.kind == "bank holiday":
        return calendar.Closure(row.day, row.reason, "bank holiday", calendar.CALENDAR_NAMES)
    return calendar.Closure(row.day, row.reason)
