"""Signing in two steps: the exact words first, then the signature. Who may not sign is refused, and the try is remembered."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import OPEN_TASKS, UserTask, clock
from webapp import kept
from webapp.approvals import bp, choices, files, pages
from webapp.db import db, writes
from webapp.shared import published, reports, task_forms
from webapp.signed_in import person
from workflows.actions import decisions as actions
from workflows.actions.decisions import ReportChanged
from workflows.errors import NotYetLawful, Refused
from workflows.library import task_forms as library_forms
from workflows.library.forms import Validated, answer_words
from workflows.queries import approvals, consultations


@bp.post("/approvals/<uuid:task_id>/check")
@writes
def check(task_id: uuid.UUID) -> ResponseReturnValue:
    """Show the words that will be published, before anything is signed; or lead back to the form with what was typed."""
    task = pages.task_of(task_id)
    try:
        _check_person(task)
        _check_moment(task)
    except Refused as error:
        return _refused(task_id, error)
    validated = task_forms.check(task)
    if not validated.is_valid or "change" in request.form:
        return pages.file_page(task, validated=validated), 200 if validated.is_valid else 422
    return _check_page(task, validated)


@bp.post("/approvals/<uuid:task_id>/sign")
@writes
def sign(task_id: uuid.UUID) -> ResponseReturnValue:
    """Sign what was checked. A report that changed meanwhile is shown first, and nothing is signed."""
    task = pages.task_of(task_id)
    validated = task_forms.check(task)
    try:
        _check_person(task)
        actions.check_same_report(db.session, pages.decision_of(task), digest=_digest_read())
        _check_moment(task)
        if not validated.is_valid:
            return pages.file_page(task, validated=validated), 422
        validated.errors.update(task_forms.complete(task, validated))
    except ReportChanged:
        return _changed_page(task_id)
    except Refused as error:
        return _refused(task_id, error)
    if not validated.is_valid:
        return pages.file_page(pages.task_of(task_id), validated=validated), 422
    return redirect(url_for("approvals.signed", task_id=task_id), 303)


def _check_person(task: UserTask) -> None:
    """Raise Refused before any words are looked at: a person who may not sign is told so whatever they sent.

    Who was faster is told by the completion itself.
    """
    why = approvals.refusal(db.session, task, pages.decision_of(task), person()) if task.status in OPEN_TASKS else ""
    if why:
        raise Refused(why)


def _check_moment(task: UserTask) -> None:
    """Raise NotYetLawful for a decision that may not be made now. Sending back and moving need no lawful moment."""
    makes_it = choices.kind_of(task) == "decide" and request.form.get(choices.CHOICE) in choices.MAKES_A_DECISION
    if makes_it and task.status in OPEN_TASKS:
        actions.check_lawful(db.session, pages.decision_of(task), by=person(), at=clock.now())


def _digest_read() -> str:
    return request.form.get("report_digest", "")[:64]


def _refused(task_id: uuid.UUID, error: Refused) -> ResponseReturnValue:
    """Take back what was begun, remember the try, and say why (403)."""
    db.session.rollback()
    task = pages.task_of(task_id)
    decision = pages.decision_of(task)
    actions.note_refusal(db.session, decision, by=person(), because=str(error))
    unmet = [check.words for check in error.checks] if isinstance(error, NotYetLawful) else []
    return render_template("approvals/refused.html", task=task, decision=decision, words=str(error), unmet=unmet), 403


def _changed_page(task_id: uuid.UUID) -> ResponseReturnValue:
    db.session.rollback()
    task = pages.task_of(task_id)
    file = approvals.file_of(db.session, pages.decision_of(task))
    read = approvals.report_with(db.session, file.decision, digest=_digest_read())
    now = file.report.content if file.report else {}
    changed = reports.changes(read.content, now) if read else []
    return _check_page(task, task_forms.check(task), is_changed=True, changed=changed)


def _check_page(
    task: UserTask, validated: Validated, *, is_changed: bool = False, changed: list[reports.Changed] | None = None
) -> ResponseReturnValue:
    file = approvals.file_of(db.session, pages.decision_of(task))
    signs_record = choices.makes_a_decision(task, validated.answers.get(choices.CHOICE))
    page = render_template(
        "approvals/check.html",
        task=task,
        decision=file.decision,
        kind=choices.kind_of(task),
        signs_record=signs_record,
        rows=_record(task, file, validated) if signs_record else _answers(task, validated),
        button=_button(task, validated, signs_record=signs_record),
        typed=[(name, value) for name, value in request.form.items(multi=True) if _is_typed(name)],
        report_digest=file.report.digest if file.report else "",
        revision=request.form.get("revision", ""),
        is_changed=is_changed,
        changed=changed or [],
        unmet=files.checks_box(task, file)["what_to_do"] if signs_record else [],
    )
    return page, 409 if is_changed else 200


def _is_typed(name: str) -> bool:
    return name not in kept.MARKS and name not in ("report_digest", "change")


def _record(task: UserTask, file: approvals.File, validated: Validated) -> list[published.Row]:
    """The record as it would be signed now, word for word."""
    before = file.standing.record
    if choices.kind_of(task) == "reconsider" and before is not None:
        said = actions.words_reconsidered(file.decision, before, validated.answers, by=person(), at=clock.now())
    else:
        said = actions.words_decided(file.decision, validated.answers, by=person(), at=clock.now())
    return published.record_rows(said, decision=file.decision, requests=consultations.current(db.session, file.decision))


def _answers(task: UserTask, validated: Validated) -> list[dict[str, Any]]:
    schema = library_forms.form_of(db.session, task)
    return [{"key": question, "value": words} for question, words in answer_words(schema, validated.answers)]


def _button(task: UserTask, validated: Validated, *, signs_record: bool) -> str:
    if signs_record:
        return "Sign decision"
    if choices.kind_of(task) == "sign-off":
        return "Sign off" if validated.answers.get("sign_off") == "approve" else "Send back to the author"
    return {"send_back": "Send back to the author", "defer": "Move the decision"}.get(str(validated.answers.get(choices.CHOICE)), "Continue")
