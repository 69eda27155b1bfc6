"""Looking at a notice or record exactly as the public will, and publishing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import KeyDecision, TaskStatus, UserTask, clock
from webapp.db import db, writes
from webapp.publishing import as_published, bp, checking
from webapp.publishing.as_published import Planned
from webapp.shared import decision_page, published, task_forms
from webapp.signed_in import person
from workflows.errors import NotFound
from workflows.library.forms import Validated
from workflows.queries import approvals, decisions, public, publishing
from workflows.queries import tasks as task_queries

NOTICES = frozenset({"notices.publish", "notices.publish_urgent"})
AGAIN = "decisions.publish_reconsidered"
HOW_TO_ASK = "Write to Democratic Services, who will tell you which further documents there are and send you those that are public."


@bp.get("/publishing/<uuid:task_id>")
@bp.get("/publishing/<uuid:task_id>/publish", endpoint="preview_again")
def preview(task_id: uuid.UUID) -> ResponseReturnValue:
    """The public page as it would be, the checks, and the form."""
    task = _task(task_id)
    if task.status is TaskStatus.COMPLETED:
        return redirect(url_for("publishing.published", task_id=task.id))
    return _page(task)


@bp.post("/publishing/<uuid:task_id>/publish")
@writes
def publish(task_id: uuid.UUID) -> ResponseReturnValue:
    """Publish now; or only show the preview again with what was typed."""
    task = _task(task_id)
    validated = task_forms.check(task)
    if "preview" in request.form:
        validated.errors.clear()
        return _page(task, validated=validated)
    if validated.is_valid:
        validated.errors.update(task_forms.complete(task, validated))
    if not validated.is_valid:
        return _page(_task(task_id), validated=validated), 422
    return redirect(url_for("publishing.published", task_id=task_id), 303)


@bp.get("/publishing/<uuid:task_id>/published", endpoint="published")
def published_page(task_id: uuid.UUID) -> ResponseReturnValue:
    """What was published, where it can be seen, and what is next."""
    task = _task(task_id)
    if task.status is not TaskStatus.COMPLETED:
        return redirect(url_for("publishing.preview", task_id=task.id))
    decision = _decision(task)
    record = decisions.newest_record(db.session, decision)
    notice = decisions.newest_notice(db.session, decision)
    is_notice = task.properties.get("operation") in NOTICES
    return render_template(
        "publishing/published.html",
        task=task,
        decision=decision,
        record=None if is_notice else record,
        notice=notice if is_notice else None,
        next_task=publishing.next_to_publish(db.session, person()),
    )


def _task(task_id: uuid.UUID) -> UserTask:
    task = task_queries.task_for(db.session, person(), task_id)
    if task.properties.get("page") != "publication":
        raise NotFound("There is nothing to publish here")
    return task


def _decision(task: UserTask) -> KeyDecision:
    return decisions.of_case(db.session, task.case_id)


def _page(task: UserTask, *, validated: Validated | None = None) -> str:
    decision = _decision(task)
    if task.status is TaskStatus.CANCELLED:
        return render_template("publishing/gone.html", task=task, decision=decision)
    is_notice = task.properties.get("operation") in NOTICES
    begins = _first_words(decision) if is_notice else _first_answers(task)
    typed = validated.answers if validated else _stored(task)
    answers = {**begins, **typed}
    planned = as_published.notice(decision, answers) if is_notice else _record(task, decision, answers)
    states_others = bool(answers.get("other_documents"))
    box = checking.of_notice(decision, planned, other_documents=states_others) if is_notice else checking.of_record(decision, planned)
    refusal = approvals.refusal(db.session, task, decision, person())
    holder = task.assignee
    is_held = holder is not None and holder.id != person().id
    may = box["is_met"] and not refusal and not is_held
    form = task_forms.open_form(task, validated=validated, begins=begins) if may else None
    return render_template(
        "publishing/preview.html",
        **box,
        task=task,
        decision=decision,
        is_notice=is_notice,
        page=decision_page.present(planned.found),
        document=_document(decision, planned),
        form=form,
        errors=form.errors if form else [],
        refusal=refusal,
        holder=holder.name if holder is not None and is_held else "",
    )


def _record(task: UserTask, decision: KeyDecision, answers: Mapping[str, Any]) -> Planned:
    signed = decisions.newest_record(db.session, decision)
    if signed is None:
        raise NotFound("The decision maker has not signed a decision")
    return as_published.record(decision, signed, answers, again=task.properties.get("operation") == AGAIN)


def _document(decision: KeyDecision, planned: Planned) -> list[published.Row]:
    """The words of the notice or the record, which have pages of their own."""
    if planned.notice is not None:
        return published.rows_of_notice(planned.notice)
    assert planned.record is not None
    return published.record_rows(published.words_of(planned.record), decision=decision, requests=planned.found.requests)


def _stored(task: UserTask) -> dict[str, Any]:
    """What is in this person's draft, as far as it can be read as answers."""
    draft = task_queries.draft_for(db.session, task, person())
    return {key: values[0] for key, values in draft.values.items() if values and values[0]} if draft else {}


def _first_words(decision: KeyDecision) -> dict[str, Any]:
    """What a notice begins with, so that a prepared one needs no typing; what must be confirmed is left to the person."""
    before = publishing.latest_notice_anywhere(db.session)
    said = before.content if before else {}
    team = public.democratic_services(db.session)
    today = clock.today().isoformat()
    return {
        "documents_list": f"Report: {decision.title}",
        "documents_address": said.get("documents_address") or (f"{team.name}, {team.email}".rstrip(", ") if team else ""),
        "request_procedure": said.get("request_procedure") or HOW_TO_ASK,
        "reasons_published": decision.impracticable_because,
        "other_documents": True,
        "website_on": today,
        "offices_on": today,
    }


def _first_answers(task: UserTask) -> dict[str, Any]:
    if task.properties.get("operation") == AGAIN:
        return {"published_on": clock.today().isoformat()}
    return {"published_on": clock.today().isoformat(), "urgent_exemption": "no"}
