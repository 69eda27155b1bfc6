"""Who was asked for advice on a case, round by round, what they said, and what changed in the report between the rounds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, ConsultationRequest, ConsultationResponse, Report, User, clock
from webapp import kept
from webapp.cases import answers_in_words, bp, frame
from webapp.db import db, writes
from webapp.shared import advice, days_left
from webapp.shared import reports as report_words
from webapp.signed_in import person
from workflows.actions import consultations as consultation_actions
from workflows.actions import more_time as more_time_actions
from workflows.errors import Invalid, NotFound
from workflows.queries import case_pages, people
from workflows.queries import consultations as consultation_queries
from workflows.queries import decisions as decision_queries
from workflows.rules import decidable, permissions, words

MORE_TIME = ("until-day", "until-month", "until-year", "because")
KEPT_BACK = "Exempt. Only the team that advised, the author's team and those who decide can read it"


@bp.get("/cases/<reference>/consultations")
def consultations(reference: str) -> ResponseReturnValue:
    """Every request for advice, the newest round first."""
    case = frame.find(reference)
    decision = decision_queries.find_of_case(db.session, case.id)
    requests = decision_queries.requests(db.session, decision) if decision else []
    reports = case_pages.reports(db.session, decision) if decision else []
    names = people.group_names(db.session)
    rounds = sorted({each.round for each in requests}, reverse=True)
    return frame.page(
        case,
        "cases/consultations.html",
        tab="consultations",
        rounds=[_round(case, number, requests, reports, names) for number in rounds],
        unasked_change=_after_last_round(requests, reports),
    )


def _round(case: Case, number: int, requests: Sequence[ConsultationRequest], reports: Sequence[Report], names: Any) -> dict[str, Any]:
    asked = [each for each in requests if each.round == number]
    report = next((each for each in reports if each.id == asked[0].report_id), None)
    earlier = next((each for each in requests if each.round == number - 1), None)
    before = next((each for each in reports if earlier is not None and each.id == earlier.report_id), None)
    return {
        "number": number,
        "asked_at": min(each.asked_at for each in asked),
        "report": report,
        "before": before,
        "changes": report_words.changes(before.content, report.content) if before and report else [],
        "requests": [_request(case, each, names) for each in asked],
    }


def _after_last_round(requests: Sequence[ConsultationRequest], reports: Sequence[Report]) -> dict[str, Any] | None:
    """What changed in the report after advice was last asked for; None when nothing did."""
    if not requests or not reports:
        return None
    advised = next((each for each in reports if each.id == requests[-1].report_id), None)
    newest = reports[-1]
    if advised is None or advised.version >= newest.version:
        return None
    return {"before": advised, "report": newest, "changes": report_words.changes(advised.content, newest.content)}


def _request(case: Case, asked: ConsultationRequest, names: Any) -> dict[str, Any]:
    may_read = consultation_queries.may_read(person(), asked)
    return {
        "id": asked.id,
        "consultee": asked.consultee.name,
        "is_mandatory": asked.is_mandatory,
        "tag": answers_in_words.of_request(asked),
        "asked_at": asked.asked_at,
        "due_at": asked.due_at,
        "due_words": "" if asked.answered_at or not decidable.is_silent(asked) else days_left.until(asked.due_at),
        "explanation": advice.explained(asked.due_explanation),
        "answered_at": asked.answered_at,
        "answered_by": asked.answered_by.name if asked.answered_by else "",
        "is_late": asked.is_late,
        "is_exempt": asked.is_exempt,
        "parts": [{"name": name, "text": text} for name, text in _parts(asked, names, may_read=may_read) if text],
        "conditions": list(asked.conditions) if may_read else [],
        "override_href": _override_href(case, asked),
        "more_time_href": url_for("cases.more_time", reference=case.reference, request_id=asked.id) if _may_give(asked) else "",
    }


def _parts(asked: ConsultationRequest, names: Any, *, may_read: bool) -> list[tuple[str, str]]:
    reminded = f"{asked.reminded_count} time{'' if asked.reminded_count == 1 else 's'}" if asked.reminded_count else ""
    overridden = f"by {asked.overridden_by.name}: {asked.override_reason}" if asked.overridden_by else asked.override_reason
    written = "Question" if asked.response is ConsultationResponse.NEED_INFORMATION else "Comments"
    return [
        (written, asked.comments if may_read else KEPT_BACK),
        ("Implications", asked.implications if may_read else ""),
        ("Reminded", reminded),
        ("Overdue advice reported to", names.get(asked.escalated_to, asked.escalated_to)),
        ("Asked for more time", asked.more_time_asked_because),
        ("The Monitoring Officer went on without this advice", overridden),
        ("Resolved", asked.resolution),
    ]


def may_override(user: User, asked: ConsultationRequest) -> bool:
    """Whether this person may go on without this advice now: the Monitoring Officer, once it is overdue."""
    return decidable.can_be_gone_on_without(asked, at=clock.now()) and permissions.can_override(user, asked.decision.case)


def _override_href(case: Case, asked: ConsultationRequest) -> str:
    return url_for("cases.override", reference=case.reference, request_id=asked.id) if may_override(person(), asked) else ""


@bp.get("/cases/<reference>/consultations/<uuid:request_id>/override")
def override(reference: str, request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the Monitoring Officer why to go on without this advice."""
    case = frame.find(reference)
    permissions.check_override(person(), case)
    back = kept.typed()
    return _override_page(case, _find(case, request_id), reason=back.get("reason", "") if back else "")


