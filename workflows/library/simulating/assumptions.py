"""What is known for a simulation before anybody states anything: how long real work took, and how many people there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import GroupMembership, ProcessDefinition, TaskStatus, User, UserTask, clock
from workflows.library.simulating.planning import Duration
from workflows.library.working_hours import WorkingHours
from workflows.queries import parameters

HISTORY = timedelta(days=730)
MOST_TASKS = 20_000
SHORTEST_MINUTES = 1.0


def observed(session: Session, keys: Collection[str]) -> dict[str, Duration]:
    """How long each user task of these processes took in completed cases of the last two years, in working minutes.

    Counted from when somebody took it; from when it began to wait for a task that was taken and done in one go.
    """
    hours, found = WorkingHours(parameters.closures(session)), dict[str, list[float]]()
    query = (
        select(UserTask.bpmn_id, UserTask.created_at, UserTask.claimed_at, UserTask.completed_at)
        .join(ProcessDefinition, UserTask.definition_id == ProcessDefinition.id)
        .where(ProcessDefinition.key.in_(keys), UserTask.status == TaskStatus.COMPLETED, UserTask.completed_at >= clock.now() - HISTORY)
        .order_by(UserTask.completed_at.desc())
        .limit(MOST_TASKS)
    )
    for row in session.execute(query):
        begun = row.claimed_at if row.claimed_at is not None and row.claimed_at < row.completed_at else row.created_at
        found.setdefault(row.bpmn_id, []).append(max(SHORTEST_MINUTES, hours.between(begun, row.completed_at)))
    return {step: Duration(observed=tuple(sorted(minutes))) for step, minutes in found.items()}


def people(session: Session) -> dict[str, int]:
    """How many people each group has that can still sign in, by its key."""
    today = clock.today()
    query = (
        select(GroupMembership.group_key, func.count(GroupMembership.user_id.distinct()))
        .join(User, User.id == GroupMembership.user_id)
        .where(User.is_active, GroupMembership.starts_on <= today, or_(GroupMembership.ends_on.is_(None), GroupMembership.ends_on >= today))
        .group_by(GroupMembership.group_key)
    )
    return {key: count for key, count in session.execute(query)}
