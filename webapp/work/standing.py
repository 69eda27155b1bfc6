"""How a reader stands to a task: whether they may do it, hand it on or give it back, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass

from models import OPEN_TASKS, TaskStatus, User, UserTask
from webapp.db import db
from webapp.shared import declaring, filters
from webapp.signed_in import person
from workflows.errors import Refused
from workflows.queries import interests, people
from workflows.queries import tasks as task_queries
from workflows.rules import duties, permissions


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the page of a task lets its reader do."""

    is_open: bool
    is_mine: bool
    holder: str
    refusal: str
    acting_for: str
    can_put_back: bool
    can_reassign: bool
    can_contribute: bool
    declares_at: str

    @property
    def can_do(self) -> bool:
        """Whether the form is there to be filled in."""
        return self.is_open and not self.refusal


def standing(task: UserTask) -> Standing:
    """How the person who is signed in stands to this task."""
    reader = person()
    is_open = task.status in OPEN_TASKS
    acting_for = task_queries.acting_for(db.session, task, reader) if is_open else None
    manager = people.manager_of(db.session, task.candidate_group) if is_open else None
    return Standing(
        is_open=is_open,
        is_mine=task.assignee_id == reader.id,
        holder=holder_words(task, reader),
        refusal=_refusal(task, reader, acting_for) if is_open else "",
        acting_for=acting_for.name if acting_for else "",
        can_put_back=task.status is TaskStatus.CLAIMED and permissions.can_release(reader, task, manager_key=manager),
        can_reassign=is_open and permissions.can_reassign(reader, task, manager_key=manager),
        can_contribute=permissions.can_comment(reader, task.case),
        declares_at=declaring.wanted(task) if is_open else "",
    )


def holder_words(task: UserTask, reader: User) -> str:
    """Whose task it is, in a sentence."""
    if task.assignee_id == reader.id:
        return "Assigned to you"
    if task.assignee is not None:
        since = f" since {filters.moment(task.claimed_at)}" if task.claimed_at else ""
        return f"With {task.assignee.name}{since}"
    return "Not assigned. It will be yours when you start."


def _refusal(task: UserTask, reader: User, acting_for: User | None) -> str:
    """Why this reader cannot do the task now; empty when they can."""
    try:
        permissions.check_complete(reader, task, acting_for=acting_for)
    except Refused as refused:
        return f"{refused}."
    if task.assignee is not None and task.assignee_id not in {reader.id, acting_for.id if acting_for else None}:
        return f"This task is with {task.assignee.name}."
    done = task_queries.doers(db.session, task.case_id, duties.steps_apart(task))
    words = duties.conflict(reader, done, acting_for=acting_for) or interests.why_not(db.session, task, by=reader, acting_for=acting_for)
    return f"{words}." if words else ""
