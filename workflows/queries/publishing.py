"""The publishing desk: what waits to be published, what runs, and what was published, for those who publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import OPEN_TASKS, CallIn, DecisionRecord, DecisionState, Document, KeyDecision, Notice, User, UserTask, clock
from workflows.errors import NotFound
from workflows.queries import cases, decisions
from workflows.rules import permissions

UNDECIDED = (DecisionState.NOTICE_PUBLISHED, DecisionState.AWAITING_DECISION)
JUDGING_STEP = "judge-call-in"
CALLABLE = (DecisionState.CALL_IN_OPEN, DecisionState.CALLED_IN, DecisionState.RECONSIDERING)


@dataclass(frozen=True)
class Waiting:
    """A publishing task and what it is about; the decision exists from the proposal on."""

    task: UserTask
    decision: KeyDecision


def to_publish(session: Session, reader: User) -> list[Waiting]:
    """The open publishing tasks that this reader may see, soonest due first."""
    tasks = session.scalars(
        select(UserTask)
        .where(UserTask.status.in_(OPEN_TASKS), UserTask.properties["page"].as_string() == "publication")
        .options(joinedload(UserTask.case), joinedload(UserTask.assignee))
        .order_by(UserTask.due_at, UserTask.id)
    ).all()
    seen = [(task, decisions.find_of_case(session, task.case_id)) for task in tasks if cases.can_see(session, reader, task.case)]
    return [Waiting(task, decision) for task, decision in seen if decision is not None]


def next_to_publish(session: Session, reader: User) -> UserTask | None:
    """The next publishing task of this reader's own groups that nobody else holds."""
    mine = permissions.groups_of(reader)
    for waiting in to_publish(session, reader):
        if waiting.task.candidate_group in mine and waiting.task.assignee_id in (None, reader.id):
            return waiting.task
    return None


def in_comment_period(session: Session, reader: User) -> list[KeyDecision]:
    """Undecided matters on which people can still comment, soonest to close first."""
    query = select(KeyDecision).where(KeyDecision.state.in_(UNDECIDED), KeyDecision.representations_close_at >= clock.now())
    return _seen(session, reader, session.scalars(query.order_by(KeyDecision.representations_close_at)).all())


def in_call_in(session: Session, reader: User) -> list[tuple[KeyDecision, DecisionRecord]]:
    """Decisions that can be called in or were, soonest deadline first."""
    found = _seen(session, reader, session.scalars(select(KeyDecision).where(KeyDecision.state.in_(CALLABLE))).all())
    rows = [(decision, decisions.newest_record(session, decision)) for decision in found]
    known = [(decision, record) for decision, record in rows if record is not None]
    return sorted(known, key=lambda row: (row[1].call_in_last_day or row[1].made_on, row[0].public_reference))


def to_confirm(session: Session, reader: User) -> list[tuple[KeyDecision, DecisionRecord]]:
    """Decisions in effect that nobody has recorded as carried out, oldest first."""
    found = _seen(session, reader, session.scalars(select(KeyDecision).where(KeyDecision.state == DecisionState.IN_EFFECT)).all())
    rows = [(decision, decisions.newest_record(session, decision)) for decision in found]
    known = [(decision, record) for decision, record in rows if record is not None]
    return sorted(known, key=lambda row: (row[1].effective_from or row[1].made_on, row[0].public_reference))


def published(session: Session, reader: User) -> list[tuple[KeyDecision, Notice]]:
    """Every decision with a published notice and that notice as it stands, the latest change first."""
    found = _seen(session, reader, session.scalars(select(KeyDecision).where(KeyDecision.id.in_(select(Notice.decision_id)))).all())
    rows = [(decision, decisions.newest_notice(session, decision)) for decision in found]
    return sorted(((d, n) for d, n in rows if n is not None), key=lambda row: row[1].published_at, reverse=True)


def _seen(session: Session, reader: User, found: Sequence[KeyDecision]) -> list[KeyDecision]:
    return [decision for decision in found if cases.can_see(session, reader, decision.case)]


def published_by_slug(session: Session, reader: User, slug: str) -> KeyDecision:
    """A decision with a published notice, for someone who may correct it. NotFound when there is none or the case is hidden."""
    decision = decisions.public_by_slug(session, slug)
    if not cases.can_see(session, reader, decision.case):
        raise NotFound("There is no decision at this address")
    return decision


def documents_of(session: Session, decision: KeyDecision) -> Sequence[Document]:
    """The documents on a decision's case that were not removed, in the order they were added."""
    return session.scalars(
        select(Document).where(Document.case_id == decision.case_id, Document.removed_at.is_(None)).order_by(Document.added_at, Document.id)
    ).all()


def latest_notice_anywhere(session: Session) -> Notice | None:
    """The newest published notice of any decision: what it says about documents usually holds for the next one."""
    return session.scalar(select(Notice).order_by(Notice.published_at.desc()).limit(1))


@dataclass(frozen=True)
class Requested:
    """A call-in request, the decision it is about, and the task of judging it while that waits."""

    call_in: CallIn
    decision: KeyDecision
    task: UserTask | None


def call_in_requests(session: Session, reader: User) -> list[Requested]:
    """The register of call-in requests against decisions that this reader may see, the newest first."""
    found = session.scalars(
        select(CallIn).options(joinedload(CallIn.record).joinedload(DecisionRecord.decision)).order_by(CallIn.received_at.desc(), CallIn.id)
    ).all()
    return [
        Requested(call_in, call_in.record.decision, _judging_task(session, call_in))
        for call_in in found
        if cases.can_see(session, reader, call_in.record.decision.case)
    ]


def _judging_task(session: Session, call_in: CallIn) -> UserTask | None:
    if call_in.judged_at is not None:
        return None
    return session.scalar(
        select(UserTask).where(
            UserTask.case_id == call_in.record.decision.case_id, UserTask.bpmn_id == JUDGING_STEP, UserTask.status.in_(OPEN_TASKS)
        ).limit(1)
    )  # fmt: skip


def call_in_of_task(session: Session, task: UserTask) -> CallIn | None:
    """The call-in request that a step of judging is about: the oldest that waits, else the newest that was judged."""
    decision = decisions.find_of_case(session, task.case_id)
    if decision is None or task.bpmn_id != JUDGING_STEP:
        return None
    found = decisions.call_ins(session, session.scalars(select(DecisionRecord).where(DecisionRecord.decision_id == decision.id)).all())
    waiting = [call_in for call_in in found if call_in.judged_at is None]
    return waiting[0] if waiting else (found[-1] if found else None)
