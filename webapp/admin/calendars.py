"""Working days: the bank holidays that are shipped, and the days off that people add, confirm and take away, with what each does to open dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, LocalClosure, User, clock
from webapp.admin import bp, frame
from webapp.db import db, only_asks, writes
from webapp.signed_in import person
from workflows.actions import days_off, redating
from workflows.errors import Invalid, NotFound
from workflows.queries import administration
from workflows.rules import calendar, permissions
from workflows.rules.calendar.bank_holidays import ENGLAND, bank_holidays

PLACE = "calendars"
FIELDS = ("kind", "name", "source", "day-day", "day-month", "day-year")
MOST_LINES = 100
KIND_WORDS = {days_off.BANK_HOLIDAY: "Bank holiday", days_off.CLOSURE: "Offices closed"}


@bp.get("/admin/calendars")
def calendars() -> ResponseReturnValue:
    """The days off that were added, and the shipped bank holidays of this year and the next."""
    year = clock.today().year
    return frame.page(
        "admin/calendars.html", place=PLACE, rows=[_row(each) for each in days_off.listed(db.session)],
        shipped=[(day, name) for each in (year, year + 1) for day, name in sorted(bank_holidays(each, ENGLAND).items())],
        may_change=permissions.can_administer(person()),
    )  # fmt: skip


def _row(found: LocalClosure) -> dict[str, Any]:
    is_past = found.day <= clock.today()
    return {
        "day": found.day, "key": found.day.isoformat(), "name": found.reason, "kind": KIND_WORDS[found.kind], "source": found.source,
        "set_by": _name(found.set_by_id), "set_at": found.set_at, "confirmed_by": _name(found.confirmed_by_id), "is_past": is_past,
        "can_confirm": found.confirmed_at is None and not is_past and found.set_by_id != person().id and permissions.can_confirm_settings(person()),
    }  # fmt: skip


def _name(user_id: Any) -> str:
    user = db.session.get(User, user_id) if user_id else None
    return user.name if user else ""


@bp.get("/admin/calendars/add")
def add_day() -> ResponseReturnValue:
    """Ask which day, what kind, its name and its source."""
    permissions.check_administer(person())
    return _form({}, {})


@bp.post("/admin/calendars/add/check")
@only_asks
def add_day_check() -> ResponseReturnValue:
    """Show which open dates would move, before anything changes."""
    permissions.check_administer(person())
    typed = _typed()
    try:
        row = days_off.checked(db.session, day=_day(typed), kind=typed["kind"], name=typed["name"], source=typed["source"])
    except Invalid as error:
        return _form(typed, error.errors), 422
    return frame.page(
        "admin/calendar_check.html", place=PLACE, row=_row(row), typed=typed, is_adding=True, errors={}, problems=[],
        **_preview(days_off.days_with(db.session, row)),
    )  # fmt: skip


@bp.post("/admin/calendars/add", endpoint="add_day_post")
@writes
def add_day_post() -> ResponseReturnValue:
    """Add the day and have open dates follow."""
    permissions.check_administer(person())
    typed = _typed()
    try:
        asked = days_off.add(db.session, day=_day(typed), kind=typed["kind"], name=typed["name"], source=typed["source"], by=person())
    except Invalid as error:
        db.session.rollback()
        return _form(typed, error.errors), 422
    flash(f"{typed['name']} is a day off now. Another person must confirm it")
    return redirect(url_for("undertakings.show_job", undertaking_id=asked.id), 303)


@bp.get("/admin/calendars/<day>/remove")
def remove_day(day: str) -> ResponseReturnValue:
    """Show which open dates would move if this day were no day off, and ask why."""
    permissions.check_administer(person())
    return _remove_page(_find(day), "", {})


@bp.post("/admin/calendars/<day>/remove", endpoint="remove_day_post")
@writes
def remove_day_post(day: str) -> ResponseReturnValue:
    """Take the day away and have open dates follow."""
    permissions.check_administer(person())
    row, because = _find(day), request.form.get("because", "")
    try:
        asked = days_off.remove(db.session, row.day, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        return _remove_page(_find(day), because, error.errors), 422
    flash("The day is a working day again")
    return redirect(url_for("undertakings.show_job", undertaking_id=asked.id), 303)


@bp.post("/admin/calendars/<day>/confirm")
@writes
def confirm_day(day: str) -> ResponseReturnValue:
    """Confirm a day that somebody else added."""
    days_off.confirm(db.session, _find(day).day, by=person())
    flash("The day is confirmed")
    return redirect(url_for("admin.calendars"), 303)


def _find(day: str) -> LocalClosure:
    try:
        return days_off.find(db.session, date.fromisoformat(day))
    except ValueError as error:
        raise NotFound("There is no such day") from error


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:500] for name in FIELDS}


def _day(typed: Mapping[str, str]) -> date | None:
    try:
        return date(*(int(typed[f"day-{part}"]) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _form(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return frame.page(
        "admin/calendar_add.html", place=PLACE, typed={name: typed.get(name, "") for name in FIELDS}, errors=errors, kinds=KIND_WORDS,
        problems=[{"text": words, "href": "#day-day" if name == "day" else f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip


def _remove_page(row: LocalClosure, because: str, errors: Mapping[str, str]) -> str:
    return frame.page(
        "admin/calendar_check.html", place=PLACE, row=_row(row), typed={}, is_adding=False, because=because, errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()], **_preview(days_off.days_without(db.session, row)),
    )  # fmt: skip


def _preview(days: redating.Days) -> dict[str, Any]:
    """The dates that would move, those that get nearer first; a case this person may not know of is counted and not named."""
    ids = redating.concerned(db.session)
    seen = administration.visible_cases(db.session, person(), set(ids))
    lines, hidden = [], 0
    for case_id in ids:
        found = redating.of_case(db.session, db.session.get_one(Case, case_id), days)
        hidden += len(found) if case_id not in seen else 0
        lines += [_line(seen[case_id], each) for each in found if case_id in seen]
    lines.sort(key=lambda line: not line["is_earlier"])
    return {"lines": lines[:MOST_LINES], "count": len(lines) + hidden, "hidden": hidden, "more": max(0, len(lines) - MOST_LINES)}


def _line(case: Case, found: redating.Moved) -> dict[str, Any]:
    return {
        "reference": case.reference, "href": url_for("cases.show_case", reference=case.reference), "what": found.what,
        "before": calendar.date_words(found.before), "after": calendar.date_words(found.after), "rule": found.rule, "legal": found.legal_basis,
        "is_earlier": found.is_earlier,
    }  # fmt: skip
