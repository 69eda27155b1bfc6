"""What the council asks of a provider, answered on one page: with its draft, its files, and what was sent afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import OPEN_TASKS, TaskStatus, UserTask
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.provider.home import task_row
from webapp.shared import days_left, drafts, filters, provider_task_cards, task_forms, task_links, uploads
from webapp.shared.task_forms import TaskForm
from webapp.signed_in import person
from workflows.actions import tasks
from workflows.errors import Invalid
from workflows.library import task_forms as library_forms
from workflows.library.forms import File, Validated, answer_words
from workflows.queries import providers
from workflows.queries import tasks as task_queries
from workflows.rules import permissions
from workflows.rules.calendar import Explanation


@bp.get("/provider/tasks/<uuid:task_id>")
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """A task with its form, or what was sent when it is done; an application is filled in on its own pages."""
    task = _find(task_id)
    if task.status is TaskStatus.COMPLETED:
        return _sent_page(task)
    there = task_links.provider_href(task)
    if there != url_for("provider.show_task", task_id=task.id):
        return redirect(there)
    return _page(task)


@bp.post("/provider/tasks/<uuid:task_id>", endpoint="complete_task")
@writes
def complete_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Send the answer, or keep its draft for later, or show what will be sent, as the button says."""
    task = _find(task_id)
    there = task_links.provider_href(task)
    if task.status in OPEN_TASKS and there != url_for("provider.show_task", task_id=task.id):
        return redirect(there, 303)
    wanted = request.form.get("_do", "complete")
    if wanted == "later":
        drafts.keep(task)
        flash(f"Your draft of ‘{task.name}’ is saved")
        return redirect(url_for("provider.home"), 303)
    validated = task_forms.check(task)
    if wanted == "change" or not validated.is_valid:
        return _page(task, task_forms.open_form(task, validated=validated)), 200 if wanted == "change" else 422
    # A browser sends a file once: an answer with files is sent straight away, since its files would not come a second time.
    is_checked = request.form.get("_checked") == "yes" or any(validated.files.values())
    if permissions.is_significant(task) and not is_checked:
        return _check_page(task, validated)
    validated.errors = task_forms.complete(task, validated, keep_file=_keep_file)
    if validated.errors:
        task = _find(task_id)
        return _page(task, task_forms.open_form(task, validated=validated)), 422
    return redirect(url_for("provider.task_done", task_id=task.id), 303)


