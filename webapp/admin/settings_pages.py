"""One policy value: what it was, is and will be, who set and who confirmed it, and setting another from a day on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Parameter, User, clock
from webapp.admin import bp, frame
from webapp.db import db, writes
from webapp.shared import policy_values as shown
from webapp.signed_in import person
from workflows.actions import policy_values
from workflows.errors import Invalid
from workflows.queries import people
from workflows.rules import permissions

PLACE = "parameters"
FIELDS = ("value", "valid_from-day", "valid_from-month", "valid_from-year", "because")


@bp.get("/admin/parameters/<key>")
def parameter(key: str) -> ResponseReturnValue:
    """The history of a value and the question for another."""
    return _page(key, {}, {})


@bp.post("/admin/parameters/<key>", endpoint="parameter_post")
@writes
def parameter_post(key: str) -> ResponseReturnValue:
    """Set a value from a day on."""
    permissions.check_set_values(person())
    typed = {name: request.form.get(name, "").strip()[:2000] for name in FIELDS}
    day = posted_day(typed, "valid_from")
    try:
        row = policy_values.set_value(db.session, key, text=typed["value"], valid_from=day, because=typed["because"], by=person())
    except Invalid as error:
        db.session.rollback()
        return _page(key, typed, error.errors), 422
    flash(f"{row.label}: {shown.words(row)} from {row.valid_from:%-d %B %Y}. Another person must confirm it")
    return redirect(url_for("admin.parameter", key=key), 303)


@bp.post("/admin/parameters/values/<uuid:value_id>/confirm")
@writes
def confirm_value(value_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a value for the council."""
    row = policy_values.confirm(db.session, value_id, by=person())
    flash(f"{row.label} is confirmed")
    return redirect(url_for("admin.parameter", key=row.key), 303)


@bp.post("/admin/parameters/values/<uuid:value_id>/take-back")
@writes
def take_back_value(value_id: uuid.UUID) -> ResponseReturnValue:
    """Take back a value that is not in force yet."""
    row = policy_values.take_back(db.session, value_id, by=person())
    flash("The value that was to come is taken back")
    return redirect(url_for("admin.parameter", key=row.key), 303)


def posted_day(typed: Mapping[str, str], name: str) -> date | None:
    """The day of a date question; None for one that is no real date."""
    try:
        return date(*(int(typed[f"{name}-{part}"]) for part in ("year", "month", "day")))
    except (KeyError, ValueError):
        return None


def _page(key: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    rows = policy_values.history(db.session, key)
    current = next((row for row in rows if row.valid_from <= clock.today()), rows[-1])
    return frame.page(
        "admin/parameter.html", place=PLACE, parameter={**shown.present(current), "unit": current.unit}, rows=[_row(row, current) for row in rows],
        typed={name: typed.get(name, "") for name in FIELDS}, errors=errors, may_set=permissions.can_set_values(person()),
        groups=[(group.key, group.name) for group in people.groups(db.session) if group.role not in permissions.PROVIDERS],
        problems=[{"text": words, "href": "#valid_from-day" if name == "valid_from" else f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip


def _row(row: Parameter, current: Parameter) -> dict[str, Any]:
    state = ("In force", "green") if row is current else ("To come", "blue") if row.valid_from > clock.today() else ("Before", "")
    is_open = row.confirmed_at is None and row.valid_from >= current.valid_from
    return {
        "id": row.id, "value": shown.words(row), "valid_from": row.valid_from, "state": {"text": state[0], "colour": state[1]},
        "set_by": _name(row.set_by_id), "confirmed_by": _name(row.confirmed_by_id), "confirmed_at": row.confirmed_at,
        "can_confirm": is_open and row.set_by_id != person().id and permissions.can_confirm_settings(person()),
        "can_take_back": row.valid_from > clock.today() and row.set_by_id is not None and permissions.can_set_values(person()),
    }  # fmt: skip


def _name(user_id: uuid.UUID | None) -> str:
    user = db.session.get(User, user_id) if user_id else None
    return user.name if user else ""

