"""The people who act for a provider here: who they are, inviting one, and taking one out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import User
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.signed_in import person
from workflows.actions import provider_accounts
from workflows.errors import Invalid, NotFound
from workflows.queries import applying
from workflows.queries import people as members


@bp.get("/provider/people")
def people() -> ResponseReturnValue:
    """Everyone who can act for the provider, who was invited, and the form to invite somebody."""
    return _page({}, {})


@bp.post("/provider/people", endpoint="people_invite")
@writes
def people_invite() -> ResponseReturnValue:
    """Send a colleague a link with which they join."""
    typed = {"name": request.form.get("name", "").strip(), "email": request.form.get("email", "").strip()}
    try:
        provider_accounts.invite(db.session, frame.here(), email=typed["email"], name=typed["name"], by=person())
    except Invalid as error:
        db.session.rollback()
        return _page(typed, error.errors), 422
    flash(f"We have sent {typed['name']} a link")
    return redirect(url_for("provider.people"), 303)


@bp.get("/provider/people/<uuid:user_id>/remove")
def people_remove(user_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a colleague loses access."""
    return frame.page("provider/remove_person.html", colleague=_colleague(user_id))


@bp.post("/provider/people/<uuid:user_id>/remove", endpoint="people_remove_post")
@writes
def people_remove_post(user_id: uuid.UUID) -> ResponseReturnValue:
    """End a colleague's access."""
    colleague = _colleague(user_id)
    provider_accounts.end_access(db.session, frame.here(), colleague, by=person())
    flash(f"{colleague.name} can no longer act for your organisation here")
    return redirect(url_for("provider.people"), 303)


def _colleague(user_id: uuid.UUID) -> User:
    """Another person of the same provider. NotFound for anyone else and for oneself."""
    for each in members.members(db.session, frame.here().group_key):
        if each.id == user_id and each.id != person().id:
            return each
    raise NotFound("There is no such person")


def _page(typed: dict[str, Any], errors: dict[str, str]) -> str:
    provider = frame.here()
    found = members.members(db.session, provider.group_key)
    rows = [
        {"name": each.name, "email": each.email, "is_me": each.id == person().id, "remove_href": url_for("provider.people_remove", user_id=each.id)}
        for each in found
    ]
    return frame.page(
        "provider/people.html", rows=rows, invited=applying.invited(db.session, provider), typed=typed, errors=errors,
        problems=frame.listed(errors),
    )  # fmt: skip
