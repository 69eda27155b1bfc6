"""What a process instance waits for, as rows: user tasks for the inbox, timers for the worker, messages that came too early."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import OPEN_TASKS, CandidateGroup, CaseStatus, InstanceStatus, Message, ProcessInstance, TaskStatus, Timer, UserTask, clock
from workflows.actions import audit, reminders, task_mails
from workflows.engine import Run, WaitingTask, WaitingTimer, language
from workflows.errors import CannotContinue
from workflows.library import definitions
from workflows.queries import parameters
from workflows.rules import calendar

DEFAULT_RULE = "task_days"
CLOSE_OF_BUSINESS = time(17)


def keep_tasks(session: Session, instance: ProcessInstance, run: Run) -> None:
    """Add a row for each task that has begun to wait, and cancel those the process took away."""
    wanted = {task.id: task for task in run.waiting_tasks()}
    open_rows = session.execute(
        select(UserTask.engine_task_id, UserTask.id).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS))
    ).all()
    known = {row.engine_task_id for row in open_rows}
    gone = [row.id for row in open_rows if row.engine_task_id not in wanted]
    if gone:
        session.execute(
            update(UserTask).where(UserTask.id.in_(gone)).values(status=TaskStatus.CANCELLED, revision=UserTask.revision + 1)
        )
        audit.record(session, "task:cancelled", case=instance.case, by=None, detail={"tasks": sorted(each.hex for each in gone)})
    new = [task for key, task in wanted.items() if key not in known]
    if new:
        groups, hear_at_once = _groups(session)
        rows = [_row(session, instance, task, groups) for task in new]
        session.add_all(rows)
        session.flush()
        task_mails.tell_of_new(session, instance.case, [row for row in rows if row.candidate_group in hear_at_once])


def groups_by_name(session: Session) -> dict[str, str]:
    """The key of every candidate group, by its name, by each name it had before and by the key itself."""
    return _groups(session)[0]


def _groups(session: Session) -> tuple[dict[str, str], frozenset[str]]:
    """That, and the keys of those groups in which somebody wants to hear of a new task at once. One statement."""
    named = (CandidateGroup.key, CandidateGroup.name, task_mails.somebody_hears_at_once(), CandidateGroup.former_names)
    rows = session.execute(select(*named)).all()
    former = {name: row[0] for row in rows for name in row[3]}
    return former | {row[1]: row[0] for row in rows} | {row[0]: row[0] for row in rows}, frozenset(row[0] for row in rows if row[2])


def _row(session: Session, instance: ProcessInstance, task: WaitingTask, groups: Mapping[str, str]) -> UserTask:
    group = groups.get(task.candidate_group if task.candidate_group is not None else task.lane)
    if group is None:
        words = f"Nobody can do “{task.name}”: there is no group {task.candidate_group or task.lane!r}"
        raise CannotContinue(words, instance_id=instance.id, case_id=instance.case_id)
    (due_at, explanation), now = due(session, task.properties, task.data), clock.now()
    definition_id = definitions.known(session, instance.definition_id).ids[task.process_key]
    return UserTask(
        instance_id=instance.id, case_id=instance.case_id, definition_id=definition_id, engine_task_id=task.id, bpmn_id=task.bpmn_id,
        name=task.name, label=task.instance_label, candidate_group=group, properties=properties_of(task), variables=dict(task.data),
        due_at=due_at, due_explanation=explanation, created_at=now, look_at=reminders.first_look(now, due_at),
        assignee_id=None, claimed_at=None, completed_at=None, completed_by_id=None, acting_for_id=None,
    )  # fmt: skip


def properties_of(task: WaitingTask) -> dict[str, Any]:
    """What a task's row keeps of its step."""
    return {**task.properties, "formKey": task.form_key, "documentation": task.documentation, "process": task.process_key}


