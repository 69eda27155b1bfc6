"""Placements, for those who place young people or look after them: the list, recording one, ending one."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Placement, clock
from webapp.db import db, writes
from webapp.preferred_list import bp
from webapp.shared import record_forms
from webapp.signed_in import person
from workflows.actions import placements as actions
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.library.forms import Field, FormSchema
from workflows.queries import matching
from workflows.queries import placements as queries
from workflows.rules import permissions


@bp.get("/preferred-list/placements")
def placements() -> ResponseReturnValue:
    """Who stays where today, by premises: references only."""
    _check()
    found = queries.placements_on(db.session, person(), on=clock.today())
    return render_template("preferred_list/placements.html", rows=found, can_place=permissions.can_place(person()))


def _check() -> None:
    if not permissions.can_see_placements(person()):
        abort(403)


def form() -> FormSchema:
    """What is asked of a placement: nothing that names anybody."""
    return FormSchema("placement", (
        Field("reference", "textfield", "Reference", hint="From the social-care system, like YP-204417. Never a name", is_required=True,
              longest=20, words={"errorRequired": "Enter the reference from the social-care system"}),
        Field("premises", "textfield", "Premises", hint="The reference, like PREM-0012", is_required=True, longest=20,
              words={"errorRequired": "Enter the reference of the premises"}),
        Field("age", "number", "Age on the first day", hint="It is checked now and not kept", is_required=True,
              words={"errorRequired": "Enter the age"}),
        Field("starts_on", "datetime", "First day", hint="For example 27 3 2027", is_required=True, words={"errorRequired": "Enter the first day"}),
        Field("social_worker_post", "textfield", "Post of the social worker", hint="The post, not a name", is_required=True, longest=80,
              words={"errorRequired": "Enter the post of the social worker, not a name"}),
    ))  # fmt: skip


@bp.get("/preferred-list/placements/new")
def placement_new() -> ResponseReturnValue:
    """The form for a placement."""
    permissions.check_place(person())
    return _form_page({"premises": request.args.get("premises", "").strip()[:20]}, {})


@bp.post("/preferred-list/placements/new", endpoint="placement_new_post")
@writes
def placement_new_post() -> ResponseReturnValue:
    """Record the placement, or say why the law, the provider or the premises do not allow it."""
    permissions.check_place(person())
    checked = record_forms.sent(form())
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        made = _record(checked.answers)
    except Invalid as error:
        db.session.rollback()
        return _form_page(checked.typed, error.errors), 422
    except Conflict as error:
        db.session.rollback()
        return _form_page(checked.typed, {"premises": str(error)}), 409
    except Refused as error:
        db.session.rollback()
        return _form_page(checked.typed, {"premises": str(error)}), 422
    flash(f"The placement {made.reference} is recorded")
    return redirect(url_for("preferred_list.placements"), 303)


def _record(answers: dict[str, Any]) -> Placement:
    try:
        home = matching.premises(db.session, str(answers["premises"]))
    except NotFound as error:
        raise Invalid({"premises": "There are no premises with this reference"}) from error
    return actions.record(
        db.session, reference=answers["reference"], premises=home, starts_on=date.fromisoformat(answers["starts_on"]),
        social_worker_post=answers["social_worker_post"], age=int(answers["age"]), by=person(),
    )  # fmt: skip


def _form_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    shown = record_forms.shown(form(), values, errors)
    return render_template("preferred_list/placement.html", form=shown, problems=shown.problems)


def end_form() -> FormSchema:
    """What is asked of the end of a placement."""
    return FormSchema("end", (Field("ends_on", "datetime", "Last day", hint="For example 27 3 2027", is_required=True,
                                    words={"errorRequired": "Enter the last day"}),))  # fmt: skip


@bp.get("/preferred-list/placements/<uuid:placement_id>/end")
def placement_end(placement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for the end of a placement."""
    found = queries.placement_for(db.session, person(), placement_id)
    permissions.check_place(person())
    return _end_page(found, {"ends_on": clock.today().isoformat()}, {})


@bp.post("/preferred-list/placements/<uuid:placement_id>/end", endpoint="placement_end_post")
@writes
def placement_end_post(placement_id: uuid.UUID) -> ResponseReturnValue:
    """Record the last day of a placement."""
    found = queries.placement_for(db.session, person(), placement_id)
    permissions.check_place(person())
    checked = record_forms.sent(end_form())
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        actions.end(db.session, found, ends_on=date.fromisoformat(checked.answers["ends_on"]), by=person())
    except Invalid as error:
        db.session.rollback()
        return _end_page(queries.placement_for(db.session, person(), placement_id), checked.typed, error.errors), 422
    flash(f"The last day of {found.reference} is recorded")
    return redirect(url_for("preferred_list.placements"), 303)


def _end_page(found: Placement, values: dict[str, Any], errors: dict[str, str]) -> str:
    shown = record_forms.shown(end_form(), values, errors)
    return render_template("preferred_list/placement_end.html", placement=found, form=shown, problems=shown.problems)
