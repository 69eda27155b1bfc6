"""What a person sets for themselves: shortcuts, the next task, the password, and the way to mail, calendar and absence."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import User
from webapp import sessions
from webapp.account import bp
from webapp.account.checking import person_with
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import feeds, users
from workflows.queries import absences
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


def _password_page(errors: dict[str, str]) -> str:
    return render_template("account/password.html", errors=errors, problems=_links(errors))


def _links(errors: dict[str, str]) -> list[dict[str, str]]:
    return [{"text": words, "href": f"#{name}"} for name, words in errors.items()]


def _page() -> str:
    user = person()
    return render_template(
        "account/settings.html",
        preferences={**DEFAULTS, **user.preferences},
        can_be_away=permissions.is_staff(user),
        has_feed=feeds.find(db.session, user) is not None,
        away=next((each for each in absences.of_person(db.session, user) if each.from_user_id == user.id), None),
    )


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