@bp.post("/cases/<reference>/consultations/<uuid:request_id>/override", endpoint="override_post")
@writes
def override_post(reference: str, request_id: uuid.UUID) -> ResponseReturnValue:
    """Go on without this advice, with the reason that the report and the record print."""
    case = frame.find(reference)
    asked = _find(case, request_id)
    reason = request.form.get("reason", "")
    try:
        consultation_actions.override(db.session, asked, reason=reason, by=person())
    except Invalid as error:
        db.session.rollback()
        case = frame.find(reference)
        return _override_page(case, _find(case, request_id), reason=reason, errors=error.errors), 422
    flash(f"The case goes on without advice from {asked.consultee.name}")
    return redirect(url_for("cases.consultations", reference=case.reference), 303)


def _may_give(asked: ConsultationRequest) -> bool:
    return more_time_actions.can_give(asked, by=person())


@bp.get("/cases/<reference>/consultations/<uuid:request_id>/more-time")
def more_time(reference: str, request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask until when a consultee may answer, and why."""
    case = frame.find(reference)
    asked = _find(case, request_id)
    more_time_actions.check(asked, by=person())
    return _more_time_page(case, asked, {}, {})


@bp.post("/cases/<reference>/consultations/<uuid:request_id>/more-time", endpoint="more_time_post")
@writes
def more_time_post(reference: str, request_id: uuid.UUID) -> ResponseReturnValue:
    """Give a consultee more time."""
    case = frame.find(reference)
    asked = _find(case, request_id)
    typed = {name: request.form.get(name, "").strip()[:2_000] for name in MORE_TIME}
    try:
        more_time_actions.give(db.session, asked, until=_until(typed), because=typed["because"], by=person())
    except Invalid as error:
        db.session.rollback()
        case = frame.find(reference)
        return _more_time_page(case, _find(case, request_id), typed, error.errors), 422
    flash(f"{asked.consultee.name} can answer until {words.short_day(asked.due_at)}")
    return redirect(url_for("cases.consultations", reference=case.reference), 303)


def _until(typed: Mapping[str, str]) -> date | None:
    try:
        return date(*(int(typed[f"until-{part}"]) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _more_time_page(case: Case, asked: ConsultationRequest, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return frame.page(
        case, "cases/more_time.html", tab="consultations", asked=asked, typed={name: typed.get(name, "") for name in MORE_TIME}, errors=errors,
        problems=[{"text": said, "href": "#until-day" if name == "until" else f"#{name}"} for name, said in errors.items()],
        may=_may_give(asked), due_words=days_left.until(asked.due_at),
    )  # fmt: skip


def _find(case: Case, request_id: uuid.UUID) -> ConsultationRequest:
    found = db.session.get(ConsultationRequest, request_id)
    if found is None or found.decision.case_id != case.id:
        raise NotFound("There is no such request for advice on this case")
    return found


def _override_page(case: Case, asked: ConsultationRequest, *, reason: str = "", errors: dict[str, str] | None = None) -> str:
    return frame.page(
        case,
        "cases/override.html",
        tab="consultations",
        asked=asked,
        reason=reason,
        errors=errors or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()],
        shortest=consultation_actions.SHORTEST_OVERRIDE_REASON,
        may=may_override(person(), asked),
        due_words=days_left.until(asked.due_at),
    )