@bp.post("/provider/tasks/<uuid:task_id>/draft", endpoint="save_draft")
@writes
def save_draft(task_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what is typed; the first change makes the task this person's. Answers the page's script with words."""
    task = _find(task_id)
    try:
        draft = drafts.keep(task)
    except drafts.SavedElsewhere as conflict:
        return jsonify(words=f"{conflict}.", elsewhere=True), 409
    return jsonify(message=f"Draft saved at {filters.time_of(draft.saved_at)}", assigned="You are answering this", seen=drafts.seen(draft))


@bp.get("/provider/tasks/<uuid:task_id>/discard")
def discard_draft(task_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a draft is thrown away."""
    task = _find(task_id)
    draft = task_queries.draft_for(db.session, task, person())
    if draft is None or draft.user_id != person().id:
        return redirect(url_for("provider.show_task", task_id=task.id))
    return frame.page("provider/discard.html", task=task, draft=draft)


@bp.post("/provider/tasks/<uuid:task_id>/discard", endpoint="discard_draft_now")
@writes
def discard_draft_now(task_id: uuid.UUID) -> ResponseReturnValue:
    """Throw the draft away."""
    task = _find(task_id)
    tasks.discard_draft(db.session, task, by=person())
    flash("Your draft is discarded")
    return redirect(url_for("provider.show_task", task_id=task.id), 303)


@bp.post("/provider/tasks/<uuid:task_id>/put-back", endpoint="put_back")
@writes
def put_back(task_id: uuid.UUID) -> ResponseReturnValue:
    """Let a colleague answer, with the draft when the person shares it."""
    task = _find(task_id)
    tasks.release(db.session, task, by=person(), share_draft=request.form.get("_share") == "yes")
    flash(f"Any of your colleagues can now answer ‘{task.name}’")
    return redirect(url_for("provider.home"), 303)


@bp.post("/provider/tasks/<uuid:task_id>/take-over", endpoint="take_over")
@writes
def take_over(task_id: uuid.UUID) -> ResponseReturnValue:
    """Answer instead of a colleague who has begun; their own draft stays theirs."""
    task = _find(task_id)
    tasks.reassign(db.session, task, to=person(), by=person())
    return redirect(url_for("provider.show_task", task_id=task.id), 303)


@bp.get("/provider/tasks/<uuid:task_id>/state")
def task_state(task_id: uuid.UUID) -> ResponseReturnValue:
    """What has happened to a task since its page was opened, in words when a colleague has it."""
    task = _find(task_id)
    return jsonify(status=task.status.value, revision=task.revision, message=drafts.happened(task))


@bp.get("/provider/tasks/<uuid:task_id>/done")
def task_done(task_id: uuid.UUID) -> ResponseReturnValue:
    """The confirmation that the council has the answer; it can be bookmarked."""
    task = _find(task_id)
    if task.status is not TaskStatus.COMPLETED:
        return redirect(url_for("provider.show_task", task_id=task.id))
    words = str(task.properties.get("doneWords", "")).strip().rstrip(".")
    waiting = [task_row(each) for each in providers.tasks_for(db.session, frame.here())]
    return frame.page("provider/done.html", task=task, sentence=f"{words}. " if words else "", waiting=waiting)


def _find(task_id: uuid.UUID) -> UserTask:
    return providers.task_for(db.session, frame.here(), task_id)


def _keep_file(task: UserTask, key: str, file: File) -> None:
    """Put a file of the answer among the provider's documents, said to belong to this task."""
    try:
        uploads.keep(frame.here(), file, kind=key, title=file.name, expires_on=None, case=task.case, task=task)
    except Invalid as error:
        raise Invalid({key: next(iter(error.errors.values()))}) from error


def _page(task: UserTask, form: TaskForm | None = None) -> str:
    is_open = task.status in OPEN_TASKS
    is_held = is_open and task.assignee_id not in (None, person().id)
    shown = form or (task_forms.open_form(task) if is_open and not is_held else None)
    return frame.page(
        "provider/task.html",
        task=task,
        form=shown,
        is_open=is_open,
        is_mine=task.assignee_id == person().id,
        holder=task.assignee.name if is_held and task.assignee else "",
        cards=provider_task_cards.of_task(db.session, task),
        due=_due(task),
        draft=_draft(shown),
        seen=drafts.seen(shown.draft) if shown and shown.draft and shown.draft.user_id == person().id else "",
        is_significant=permissions.is_significant(task),
        problems=shown.errors if shown else [],
    )


def _due(task: UserTask) -> dict[str, Any]:
    try:
        explanation = Explanation.from_json(task.due_explanation) if task.due_explanation else None
    except ValueError:
        explanation = None
    return {"at": task.due_at, "words": days_left.until(task.due_at), "explanation": explanation}


def _draft(form: TaskForm | None) -> dict[str, Any]:
    if form is None or form.draft is None:
        return {}
    return {"at": form.draft.saved_at, "is_shared": form.draft.user_id != person().id}


def _check_page(task: UserTask, validated: Validated) -> ResponseReturnValue:
    """What will be sent, to be looked at once more; it is kept as the draft until it is."""
    drafts.keep(task)
    schema = library_forms.form_of(db.session, task)
    return frame.page(
        "provider/check.html",
        task=task,
        answers=[{"key": question, "value": answer} for question, answer in answer_words(schema, validated.answers)],
        typed=[(key, value) for key, values in validated.typed.items() for value in values],
        revision=request.form.get("revision", task.revision),
    )


def _sent_page(task: UserTask) -> str:
    answer = task_queries.answer_of(db.session, task)
    answers = answer_words(library_forms.form_of(db.session, task), answer.values) if answer else []
    return frame.page(
        "provider/task_sent.html",
        task=task,
        answers=[{"key": question, "value": words} for question, words in answers],
        by=task.completed_by.name if task.completed_by and permissions.is_provider(task.completed_by) else "the council",
    )
