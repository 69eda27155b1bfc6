"""Reminders of tasks and their escalation: each stage at most once, at its time, to whoever has the task or answers for it then."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import OPEN_TASKS, CandidateGroup, Case, TaskReminder, UserTask, clock
from workflows.actions import audit, mail
from workflows.engine.escalation import Stage
from workflows.library.working_hours import WorkingHours
from workflows.queries import mail_about, parameters, reminding
from workflows.rules import calendar

MORNING = time(9)
MOST_AT_ONCE = 100
# No stage comes before a fifth of the time allowed, so a new task is first looked at well before that and not while it is made.
FIRST_LOOK = 100


def first_look(created_at: datetime, due_at: datetime) -> datetime:
    """When a new task is looked at for the first time: before any of its stages can come."""
    return created_at + max(due_at - created_at, timedelta()) / FIRST_LOOK


def due_tasks(session: Session, now: datetime, *, limit: int = MOST_AT_ONCE) -> Sequence[uuid.UUID]:
    """The open tasks whose reminders are to be looked at by an aware moment, the earliest first."""
    query = select(UserTask.id).where(UserTask.look_at.is_not(None), UserTask.look_at <= now, UserTask.status.in_(OPEN_TASKS))
    return session.scalars(query.order_by(UserTask.look_at, UserTask.id).limit(limit)).all()


def next_due(session: Session) -> datetime | None:
    """When the next task wants to be looked at; None when none does."""
    return session.scalar(select(func.min(UserTask.look_at)).where(UserTask.look_at.is_not(None), UserTask.status.in_(OPEN_TASKS)))


def look_again(session: Session, task: UserTask) -> None:
    """Let the stages of a task follow a due date that has changed."""
    task.look_at = clock.now()
    session.flush()


@dataclass
class Times:
    """When the stages of tasks come, by the council's working days and hours."""

    session: Session

    @cached_property
    def hours(self) -> WorkingHours:
        """Working time with the council's closures."""
        return WorkingHours(parameters.closures(self.session))

    @cached_property
    def days(self) -> calendar.Calendar:
        """Working days with the council's closures."""
        return calendar.find_calendar("EW", parameters.closures(self.session))

    def of(self, stage: Stage, task: UserTask) -> datetime:
        """The aware moment of one stage of a task: a share of its working time, or nine o'clock on a working day after its due date."""
        if stage.who:
            return self._overdue(task.due_at, stage.days)
        total = self.hours.between(task.created_at, task.due_at)
        if not total:
            return task.created_at + (task.due_at - task.created_at) * stage.percent / 100
        return self.hours.after(task.created_at, total * stage.percent / 100)

    def _overdue(self, due_at: datetime, days: int) -> datetime:
        if days == 0:
            return due_at
        day = calendar.london_date(due_at)
        for _ in range(days):
            day = calendar.next_working_day(day, self.days)
        return calendar.london_instant(day, at=MORNING)


def look(session: Session, task_id: uuid.UUID, now: datetime) -> list[str]:
    """Send what has become due for one task, and say when to look again; the keys of the stages that were sent.

    Of several reminders that are late together only the last is sent, and none once somebody is told that the task is overdue.
    """
    task = _locked(session, task_id)
    if task is None:
        return []
    stages, times = reminding.stages_of(session, task), Times(session)
    over = set(session.scalars(select(TaskReminder.stage).where(TaskReminder.task_id == task.id)))
    moments = {stage: times.of(stage, task) for stage in stages if stage.key not in over}
    passed = [stage for stage in stages if stage in moments and moments[stage] <= now]
    sending = [stage for stage in passed if stage.who or stage == passed[-1]]
    for stage in passed:
        told = _send(session, task, stage, _subject(task, now, times)) if stage in sending else ""
        session.add(TaskReminder(task_id=task.id, stage=stage.key, sent_to=told, at=now))
    task.look_at = min((moment for stage, moment in moments.items() if stage not in passed), default=None)
    session.flush()
    return [stage.key for stage in sending]


def _locked(session: Session, task_id: uuid.UUID) -> UserTask | None:
    """The task with its case locked, in the order in which everyone locks; None for one that is over or not due for a look any more."""
    case_id = session.scalar(select(UserTask.case_id).where(UserTask.id == task_id))
    if case_id is None:
        return None
    audit.lock(session, session.get_one(Case, case_id))
    task = session.get_one(UserTask, task_id, with_for_update=True, populate_existing=True)
    return task if task.status in OPEN_TASKS and task.look_at is not None else None


def _subject(task: UserTask, now: datetime, times: Times) -> str:
    return f"{calendar.time_left_words(task.due_at, now=now, calendar=times.days)}: {task.name}, {task.case.reference}"


def _send(session: Session, task: UserTask, stage: Stage, subject: str) -> str:
    """Send one stage; the id of the person or the key of the group that was told."""
    return _tell_overdue(session, task, stage.who, subject) if stage.who else _remind(session, task, stage, subject)


def _remind(session: Session, task: UserTask, stage: Stage, subject: str) -> str:
    about = mail_about.task(task.id)
    body = f"{stage.percent}% of the time for “{task.name}” is gone."
    told = str(task.assignee.id) if task.assignee else task.candidate_group
    if task.assignee is not None:
        mail.to_person(session, task.assignee, kind="task:reminder", case=task.case, subject=subject, link=_link(task), body=body, about=about)
    else:
        mail.to_group(session, task.candidate_group, kind="task:reminder", case=task.case, subject=subject, link=_link(task), body=body, about=about)
    detail = {"name": task.name, "label": task.label, "step": task.bpmn_id, "to": told, "percent": stage.percent}
    audit.record(session, "task:reminded", case=task.case, by=None, detail=detail, subject=str(task.id))
    return told


def _tell_overdue(session: Session, task: UserTask, who: str, subject: str) -> str:
    found = reminding.recipient(session, task.candidate_group, who)
    holder = task.assignee.name if task.assignee else session.get_one(CandidateGroup, task.candidate_group).name
    body = f"“{task.name}” is with {holder} and is overdue. {found.because}".strip()
    mail.to_group(session, found.group.key, kind="task:overdue", case=task.case, subject=subject, link=f"/cases/{task.case.reference}", body=body)
    detail = {"name": task.name, "label": task.label, "step": task.bpmn_id, "to": found.group.key}
    text = {"because": found.because} if found.because else None
    audit.record(session, "task:overdue_told", case=task.case, by=None, detail=detail, text=text, subject=str(task.id))
    return found.group.key


def _link(task: UserTask) -> str:
    return f"/tasks/{task.id}"


def postpone(session: Session, task_id: uuid.UUID, *, until: datetime) -> None:
    """Look at a task whose reminders could not be sent again later, not at once."""
    session.execute(update(UserTask).where(UserTask.id == task_id).values(look_at=until))
