"""Requests for advice as the consulted read them: those of their teams, one with its task, its rounds and the advice of others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    Answer,
    AuditEvent,
    Case,
    ConsultationRequest,
    ConsultationStatus,
    KeyDecision,
    Report,
    User,
    UserTask,
)
from workflows.errors import NotFound
from workflows.queries import absences, cases, decisions, due_diligence
from workflows.rules import permissions

ADVICE_STEPS = ("give-advice", "give-view")
READS_EXEMPT_ADVICE = (
    "monitoring_officer", "s151_officer", "head_of_paid_service", "legal_officer", "auditor", "lead_director", "cabinet_member",
)  # fmt: skip
ENDED = (ConsultationStatus.ANSWERED, ConsultationStatus.OVERRIDDEN, ConsultationStatus.WITHDRAWN)


def asked(session: Session, reader: User) -> list[ConsultationRequest]:
    """The requests that wait for this reader's teams, or those of people they act for, soonest due first."""
    keys = _groups(session, reader)
    found = session.scalars(_of_groups(keys).where(ConsultationRequest.status == ConsultationStatus.ASKED)).all()
    return sorted((request for request in found if is_waited_for(request)), key=lambda request: (request.due_at, request.id))


def ended(session: Session, reader: User, *, limit: int = 100) -> list[ConsultationRequest]:
    """The requests of the reader's teams that were answered or ended otherwise, the newest first."""
    found = session.scalars(_of_groups(_groups(session, reader)).order_by(ConsultationRequest.asked_at.desc()).limit(limit * 2)).all()
    over = [request for request in found if request.status in ENDED or (request.status is ConsultationStatus.ASKED and not is_waited_for(request))]
    return sorted(over, key=lambda request: request.answered_at or request.asked_at, reverse=True)[:limit]


def next_asked(session: Session, reader: User) -> ConsultationRequest | None:
    """The next request of the reader's own teams whose task nobody else holds."""
    mine = permissions.groups_of(reader)
    for request in asked(session, reader):
        task = open_task(session, request)
        if request.consultee_key in mine and task is not None and task.assignee_id in (None, reader.id):
            return request
    return None


def is_waited_for(request: ConsultationRequest) -> bool:
    """Whether an answer is still wanted: the matter was not withdrawn. Time alone never ends a request."""
    return request.status is ConsultationStatus.ASKED and request.decision.withdrawn_at is None


def _groups(session: Session, reader: User) -> frozenset[str]:
    return absences.groups_worked_for(session, reader)


def _of_groups(keys: frozenset[str]) -> Select[ConsultationRequest]:
    return (
        select(ConsultationRequest)
        .where(ConsultationRequest.consultee_key.in_(sorted(keys)))
        .options(
            joinedload(ConsultationRequest.consultee),
            joinedload(ConsultationRequest.answered_by),
            joinedload(ConsultationRequest.decision).joinedload(KeyDecision.case),
        )
    )


def request_for(session: Session, reader: User, request_id: uuid.UUID) -> ConsultationRequest:
    """One request, for a member of the consultee or anyone who sees the case. NotFound otherwise."""
    request = session.get(ConsultationRequest, request_id)
    if request is None or not (request.consultee_key in _groups(session, reader) or cases.can_see(session, reader, request.decision.case)):
        raise NotFound("There is no such request")
    return request


def of_task(session: Session, task: UserTask) -> ConsultationRequest:
    """The request that a task of giving advice belongs to: the newest to its group. NotFound when there is none."""
    decision = decisions.of_case(session, task.case_id)
    answered = [request for request in decisions.requests(session, decision) if request.task_id == task.id]
    asked_of = [request for request in decisions.requests(session, decision) if request.consultee_key == task.candidate_group]
    found = answered or asked_of
    if not found:
        raise NotFound("There is no such request")
    return found[-1]


def open_task(session: Session, request: ConsultationRequest) -> UserTask | None:
    """The task in which the consultee answers; None when it is done, or when the case has not come to it."""
    if request.status is not ConsultationStatus.ASKED:
        return None
    return session.scalar(
        select(UserTask)
        .where(UserTask.case_id == request.decision.case_id, UserTask.bpmn_id.in_(ADVICE_STEPS), UserTask.status.in_(OPEN_TASKS))
        .where(UserTask.candidate_group == request.consultee_key)
        .options(joinedload(UserTask.case), joinedload(UserTask.definition), joinedload(UserTask.assignee))
        .order_by(UserTask.created_at.desc())
        .limit(1)
    )


