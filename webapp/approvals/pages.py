"""Reading the file of a decision before and after it is signed. Following a link to it changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import OPEN_TASKS, KeyDecision, TaskStatus, UserTask
from webapp.approvals import bp, choices, files
from webapp.db import db
from webapp.shared import published, task_forms
from webapp.shared.task_forms import TaskForm
from webapp.signed_in import person
from workflows.errors import NotFound
from workflows.library.forms import Validated
from workflows.queries import approvals, cases, consultations, decisions, parameters
from workflows.queries import tasks as task_queries
from workflows.queries.approvals import File


@bp.get("/approvals/<uuid:task_id>")
@bp.get("/approvals/<uuid:task_id>/check", endpoint="check_again")
@bp.get("/approvals/<uuid:task_id>/sign", endpoint="sign_again")
def show_approval(task_id: uuid.UUID) -> ResponseReturnValue:
    """The file with the decision form; the later steps of signing lead back here when they are opened by themselves."""
    return file_page(task_of(task_id))


@bp.get("/approvals/case/<reference>")
def for_case(reference: str) -> ResponseReturnValue:
    """Lead from a mail about a case to the approval it waits for."""
    case = cases.case_for(db.session, person(), reference=reference)
    task = approvals.open_task_of_case(db.session, case.id)
    if task is None:
        return redirect(url_for("cases.show_case", reference=case.reference))
    return redirect(url_for("approvals.show_approval", task_id=task.id))


@bp.get("/approvals/<uuid:task_id>/signed")
def signed(task_id: uuid.UUID) -> ResponseReturnValue:
    """What was signed, and what happens next."""
    task = task_of(task_id)
    answer = task_queries.answer_of(db.session, task)
    if task.status is not TaskStatus.COMPLETED or answer is None:
        return redirect(url_for("approvals.show_approval", task_id=task.id))
    decision = decision_of(task)
    record = approvals.record_of_task(db.session, task)
    return render_template(
        "approvals/signed.html",
        task=task,
        decision=decision,
        record=record,
        rows=_record_rows(decision, published.words_of(record)) if record else [],
        title=_done(task, answer.values),
        following=_following(decision, task, answer.values),
        next_task=approvals.next_waiting(db.session, person()),
    )


def task_of(task_id: uuid.UUID) -> UserTask:
    """A task that is done on this page, for a reader who sees its case. NotFound for any other."""
    task = task_queries.task_for(db.session, person(), task_id)
    if task.properties.get("page") != "approval":
        raise NotFound("There is nothing to sign here")
    return task


def decision_of(task: UserTask) -> KeyDecision:
    """The decision that a task is about. NotFound before it has been proposed."""
    return decisions.of_case(db.session, task.case_id)


def file_page(task: UserTask, *, validated: Validated | None = None) -> str:
    """The file; with `validated` its form shows what was typed and what is wrong with it."""
    file = approvals.file_of(db.session, decision_of(task))
    shown = files.present(task, file)
    refusal = files.refusal(task, file) if task.status in OPEN_TASKS else ""
    form = _form(task, file, shown, refusal, validated)
    return render_template(
        "approvals/file.html",
        **shown,
        task=task,
        refusal=refusal,
        holder=files.still_with(task),
        is_open=task.status in OPEN_TASKS,
        form=form,
        errors=form.errors if form else [],
    )


def _form(task: UserTask, file: File, shown: Mapping[str, Any], refusal: str, validated: Validated | None) -> TaskForm | None:
    if task.status not in OPEN_TASKS or files.still_with(task) or refusal:
        return None
    if shown["is_met"]:
        return task_forms.open_form(task, validated=validated, begins=_first_words(file, shown["kind"]))
    return task_forms.open_form(task, validated=validated, narrow=choices.only_back_or_later)


def _first_words(file: File, kind: str) -> dict[str, str]:
    """The report's own words, so that approving as recommended needs no copying."""
    if kind != "decide" or file.report is None:
        return {}
    said = {key: file.report.content.get(key) for key in ("recommendations", "options_rejected")}
    return {"decision_text": str(said["recommendations"] or ""), "alternatives_rejected": str(said["options_rejected"] or "")}


def _record_rows(decision: KeyDecision, said: Mapping[str, str]) -> list[published.Row]:
    return published.record_rows(said, decision=decision, requests=consultations.current(db.session, decision))


def _done(task: UserTask, answers: Mapping[str, Any]) -> str:
    kind = choices.kind_of(task)
    if kind == "sign-off":
        return "Signed off" if answers.get("sign_off") == "approve" else "Sent back to the author"
    if kind == "other":
        return "Done"
    return {"send_back": "Sent back to the author", "defer": "Decision moved"}.get(str(answers.get("decision")), "Decision signed")


def _following(decision: KeyDecision, task: UserTask, answers: Mapping[str, Any]) -> list[str]:
    """What happens next, in sentences."""
    if not choices.makes_a_decision(task, answers.get("decision")):
        return [f"{decision.author.name} has been given the case to work on."] if _done(task, answers).startswith("Sent back") else []
    days = parameters.rule(db.session, "record_publication_days").count
    first = f"Democratic Services will publish it within {days} working day{'' if days == 1 else 's'}."
    if choices.kind_of(task) == "reconsider":
        return [first, "It takes effect when it is published. It cannot be called in again."]
    if answers.get("decision") == "refuse":
        return [first, "There is nothing to call in, because nothing is to be carried out."]
    rule = parameters.rule(db.session, f"call_in_working_days_{decision.maker_type.value}")
    return [first, f"Call-in will end {rule.count} working days after publication. If nobody calls it in, it takes effect the day after."]