def due(session: Session, properties: Mapping[str, str], data: Mapping[str, Any]) -> tuple[datetime, dict[str, Any] | None]:
    """When a task is due and how that was worked out: by the step's own date, by its rule, or by the council's usual one."""
    if properties.get("dueOn"):
        moment = _moment(language.evaluate(properties["dueOn"], data))
        if moment is not None:
            return moment, None
    rule = parameters.rule(session, properties.get("dueRule") or DEFAULT_RULE)
    deadline = calendar.reckon(rule, clock.today(), event="This task began", closures=parameters.closures(session))
    return calendar.london_instant(deadline.on, at=CLOSE_OF_BUSINESS), deadline.explanation.to_json()


def _moment(value: Any) -> datetime | None:
    text = str(value or "")
    if not text:
        return None
    if len(text) == len("2026-03-31"):
        return calendar.london_instant(date.fromisoformat(text), at=CLOSE_OF_BUSINESS)
    return clock.read_instant(text)


def keep_timers(session: Session, instance: ProcessInstance, run: Run) -> None:
    """Make the timer rows those that run now; a cancelled one is deleted, so that it can never fire."""
    wanted = {_key(timer): timer for timer in run.timers()}
    rows = session.execute(select(Timer.id, Timer.engine_task_id, Timer.due_at).where(Timer.instance_id == instance.id)).all()
    current = {row.engine_task_id: row for row in rows}
    gone = [row.id for key, row in current.items() if key not in wanted]
    new = [timer for key, timer in wanted.items() if key not in current]
    # A timer that is due at another time keeps its row, and one that ends where another begins hands its row on.
    kept = [(row.id, wanted[key]) for key, row in current.items() if key in wanted and wanted[key].due_at != row.due_at]
    handed_on = list(zip(gone, new, strict=False))
    if kept or handed_on:
        session.execute(update(Timer), [{"id": row_id, **_values(timer)} for row_id, timer in [*kept, *handed_on]])
    if gone[len(handed_on) :]:
        session.execute(delete(Timer).where(Timer.id.in_(gone[len(handed_on) :])))
    session.add_all([Timer(instance_id=instance.id, **_values(timer)) for timer in new[len(handed_on) :]])
    session.flush()


def _key(timer: WaitingTimer) -> uuid.UUID:
    """A gateway that waits for several times has one engine task: the expression tells its timers apart."""
    return uuid.uuid5(timer.id, timer.expression)


def _values(timer: WaitingTimer) -> dict[str, Any]:
    return {
        "engine_task_id": _key(timer), "bpmn_id": timer.bpmn_id, "name": timer.name, "due_at": timer.due_at, "next_try_at": timer.due_at,
    }  # fmt: skip


def deliver_pending(session: Session, instance: ProcessInstance, run: Run) -> None:
    """Give the run those messages that came before it waited for them, in the order they were sent."""
    if not instance.has_messages or not run.messages():
        return
    left = 0
    for message in _undelivered(session, instance):
        if not run.take(message.name, message.payload):
            left += 1
            continue
        message.delivered_at = clock.now()
        audit.record(session, "message:delivered", case=instance.case, by=None, detail={"name": message.name, "message": message.message_id})
    instance.has_messages = left > 0


def _undelivered(session: Session, instance: ProcessInstance) -> Sequence[Message]:
    query = select(Message).where(Message.instance_id == instance.id, Message.delivered_at.is_(None), Message.refused_because.is_(None))
    return session.scalars(query.order_by(Message.sent_at)).all()


def close_case(session: Session, instance: ProcessInstance, *, at: datetime) -> None:
    """Close a case whose last running process has ended."""
    others = select(ProcessInstance.id).where(
        ProcessInstance.case_id == instance.case_id, ProcessInstance.id != instance.id, ProcessInstance.status == InstanceStatus.RUNNING
    )
    audit.record(session, "process:ended", case=instance.case, by=None, detail={"instance": instance.id.hex, "ended_as": instance.ended_as or ""})
    if session.scalar(others.limit(1)) is None:
        case = instance.case
        case.status, case.closed_at, case.outcome = CaseStatus.CLOSED, at, case.outcome or (instance.ended_as or "")
        audit.record(session, "case:closed", case=case, by=None, detail={"outcome": case.outcome})
    session.flush()
