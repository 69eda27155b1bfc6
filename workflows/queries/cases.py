"""One case, for a reader who may know of it."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import Case, ProcessInstance, User, UserTask
from workflows.errors import NotFound
from workflows.queries import absences, interests
from workflows.rules import permissions

HIDDEN = "There is no such case"


def case_for(session: Session, reader: User, *, reference: str) -> Case:
    """The case with this reference. NotFound when there is none or when this reader may not know of it."""
    case = session.scalar(select(Case).where(Case.reference == reference.strip().upper()))
    return _shown(session, reader, case)


def case_by_id(session: Session, reader: User, case_id: uuid.UUID) -> Case:
    """The case with this id. NotFound when there is none or when this reader may not know of it."""
    return _shown(session, reader, session.get(Case, case_id))


def _shown(session: Session, reader: User, case: Case | None) -> Case:
    if case is None or not can_see(session, reader, case):
        raise NotFound(HIDDEN)
    return case


def can_see(session: Session, reader: User, case: Case) -> bool:
    """Whether a case exists for this reader. An actual conflict of interest hides a provider's case from whoever declared it."""
    if interests.is_kept_away(session, reader, case):
        return False
    if permissions.can_see(reader, case, working_on_it=False):
        return True
    return case.is_restricted and permissions.can_see(reader, case, working_on_it=is_working_on(session, reader, case))


def is_working_on(session: Session, reader: User, case: Case) -> bool:
    """Whether a task of the case is or was for this person or their groups, or for a colleague they act for today."""
    found = absences.stand_ins(session, reader)
    ids = [reader.id, *(each.person.id for each in found if each.groups is None)]
    mine = UserTask.assignee_id.in_(ids) | UserTask.completed_by_id.in_(ids)
    ours = UserTask.candidate_group.in_(sorted(absences.with_groups(reader, found)))
    return bool(session.scalar(select(exists().where(UserTask.case_id == case.id, mine | ours))))


def running_instance(session: Session, case: Case) -> ProcessInstance | None:
    """The newest process instance of a case; None when none was started."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == case.id).order_by(ProcessInstance.started_at.desc())
    return session.scalar(query.limit(1))
