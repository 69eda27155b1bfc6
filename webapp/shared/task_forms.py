"""A task's form on a page: what fills it, what was sent with it, doing the task, and what is shown when somebody was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Draft, UserTask
from webapp import kept
from webapp.db import db
from webapp.settings import Settings
from webapp.shared import comparing, forms, task_links
from webapp.signed_in import person
from workflows.actions import documents, tasks
from workflows.errors import Invalid, TaskGone
from workflows.library import task_forms
from workflows.library.forms import File, FormSchema, Validated, validate
from workflows.queries import inbox
from workflows.queries import tasks as task_queries
from workflows.rules import permissions

KeepFile = Callable[[UserTask, str, File], None]


@dataclass(kw_only=True)
class TaskForm:
    """A task's form ready for its page: parts for `shared/form.html`, the error summary, and where its values come from.

    `revision` is the task's number that the form was opened with; `typed` says that the values are what was just typed.
    """

    task: UserTask
    schema: FormSchema
    parts: list[forms.Part]
    errors: list[dict[str, str]] = field(default_factory=list)
    draft: Draft | None = None
    revision: int = 0
    typed: bool = False


def open_form(
    task: UserTask,
    *,
    validated: Validated | None = None,
    begins: Mapping[str, Any] | None = None,
    narrow: Callable[[FormSchema], FormSchema] = lambda schema: schema,
) -> TaskForm:
    """The form of a task, filled with what was just typed, else with what was kept over a sign-in, else with the draft, else
    with what its process begins it with, or `begins` where the process says nothing.

    `narrow` may leave out questions or choices that this page does not offer now.
    """
    schema = narrow(task_forms.form_of(db.session, task))
    draft = task_queries.draft_for(db.session, task, person())
    back = kept.typed()
    errors = validated.errors if validated else {}
    values = validated.typed if validated else dict(back.lists()) if back else _stored(task, draft, begins or {})
    return TaskForm(
        task=task,
        schema=schema,
        parts=forms.present(schema, values=values, errors=errors),
        errors=forms.error_list(schema, errors),
        draft=draft,
        revision=_revision_opened(task.revision) if validated else task.revision,
        typed=validated is not None or back is not None,
    )


def _stored(task: UserTask, draft: Draft | None, begins: Mapping[str, Any]) -> Mapping[str, Any]:
    return draft.values if draft else {**begins, **task_forms.first_values(db.session, task)}


def check(task: UserTask) -> Validated:
    """What was sent for a task, question by question; never raises, whatever it is."""
    schema = task_forms.form_of(db.session, task)
    return validate(schema, request.form, files=_files(schema), known=task_forms.known_of(task))


def complete(task: UserTask, validated: Validated, *, keep_file: KeepFile | None = None) -> dict[str, str]:
    """Do the task with these answers; gives a message for each question whose answer the action refused.

    `keep_file` puts a file of the form where it belongs; by default that is on the case.
    Raises what the action raises: TaskGone, Conflict, CannotContinue, NotYetLawful, Refused. A refused answer takes back
    everything that was written before it.
    """
    try:
        answers = {**validated.answers, **_keep_files(task, validated.files, keep_file or _keep_file)}
        tasks.complete(db.session, task, answers=answers, by=person(), revision=_revision_opened(task.revision))
    except Invalid as error:
        db.session.rollback()
        return error.errors
    return {}


def typed_in_form() -> dict[str, list[str]]:
    """What stands in the form at this moment, for a draft: each question's values without the form's own marks."""
    return {name: values for name, values in request.form.lists() if not kept.is_mark(name)}


def task_gone_page(error: TaskGone, typed: Mapping[str, Sequence[str]]) -> ResponseReturnValue:
    """What happened to the task, with what the other person sent beside what was typed here (409)."""
    with db.reading() as session:
        task = session.get(UserTask, error.task_id)
        rows = comparing.side_by_side(task_forms.form_of(session, task), error.answers, typed) if task else []
        page = render_template(
            "shared/task_gone.html",
            task=task,
            case=task.case if task else None,
            happened=error,
            heading=comparing.heading(error, reader=person()),
            rows=rows,
            mine=comparing.as_text(rows),
            why_ended=comparing.why_ended(session, task.case) if task and error.change == "cancelled" else "",
            is_own=error.who_id == person().id,
            is_compared=error.change == "completed",
            can_comment=task is not None and permissions.can_comment(person(), task.case),
            for_provider=permissions.is_provider(person()),
            next_href="" if permissions.is_provider(person()) else _next_href(session),
        )
    return page, 409


def _next_href(session: Session) -> str:
    """The address of the first of this person's own tasks; nothing when they have none."""
    mine = inbox.page(session, inbox.Desk(person()), "mine", size=1).items
    return task_links.href(mine[0], list="mine") if mine else ""


def _revision_opened(otherwise: int) -> int:
    """The number of the task that the form was opened with; `otherwise` when the form does not say."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else otherwise


def _files(schema: FormSchema) -> dict[str, list[File]]:
    wanted = [question.key for question in schema.fields if question.kind == "filepicker"]
    return {key: [File(one.filename or "", one.read(), one.mimetype) for one in request.files.getlist(key)] for key in wanted}


def _keep_files(task: UserTask, files: Mapping[str, Sequence[File]], keep_file: KeepFile) -> dict[str, Any]:
    """Put the files of the form where they belong; the answer is their names."""
    names: dict[str, Any] = {}
    for key, chosen in files.items():
        for file in chosen:
            keep_file(task, key, file)
        if chosen:
            names[key] = [file.name for file in chosen]
    return names


def _keep_file(task: UserTask, key: str, file: File) -> None:
    settings: Settings = current_app.extensions["dps_settings"]
    try:
        documents.add(
            db.session, task.case, filename=file.name, content=file.content, kind=key, title=file.name, is_public=False, exempt_paragraphs="",
            by=person(), folder=settings.documents, task=task,
        )  # fmt: skip
    except Invalid as error:
        raise Invalid({key: next(iter(error.errors.values()))}) from error
