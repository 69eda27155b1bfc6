"""What a person adds to the case from a task's page: a comment, a document. What they typed into the form is kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue

from models import UserTask
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.shared import task_forms
from webapp.shared.drafts import keep as keep_draft
from webapp.signed_in import person
from webapp.work import bp
from webapp.work.doing import task_page
from webapp.work.inbox import back_to
from webapp.work.standing import standing
from workflows.actions import comments, documents
from workflows.errors import Invalid
from workflows.queries import tasks as task_queries


@bp.post("/tasks/<uuid:task_id>/comments")
@writes
def add_comment(task_id: uuid.UUID) -> ResponseReturnValue:
    """Add a comment to the task's case."""

    def add(task: UserTask) -> None:
        comments.add(db.session, task.case, body=request.form.get("_comment", ""), by=person())

    return _add(task_id, add, field="_comment", said="Your comment is added")


@bp.post("/tasks/<uuid:task_id>/documents")
@writes
def add_document(task_id: uuid.UUID) -> ResponseReturnValue:
    """Add a document to the task's case."""
    return _add(task_id, _add_document, field="_file", said="Your document is added")


def _add_document(task: UserTask) -> None:
    settings: Settings = current_app.extensions["dps_settings"]
    sent = request.files.get("_file")
    if sent is None or not sent.filename:
        raise Invalid({"file": "Select a file"})
    title = request.form.get("_title", "").strip() or sent.filename.rsplit(".", 1)[0]
    documents.add(
        db.session, task.case, filename=sent.filename, content=sent.read(), kind="supporting", title=title, is_public=False, exempt_paragraphs="",
        by=person(), folder=settings.documents, task=task,
    )  # fmt: skip


def _add(task_id: uuid.UUID, add: Callable[[UserTask], None], *, field: str, said: str) -> ResponseReturnValue:
    task = task_queries.task_for(db.session, person(), task_id)
    try:
        add(task)
    except Invalid as error:
        return _refused(task_id, next(iter(error.errors.values())), field)
    if _has_typed() and standing(task).can_do:
        keep_draft(task)
    flash(said)
    return redirect(back_to(task.id), 303)


def _refused(task_id: uuid.UUID, words: str, field: str) -> ResponseReturnValue:
    """The task's page again, with a message at the field beside the form and with everything that was typed."""
    db.session.rollback()
    task = task_queries.task_for(db.session, person(), task_id)
    form = None
    if standing(task).can_do:
        typed = task_forms.check(task)
        typed.errors = {}
        form = task_forms.open_form(task, validated=typed)
    return task_page(task, form, problem={"text": words, "href": f"#{field}"}, remark=request.form.get("_comment", "")), 422


def _has_typed() -> bool:
    return any(value.strip() for values in task_forms.typed_in_form().values() for value in values)
