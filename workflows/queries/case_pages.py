"""One case as its pages show it: what is stored about it, its documents, comments, answers and reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    Answer,
    AuditEvent,
    Case,
    Comment,
    Document,
    Incident,
    KeyDecision,
    ProcessInstance,
    Report,
    Representation,
    TaskStatus,
    Timer,
    UserTask,
)
from workflows.errors import NotFound
from workflows.queries import decisions, people
from workflows.rules import decidable


def passed_steps(session: Session, case: Case) -> frozenset[str]:
    """The ids of the elements of a diagram that a case has gone through: by people, and by the system."""
    recorded = select(AuditEvent.detail).where(AuditEvent.chain == case.id.hex, AuditEvent.kind.in_(["step:completed", "task:completed"]))
    return frozenset(str(detail.get("step", "")) for detail in session.scalars(recorded))


@dataclass(frozen=True)
class Whole:
    """What is stored about one case and its processes, for the pages about it."""

    case: Case
    decision: KeyDecision | None
    standing: decidable.Standing | None
    instances: Sequence[ProcessInstance] = ()
    tasks: Sequence[UserTask] = ()
    timers: Sequence[Timer] = ()
    incidents: Sequence[Incident] = ()
    representations: int = 0
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> ProcessInstance | None:
        """The process the case was opened for."""
        return self.instances[0] if self.instances else None

    @property
    def open_tasks(self) -> list[UserTask]:
        """The tasks that wait for people, the soonest due first."""
        return sorted((task for task in self.tasks if task.status in OPEN_TASKS), key=lambda task: (task.due_at, task.created_at))

    def group_of(self, task: UserTask) -> str:
        """The name of the group a task is for."""
        return self.names.get(task.candidate_group, task.candidate_group)

    @property
    def done_tasks(self) -> list[UserTask]:
        """The completed tasks in the order they were completed."""
        done = [task for task in self.tasks if task.status is TaskStatus.COMPLETED and task.completed_at is not None]
        return sorted(done, key=lambda task: (task.completed_at or task.created_at, task.created_at))


def whole(session: Session, case: Case) -> Whole:
    """Everything about a case that its summary and process pages need."""
    decision = decisions.find_of_case(session, case.id)
    instances = session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == case.id)
        .options(joinedload(ProcessInstance.definition))
        .order_by(ProcessInstance.started_at, ProcessInstance.id)
    ).all()
    return Whole(
        case=case,
        decision=decision,
        standing=decisions.standing(session, decision) if decision else None,
        instances=instances,
        tasks=_tasks(session, case),
        timers=_timers(session, instances),
        incidents=open_incidents(session, case),
        representations=_representations(session, decision),
        names=people.group_names(session),
    )


def _tasks(session: Session, case: Case) -> Sequence[UserTask]:
    people = (joinedload(UserTask.assignee), joinedload(UserTask.completed_by), joinedload(UserTask.acting_for))
    return session.scalars(select(UserTask).where(UserTask.case_id == case.id).options(*people).order_by(UserTask.created_at, UserTask.id)).all()


def _timers(session: Session, instances: Sequence[ProcessInstance]) -> Sequence[Timer]:
    ids = [instance.id for instance in instances]
    return session.scalars(select(Timer).where(Timer.instance_id.in_(ids)).order_by(Timer.due_at, Timer.id)).all()


def _representations(session: Session, decision: KeyDecision | None) -> int:
    if decision is None:
        return 0
    return session.scalar(select(func.count()).select_from(Representation).where(Representation.decision_id == decision.id)) or 0


def open_incidents(session: Session, case: Case) -> Sequence[Incident]:
    """What keeps a case from going on, the oldest first."""
    return session.scalars(select(Incident).where(Incident.case_id == case.id, Incident.closed_at.is_(None)).order_by(Incident.opened_at)).all()


@dataclass(frozen=True)
class Counts:
    """How much lies behind the tabs of a case."""

    documents: int
    comments: int
    consultations: int


def counts(session: Session, case: Case) -> Counts:
    """How many documents, comments and consulted groups a case has."""
    held = select(func.count()).select_from(Document).where(Document.case_id == case.id, Document.removed_at.is_(None))
    said = select(func.count()).select_from(Comment).where(Comment.case_id == case.id)
    decision = decisions.find_of_case(session, case.id)
    asked = {request.consultee_key for request in decisions.requests(session, decision)} if decision else set()
    return Counts(session.scalar(held) or 0, session.scalar(said) or 0, len(asked))


def documents(session: Session, case: Case) -> Sequence[Document]:
    """The documents of a case that have not been removed, the newest first."""
    query = select(Document).where(Document.case_id == case.id, Document.removed_at.is_(None)).options(joinedload(Document.added_by))
    return session.scalars(query.order_by(Document.added_at.desc(), Document.id)).all()


def document(session: Session, case: Case, document_id: uuid.UUID) -> Document:
    """One document of a case. NotFound for one of another case or one that was removed."""
    found = session.get(Document, document_id)
    if found is None or found.case_id != case.id or found.removed_at is not None:
        raise NotFound("There is no such document on this case")
    return found


def comments(session: Session, case: Case) -> Sequence[Comment]:
    """The comments on a case, the newest first."""
    query = select(Comment).where(Comment.case_id == case.id).options(joinedload(Comment.author))
    return session.scalars(query.order_by(Comment.written_at.desc(), Comment.id)).all()


def answers(session: Session, case: Case) -> Sequence[Answer]:
    """What was answered in each completed task, the newest first."""
    task = joinedload(Answer.task)
    loaded = (task.joinedload(UserTask.definition), task.joinedload(UserTask.acting_for), joinedload(Answer.said_by))
    return session.scalars(select(Answer).where(Answer.case_id == case.id).options(*loaded).order_by(Answer.said_at.desc(), Answer.id)).all()


def reports(session: Session, decision: KeyDecision) -> Sequence[Report]:
    """The versions of a decision's report, the first first."""
    query = select(Report).where(Report.decision_id == decision.id).options(joinedload(Report.written_by))
    return session.scalars(query.order_by(Report.version)).all()
