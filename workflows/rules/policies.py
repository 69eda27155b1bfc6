"""When a thing may be done: whether a task still waits, and whether it waits for this person. Who may do it is in `permissions`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import TaskStatus, User, UserTask, clock
from workflows.errors import TaskGone
from workflows.rules.words import time


def check_waiting(task: UserTask, *, by: User, acting_for: User | None = None) -> None:
    """Raise TaskGone, naming who did what and when, unless the task waits for this person or for anyone of its group."""
    if task.status in GONE:
        raise GONE[task.status](task)
    holders = {by.id, *([acting_for.id] if acting_for else [])}
    if task.status is TaskStatus.CLAIMED and task.assignee_id not in holders:
        raise _claimed(task)


def _completed(task: UserTask) -> TaskGone:
    who = task.completed_by.name if task.completed_by else "Somebody"
    return TaskGone(
        task.id, "completed", words=f"{who} completed this task{_at(task.completed_at)}", who=who, who_id=task.completed_by_id, at=task.completed_at
    )


def _cancelled(task: UserTask) -> TaskGone:
    return TaskGone(task.id, "cancelled", words="This task is no longer needed: the case has moved on without it")


def _claimed(task: UserTask) -> TaskGone:
    who = task.assignee.name if task.assignee else "Somebody else"
    return TaskGone(
        task.id, "claimed", words=f"{who} started this task{_at(task.claimed_at)}", who=who, who_id=task.assignee_id, at=task.claimed_at
    )


def _at(moment: datetime | None) -> str:
    return f" at {time(moment.astimezone(clock.LONDON))}" if moment else ""


GONE: dict[TaskStatus, Callable[[UserTask], TaskGone]] = {TaskStatus.COMPLETED: _completed, TaskStatus.CANCELLED: _cancelled}
