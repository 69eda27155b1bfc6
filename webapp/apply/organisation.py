"""The organisation behind a proven address: named once with its numbers, or found to be here already and asked to let the person join."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from models import EmailLink
from webapp.apply import bp, eligibility
from webapp.apply.account import PROVEN, let_in, proven
from webapp.db import db, writes
from webapp.shared import forms
from workflows.actions import provider_accounts
from workflows.actions.provider_accounts import AlreadyKnown
from workflows.errors import Invalid
from workflows.library import definitions
from workflows.library.forms import FormSchema, Validated, read_form, validate

FORM = "organisation-start"
FOUND = "organisation_found"


@bp.get("/apply/organisation")
def organisation() -> ResponseReturnValue:
    """What organisation it is, for somebody who has proven an address and whom nobody knows yet."""
    link = proven()
    if link is None:
        return redirect(url_for("apply.account"))
    return _page(link, {"your_name": link.name})


@bp.post("/apply/organisation", endpoint="start_organisation")
@writes
def start_organisation() -> ResponseReturnValue:
    """Make the organisation and its first account; one that is here already is offered to join."""
    link = proven()
    if link is None:
        return redirect(url_for("apply.account"), 303)
    checked = validate(_form(), request.form)
    if not checked.is_valid:
        return _page(link, checked.typed, checked), 422
    try:
        _, user = provider_accounts.register(db.session, link, answers=checked.answers)
    except Invalid as error:
        checked.errors = error.errors
        return _page(link, checked.typed, checked), 422
    except AlreadyKnown as known:
        cookie[FOUND] = str(known.provider_id)
        return redirect(url_for("apply.join"), 303)
    return let_in(user, url_for("apply.new_application"))


@bp.get("/apply/join")
def join() -> ResponseReturnValue:
    """Say that the organisation is here already and what asking to join does; its name and people are not told."""
    if proven() is None or not cookie.get(FOUND):
        return redirect(url_for("apply.account"))
    return render_template("apply/join.html", is_asked=False)


@bp.post("/apply/join", endpoint="ask_to_join")
@writes
def ask_to_join() -> ResponseReturnValue:
    """Ask the people of the organisation to invite this address."""
    link, found = proven(), str(cookie.get(FOUND, ""))
    if link is None or not found:
        return redirect(url_for("apply.account"), 303)
    try:
        provider_id = uuid.UUID(found)
    except ValueError:
        abort(404)
    provider_accounts.ask_to_join(db.session, link, provider_id)
    cookie.pop(FOUND, None)
    cookie.pop(PROVEN, None)
    return redirect(url_for("apply.asked_to_join"), 303)


@bp.get("/apply/asked-to-join")
def asked_to_join() -> ResponseReturnValue:
    """What happens after somebody asked to join."""
    return render_template("apply/join.html", is_asked=True)


def _form() -> FormSchema:
    source = definitions.form_source(definitions.latest(db.session, eligibility.PROCESS), FORM)
    if source is None:
        abort(404)
    return read_form(source)


def _page(link: EmailLink, values: Mapping[str, Any], checked: Validated | None = None) -> str:
    schema = _form()
    errors = checked.errors if checked else {}
    return render_template(
        "apply/organisation.html",
        link=link,
        parts=forms.present(schema, values=values, errors=errors),
        problems=forms.error_list(schema, errors),
        has_answered=len(eligibility.answers()) == eligibility.QUESTIONS,
    )
