"""Asking for advice: the request, reminders, the answer, objections. Silence is never consent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    OPEN_TASKS,
    Case,
    ConsultationRequest,
    ConsultationResponse,
    ConsultationStatus,
    KeyDecision,
    NoticeRoute,
    User,
    UserTask,
    clock,
)
from workflows.actions import audit, mail, tasks
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import mail_about, parameters
from workflows.rules import calendar, decidable, permissions, words

DAYS_BY_ROUTE = {
    NoticeRoute.NORMAL: "consultation_days",
    NoticeRoute.GENERAL_EXCEPTION: "consultation_days_expedited",
    NoticeRoute.SPECIAL_URGENCY: "consultation_days_urgent",
}
CLOSE_OF_BUSINESS = time(17)
MORNING = time(9)
LEAST_DAYS_AFTER_INFORMATION = 3
SHORTEST_OVERRIDE_REASON = 20
TIMES = ("advice_due_on", "remind_first_at", "remind_second_at", "escalate_manager_on", "escalate_monitoring_on")
LIFTS_AN_OBJECTION = {
    "amend": "The Chief Executive decided that the report is changed to meet the objection.",
    "settled": "The Chief Executive decided to go on, with the objection on record.",
}
SILENT_RESPONSES = frozenset({ConsultationResponse.NO_COMMENT, ConsultationResponse.SUPPORT})


@operation("consultations.ask", gives=TIMES)
def ask(work: Work) -> dict[str, Any]:
    """Ask one consultee for advice on the present report, and give the moments of the reminders."""
    decision = decision_queries.of_case(work.session, work.case.id)
    consultee = work.data["consultee"]
    report = decision_queries.standing(work.session, decision).report
    deadline = answer_by(work.session, decision, asked_at=work.now)
    round_number = int(work.data.get("consultation_round", 1))
    _supersede(work.session, decision, consultee["key"])
    request = ConsultationRequest(
        decision_id=decision.id, report_id=report.id if report else None, round=round_number, consultee_key=consultee["key"],
        is_mandatory=bool(consultee["mandatory"]), asked_at=work.now, due_at=close_of_business(deadline),
        due_explanation=deadline.explanation.to_json(),
    )  # fmt: skip
    work.session.add(request)
    work.session.flush()
    mail.to_group(work.session, request.consultee_key, kind="consultation:asked", case=work.case,
                  subject=f"Advice wanted by {words.short_day(deadline.on)}: {work.case.title}", link=f"/consultations/{request.id}",
                  about=mail_about.consultation(request.id))  # fmt: skip
    return times(work.session, calendar.london_date(work.now), until=deadline.on)


def answer_by(session: Session, decision: KeyDecision, *, asked_at: datetime) -> calendar.Deadline:
    """By which day advice is wanted: so many working days by the route of the notice."""
    rule = parameters.rule(session, DAYS_BY_ROUTE[decision.route or NoticeRoute.NORMAL])
    return calendar.reckon(rule, calendar.london_date(asked_at), event="Advice asked for", closures=parameters.closures(session))


def close_of_business(deadline: calendar.Deadline) -> datetime:
    """5pm in London on the day a deadline falls, as an aware UTC moment."""
    return calendar.london_instant(deadline.on, at=CLOSE_OF_BUSINESS)


def _supersede(session: Session, decision: KeyDecision, key: str) -> None:
    for request in decision_queries.requests(session, decision):
        if request.consultee_key == key and request.status is ConsultationStatus.ASKED:
            request.status = ConsultationStatus.SUPERSEDED


def times(session: Session, day: date, *, until: date, closures: Sequence[calendar.Closure] | None = None) -> dict[str, str]:
    """The moments of the reminders for advice asked for on one London day and due on another, as the diagram writes moments."""
    working = calendar.find_calendar("EW", parameters.closures(session) if closures is None else closures)
    total = calendar.working_days_between(day, until, working)

    def after(start_days: int, at: time) -> str:
        return calendar.london_instant(_working_day(day, start_days, working), at=at).isoformat()

    return {
        "advice_due_on": calendar.london_instant(until, at=CLOSE_OF_BUSINESS).isoformat(),
        "remind_first_at": after(_share(total, parameters.value(session, "first_reminder_percent")), MORNING),
        "remind_second_at": after(_share(total, parameters.value(session, "second_reminder_percent")), MORNING),
        "escalate_manager_on": after(total + int(parameters.value(session, "escalate_manager_days")), MORNING),
        "escalate_monitoring_on": after(total + int(parameters.value(session, "escalate_monitoring_days")), MORNING),
    }


def _share(total: int, percent: float) -> int:
    return max(1, math.ceil(total * float(percent) / 100))


def _working_day(start: Any, count: int, working: calendar.Calendar) -> Any:
    day = start
    for _ in range(count):
        day = calendar.next_working_day(day, working)
    return day


@operation("consultations.remind")
def remind(work: Work) -> None:
    """Remind a consultee who has not answered; nothing changes but the count."""
    request = _present(work)
    request.reminded_count += 1
    mail.to_group(work.session, request.consultee_key, kind="consultation:reminder", case=work.case,
                  subject=f"Advice wanted: {work.case.title}", link=f"/consultations/{request.id}",
                  about=mail_about.consultation(request.id))  # fmt: skip
    audit.record(work.session, "consultation:reminded", case=work.case, by=None, detail={"consultee": request.consultee_key})


@operation("consultations.escalate")
def escalate(work: Work) -> None:
    """Tell the consultee's manager, then the Monitoring Officer, that advice is overdue. It stays asked."""
    request = _present(work)
    to = str(work.params.get("to") or "monitoring-officer")
    target = (request.consultee.manager_key or "monitoring-officer") if to == "manager" else to
    request.escalated_to = target
    mail.to_group(work.session, target, kind="consultation:overdue", case=work.case,
                  subject=f"Overdue: {request.consultee.name}'s advice on {work.case.title}", link=_page_of(work.case),
                  about=mail_about.consultation(request.id))  # fmt: skip
    audit.record(work.session, "consultation:escalated", case=work.case, by=None, detail={"consultee": request.consultee_key, "to": target})


