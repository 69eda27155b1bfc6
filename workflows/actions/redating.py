"""Open dates worked out anew when a day off is added or taken away (domain CAL-7): which would move and why, and moving them.

Each date keeps the rule it was worked out by. Dates counted in calendar days never move, nor does a date that a person has set. A first
lawful day and a call-in period that were published are never shortened: they only move to later.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    OPEN_TASKS,
    Application,
    AuditEvent,
    Case,
    CaseStatus,
    ConsultationRequest,
    ConsultationStatus,
    DecisionRecord,
    DecisionState,
    InstanceStatus,
    KeyDecision,
    ProcessInstance,
    UserTask,
    clock,
)
from workflows import engine
from workflows.actions import audit, consultations, evaluation_clock, instances, public_page, records, redating_counted, reminders, waiting
from workflows.engine import Run, redating
from workflows.engine.redating import Known
from workflows.library import definitions
from workflows.queries import decisions as decision_queries
from workflows.queries import parameters
from workflows.rules import calendar
from workflows.rules.calendar import Closure, Explanation


@dataclass(frozen=True)
class Days:
    """The days off before and after a change, and the change in words. `key` tells one change from the next, so that it is carried out once."""

    before: tuple[Closure, ...]
    after: tuple[Closure, ...]
    words: str
    key: str = ""


@dataclass(frozen=True)
class Moved:
    """One date that would move: what it is, from and to which London day, its rule, and whether law stands behind it.

    `values` are the values of the diagram that go with it, the new one by name and old one; `apply` changes the row.
    """

    what: str
    before: date
    after: date
    rule: str
    legal_basis: str
    values: dict[Known, str]
    apply: Callable[[], None]

    @property
    def is_earlier(self) -> bool:
        """Whether somebody has less time than they were told."""
        return self.after < self.before


def concerned(session: Session) -> Sequence[uuid.UUID]:
    """The open cases with a date that may move, the oldest first."""
    running = select(ProcessInstance.case_id).where(ProcessInstance.status == InstanceStatus.RUNNING)
    query = select(Case.id).where(Case.status == CaseStatus.OPEN, Case.id.in_(running)).order_by(Case.opened_at, Case.reference)
    return session.scalars(query).all()


def of_case(session: Session, case: Case, days: Days) -> list[Moved]:
    """The dates of a case that a change of days off would move; nothing is changed."""
    return [*_advice(session, case, days), *_evaluation(session, case, days), *_notice(session, case, days), *_call_in(session, case, days),
            *_tasks(session, case, days), *_counted(session, case, days)]  # fmt: skip


def move(session: Session, case_id: uuid.UUID, days: Days) -> list[Moved]:
    """Move the dates of one case and its timers, and say on its timeline which and why. Doing it again moves nothing."""
    case = session.get_one(Case, case_id)
    lock_running(session, case_id)
    found = of_case(session, case, days)
    if not found:
        return []
    values: dict[Known, str] = {}
    for each in found:
        each.apply()
        values |= each.values
        kind = "task:due_moved" if each.what.startswith(TASK) else "dates:moved"
        detail = {"from": each.before, "to": each.after, "name": each.what.removeprefix(TASK), "rule": each.rule}
        detail |= {"change": days.key} if days.key else {}
        audit.record(session, kind, case=case, by=None, detail=detail, text={"because": days.words})
    session.flush()
    move_timers(session, case, values)
    return found


def lock_running(session: Session, case_id: uuid.UUID) -> None:
    """Keep everybody else from the running processes of a case until this transaction ends."""
    running = select(ProcessInstance.id).where(ProcessInstance.case_id == case_id, ProcessInstance.status == InstanceStatus.RUNNING)
    for instance_id in session.scalars(running).all():
        instances.locked(session, instance_id)


def move_timers(session: Session, case: Case, values: dict[Known, str], *, of: Known | None = None) -> None:
    """Let the running processes of a case know the new values, with `of` only one branch of a list; tasks that are due by one of them follow."""
    running = select(ProcessInstance).where(ProcessInstance.case_id == case.id, ProcessInstance.status == InstanceStatus.RUNNING)
    for instance in session.scalars(running):
        run = engine.load(definitions.known(session, instance.definition_id).spec, instance.state, perform=engine.perform_nothing)
        redating.redate(run, values, of=of)
        state = run.dump()
        if state == instance.state:
            continue
        instance.state, instance.revision = state, instance.revision + 1
        session.flush()
        waiting.keep_timers(session, instance, run)
        _move_tasks_due_on(session, instance, run)


def _move_tasks_due_on(session: Session, instance: ProcessInstance, run: Run) -> None:
    waits = {task.id: task for task in run.waiting_tasks()}
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS))
    for row in session.scalars(query):
        task = waits.get(row.engine_task_id)
        if task is None:
            continue
        row.variables = dict(task.data)
        if not task.properties.get("dueOn"):
            continue
        due_at, _ = waiting.due(session, task.properties, task.data)
        if due_at != row.due_at:
            row.due_at = due_at
            reminders.look_again(session, row)
    session.flush()


# One date worked out anew

TASK = "Task: "


def _reckoned(session: Session, kept: dict[str, Any] | None, days: Days) -> calendar.Deadline | None:
    """The deadline that the same rule gives now for what is kept of a date; None where it gives the same, or where it is not ours to say."""
    if not kept:
        return None
    was = Explanation.from_json(kept)
    if not was.calendar or was.changes:
        return None
    try:
        rule = parameters.rule(session, was.rule_id, on=date.fromisoformat(was.rule_version))
    except (parameters.UnknownParameter, ValueError):
        return None
    now = calendar.reckon(rule, was.started_on, event=was.event, at=was.at, closures=days.after)
    if now.on == was.gives:
        return None
    note = f"Moved from {was.gives:%-d %B %Y}: {days.words}"
    return calendar.Deadline(now.on, replace(now.explanation, notes=(*now.explanation.notes, note)))


def _tasks(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """Tasks with a time allowed; those due on a date of the case follow that date."""
    for task in session.scalars(select(UserTask).where(UserTask.case_id == case.id, UserTask.status.in_(OPEN_TASKS)).order_by(UserTask.created_at)):
        deadline = _reckoned(session, task.due_explanation, days)
        if deadline is not None:
            yield _moved(f"{TASK}{task.name}", task.due_explanation, deadline, {}, _move_task(session, task, deadline))


def _move_task(session: Session, task: UserTask, deadline: calendar.Deadline) -> Callable[[], None]:
    def apply() -> None:
        at = task.due_at.astimezone(clock.LONDON).time()
        task.due_at, task.due_explanation = calendar.london_instant(deadline.on, at=at), deadline.explanation.to_json()
        reminders.look_again(session, task)

    return apply


def _moved(
    what: str, kept: dict[str, Any] | None, deadline: calendar.Deadline, values: dict[Known, str], apply: Callable[[], None]
) -> Moved:
    was, now = Explanation.from_json(kept or {}), deadline.explanation
    return Moved(what, was.gives, deadline.on, now.sentence, now.legal_basis, values, apply)


def _advice(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """Advice that is still wanted, with the moments of its reminders."""
    query = select(ConsultationRequest).join(KeyDecision, KeyDecision.id == ConsultationRequest.decision_id).where(KeyDecision.case_id == case.id)
    for request in session.scalars(query.where(ConsultationRequest.status == ConsultationStatus.ASKED).order_by(ConsultationRequest.asked_at)):
        kept = request.due_explanation
        deadline = _reckoned(session, kept, days)
        if deadline is None or kept is None:
            continue
        was = Explanation.from_json(kept)
        old = consultations.times(session, was.started_on, until=was.gives, closures=days.before)
        new = consultations.times(session, was.started_on, until=deadline.on, closures=days.after)
        values = {(name, old[name]): new[name] for name in old if old[name] != new[name]}
        yield _moved(f"Advice of {request.consultee.name}", kept, deadline, values, _move_advice(request, deadline))


def _move_advice(request: ConsultationRequest, deadline: calendar.Deadline) -> Callable[[], None]:
    def apply() -> None:
        request.due_at, request.due_explanation = consultations.close_of_business(deadline), deadline.explanation.to_json()

    return apply


def _counted(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """Dates that only the process keeps. They are counted from what they are now, so a change that was carried out is not carried out again."""
    if days.key and _is_done(session, case, days.key):
        return
    for each in redating_counted.of_case(session, case, days.before, days.after):
        yield Moved(each.what, each.before, each.after, each.rule, each.legal_basis, each.values, lambda: None)


def _is_done(session: Session, case: Case, key: str) -> bool:
    kinds = ("dates:moved", "task:due_moved")
    events = session.scalars(select(AuditEvent.detail).where(AuditEvent.chain == case.id.hex, AuditEvent.kind.in_(kinds)))
    return any(detail.get("change") == key for detail in events)


def _evaluation(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """The day by which an application must be answered (PCR 2015 reg 34(16)), and the next look at that clock."""
    found = session.scalar(select(Application).where(Application.case_id == case.id, Application.decided_at.is_(None)))
    if found is None or found.evaluation_due_on is None:
        return
    kept, due_on = found.evaluation_explanation, found.evaluation_due_on
    deadline = _reckoned(session, kept, days)
    if deadline is None:
        return
    now = clock.now()
    old = evaluation_clock.next_moment(session, found, now=now, due_on=due_on, closures=days.before)
    new = evaluation_clock.next_moment(session, found, now=now, due_on=deadline.on, closures=days.after)

    def apply() -> None:
        found.evaluation_due_on, found.evaluation_explanation = deadline.on, deadline.explanation.to_json()

    values = {("clock_at", old): new, ("evaluation_due", due_on.isoformat()): deadline.on.isoformat()}
    yield _moved("Answer to the application", kept, deadline, values, apply)


def _notice(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """The first lawful day of decision where it was counted in working days; it never comes nearer to the notice than was published."""
    decision = session.scalar(select(KeyDecision).where(KeyDecision.case_id == case.id))
    notice = decision_queries.standing(session, decision).notice if decision is not None else None
    if decision is None or notice is None or notice.earliest_decision_on is None or notice.earliest_decision_on <= clock.today():
        return
    kept, was = notice.earliest_explanation, notice.earliest_decision_on
    deadline = _reckoned(session, kept, days)
    if deadline is None or deadline.on <= was:
        return

    def apply() -> None:
        notice.earliest_decision_on, notice.earliest_explanation = deadline.on, deadline.explanation.to_json()
        decision.earliest_decision_on = deadline.on
        public_page.changed(session, decision, "First lawful day of decision moved")

    yield _moved("First lawful day of decision", kept, deadline, {("earliest_decision_on", was.isoformat()): deadline.on.isoformat()}, apply)


def _call_in(session: Session, case: Case, days: Days) -> Iterator[Moved]:
    """The last day on which councillors can call a decision in; once published it never comes earlier."""
    decision = session.scalar(select(KeyDecision).where(KeyDecision.case_id == case.id, KeyDecision.state == DecisionState.CALL_IN_OPEN))
    record = decision_queries.standing(session, decision).record if decision is not None else None
    if decision is None or record is None or record.published_on is None:
        return
    if record.call_in_closes_at is None or record.call_in_closes_at <= clock.now():
        return
    kept, was = record.call_in_explanation, record.call_in_last_day
    window = records.call_in_window(session, decision, record.published_on, closures=days.after)
    if was is None or window.last_day <= was:
        return
    effective = record.effective_from
    now = Explanation.from_json(window.explanation)
    note = f"Moved from {was:%-d %B %Y}: {days.words}"
    deadline = calendar.Deadline(window.last_day, replace(now, notes=(*now.notes, note)))
    values = {("effective_from", effective.isoformat()): window.effective_from.isoformat()} if effective else {}
    yield _moved("Call-in", kept, deadline, values, _move_call_in(session, decision, record, window, deadline))


def _move_call_in(
    session: Session, decision: KeyDecision, record: DecisionRecord, window: records.Window, deadline: calendar.Deadline
) -> Callable[[], None]:
    def apply() -> None:
        record.call_in_last_day, record.call_in_closes_at = window.last_day, window.closes_at
        record.call_in_explanation, record.effective_from = deadline.explanation.to_json(), window.effective_from
        public_page.changed(session, decision, "Call-in period made longer")

    return apply

