"""Putting a case back to an earlier step: which steps, what it would do, doing it with a reason, and undoing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, CaseReturn, ProcessInstance, UserTask
from webapp.admin import bp, frame
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import returns
from workflows.errors import Invalid, NotFound
from workflows.queries import cases
from workflows.rules import permissions

PLACE = "incidents"


@bp.get("/admin/cases/<reference>/put-back")
def put_back(reference: str) -> ResponseReturnValue:
    """The steps behind a case, the newest first: where it can go back to, and why not to the others."""
    case, instance = _find(reference)
    return frame.page(
        "admin/put_back.html", place=PLACE, case=case, steps=[_step(case, each) for each in returns.steps_behind(db.session, instance)],
        earlier=[_earlier(instance, each) for each in returns.of_instance(db.session, instance)], process=instance.definition,
    )  # fmt: skip


@bp.get("/admin/cases/<reference>/put-back/<uuid:task_id>")
def put_back_check(reference: str, task_id: uuid.UUID) -> ResponseReturnValue:
    """What putting the case back to this step would do, and the question why."""
    case, instance = _find(reference)
    return _check_page(case, instance, task_id, "", {})


@bp.post("/admin/cases/<reference>/put-back/<uuid:task_id>", endpoint="put_back_post")
@writes
def put_back_post(reference: str, task_id: uuid.UUID) -> ResponseReturnValue:
    """Put it back."""
    case, instance = _find(reference)
    because, sent = request.form.get("because", ""), request.form.get("revision", "")
    expected = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None
    try:
        kept = returns.put_back(db.session, instance, task_id, because=because, by=person(), expected=expected)
    except Invalid as error:
        db.session.rollback()
        return _check_page(*_find(reference), task_id, because, error.errors), 422
    flash(f"{case.reference} is back at “{kept.element_name}”. You can undo this until it goes on")
    return redirect(url_for("admin.put_back", reference=case.reference), 303)


@bp.post("/admin/returns/<uuid:return_id>/undo")
@writes
def undo_put_back(return_id: uuid.UUID) -> ResponseReturnValue:
    """Let the case stand again where it stood before."""
    permissions.check_retry(person())
    found = db.session.get(CaseReturn, return_id)
    if found is None:
        raise NotFound("Nobody has put a case back like that")
    case = cases.case_by_id(db.session, person(), found.instance.case_id)
    returns.undo(db.session, return_id, by=person())
    flash(f"{case.reference} stands again where it stood before")
    return redirect(url_for("admin.put_back", reference=case.reference), 303)


def _find(reference: str) -> tuple[Case, ProcessInstance]:
    permissions.check_retry(person())
    case = cases.case_for(db.session, person(), reference=reference)
    instance = cases.running_instance(db.session, case)
    if instance is None:
        raise NotFound("No process was started for this case")
    return case, instance


def _step(case: Case, found: returns.Target) -> dict[str, Any]:
    return {
        **_task(found.task), "why_not": found.why_not,
        "href": "" if found.why_not else url_for("admin.put_back_check", reference=case.reference, task_id=found.task.id),
    }  # fmt: skip


def _task(task: UserTask) -> dict[str, Any]:
    return {
        "name": f"{task.name} ({task.label})" if task.label else task.name, "by": task.completed_by.name if task.completed_by else "",
        "at": task.completed_at, "who": task.assignee.name if task.assignee else "",
    }  # fmt: skip


def _earlier(instance: ProcessInstance, found: CaseReturn) -> dict[str, Any]:
    return {
        "id": found.id, "name": found.element_name, "because": found.because, "at": found.returned_at, "by": found.returned_by.name,
        "undone_at": found.undone_at, "can_undo": returns.can_undo(instance, found),
    }  # fmt: skip


def _check_page(case: Case, instance: ProcessInstance, task_id: uuid.UUID, because: str, errors: Mapping[str, str]) -> str:
    found = returns.preview(db.session, instance, task_id)
    return frame.page(
        "admin/put_back_check.html", place=PLACE, case=case, step={**_task(found.target.task), "id": task_id}, why_not=found.target.why_not,
        group=found.group, due_at=found.due_at, withdrawn=[_task(each) for each in found.withdrawn],
        timers=[{"name": each.name, "due_at": each.due_at} for each in found.timers], undone=[_task(each) for each in found.undone],
        again=found.again, revision=found.revision, because=because, errors=errors, longest=returns.LONGEST_REASON,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip
