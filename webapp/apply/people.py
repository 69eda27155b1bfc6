"""The people who can fill in an application: all of the organisation's, and how one more is invited."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Application, User
from webapp.apply import bp, frame
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import provider_accounts
from workflows.errors import Invalid, NotFound
from workflows.queries import applying
from workflows.queries import people as members


@bp.get("/apply/<reference>/people")
def people(reference: str) -> ResponseReturnValue:
    """Who can see and fill in the application, who was invited, and the form to invite somebody."""
    return _page(frame.find(reference))


@bp.post("/apply/<reference>/people", endpoint="invite")
@writes
def invite(reference: str) -> ResponseReturnValue:
    """Send a colleague a link with which they join the organisation."""
    application = frame.find(reference)
    name, email = request.form.get("name", "").strip(), request.form.get("email", "").strip()
    try:
        provider_accounts.invite(db.session, application.provider, email=email, name=name, by=person())
    except Invalid as error:
        return _page(application, typed={"name": name, "email": email}, errors=error.errors), 422
    flash(f"We have sent {name} a link")
    return redirect(url_for("apply.people", reference=reference), 303)


@bp.get("/apply/<reference>/people/<uuid:user_id>/remove")
def remove_person(reference: str, user_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a colleague loses access."""
    application = frame.find(reference)
    return render_template("apply/remove_person.html", reference=reference, colleague=_colleague(application, user_id))


@bp.post("/apply/<reference>/people/<uuid:user_id>/remove", endpoint="remove_person_now")
@writes
def remove_person_now(reference: str, user_id: uuid.UUID) -> ResponseReturnValue:
    """End a colleague's access to the organisation."""
    application = frame.find(reference)
    colleague = _colleague(application, user_id)
    provider_accounts.end_access(db.session, application.provider, colleague, by=person())
    flash(f"{colleague.name} cannot see the application any more")
    return redirect(url_for("apply.people", reference=reference), 303)


def _colleague(application: Application, user_id: uuid.UUID) -> User:
    """Another person of the same organisation; NotFound for anyone else and for oneself."""
    for each in members.members(db.session, application.provider.group_key):
        if each.id == user_id and each.id != person().id:
            return each
    raise NotFound("There is no such person")


def _page(application: Application, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> str:
    found = members.members(db.session, application.provider.group_key)
    return render_template(
        "apply/people.html",
        reference=application.case.reference,
        provider=application.provider,
        rows=[
            {
                "name": each.name,
                "email": each.email,
                "is_me": each.id == person().id,
                "remove_href": url_for("apply.remove_person", reference=application.case.reference, user_id=each.id),
            }
            for each in found
        ],
        invited=applying.invited(db.session, application.provider),
        typed=typed or {},
        errors=errors or {},
        problems=[{"text": text, "href": f"#{key}"} for key, text in (errors or {}).items()],
    )
