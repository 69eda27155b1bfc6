"""Handing a task on: taken, put back, given to somebody else."""

from __future__ import annotations

import uuid

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import User, UserTask
from webapp.db import db, writes
from webapp.shared import task_forms
from webapp.shared.drafts import keep as keep_draft
from webapp.signed_in import person
from webapp.work import bp
from webapp.work.inbox import back_to
from workflows.actions import tasks
from workflows.errors import Invalid
from workflows.queries import people
from workflows.queries import tasks as task_queries
from workflows.rules import permissions

LONGEST_REASON = 500


@bp.post("/tasks/<uuid:task_id>/assign")
@writes
def assign(task_id: uuid.UUID) -> ResponseReturnValue:
    """Make an unassigned task this person's, with words for a script or a page for a browser."""
    task = task_queries.task_for(db.session, person(), task_id)
    tasks.claim(db.session, task, by=person())
    if request.accept_mimetypes.best == "application/json":
        return jsonify(message="Assigned to you", assigned="Assigned to you")
    flash(f"‘{task.name}’ is assigned to you")
    return redirect(back_to(task.id), 303)


@bp.post("/tasks/<uuid:task_id>/put-back")
@writes
def put_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Give a task back to its team, with the draft only if the person shares it."""
    task = task_queries.task_for(db.session, person(), task_id)
    shares = request.form.get("_share") == "yes"
    if shares and task.assignee_id == person().id and any(value for values in task_forms.typed_in_form().values() for value in values):
        keep_draft(task)
    tasks.release(db.session, task, by=person(), share_draft=shares)
    flash(f"You put back ‘{task.name}’ for {task.case.reference}. Anyone in the team can take it")
    return redirect(url_for("work.inbox"), 303)


@bp.get("/tasks/<uuid:task_id>/reassign")
def reassign(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whom to give the task to."""
    return _reassign_page(_task_to_hand_on(task_id))


@bp.post("/tasks/<uuid:task_id>/reassign", endpoint="reassign_now")
@writes
def give_to_somebody(task_id: uuid.UUID) -> ResponseReturnValue:
    """Give the task to a colleague."""
    task = _task_to_hand_on(task_id)
    reason = request.form.get("reason", "").strip()
    try:
        to = colleague(task, request.form.get("to", ""))
        if len(reason) > LONGEST_REASON:
            raise Invalid({"reason": f"The reason must be {LONGEST_REASON} characters or fewer"})
        tasks.reassign(db.session, task, to=to, by=person(), reason=reason)
    except Invalid as error:
        return _reassign_page(task, error.errors), 422
    flash(f"Assigned to {to.name}. ‘{task.name}’ is in their work")
    return redirect(url_for("work.inbox"), 303)


def _task_to_hand_on(task_id: uuid.UUID) -> UserTask:
    task = task_queries.task_for(db.session, person(), task_id)
    permissions.check_reassign(person(), task, manager_key=people.manager_of(db.session, task.candidate_group))
    return task


def colleague(task: UserTask, chosen: str) -> User:
    """The member of the task's group with this id. Raises Invalid when nobody is chosen."""
    for member in people.members(db.session, task.candidate_group):
        if str(member.id) == chosen:
            return member
    raise Invalid({"to": "Select who to give it to"})


def _reassign_page(task: UserTask, errors: dict[str, str] | None = None) -> str:
    chosen = request.form.get("to", "")
    colleagues = [each for each in people.members(db.session, task.candidate_group) if each.id != task.assignee_id]
    items = [
        {"value": str(each.id), "text": f"{each.name}, {each.job_title}".rstrip(", "), "selected": str(each.id) == chosen} for each in colleagues
    ]
    return render_template(
        "work/reassign.html",
        task=task,
        items=[{"value": "", "text": "Choose one"}, *items],
        errors=errors or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()],
        reason=request.form.get("reason", ""),
    )
