"""Policy values as people set them: from a day on, with who set and who confirmed them; what was in force before stays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, Parameter, User, clock
from workflows.actions import audit
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import parameters
from workflows.rules import calendar, permissions, reasons

YEARS_AHEAD = 5
MOST_POUNDS = 1_000_000_000
CHOICES = "choices_"


def history(session: Session, key: str) -> Sequence[Parameter]:
    """Every value a policy value has had or will have, the latest first. NotFound for an unknown key, and for the lists of forms."""
    found = session.scalars(select(Parameter).where(Parameter.key == key).order_by(Parameter.valid_from.desc())).all()
    if not found or key.startswith(CHOICES):
        raise NotFound("There is no such policy value")
    return found


def set_value(session: Session, key: str, *, text: str, valid_from: date | None, because: str, by: User) -> Parameter:
    """Set a value from a London day on, today at the earliest; another person confirms it.

    Refused for anyone but system administrators and process owners; Invalid with a message for each wrong field.
    """
    permissions.check_set_values(by)
    latest = history(session, key)[0]
    errors: dict[str, str] = {}
    value = _read(session, latest, text.strip(), errors)
    if problem := _problem_with_day(session, key, valid_from):
        errors["valid_from"] = problem
    if problem := reasons.problem_with(because):
        errors["because"] = problem
    if errors or valid_from is None:
        raise Invalid(errors)
    if value == parameters.value(session, key, on=valid_from):
        raise Invalid({"value": "This is the value already"})
    row = Parameter(
        key=key, label=latest.label, value=value, unit=latest.unit, calendar=latest.calendar, sentence=latest.sentence,
        legal_basis=latest.legal_basis, legal_url=latest.legal_url, valid_from=valid_from, set_by_id=by.id, confirmed_by_id=None, confirmed_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    detail = {"name": row.label, "key": key, "value": str(value), "valid_from": valid_from}
    audit.record(session, "parameter:set", case=None, by=by, detail=detail, text={"because": because.strip()})
    return row


def _problem_with_day(session: Session, key: str, day: date | None) -> str:
    if day is None:
        return "The day must be a real date"
    if day < clock.today():
        return "The day must be today or in the future: what was in force stays"
    if day.year > clock.today().year + YEARS_AHEAD:
        return f"The day must be within {YEARS_AHEAD} years"
    taken = session.scalar(select(Parameter.id).where(Parameter.key == key, Parameter.valid_from == day))
    return "There is a value from this day on already" if taken else ""


def _read(session: Session, latest: Parameter, text: str, errors: dict[str, str]) -> Any:
    try:
        return _value(session, latest, text)
    except ValueError as error:
        errors["value"] = str(error)
        return None


def _value(session: Session, latest: Parameter, text: str) -> Any:
    """What was typed as a value of the same kind as the one it follows. ValueError says what is wrong."""
    before = latest.value
    if not text:
        raise ValueError("Enter a value")
    if isinstance(before, bool | dict):
        raise ValueError("This value cannot be changed on a page")
    if isinstance(before, list):
        return [_number(each.strip(), latest.unit) for each in text.split(",")]
    if isinstance(before, int | float):
        return _number(text.replace(",", "").removeprefix("£"), latest.unit)
    if latest.unit == "group":
        if session.get(CandidateGroup, text) is None:
            raise ValueError("Select a team or post")
        return text
    if latest.unit == "date":
        return _as(lambda: date.fromisoformat(text).isoformat(), "The value must be a real date, such as 2029-02-23")
    if latest.unit == "time_of_day":
        return _as(lambda: time.fromisoformat(text).strftime("%H:%M"), "The value must be a time, such as 17:00")
    return text[:200]


def _as(read: Any, words: str) -> str:
    try:
        return str(read())
    except ValueError as error:
        raise ValueError(words) from error


def _number(text: str, unit: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("The value must be a whole number")
    most = {"percent": 100, "pounds": MOST_POUNDS}.get(unit, 3660)
    number = int(text)
    if number > most:
        raise ValueError(f"The value must be {most:,} or less")
    if unit == "percent" and number < 1:
        raise ValueError("The value must be from 1 to 100")
    return number


def one(session: Session, value_id: uuid.UUID) -> Parameter:
    """One value. NotFound when there is none with this id."""
    found = session.get(Parameter, value_id)
    if found is None or found.key.startswith(CHOICES):
        raise NotFound("There is no such policy value")
    return found


def confirm(session: Session, value_id: uuid.UUID, *, by: User) -> Parameter:
    """Say for the council that a value is right. Refused for whoever set it; Conflict when it is confirmed already."""
    permissions.check_confirm_settings(by)
    row = one(session, value_id)
    if row.confirmed_at is not None:
        raise Conflict("This value is confirmed already")
    if row.set_by_id == by.id:
        raise Refused("You set this value yourself. Another person must confirm it")
    row.confirmed_by_id, row.confirmed_at = by.id, clock.now()
    audit.record(session, "parameter:confirmed", case=None, by=by, detail={"name": row.label, "key": row.key, "valid_from": row.valid_from})
    session.flush()
    return row


def take_back(session: Session, value_id: uuid.UUID, *, by: User) -> Parameter:
    """Take back a value that is not in force yet. Refused for one that is, or that was shipped."""
    permissions.check_set_values(by)
    row = one(session, value_id)
    if row.valid_from <= clock.today() or row.set_by_id is None:
        raise Refused("Only a value that is not in force yet can be taken back. Set another one instead")
    audit.record(session, "parameter:taken_back", case=None, by=by, detail={"name": row.label, "key": row.key, "valid_from": row.valid_from})
    session.delete(row)
    session.flush()
    return row


def example(row: Parameter) -> calendar.Rule | None:
    """The value as a rule of the calendar, for a worked example; None when it is no length of time."""
    try:
        return calendar.Rule(
            id=row.key, sentence=row.sentence or row.label, count=int(row.value), unit=row.unit, legal_basis=row.legal_basis,  # type: ignore[arg-type]
            legal_url=row.legal_url, confirmed=row.confirmed_at is not None, calendar=row.calendar or None, version=row.valid_from.isoformat(),  # type: ignore[arg-type]
        )  # fmt: skip
    except (TypeError, ValueError):
        return None
