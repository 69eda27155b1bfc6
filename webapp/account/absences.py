"""Out of office: when a person is away, who acts for them, what they want them to know, and what cannot be handed over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import Delegation, User, clock
from webapp.account import bp
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import delegations
from workflows.errors import Invalid, NotFound, Refused
from workflows.queries import absences, handing_over
from workflows.rules import permissions
from workflows.rules.words import short_day

SOONEST, LATEST = 2000, 2100


@bp.get("/settings/out-of-office")
def out_of_office() -> ResponseReturnValue:
    """This person's absences and those of colleagues they act for, and the form for another."""
    _check_staff()
    return _page()


@bp.post("/settings/out-of-office")
@writes
def add_absence() -> ResponseReturnValue:
    """Name someone to act while this person is away."""
    _check_staff()
    try:
        starts_on, ends_on, delegate = _absence_from_form()
        added = delegations.add(
            db.session, person(), to=delegate, starts_on=starts_on, ends_on=ends_on, message=request.form.get("message", ""), by=person()
        )
    except Invalid as error:
        return _page(errors=error.errors), 422
    flash(f"{delegate.name} will act for you from {short_day(starts_on)} to {short_day(ends_on)}")
    for each in delegations.days_uncovered(db.session, added):
        flash(f"{delegate.name} is away themselves from {short_day(each.starts_on)} to {short_day(each.ends_on)}. {_meanwhile()}", "warning")
    return redirect(url_for("account.out_of_office"), 303)


@bp.post("/settings/out-of-office/<uuid:delegation_id>/end")
@writes
def end_absence(delegation_id: uuid.UUID) -> ResponseReturnValue:
    """End one's own absence early."""
    found = db.session.get(Delegation, delegation_id)
    if found is None or found.from_user_id != person().id:
        raise NotFound("There is no such absence")
    delegations.end(db.session, found, by=person())
    flash("You are back. Your work comes to you again")
    return redirect(url_for("account.out_of_office"), 303)


def _check_staff() -> None:
    if not permissions.is_staff(person()):
        raise Refused("Only people who work for the council can say who acts for them")


def _meanwhile() -> str:
    return "On those days your work falls to the others of your teams, or to whoever manages them"


def _page(errors: Mapping[str, str] | None = None) -> str:
    user, found = person(), dict(errors or {})
    listed = absences.of_person(db.session, user)
    away = absences.away_today(db.session)
    running = next((each for each in listed if each.from_user_id == user.id and each.starts_on <= clock.today()), None)
    return render_template(
        "account/out_of_office.html",
        errors=found,
        problems=[{"text": words, "href": f"#{name}"} for name, words in found.items()],
        absences=[_row(each, user, away) for each in listed],
        handed=handing_over.of(db.session, running) if running and not absences.why_not(running.to_user, away) else None,
        running=running,
        colleagues=_colleague_items(user),
        typed=request.form,
        longest=delegations.LONGEST_MESSAGE,
    )


def _row(absence: Delegation, user: User, away: frozenset[uuid.UUID]) -> dict[str, Any]:
    """One absence in words, with the way to end it when it is one's own."""
    is_own = absence.from_user_id == user.id
    runs = absence.starts_on <= clock.today()
    why = absences.why_not(absence.to_user, away) if runs else ""
    note = f"{absence.to_user.name} {why}. {_meanwhile()}" if is_own else f"You {_of_you(why)}, so their work falls to their teams"
    return {
        "away": "You" if is_own else absence.from_user.name,
        "acting": absence.to_user.name if is_own else "You",
        "starts_on": absence.starts_on,
        "ends_on": absence.ends_on,
        "runs": runs,
        "message": absence.message,
        "note": note if why else "",
        "end_href": url_for("account.end_absence", delegation_id=absence.id) if is_own else "",
    }


def _of_you(why: str) -> str:
    return why.replace("is away too", "are away too").replace("is in none", "are in none")


def _colleague_items(user: User) -> list[dict[str, Any]]:
    """The other staff who can act for somebody; nobody outside the council learns their names here."""
    found = db.session.scalars(select(User).where(User.is_active, User.id != user.id).order_by(User.name))
    chosen = request.form.get("delegate", "")
    items = [
        {"value": str(other.id), "text": f"{other.name}, {other.job_title}".rstrip(", "), "selected": str(other.id) == chosen}
        for other in found
        if permissions.can_stand_in(other)
    ]
    return [{"value": "", "text": "Select a person"}, *items]


def _absence_from_form() -> tuple[date, date, User]:
    """First day, last day and delegate. Raises Invalid with a message for each field that is wrong."""
    errors: dict[str, str] = {}
    days = {}
    for name, words in (("starts_on", "the first day"), ("ends_on", "the last day")):
        try:
            days[name] = _day(name)
        except KeyError:
            errors[name] = f"Enter {words} you are away"
        except ValueError:
            errors[name] = f"{words.capitalize()} must be a real date"
    delegate = _colleague(request.form.get("delegate", ""))
    if delegate is None:
        errors["delegate"] = "Select who acts for you"
    if len(days) == 2 and days["ends_on"] < days["starts_on"]:
        errors["ends_on"] = "The last day must be the same as or after the first day"
    elif len(days) == 2 and days["ends_on"] < clock.today():
        errors["ends_on"] = "The last day must be today or in the future"
    if errors or delegate is None:
        raise Invalid(errors)
    return days["starts_on"], days["ends_on"], delegate


def _day(name: str) -> date:
    """The date in three inputs. KeyError when all are empty, ValueError when they are not a date."""
    parts = [request.form.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        raise KeyError(name)
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise ValueError(name)
    year, month, day = map(int, parts)
    if not SOONEST <= year <= LATEST:
        raise ValueError(name)
    return date(year, month, day)


def _colleague(chosen: str) -> User | None:
    try:
        found = db.session.get(User, uuid.UUID(chosen))
    except ValueError:
        return None
    return found if found and found.is_active and permissions.can_stand_in(found) else None
