"""What of an absent person's work their delegate can do, and what stays with them, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Delegation, TaskStatus, User, UserTask
from workflows.errors import Refused
from workflows.queries import interests
from workflows.queries import tasks as task_queries
from workflows.rules import duties, permissions

MOST = 200


@dataclass(frozen=True)
class Kept:
    """A task that the delegate cannot do, and why, as a sentence."""

    task: UserTask
    why: str


@dataclass(frozen=True)
class HandedOver:
    """How many open tasks of a person are on their delegate's list, and those that stay with them."""

    number: int
    kept: Sequence[Kept]


def of(session: Session, absence: Delegation) -> HandedOver:
    """What an absence hands over today, of up to `MOST` tasks: those the person has, and those of a post they hold."""
    person, to = absence.from_user, absence.to_user
    posts = sorted(m.group_key for m in permissions.current_memberships(person) if m.group.kind.value == "post")
    free = (UserTask.status == TaskStatus.READY) & UserTask.candidate_group.in_(posts)
    held = (UserTask.status == TaskStatus.CLAIMED) & (UserTask.assignee_id == person.id)
    query = select(UserTask).where(held | free).options(joinedload(UserTask.case)).order_by(UserTask.due_at, UserTask.id).limit(MOST)
    found = session.scalars(query).all()
    kept = [Kept(task, why) for task in found if (why := why_kept(session, task, person=person, to=to))]
    return HandedOver(len(found) - len(kept), kept)


def why_kept(session: Session, task: UserTask, *, person: User, to: User) -> str:
    """Why a delegate cannot do a task for somebody, as a sentence; empty when they can."""
    try:
        permissions.check_complete(to, task, acting_for=person)
    except Refused as refused:
        return f"{refused}."
    for doers in task_queries.doers(session, task.case_id, duties.steps_apart(task)).values():
        for doer in doers:
            if to.id in doer.people:
                return f"{to.name} completed “{doer.step}” in this case."
            if person.id in doer.people:
                return f"You completed “{doer.step}” in this case."
    try:
        interests.check_give(session, task, to=to)
    except Refused as refused:
        return f"{refused}."
    return ""
