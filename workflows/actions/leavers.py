"""What happens to the open tasks of people who leave: they go back to their teams with what was typed, and the timeline says why."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GroupMembership, TaskStatus, User, UserTask, clock
from workflows.actions import tasks
from workflows.queries import absences


def put_back_all(session: Session, user: User, *, by: User | None) -> int:
    """Put back every task that a person holds who cannot sign in any more; how many there were."""
    held = select(UserTask).where(UserTask.assignee_id == user.id, UserTask.status == TaskStatus.CLAIMED)
    # Always in this order: two administrators at once wait for one another instead of stopping one another.
    found = session.scalars(held.order_by(UserTask.case_id, UserTask.id)).all()
    for task in found:
        tasks.put_back_from_leaver(session, task, by=by, because=f"{user.name} can no longer sign in")
    return len(found)


def put_back_ended(session: Session) -> int:
    """Put back the tasks of people whose time in the task's team is over; how many there were.

    What somebody began for an absent colleague stays with them: only who was in the team themselves has left it.
    """
    today = clock.today()
    places = select(GroupMembership.id).where(
        GroupMembership.user_id == UserTask.assignee_id, GroupMembership.group_key == UserTask.candidate_group, GroupMembership.starts_on <= today
    )
    ended = places.where(GroupMembership.ends_on < today).exists()
    still = places.where(GroupMembership.ends_on.is_(None) | (GroupMembership.ends_on >= today)).exists()
    query = select(UserTask).where(UserTask.status == TaskStatus.CLAIMED, ended, ~still)
    done = 0
    for task in session.scalars(query.order_by(UserTask.case_id, UserTask.id)).all():
        holder = task.assignee
        if holder is not None and task.candidate_group not in absences.groups_worked_for(session, holder):
            tasks.put_back_from_leaver(session, task, by=None, because=f"{holder.name} is no longer in this team")
            done += 1
    return done