@operation("consultations.note_silence")
def note_silence(work: Work) -> None:
    """An advisory consultee did not answer in time: say so and go on. Refused for one whose answer is mandatory."""
    request = _present(work)
    if request.is_mandatory:
        raise Refused("Silence is not consent: this consultee must answer")
    request.comments = f"No response received by {calendar.date_words(calendar.london_date(request.due_at))}"
    request.status = ConsultationStatus.WITHDRAWN


@operation("consultations.answer", gives=("response",))
def answer(work: Work) -> dict[str, Any]:
    """Keep one of the five answers. Field errors where comments, implications or conditions are wanted and missing."""
    if work.by is None:
        raise Refused("Advice comes from a person")
    request = _present(work)
    writers = decision_queries.writers(work.session, request.decision)
    decidable.check_apart(writers, by=work.by, acting_for=work.acting_for, cannot="advise on this")
    response = ConsultationResponse(work.answers["response"])
    _check_answer(work.answers, response, is_mandatory=request.is_mandatory)
    request.status = ConsultationStatus.ANSWERED
    request.response = response
    request.comments = work.answers.get("comments") or work.answers.get("question") or ""
    request.implications = work.answers.get("implications", "")
    request.conditions = list(work.answers.get("conditions") or [])
    request.is_exempt = bool(work.answers.get("is_exempt"))
    request.is_late = work.now > request.due_at
    request.answered_at, request.answered_by_id = work.now, work.by.id
    request.task_id = work.task.id if work.task else None
    return {"response": response.value}


def _check_answer(answers: Mapping[str, Any], response: ConsultationResponse, *, is_mandatory: bool) -> None:
    errors = {}
    if response is ConsultationResponse.NEED_INFORMATION:
        if not answers.get("question"):
            errors["question"] = "Enter what you need to know"
    else:
        if response not in SILENT_RESPONSES and not answers.get("comments"):
            errors["comments"] = "Enter your comments"
        if is_mandatory and not answers.get("implications"):
            errors["implications"] = "Enter the implications in your field"
        if response is ConsultationResponse.SUPPORT_WITH_CONDITIONS and not answers.get("conditions"):
            errors["conditions"] = "Enter at least one condition"
    if errors:
        raise Invalid(errors)


@operation("consultations.inform", gives=TIMES)
def inform(work: Work) -> dict[str, Any]:
    """Give the information a consultee asked for; they have at least three more working days."""
    request = _present(work)
    rule = parameters.rule(work.session, "days_after_information")
    deadline = calendar.reckon(rule, calendar.london_date(work.now), event="Information given", closures=parameters.closures(work.session))
    if close_of_business(deadline) > request.due_at:
        request.due_at, request.due_explanation = close_of_business(deadline), deadline.explanation.to_json()
    request.status, request.response = ConsultationStatus.ASKED, None
    request.answered_at = request.answered_by_id = None
    return times(work.session, calendar.london_date(work.now), until=max(deadline.on, calendar.london_date(request.due_at)))


