"""Where a sent application is, and taking an application back."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Application, ApplicationStatus
from webapp.apply import bp, frame, limits, standing
from webapp.apply.sending import explanation_of
from webapp.db import db, writes
from webapp.shared import task_links
from webapp.signed_in import person
from workflows.actions import applications
from workflows.errors import Closed, Invalid
from workflows.queries import applying, providers


@bp.get("/apply/<reference>/status")
def status(reference: str) -> ResponseReturnValue:
    """The steps an application goes through, where it is now, and how to ask about it."""
    application = frame.find(reference)
    if frame.is_draft(application):
        return redirect(url_for("apply.hub", reference=reference))
    steps = applying.progress(db.session, application)
    return render_template(
        "apply/status.html",
        application=application,
        reference=reference,
        tag=standing.tag(application),
        steps=steps,
        has_moved=sum(step.state == "done" for step in steps) > 1 or application.status is not ApplicationStatus.SENT,
        due=explanation_of(application),
        duty=limits.duty(application.purchasing_list),
        tasks=_tasks(application),
        thread_href=_thread_href(reference),
        is_live=application.status is ApplicationStatus.SENT,
        can_withdraw=applications.can_be_withdrawn(db.session, application),
    )


@bp.get("/apply/<reference>/withdraw")
def withdraw(reference: str) -> ResponseReturnValue:
    """Say what withdrawing does before it is done."""
    return _page(_live(reference))


@bp.post("/apply/<reference>/withdraw", endpoint="withdraw_now")
@writes
def withdraw_now(reference: str) -> ResponseReturnValue:
    """Withdraw the application, draft or sent."""
    application = _live(reference)
    because = request.form.get("because", "")
    try:
        applications.withdraw(db.session, application, because=because, by=person())
    except Invalid as error:
        return _page(application, because, error.errors), 422
    flash(f"You have withdrawn application {reference}")
    return redirect(url_for("apply.list_applications"), 303)


def _tasks(application: Application) -> list[dict[str, Any]]:
    """What the council waits for from the provider in this case."""
    found = [task for task in providers.tasks_for(db.session, application.provider) if task.case_id == application.case_id]
    return [{"name": task.name, "due_at": task.due_at, "href": task_links.provider_href(task)} for task in found]


def _thread_href(reference: str) -> str:
    """Where questions are asked."""
    return url_for("provider.thread", reference=reference) if "provider.thread" in current_app.view_functions else ""


def _live(reference: str) -> Application:
    application = frame.find(reference)
    if not applications.can_be_withdrawn(db.session, application):
        raise Closed("This application has ended. There is nothing to withdraw")
    return application


def _page(application: Application, because: str = "", errors: dict[str, str] | None = None) -> str:
    values: dict[str, Any] = {"application": application, "reference": application.case.reference, "because": because, "errors": errors or {}}
    return render_template("apply/withdraw.html", **values, problems=[{"text": text, "href": f"#{key}"} for key, text in (errors or {}).items()])
