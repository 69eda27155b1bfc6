"""Drafts: saved while someone types, saved on leaving, thrown away when they say so."""

from __future__ import annotations

import uuid

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, writes
from webapp.shared import filters
from webapp.shared.drafts import SavedElsewhere, happened, seen
from webapp.shared.drafts import keep as keep_draft
from webapp.signed_in import person
from webapp.work import bp
from workflows.actions import tasks
from workflows.queries import tasks as task_queries


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
