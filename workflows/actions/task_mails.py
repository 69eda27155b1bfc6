"""Mails about tasks: a new one for those who want to hear at once, and one that somebody gave to somebody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from models import CandidateGroup, Case, GroupMembership, User, UserTask, clock
from workflows.actions import mail
from workflows.queries import mail_about, unspoken
from workflows.rules import calendar, mail_kinds, permissions, words


def somebody_hears_at_once() -> ColumnElement[bool]:
    """For a statement over candidate groups: whether somebody who is in a group today wants to hear of new tasks at once."""
    return _hearers().where(GroupMembership.group_key == CandidateGroup.key).correlate(CandidateGroup).exists()


def _hearers() -> Select[uuid.UUID]:
    today = clock.today()
    at_once = User.preferences[mail_kinds.PREFERENCE]["tasks"].as_string() == mail_kinds.AT_ONCE
    return (
        select(User.id)
        .join(GroupMembership, GroupMembership.user_id == User.id)
        .where(GroupMembership.starts_on <= today, or_(GroupMembership.ends_on.is_(None), GroupMembership.ends_on >= today), User.is_active, at_once)
    )


def tell_of_new(session: Session, case: Case, tasks: Sequence[UserTask]) -> None:
    """Write to those members of each task's group who want to hear of new tasks at once; all others have them in their daily mail."""
    if not tasks:
        return
    groups = {task.candidate_group for task in tasks}
    ids = _hearers().where(GroupMembership.group_key.in_(sorted(groups)))
    for user in session.scalars(select(User).where(User.id.in_(ids)).order_by(User.name)).all():
        for task in tasks:
            if task.candidate_group in permissions.groups_of(user):
                _write(session, user, task, case, kind="task:new", begins="")


def tell_of_given(session: Session, task: UserTask, *, by: User) -> None:
    """Write to whoever was given a task by somebody else."""
    if task.assignee is not None and task.assignee_id != by.id:
        _write(session, task.assignee, task, task.case, kind="task:given", begins=f"{by.name} gave you a task. ")


def _write(session: Session, user: User, task: UserTask, case: Case, *, kind: str, begins: str) -> None:
    # The label is left out: it may stand for a young person.
    due = words.short_day(calendar.london_date(task.due_at))
    title = case.reference if unspoken.secret_visits(session, [case.id]) else case.title
    mail.to_person(session, user, kind=kind, case=case, subject=f"{begins}{task.name}: {title}, due {due}", link=f"/tasks/{task.id}",
                   about=mail_about.task(task.id))  # fmt: skip
