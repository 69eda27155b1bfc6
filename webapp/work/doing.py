"""Doing one task: its page, its check page when it is significant, what was sent, and what comes next."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from models import OPEN_TASKS, TaskStatus, UserTask
from webapp.db import db, writes
from webapp.shared import applied, comparing, task_forms, task_links
from webapp.shared.drafts import keep as keep_draft
from webapp.shared.task_forms import TaskForm
from webapp.signed_in import person
from webapp.work import bp, rows
from webapp.work.context import context
from webapp.work.lists import NAMES, Listed, desk, listed, neighbours
from webapp.work.standing import standing
from workflows.actions import users
from workflows.library import task_forms as library_forms
from workflows.library.forms import Validated, answer_words
from workflows.queries import consultations, due_diligence, inbox
from workflows.queries import tasks as task_queries
from workflows.queries.inbox import Desk, Item, Place
from workflows.rules import duties, permissions


@bp.get("/tasks/<uuid:task_id>")
def show_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """A task with its form, or what was sent when it is done; a task of another desk is opened there."""
    task = task_queries.task_for(db.session, person(), task_id)
    if task.status is TaskStatus.COMPLETED:
        return _sent_page(task)
    here = task_links.href(task)
    if here != url_for("work.show_task", task_id=task.id):
        return redirect(here)
    return task_page(task)


@bp.post("/tasks/<uuid:task_id>")
@writes
def complete_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Complete the task, or keep its draft for later, or show what will be sent, as the button says.

    What is read and signed or published on a page of its own is done there and nowhere else.
    """
    task = task_queries.task_for(db.session, person(), task_id)
    if task.status in OPEN_TASKS and not task_links.is_plain(task):
        return redirect(task_links.href(task), 303)
    wanted = request.form.get("_do", "complete")
    if wanted == "later":
        return _leave(task)
    _remember_habit()
    validated = task_forms.check(task)
    if wanted == "change" or not validated.is_valid:
        return task_page(task, task_forms.open_form(task, validated=validated)), 200 if wanted == "change" else 422
    if permissions.is_significant(task) and request.form.get("_checked") != "yes":
        return _check_page(task, validated)
    return _complete(task, validated)


def task_page(task: UserTask, form: TaskForm | None = None, *, problem: dict[str, str] | None = None, remark: str = "") -> str:
    """The page of an open or cancelled task as HTML; `problem` is a message about something beside the form."""
    stands = standing(task)
    shown = form or (task_forms.open_form(task, begins={"title": task.case.title}) if stands.can_do else None)
    found = listed()
    tag, colour = rows.status_tag(task.status, has_draft=bool(shown and shown.draft))
    return render_template(
        "work/task.html",
        task=task,
        form=shown,
        stands=stands,
        context=context(db.session, task, person()),
        tag={"text": tag, "colour": colour},
        listed=found,
        list_name=NAMES[found.name],
        near=_near(task, found),
        open_next=_opens_next(found),
        is_significant=permissions.is_significant(task),
        problems=[*(shown.errors if shown else []), *([problem] if problem else [])],
        remark_problem=problem,
        remark=remark,
        draft=_draft_words(shown, task),
        said=applied.beside(db.session, task),
        application_href=applied.href(db.session, task),
        checks=applied.checks_beside(db.session, task),
        proposed=applied.proposed(task),
        why_ended="" if stands.is_open else comparing.why_ended(db.session, task.case),
    )


def _near(task: UserTask, found: Listed) -> dict[str, Any]:
    """The tasks before and after this one in the list it was opened from."""
    if not found.is_named or found.name == "done":
        return {}
    before, after = neighbours(desk(), found, Place(task.due_at, task.id))
    return {
        name: {"href": task_links.href(item, **found.arguments()), "name": item.name, "reference": item.reference}
        for name, item in (("previous", before), ("next", after))
        if item
    }


def _opens_next(found: Listed) -> bool:
    if "_open_next" in request.form or request.method == "POST":
        return request.form.get("_open_next") == "yes"
    return bool(person().preferences.get("next_task", True))


def _draft_words(form: TaskForm | None, task: UserTask) -> dict[str, Any]:
    if form is None or form.draft is None:
        return {}
    return {"at": form.draft.saved_at, "is_shared": form.draft.user_id != person().id}


def _remember_habit() -> None:
    """Keep whether this person wants the next task opened, when they changed it."""
    wanted = request.form.get("_open_next") == "yes"
    if "_asked_next" in request.form and person().preferences.get("next_task", True) != wanted:
        users.prefer(db.session, person(), choices={"next_task": wanted})


def _leave(task: UserTask) -> ResponseReturnValue:
    """Keep the draft and go back to the list."""
    keep_draft(task)
    flash(f"Your draft of ‘{task.name}’ for {task.case.reference} is saved. The task is in your work")
    return redirect(listed().href() if listed().is_named else url_for("work.inbox"), 303)


