"""Days off that people add to the calendars: newly proclaimed bank holidays, and days on which the council's offices are closed.

The shipped bank holidays stay; past days are locked. Open dates follow as a piece of work of its own, with a line for each case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LocalClosure, Undertaking, User, clock
from workflows.actions import audit, redating, undertakings
from workflows.actions.redating import Days
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import parameters
from workflows.rules import calendar, permissions, reasons
from workflows.rules.calendar import OutsideCalendar

BANK_HOLIDAY, CLOSURE = "bank holiday", "council closure"
KINDS = (BANK_HOLIDAY, CLOSURE)
RECOMPUTE = "move-dates"
YEARS_AHEAD = 5
LONGEST_NAME, LONGEST_SOURCE = 100, 300


def checked(session: Session, *, day: date | None, kind: str, name: str, source: str) -> LocalClosure:
    """A day off that may be added, not yet stored. Invalid with a message for each wrong field."""
    errors: dict[str, str] = {}
    if kind not in KINDS:
        errors["kind"] = "Select whether it is a bank holiday or a closure of the council’s offices"
    if not name.strip():
        errors["name"] = "Enter what the day is called"
    elif len(name.strip()) > LONGEST_NAME:
        errors["name"] = f"The name must be {LONGEST_NAME} characters or fewer"
    if not source.strip():
        errors["source"] = "Enter where this is announced or who decided it"
    elif len(source.strip()) > LONGEST_SOURCE:
        errors["source"] = f"The source must be {LONGEST_SOURCE} characters or fewer"
    if problem := _problem_with(session, day):
        errors["day"] = problem
    if errors or day is None:
        raise Invalid(errors)
    return LocalClosure(
        day=day, reason=name.strip(), kind=kind, source=source.strip(), set_by_id=None, set_at=None, confirmed_by_id=None, confirmed_at=None
    )


def _problem_with(session: Session, day: date | None) -> str:
    if day is None:
        return "The day must be a real date"
    if day <= clock.today():
        return "The day must be in the future: past days are locked"
    if day.year > clock.today().year + YEARS_AHEAD:
        return f"The day must be within {YEARS_AHEAD} years"
    try:
        off = calendar.EW.day_off(day)
    except OutsideCalendar as error:
        return str(error)
    if off is not None:
        return f"{calendar.date_words(day)} is a day off already: {off.reason}"
    if session.get(LocalClosure, day) is not None:
        return f"{calendar.date_words(day)} is a day off already"
    return ""


def days_with(session: Session, added: LocalClosure) -> Days:
    """What changes when a day off is added."""
    now = tuple(parameters.closures(session))
    closure = parameters.closure_of(added)
    before = tuple(each for each in now if each.on != added.day)
    return Days(before, (*before, closure), f"{added.reason} on {calendar.date_words(added.day)} is a {added.kind} ({added.source})")


def days_without(session: Session, gone: LocalClosure, because: str = "") -> Days:
    """What changes when a day off is taken away."""
    now = tuple(parameters.closures(session))
    after = tuple(each for each in now if each.on != gone.day)
    words = f"{gone.reason} on {calendar.date_words(gone.day)} is no longer a {gone.kind}"
    return Days((*after, parameters.closure_of(gone)), after, f"{words}: {because}" if because else words)


def find(session: Session, day: date) -> LocalClosure:
    """A day off that was added. NotFound when there is none on that day."""
    found = session.get(LocalClosure, day)
    if found is None:
        raise NotFound("No day off was added on this day")
    return found


def add(session: Session, *, day: date | None, kind: str, name: str, source: str, by: User) -> Undertaking:
    """Add a day off and have open dates follow; the piece of work that does it.

    Refused for anyone but system administrators; Invalid with a message for each wrong field.
    """
    permissions.check_administer(by)
    row = checked(session, day=day, kind=kind, name=name, source=source)
    row.set_by_id, row.set_at = by.id, clock.now()
    session.add(row)
    session.flush()
    detail = {"day": row.day, "kind": kind}
    audit.record(session, "calendar:day_added", case=None, by=by, detail=detail, text={"name": row.reason, "source": row.source})
    return _ask(session, days_with(session, row), row, "added", by)


def remove(session: Session, day: date, *, because: str, by: User) -> Undertaking:
    """Take a day off away again and have open dates follow. Refused for a past day; Invalid without a reason."""
    permissions.check_administer(by)
    row = find(session, day)
    if row.day <= clock.today():
        raise Refused("Past days are locked: dates were counted by them")
    because = reasons.checked(because)
    days = days_without(session, row, because)
    audit.record(session, "calendar:day_removed", case=None, by=by, detail={"day": row.day, "kind": row.kind}, text={"because": because})
    asked = _ask(session, days, row, "removed", by)
    session.delete(row)
    session.flush()
    return asked


def confirm(session: Session, day: date, *, by: User) -> None:
    """Say that a day off is right: another person than who added it. Refused for that person; Conflict when it is confirmed already."""
    permissions.check_confirm_settings(by)
    row = find(session, day)
    if row.confirmed_at is not None:
        raise Conflict("This day is confirmed already")
    if row.set_by_id == by.id:
        raise Refused("You added this day yourself. Another person must confirm it")
    row.confirmed_by_id, row.confirmed_at = by.id, clock.now()
    audit.record(session, "calendar:day_confirmed", case=None, by=by, detail={"day": row.day})
    session.flush()


def _ask(session: Session, days: Days, row: LocalClosure, change: str, by: User) -> Undertaking:
    args = {"day": row.day.isoformat(), "name": row.reason, "kind": row.kind, "change": change, "words": days.words}
    title = f"Move open dates: {row.reason}, {calendar.date_words(row.day)}, {change}"
    return undertakings.ask(session, RECOMPUTE, title, args, len(redating.concerned(session)), by=by)


def days_of(session: Session, args: dict[str, str]) -> Days:
    """The change that a piece of work was asked for, on the calendars as they are now."""
    row = LocalClosure(day=date.fromisoformat(args["day"]), reason=args["name"], kind=args["kind"], source="")
    found = days_with(session, row) if args["change"] == "added" else days_without(session, row)
    return Days(found.before, found.after, args["words"])


def listed(session: Session) -> Sequence[LocalClosure]:
    """The days off that were added, the latest first."""
    return session.scalars(select(LocalClosure).order_by(LocalClosure.day.desc())).all()
