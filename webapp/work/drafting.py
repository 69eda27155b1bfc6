"""Drafts: saved while someone types, saved on leaving, thrown away when they say so."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Draft, UserTask
from webapp.db import db, writes
from webapp.shared import filters, task_forms
from webapp.signed_in import person
from webapp.work import bp
from workflows.actions import tasks
from workflows.errors import Conflict, TaskGone
from workflows.queries import tasks as task_queries
from workflows.rules import policies


class SavedElsewhere(Conflict):
    """The same person saved the same task in another tab after this page was opened."""


@bp.post("/tasks/<uuid:task_id>/draft")
@writes
def save_draft(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what is typed; the first change makes the task this person's. Answers the page's script with words."""
    task = task_queries.task_for(db.session, person(), task_id)
    try:
        draft = keep_draft(task)
    except SavedElsewhere as conflict:
        return jsonify(words=f"{conflict}.", elsewhere=True), 409
    return jsonify(message=f"Draft saved at {filters.time_of(draft.saved_at)}", assigned="Assigned to you", seen=seen(draft))


def keep_draft(task: UserTask) -> Draft:
    """Save the form of this request as the draft. TaskGone when the task is somebody else's; SavedElsewhere when another
    tab was faster and this page does not know.
    """
    _check_not_saved_elsewhere(task)
    return tasks.save_draft(db.session, task, values=task_forms.typed_in_form(), by=person())


def seen(draft: Draft | None) -> str:
    """The mark by which a page says which state of the draft it has."""
    return draft.saved_at.isoformat() if draft else ""


def _check_not_saved_elsewhere(task: UserTask) -> None:
    sent = request.form.get("_draft_seen")
    draft = task_queries.draft_for(db.session, task, person())
    if sent is None or draft is None or draft.user_id != person().id or _is_known(sent, draft):
        return
    raise SavedElsewhere(f"You saved this in another tab at {filters.time_of(draft.saved_at)}")


def _is_known(sent: str, draft: Draft) -> bool:
    try:
        return sent == "keep" or draft.saved_at <= datetime.fromisoformat(sent)
    except (ValueError, TypeError):
        return False


@bp.get("/tasks/<uuid:task_id>/discard", endpoint="discard_draft")
def confirm_discard(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a draft is thrown away."""
    task = task_queries.task_for(db.session, person(), task_id)
    draft = task_queries.draft_for(db.session, task, person())
    if draft is None or draft.user_id != person().id:
        return redirect(url_for("work.show_task", task_id=task.id))
    return render_template("work/discard.html", task=task, draft=draft)


@bp.post("/tasks/<uuid:task_id>/discard", endpoint="discard_draft_now")
@writes
def discard(task_id: uuid.UUID) -> ResponseReturnValue:
    """Throw the draft away; the task stays the person's."""
    task = task_queries.task_for(db.session, person(), task_id)
    tasks.discard_draft(db.session, task, by=person())
    flash("Your draft is discarded")
    return redirect(url_for("work.show_task", task_id=task.id), 303)


@bp.get("/tasks/<uuid:task_id>/state")
def task_state(task_id: uuid.UUID) -> ResponseReturnValue:
    """What has happened to a task since its page was opened, in words when somebody else has it."""
    task = task_queries.task_for(db.session, person(), task_id)
    return jsonify(status=task.status.value, revision=task.revision, message=happened(task))


def happened(task: UserTask) -> str:
    """The sentence for a page whose task is no longer its reader's; empty while it still is."""
    try:
        policies.check_waiting(task, by=person(), acting_for=task_queries.acting_for(db.session, task, person()))
    except TaskGone as gone:
        return f"{gone}."
    return ""
