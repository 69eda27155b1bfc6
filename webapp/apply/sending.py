"""Sending an application: everything looked at once more, the declaration, and the confirmation that can be opened again."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Application, UserTask
from webapp.apply import bp, frame, hub, limits, questions
from webapp.db import db, writes
from webapp.shared import task_forms
from webapp.shared.task_forms import TaskForm
from workflows.actions import application_drafts
from workflows.queries import tasks as task_queries
from workflows.rules.calendar import Explanation

STEP = "complete-application"


@bp.get("/apply/<reference>/check")
def check(reference: str) -> ResponseReturnValue:
    """All answers with the way to change each, and the sections that are not completed yet."""
    application = frame.find(reference)
    if not frame.is_draft(application):
        return redirect(url_for("apply.sent", reference=reference))
    return _check_page(application)


@bp.get("/apply/<reference>/declaration")
def declaration(reference: str) -> ResponseReturnValue:
    """What the person who signs declares; first what is missing when something is."""
    application = frame.find(reference)
    if not frame.is_draft(application):
        return redirect(url_for("apply.sent", reference=reference))
    if application_drafts.unready(db.session, application):
        return redirect(url_for("apply.check", reference=reference))
    return _declaration_page(application, task_forms.open_form(_task(application)))


@bp.post("/apply/<reference>/declaration", endpoint="send")
@writes
def send(reference: str) -> ResponseReturnValue:
    """Send the application. One that was sent before leads to its confirmation, and nothing is sent twice."""
    application = frame.find(reference)
    if not frame.is_draft(application):
        return redirect(url_for("apply.sent", reference=reference), 303)
    if application_drafts.unready(db.session, application):
        return _check_page(application, is_refused=True), 422
    task = _task(application)
    checked = task_forms.check(task)
    if checked.is_valid:
        checked.errors = task_forms.complete(task, checked)
    if checked.errors:
        application = frame.find(reference)
        return _declaration_page(application, task_forms.open_form(_task(application), validated=checked)), 422
    return redirect(url_for("apply.sent", reference=reference), 303)


@bp.get("/apply/<reference>/sent")
def sent(reference: str) -> ResponseReturnValue:
    """The confirmation: the reference, the day by which the council must answer, and what happens next."""
    application = frame.find(reference)
    if application.sent_at is None:
        return redirect(url_for("apply.hub", reference=reference))
    return render_template(
        "apply/sent.html",
        application=application,
        reference=reference,
        due=explanation_of(application),
        duty=limits.duty(application.purchasing_list),
    )


def explanation_of(application: Application) -> Explanation | None:
    """How the day of the answer was worked out; None before the application is sent."""
    stored = application.evaluation_explanation
    return Explanation.from_json(stored) if stored else None


def _task(application: Application) -> UserTask:
    """The open task by which this application is sent."""
    found = next((task for task in task_queries.open_tasks_of(db.session, application.case_id) if task.bpmn_id == STEP), None)
    return found or abort(404)


def _check_page(application: Application, *, is_refused: bool = False) -> str:
    reference = application.case.reference
    missing = application_drafts.unready(db.session, application)
    rows = [{"text": f"{each.title} is not completed", "href": questions.section_href(reference, each)} for each in missing]
    return render_template("apply/check.html", **hub.everything(application, may_change=True), missing=rows, is_refused=is_refused)


def _declaration_page(application: Application, form: TaskForm) -> str:
    values: dict[str, Any] = {"application": application, "reference": application.case.reference, "form": form}
    return render_template("apply/declaration.html", **values, is_again=request.method == "POST")
