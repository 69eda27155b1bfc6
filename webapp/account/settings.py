"""What a person sets for themselves: shortcuts, the next task, the password, and who stands in while they are
away."""

from __future__ import annotations

import uuid
from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Delegation, User, clock
from webapp import sessions
from webapp.account import bp
from webapp.account.checking import person_with
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import delegations, users
from workflows.errors import Invalid, NotFound
from workflows.rules import passwords, permissions

DEFAULTS = {"shortcuts": True, "next_task": True}


@bp.get("/settings")
def settings() -> ResponseReturnValue:
    """All settings of the person who is signed in."""
    return _page()


@bp.post("/settings", endpoint="save_settings")
@writes
def save_settings() -> ResponseReturnValue:
    """Remember the switches."""
    users.prefer(db.session, person(), choices={name: request.form.get(name) == "yes" for name in DEFAULTS})
    flash("Your settings are saved")
    return redirect(url_for("account.settings"), 303)


@bp.get("/settings/password")
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return _password_page({})


@bp.post("/settings/password", endpoint="change_password")
@writes
def change_password() -> ResponseReturnValue:
    """Change the password. Every sign-in of this person ends, and this browser gets a new one."""
    errors = _password_errors(person())
    if errors:
        return _password_page(errors), 422
    user = db.session.get_one(User, person().id)
    settings: Settings = current_app.extensions["dps_settings"]
    users.set_password(
        db.session, user, password=request.form["new_password"], by=user, cheap_hash=settings.cheap_passwords
    )
    sessions.begin(db.session, user)
    flash("Your password is changed. You are signed out everywhere else")
    return redirect(url_for("account.settings"), 303)


@bp.post("/settings/out-of-office")
@writes
def add_absence() -> ResponseReturnValue:
    """Name someone to act while this person is away."""
    try:
        starts_on, ends_on, delegate = _absence_from_form()
        delegations.add(
            db.session,
            person(),
            to=delegate,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=request.form.get("reason", "").strip(),
            by=person(),
        )
    except Invalid as error:
        return _page(errors=error.errors), 422
    flash(f"{delegate.name} will act for you")
    return redirect(url_for("account.settings"), 303)


@bp.post("/settings/out-of-office/<uuid:delegation_id>/end")
@writes
def end_absence(delegation_id: uuid.UUID) -> ResponseReturnValue:
    """End one's own absence early."""
    found = db.session.get(Delegation, delegation_id)
    if found is None or found.from_user_id != person().id:
        raise NotFound("There is no such absence")
    delegations.end(db.session, found, by=person())
    flash("You are back. Your work comes to you again")
    return redirect(url_for("account.settings"), 303)


def _password_page(errors: dict[str, str]) -> str:
    return render_template("account/password.html", errors=errors, problems=_links(errors))


def _links(errors: dict[str, str]) -> list[dict[str, str]]:
    return [{"text": words, "href": f"#{name}"} for name, words in errors.items()]


def _page(errors: dict[str, str] | None = None) -> str:
    user = person()
    return render_template(
        "account/settings.html",
        errors=errors or {},
        problems=_links(errors or {}),
        preferences={**DEFAULTS, **user.preferences},
        absences=[_row(absence, user) for absence in _absences(db.session, user)],
        colleagues=_colleague_items(db.session, user),
        can_be_away=permissions.is_staff(user),
        typed=request.form,
    )


def _row(absence: Delegation, user: User) -> dict[str, str]:
    """One absence in words, with the way to end it when it is one's own."""
    is_own = absence.from_user_id == user.id
    return {
        "away": "You" if is_own else absence.from_user.name,
        "acting": absence.to_user.name if is_own else "You",
        "starts_on": f"{absence.starts_on:%a %-d %b %Y}",
        "ends_on": f"{absence.ends_on:%a %-d %b %Y}",
        "end_href": url_for("account.end_absence", delegation_id=absence.id) if is_own else "",
    }


def _absences(session: Session, user: User) -> list[Delegation]:
    """This person's absences and stand-ins for others that are running or to come, soonest first."""
    mine = or_(Delegation.from_user_id == user.id, Delegation.to_user_id == user.id)
    running = (Delegation.ends_on >= clock.today(), Delegation.ended_at.is_(None))
    return list(session.scalars(select(Delegation).where(mine, *running).order_by(Delegation.starts_on)))


def _colleague_items(session: Session, user: User) -> list[dict[str, str]]:
    """The other staff who can sign in, for the list to choose from; nobody outside the council learns their names here."""
    if not permissions.is_staff(user):
        return []
    found = session.scalars(select(User).where(User.is_active, User.id != user.id).order_by(User.name))
    others = [other for other in found if permissions.is_staff(other)]
    items = [
        {"value": str(other.id), "text": f"{other.name}, {other.job_title}".rstrip(", ")} for other in others
    ]
    return [{"value": "", "text": "Select a person"}, *items]


def _password_errors(user: User) -> dict[str, str]:
    """What is wrong with the three fields of the password form."""
    old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
    if not old:
        return {"old_password": "Enter the password you have now"}
    if person_with(user.email, old) is None:
        return {"old_password": "This is not the password you have now"}
    if not new:
        return {"new_password": "Enter a new password"}
    problem = passwords.problem(new, about=(user.name, user.email, user.job_title))
    if problem:
        return {"new_password": problem}
    if new == old:
        return {"new_password": "The new password must differ from the one you have now"}
    return {}


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
    if not 2000 <= year <= 2100:
        raise ValueError(name)
    return date(year, month, day)


def _colleague(chosen: str) -> User | None:
    try:
        found = db.session.get(User, uuid.UUID(chosen))
    except ValueError:
        return None
    return found if found and found.is_active and permissions.is_staff(found) else None
