"""One request for advice: reading it, answering it, asking for more time, and going on without it."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import ConsultationRequest, ConsultationResponse
from webapp.consultations import asking, bp
from webapp.db import db, writes
from webapp.shared import task_forms
from webapp.signed_in import person
from workflows.actions import consultations as actions
from workflows.errors import Conflict, Invalid
from workflows.library.forms import Validated
from workflows.queries import consultations
from workflows.queries import tasks as task_queries


@bp.get("/consultations/<uuid:request_id>")
def show_consultation(request_id: uuid.UUID) -> ResponseReturnValue:
    """The question, what it is about, and the form of the answer."""
    return _page(consultations.request_for(db.session, person(), request_id))


@bp.get("/consultations/task/<uuid:task_id>")
def for_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Lead from a task to the request it belongs to."""
    task = task_queries.task_for(db.session, person(), task_id)
    return redirect(url_for("consultations.show_consultation", request_id=consultations.of_task(db.session, task).id))


@bp.post("/consultations/<uuid:request_id>")
@writes
def send_advice(request_id: uuid.UUID) -> ResponseReturnValue:
    """Send the advice and go on to the next request."""
    asked = consultations.request_for(db.session, person(), request_id)
    task = consultations.task_of(db.session, asked)
    if task is None:
        raise Conflict("This request does not wait for an answer any more")
    validated = task_forms.check(task)
    if validated.is_valid:
        validated.errors.update(task_forms.complete(task, validated))
    if not validated.is_valid:
        return _page(consultations.request_for(db.session, person(), request_id), validated=validated), 422
    done = "asked the author for more information for" if asked.response is ConsultationResponse.NEED_INFORMATION else "sent the advice of"
    flash(f"You {done} {asked.consultee.name} on “{asked.decision.title}”")
    following = consultations.next_asked(db.session, person())
    if following is None:
        return redirect(url_for("consultations.list_consultations"), 303)
    return redirect(url_for("consultations.show_consultation", request_id=following.id), 303)


@bp.post("/consultations/<uuid:request_id>/more-time")
@writes
def ask_more_time(request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the author for more time; the request stays asked."""
    asked = consultations.request_for(db.session, person(), request_id)
    try:
        actions.ask_more_time(db.session, asked, because=request.form.get("because", ""), by=person())
    except Invalid as error:
        return _page(asked, problems=error.errors), 422
    flash("You asked for more time. Your advice is still due until the author answers")
    return redirect(url_for("consultations.show_consultation", request_id=request_id), 303)


@bp.post("/consultations/<uuid:request_id>/override")
@writes
def override(request_id: uuid.UUID) -> ResponseReturnValue:
    """Go on without a silent mandatory consultee, with a reason that is printed in the record."""
    asked = consultations.request_for(db.session, person(), request_id)
    try:
        actions.override(db.session, asked, reason=request.form.get("reason", ""), by=person())
    except Invalid as error:
        return _page(asked, problems=error.errors), 422
    flash(f"The case goes on without the advice of {asked.consultee.name}")
    return redirect(url_for("consultations.show_consultation", request_id=request_id), 303)


def _page(asked: ConsultationRequest, *, validated: Validated | None = None, problems: dict[str, str] | None = None) -> str:
    task = consultations.open_task(db.session, asked)
    shown = asking.about(asked, task)
    may_answer = shown["state"] == "asked" and not shown["refusal"]
    form = task_forms.open_form(task, validated=validated) if task is not None and may_answer else None
    found = problems or {}
    return render_template(
        "consultations/show.html",
        **shown,
        task=task,
        form=form,
        problems=found,
        errors=(form.errors if form else []) + [{"text": text, "href": f"#{key}"} for key, text in found.items()],
        typed=request.form,
    )
