"""What must always hold between the tables and the engine's states, whatever failed on the way; for tests and for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Answer,
    AuditEvent,
    Case,
    CaseStatus,
    Incident,
    InstanceStatus,
    Job,
    OutboxMail,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
)
from workflows import engine
from workflows.library import definitions

OPEN = (TaskStatus.READY, TaskStatus.CLAIMED)


def broken(session: Session) -> list[str]:
    """Every invariant that does not hold, in words; empty when all is well. The chain of digests is verified elsewhere."""
    return [
        *_completions(session),
        *_closed_cases(session),
        *_sequences(session),
        *_mails(session),
        *(words for instance in _instances(session) for words in _instance(session, instance)),
    ]


def _completions(session: Session) -> Iterator[str]:
    """A completed task has one answer and one event; no other task has any."""
    answers = Counter(session.scalars(select(Answer.task_id)))
    events = Counter(session.scalars(select(AuditEvent.subject).where(AuditEvent.kind == "task:completed")))
    for task_id, status in session.execute(select(UserTask.id, UserTask.status)):
        wanted = 1 if status is TaskStatus.COMPLETED else 0
        if answers[task_id] != wanted:
            yield f"task {task_id} is {status.value} and has {answers[task_id]} answers"
        if events[task_id.hex] != wanted:
            yield f"task {task_id} is {status.value} and has {events[task_id.hex]} events of its completion"


def _closed_cases(session: Session) -> Iterator[str]:
    """Nothing is open in what has ended: no task, no timer, no running process."""
    ended = ProcessInstance.status != InstanceStatus.RUNNING
    for task_id in session.scalars(select(UserTask.id).join(ProcessInstance).where(ended, UserTask.status.in_(OPEN))):
        yield f"task {task_id} is open and its process has ended"
    for timer_id in session.scalars(select(Timer.id).join(ProcessInstance).where(ended)):
        yield f"timer {timer_id} runs and its process has ended"
    closed = select(ProcessInstance.id).join(Case).where(Case.status == CaseStatus.CLOSED, ProcessInstance.status == InstanceStatus.RUNNING)
    for instance_id in session.scalars(closed):
        yield f"process {instance_id} runs and its case is closed"


def _sequences(session: Session) -> Iterator[str]:
    """Each chain counts from one without a gap, and each case has one."""
    counted = select(AuditEvent.chain, func.count(), func.min(AuditEvent.sequence), func.max(AuditEvent.sequence)).group_by(AuditEvent.chain)
    chains = set()
    for chain, count, first, last in session.execute(counted):
        chains.add(chain)
        if (first, last) != (1, count):
            yield f"chain {chain} has {count} events from {first} to {last}"
    for case_id in session.scalars(select(ProcessInstance.case_id).distinct()):
        if case_id.hex not in chains:
            yield f"case {case_id} has no events"


def _mails(session: Session) -> Iterator[str]:
    """Each mail has one job that sends it, so that none is lost and none goes twice."""
    jobs = Counter(session.scalars(select(cast(Job.args["mail"].as_string(), String)).where(Job.name == "mail.send")))
    for mail_id in session.scalars(select(OutboxMail.id)):
        if jobs[str(mail_id)] != 1:
            yield f"mail {mail_id} has {jobs[str(mail_id)]} jobs"


def _instances(session: Session) -> Iterator[ProcessInstance]:
    query = select(ProcessInstance).where(ProcessInstance.status == InstanceStatus.RUNNING).options(joinedload(ProcessInstance.definition))
    yield from session.scalars(query)


def _instance(session: Session, instance: ProcessInstance) -> Iterator[str]:
    """Rows and engine state say the same, and the process waits for something."""
    run = engine.load(definitions.spec_of(session, instance.definition), instance.state, perform=lambda call: None)
    if run.dump() != instance.state:
        yield f"process {instance.id} changes when it is only loaded and stored"
    rows = set(session.scalars(select(UserTask.engine_task_id).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN))))
    waiting = {task.id for task in run.waiting_tasks()}
    if rows != waiting:
        yield f"process {instance.id} waits for {len(waiting)} tasks and has {len(rows)} open rows, {len(rows & waiting)} of them the same"
    timers = Counter(session.scalars(select(Timer.due_at).where(Timer.instance_id == instance.id)))
    if timers != Counter(timer.due_at for timer in run.timers()):
        yield f"process {instance.id} waits for other times than its timers"
    stuck = session.scalar(select(Incident.id).where(Incident.instance_id == instance.id, Incident.closed_at.is_(None)).limit(1))
    if not waiting and not timers and stuck is None:
        yield f"process {instance.id} runs and waits for nobody and for no time"