@operation("consultations.sum_up", gives=("advice",))
def sum_up(work: Work) -> dict[str, Any]:
    """Whether an objection on legality or funding stands, once everyone has answered."""
    decision = decision_queries.of_case(work.session, work.case.id)
    standing = decision_queries.standing(work.session, decision)
    objections = decidable.open_objections(standing)
    return {"advice": {"objection": bool(objections), "objectors": [request.consultee.name for request in objections]}}


@operation("consultations.resolve", gives=("resolution",))
def resolve(work: Work) -> dict[str, Any]:
    """What the author does about a blocking objection: change the report, escalate or withdraw.

    Nothing the author says lifts it: it stands until whoever objected answers anew, or the Chief Executive decides.
    """
    return {"resolution": work.answers["resolution"]}


@operation("consultations.decide_escalation", gives=("resolution",))
def decide_escalation(work: Work) -> dict[str, Any]:
    """What the Chief Executive decides about an objection that was escalated; it stays on record with the reasons.

    Refused when anyone else would lift it, whatever the diagram says.
    """
    if work.by is None:
        raise Refused("Only a person can decide about an objection")
    resolution = work.answers["resolution"]
    if resolution in LIFTS_AN_OBJECTION:
        decision = decision_queries.of_case(work.session, work.case.id)
        permissions.check_settle(work.acting_for or work.by)
        for request in decidable.open_objections(decision_queries.standing(work.session, decision)):
            request.resolution = f"{LIFTS_AN_OBJECTION[resolution]} {work.answers['resolution_text']}"
            request.resolved_by_id = work.by.id
    return {"resolution": resolution}


def _page_of(case: Case) -> str:
    return f"/cases/{case.reference}/consultations"


def ask_more_time(session: Session, request: ConsultationRequest, *, because: str, by: User) -> None:
    """A consultee asks for more time. It is a request to the author, not an answer: the request stays asked."""
    permissions.check_advise(by, request)
    if request.status is not ConsultationStatus.ASKED:
        raise Conflict("This request has been answered")
    if not because.strip():
        raise Invalid({"because": "Enter why you need more time"})
    request.more_time_asked_because = because
    decision = request.decision
    audit.record(session, "consultation:more_time_asked", case=decision.case, by=by, detail={"consultee": request.consultee_key},
                 text={"because": because})  # fmt: skip
    mail.to_person(session, decision.author, kind="consultation:more_time", case=decision.case,
                   subject=f"{request.consultee.name} asks for more time: {decision.title}", link=_page_of(decision.case))
    session.flush()


def override(session: Session, request: ConsultationRequest, *, reason: str, by: User) -> None:
    """The Monitoring Officer goes on without a silent mandatory consultee. The reason is printed in report and record.

    Refused for anyone else and before the answer is overdue; Conflict when they have answered, or wait for an answer themselves;
    Invalid for a reason under 20 characters.
    """
    permissions.check_override(by, request.decision.case)
    audit.lock(session, request.decision.case)
    session.refresh(request)
    if request.decision.withdrawn_at is not None:
        raise Conflict("This proposal was withdrawn")
    if decidable.is_silent(request) and request.status is not ConsultationStatus.ASKED:
        raise Conflict(f"{request.consultee.name} asked a question that the author has not answered")
    if not decidable.is_silent(request) or not request.is_mandatory:
        raise Conflict("This consultee has answered")
    if clock.now() <= request.due_at:
        raise Refused(f"{request.consultee.name} still have time to answer")
    if len(reason.strip()) < SHORTEST_OVERRIDE_REASON:
        raise Invalid({"reason": f"Enter a reason of {SHORTEST_OVERRIDE_REASON} characters or more"})
    request.status = ConsultationStatus.OVERRIDDEN
    request.override_reason, request.overridden_by_id, request.overridden_at = reason.strip(), by.id, clock.now()
    audit.record(session, "consultation:overridden", case=request.decision.case, by=by, detail={"consultee": request.consultee_key},
                 text={"reason": reason})  # fmt: skip
    session.flush()
    for task in _waiting_tasks(session, request):
        tasks.complete_by_override(session, task, answers={"response": "overridden"}, by=by, gives={"response": "overridden"})


def _waiting_tasks(session: Session, request: ConsultationRequest) -> list[UserTask]:
    return list(
        session.scalars(
            select(UserTask).where(
                UserTask.case_id == request.decision.case_id,
                UserTask.bpmn_id == "give-advice",
                UserTask.candidate_group == request.consultee_key,
                UserTask.status.in_(OPEN_TASKS),
            )
        )
    )


def _present(work: Work) -> ConsultationRequest:
    decision = decision_queries.of_case(work.session, work.case.id)
    key = work.data["consultee"]["key"]
    found = [request for request in decision_queries.requests(work.session, decision) if request.consultee_key == key]
    if not found:
        raise Refused("This consultee has not been asked")
    return found[-1]
