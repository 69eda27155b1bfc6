"""Decisions and sign-offs that wait for a person, and the one-page file that they read before they sign."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    CallIn,
    DecisionRecord,
    Document,
    KeyDecision,
    Report,
    Representation,
    User,
    UserTask,
)
from workflows.errors import Refused
from workflows.queries import absences, cases, decisions, publishing
from workflows.queries import tasks as task_queries
from workflows.rules import decidable, duties, permissions
from workflows.rules.decidable import Standing

DECIDING = frozenset({"decisions.decide", "decisions.reconsider"})
SIGNING_OFF = frozenset({"signoffs.sign"})


@dataclass(frozen=True)
class Waiting:
    """A task of deciding or signing off, what it is about, why this reader may not do it, and for whom they would."""

    task: UserTask
    decision: KeyDecision
    refusal: str
    acting_for: User | None


@dataclass(frozen=True)
class File:
    """Everything a decision maker reads before they sign."""

    decision: KeyDecision
    standing: Standing
    representations: Sequence[Representation]
    documents: Sequence[Document]

    @property
    def report(self) -> Report | None:
        """The version that is signed."""
        return self.standing.report

    @property
    def before(self) -> Report | None:
        """The version before that one."""
        return self.standing.reports[-2] if len(self.standing.reports) > 1 else None

    @property
    def call_in(self) -> CallIn | None:
        """The newest call-in that was found in order, whose concerns a reconsideration answers."""
        judged = [call_in for call_in in self.standing.call_ins if call_in.concerns]
        return judged[-1] if judged else None


def waiting(session: Session, reader: User) -> list[Waiting]:
    """What waits for this reader's groups, or for those of the people they act for, soonest due first."""
    groups = absences.groups_worked_for(session, reader)
    found = session.scalars(_open_tasks().where(UserTask.candidate_group.in_(sorted(groups)) | (UserTask.assignee_id == reader.id))).all()
    return _about(session, reader, found)


def waiting_elsewhere(session: Session, reader: User) -> list[Waiting]:
    """What waits for somebody else about reports that this reader wrote, or that someone they act for wrote."""
    mine = {each.task.id for each in waiting(session, reader)}
    found = [task for task in session.scalars(_open_tasks()).all() if task.id not in mine and cases.can_see(session, reader, task.case)]
    return [each for each in _about(session, reader, found) if reader.id in decisions.writers(session, each.decision)]


def _open_tasks() -> Select[UserTask]:
    return (
        select(UserTask)
        .where(UserTask.status.in_(OPEN_TASKS), UserTask.properties["page"].as_string() == "approval")
        .options(joinedload(UserTask.case), joinedload(UserTask.assignee), joinedload(UserTask.definition))
        .order_by(UserTask.due_at, UserTask.id)
    )


def _about(session: Session, reader: User, tasks: Sequence[UserTask]) -> list[Waiting]:
    known = [(task, decisions.find_of_case(session, task.case_id)) for task in tasks]
    return [
        Waiting(task, decision, refusal(session, task, decision, reader), task_queries.acting_for(session, task, reader))
        for task, decision in known
        if decision is not None
    ]


def refusal(session: Session, task: UserTask, decision: KeyDecision, reader: User) -> str:
    """Why this reader may never do this, as a sentence; nothing when they may, now or later."""
    barred = barred_from(session, task, decision)
    acting_for = task_queries.acting_for(session, task, reader)
    try:
        decidable.check_apart(barred, by=reader, acting_for=acting_for, cannot="sign this")
        permissions.check_complete(reader, task, acting_for=acting_for)
        duties.check_different(reader, task_queries.doers(session, task.case_id, duties.steps_apart(task)), acting_for=acting_for)
    except Refused as error:
        return str(error)
    return ""


def barred_from(session: Session, task: UserTask, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Who may not do this task and why: for deciding everyone involved, for a sign-off whoever wrote or signed it, else nobody."""
    operation = task.properties.get("operation")
    if operation in DECIDING:
        return decisions.involved(session, decision)
    return decisions.cannot_sign_off(session, decision) if operation in SIGNING_OFF else {}


def file_of(session: Session, decision: KeyDecision) -> File:
    """The whole file of a decision."""
    return File(
        decision=decision,
        standing=decisions.standing(session, decision),
        representations=decisions.representations(session, decision),
        documents=publishing.documents_of(session, decision),
    )


def next_waiting(session: Session, reader: User) -> UserTask | None:
    """The next approval that this reader may do by their own right and that nobody else holds."""
    free = [each for each in waiting(session, reader) if not each.refusal and each.task.assignee_id in (None, reader.id)]
    return free[0].task if free else None


def record_of_task(session: Session, task: UserTask) -> DecisionRecord | None:
    """The record that was signed when a task was completed; None when it signed none."""
    decision = decisions.find_of_case(session, task.case_id)
    completed = task.completed_at
    if decision is None or completed is None or task.properties.get("operation") not in DECIDING:
        return None
    query = select(DecisionRecord).where(DecisionRecord.decision_id == decision.id, DecisionRecord.signed_by_id == task.completed_by_id)
    close = [record for record in session.scalars(query).all() if abs((record.signed_at - completed).total_seconds()) < 60]
    return close[-1] if close else None


def report_with(session: Session, decision: KeyDecision, *, digest: str) -> Report | None:
    """The version of the report that somebody read, by its digest."""
    return session.scalar(select(Report).where(Report.decision_id == decision.id, Report.digest == digest).order_by(Report.version.desc()).limit(1))


def open_task_of_case(session: Session, case_id: uuid.UUID) -> UserTask | None:
    """The approval that a case waits for, soonest due first."""
    return session.scalar(_open_tasks().where(UserTask.case_id == case_id).limit(1))