def _check_page(task: UserTask, validated: Validated) -> ResponseReturnValue:
    """What will be sent, to be looked at once more; it is kept as the draft until it is."""
    keep_draft(task)
    schema = library_forms.form_of(db.session, task)
    return render_template(
        "work/check.html",
        task=task,
        answers=[{"key": question, "value": answer} for question, answer in answer_words(schema, validated.answers)],
        typed=[(key, value) for key, values in validated.typed.items() for value in values],
        revision=request.form.get("revision", task.revision),
        listed=listed(),
        open_next=_opens_next(listed()),
    )


def _complete(task: UserTask, validated: Validated) -> ResponseReturnValue:
    here, task_id = Place(task.due_at, task.id), task.id
    known = {each.id for each in task_queries.open_tasks_of(db.session, task.case_id)}
    validated.errors = task_forms.complete(task, validated)
    if validated.errors:
        task = task_queries.task_for(db.session, person(), task_id)
        return task_page(task, task_forms.open_form(task, validated=validated)), 422
    if permissions.is_significant(task):
        return redirect(url_for("work.task_done", task_id=task.id, **_listed_arguments()), 303)
    follow_up = _follow_up(task, known)
    flash(done_words(task, has_follow_up=follow_up is not None and _opens_next(listed())), "success")
    return redirect(_next_href(here, follow_up), 303)


def done_words(task: UserTask, *, has_follow_up: bool = False) -> Markup:
    """What is said of a task that was just completed, with the way to what was sent."""
    said = Markup("You completed ‘{}’ for {}. {}").format(task.name, task.case.reference, _sentence(task.properties.get("doneWords")))
    link = Markup('<a class="govuk-link" href="{}">See what was sent</a>.').format(url_for("work.show_task", task_id=task.id))
    more = " This task of the same case comes next." if has_follow_up else ""
    return said + link + more


def _sentence(words: object) -> str:
    text = str(words or "").strip()
    return f"{text.rstrip('.')}. " if text else ""


def _follow_up(task: UserTask, known: set[uuid.UUID]) -> UserTask | None:
    """The first new task of the same case that this person may do."""
    mine = permissions.groups_of(person())
    for each in task_queries.open_tasks_of(db.session, task.case_id):
        is_for_me = each.assignee_id == person().id or (each.assignee_id is None and each.candidate_group in mine)
        if each.id not in known and is_for_me and not _barred(each):
            return each
    return None


def _barred(task: UserTask) -> bool:
    return bool(duties.conflict(person(), task_queries.doers(db.session, task.case_id, duties.steps_apart(task))))


def _next_href(here: Place, follow_up: UserTask | None) -> str:
    """Where to go from a completed task: its follow-up, the next of the list, or the list."""
    found = listed()
    back = found.href() if found.is_named else url_for("work.inbox")
    if not _opens_next(found):
        return back
    if follow_up is not None:
        return task_links.href(follow_up, **_listed_arguments())
    item = next_item(desk(), found, here)
    return task_links.href(item, **found.arguments()) if item else back


def next_item(at: Desk, found: Listed, here: Place) -> Item | None:
    """The next task of a list that this person can do: after a place, else from the top."""
    for after in (here, None):
        items = inbox.page(db.session, at, found.name, only=found.only, after=after).items
        barred = rows.refusals(inbox.doers_of(db.session, items), at.reader)
        for item in items:
            if item.assignee_id in {None, *at.people} and item.id not in barred and item.status is not TaskStatus.COMPLETED:
                return item
    return None


def _listed_arguments() -> dict[str, Any]:
    return listed().arguments() if listed().is_named else {}


@bp.get("/tasks/<uuid:task_id>/done")
def task_done(task_id: uuid.UUID) -> ResponseReturnValue:
    """The confirmation after a significant task."""
    task = task_queries.task_for(db.session, person(), task_id)
    if task.status is not TaskStatus.COMPLETED:
        return redirect(url_for("work.show_task", task_id=task.id))
    item = next_item(desk(), listed(), Place(task.due_at, task.id))
    return render_template(
        "work/done.html",
        task=task,
        sentence=_sentence(task.properties.get("doneWords")),
        next_task={"href": task_links.href(item, **listed().arguments()), "name": item.name, "reference": item.reference} if item else None,
        list_href=listed().href() if listed().is_named else url_for("work.inbox"),
    )


def _sent_page(task: UserTask) -> str:
    """A completed task: who did it, when, and what they answered."""
    answer = task_queries.answer_of(db.session, task)
    may_read = answer is not None and consultations.may_read_answer(db.session, person(), answer)
    answers = answer_words(library_forms.form_of(db.session, task), answer.values) if answer and may_read else []
    return render_template(
        "work/sent.html",
        task=task,
        answers=[{"key": question, "value": words} for question, words in answers],
        is_kept_back=answer is not None and not may_read,
        is_score=task.bpmn_id in due_diligence.SCORING,
        context=context(db.session, task, person()),
    )
