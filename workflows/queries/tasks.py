"""One user task, for a reader who may see it, with its draft, its answer and the others of its case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import OPEN_TASKS, Answer, Draft, TaskStatus, User, UserTask
from workflows.errors import NotFound
from workflows.queries import absences, cases
from workflows.rules import permissions
from workflows.rules.duties import Doer


def task_for(session: Session, reader: User, task_id: uuid.UUID) -> UserTask:
    """The task with its case, definition and assignee. NotFound when this reader may not know of its case."""
    task = session.scalar(
        select(UserTask)
        .where(UserTask.id == task_id)
        .options(joinedload(UserTask.case), joinedload(UserTask.definition), joinedload(UserTask.assignee), joinedload(UserTask.completed_by))
    )
    if task is None or not cases.can_see(session, reader, task.case):
        raise NotFound("There is no such task")
    return task


def draft_for(session: Session, task: UserTask, user: User) -> Draft | None:
    """What this person typed into a task and did not send; else a draft that a colleague shared when putting it back."""
    drafts = session.scalars(select(Draft).where(Draft.task_id == task.id).order_by(Draft.saved_at.desc())).all()
    own = next((draft for draft in drafts if draft.user_id == user.id), None)
    return own or next((draft for draft in drafts if draft.is_shared), None)


def answer_of(session: Session, task: UserTask) -> Answer | None:
    """What was answered in a completed task."""
    return session.scalar(select(Answer).where(Answer.task_id == task.id))


def latest_answer(session: Session, case_id: uuid.UUID, bpmn_ids: Iterable[str]) -> Answer | None:
    """The newest answer given in a case to any of these steps."""
    query = select(Answer).where(Answer.case_id == case_id, Answer.bpmn_id.in_(list(bpmn_ids))).order_by(Answer.said_at.desc())
    return session.scalar(query.limit(1))


def open_tasks_of(session: Session, case_id: uuid.UUID) -> Sequence[UserTask]:
    """The tasks of a case that wait for people, soonest due first."""
    return session.scalars(
        select(UserTask)
        .where(UserTask.case_id == case_id, UserTask.status.in_(OPEN_TASKS))
        .options(joinedload(UserTask.assignee))
        .order_by(UserTask.due_at, UserTask.id)
    ).all()


def doers(session: Session, case_id: uuid.UUID, bpmn_ids: Iterable[str]) -> Mapping[str, list[Doer]]:
    """Who completed each of these steps in a case, and for whom they did it, by step."""
    wanted = list(bpmn_ids)
    found: dict[str, list[Doer]] = {}
    if not wanted:
        return found
    rows = session.execute(
        select(UserTask.bpmn_id, UserTask.name, UserTask.completed_by_id, UserTask.acting_for_id).where(
            UserTask.case_id == case_id, UserTask.bpmn_id.in_(wanted), UserTask.status == TaskStatus.COMPLETED
        )
    )
    for bpmn_id, name, by_id, acting_for_id in rows:
        found.setdefault(bpmn_id, []).append(Doer(step=name, people=frozenset(each for each in (by_id, acting_for_id) if each is not None)))
    return found


def acting_for(session: Session, task: UserTask, user: User) -> User | None:
    """The absent colleague on whose behalf this person would do the task; None when it is theirs by their own right."""
    is_held_by_another = task.assignee_id not in (None, user.id)
    if not is_held_by_another and task.candidate_group in permissions.groups_of(user):
        return None
    found = [each.person for each in absences.stand_ins(session, user) if each.covers(task.candidate_group)]
    if is_held_by_another:
        return next((person for person in found if person.id == task.assignee_id), None)
    return permissions.acting_for_any(task, found)