def task_of(session: Session, request: ConsultationRequest) -> UserTask | None:
    """The open task of a request, else the newest that was completed or taken away: it tells who was faster."""
    return open_task(session, request) or session.scalar(
        select(UserTask)
        .where(UserTask.case_id == request.decision.case_id, UserTask.bpmn_id.in_(ADVICE_STEPS))
        .where(UserTask.candidate_group == request.consultee_key)
        .order_by(UserTask.created_at.desc())
        .limit(1)
    )


def is_for(session: Session, reader: User, request: ConsultationRequest) -> bool:
    """Whether this reader belongs to the consultee, or acts today for somebody who does."""
    return request.consultee_key in _groups(session, reader)


def writers(session: Session, request: ConsultationRequest) -> dict[uuid.UUID, str]:
    """Who may not advise because they wrote the report or act for someone who did, and why."""
    return decisions.writers(session, request.decision)


def newer(session: Session, request: ConsultationRequest) -> ConsultationRequest | None:
    """The request that took the place of this one; None when it is the newest to its consultee."""
    later = [other for other in decisions.requests(session, request.decision) if other.consultee_key == request.consultee_key]
    return later[-1] if later and later[-1].id != request.id else None


def earlier(session: Session, request: ConsultationRequest) -> list[ConsultationRequest]:
    """The requests to the same consultee in the rounds before, oldest first."""
    known = decisions.requests(session, request.decision)
    return [other for other in known if other.consultee_key == request.consultee_key and other.round < request.round]


def others(session: Session, reader: User, request: ConsultationRequest) -> list[ConsultationRequest]:
    """The newest answered request to each other consultee, for a reader who may read what they said."""
    newest: dict[str, ConsultationRequest] = {}
    for other in decisions.requests(session, request.decision):
        if other.consultee_key != request.consultee_key:
            newest[other.consultee_key] = other
    return [other for other in newest.values() if other.status is ConsultationStatus.ANSWERED and may_read(reader, other)]


def may_read(reader: User, request: ConsultationRequest) -> bool:
    """Whether this reader, who sees the case, may read the words: exempt advice is for its own team, the case's, and statutory officers."""
    return not request.is_exempt or _reads_exempt(reader, {request.consultee_key, request.decision.case.team_key, request.decision.maker_key})


def may_read_answer(session: Session, reader: User, answer: Answer) -> bool:
    """The same of an answer as it was sent in a task, which holds the words of the advice once more."""
    if due_diligence.is_sealed(session, reader, answer):
        return False
    if not answer.values.get("is_exempt") or answer.said_by_id == reader.id:
        return True
    task = answer.task
    decision = decisions.find_of_case(session, task.case_id)
    return _reads_exempt(reader, {task.candidate_group, task.case.team_key, *([decision.maker_key] if decision else [])})


def _reads_exempt(reader: User, groups: Set[str]) -> bool:
    return bool(permissions.groups_of(reader) & groups) or permissions.has_role(reader, *READS_EXEMPT_ADVICE)


@dataclass(frozen=True)
class Versions:
    """The report that is asked about now and the one this consultee was asked about before; either may be missing."""

    now: Report | None
    before: Report | None


def versions(session: Session, request: ConsultationRequest) -> Versions:
    """The two versions whose difference a consultee who is asked again wants to see."""
    previous = [other.report for other in earlier(session, request) if other.report is not None]
    return Versions(now=request.report, before=previous[-1] if previous else None)


def information_given(session: Session, request: ConsultationRequest) -> list[Answer]:
    """What the author answered to this consultee's questions, oldest first."""
    rows = session.scalars(
        select(Answer)
        .join(UserTask, UserTask.id == Answer.task_id)
        .where(Answer.case_id == request.decision.case_id, Answer.bpmn_id == "inform-consultee", Answer.said_at >= request.asked_at)
        .options(joinedload(Answer.task), joinedload(Answer.said_by))
        .order_by(Answer.said_at)
    ).all()
    return [answer for answer in rows if _consultee_of(answer.task) in ("", request.consultee_key)]


def _consultee_of(task: UserTask) -> str:
    consultee = task.variables.get("consultee")
    return str(consultee.get("key", "")) if isinstance(consultee, dict) else ""


def withdrawn_by(session: Session, case: Case) -> User | None:
    """Who asked for the withdrawal of a case's matter."""
    event = session.scalar(
        select(AuditEvent)
        .where(AuditEvent.chain == case.id.hex, AuditEvent.kind == "decision:withdrawal_asked")
        .options(joinedload(AuditEvent.by))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    )
    return event.by if event is not None else None


def current(session: Session, decision: KeyDecision) -> Sequence[ConsultationRequest]:
    """The newest request to each consultee of a decision, in the order they were first asked."""
    newest: dict[str, ConsultationRequest] = {}
    for request in decisions.requests(session, decision):
        newest[request.consultee_key] = request
    return list(newest.values())
