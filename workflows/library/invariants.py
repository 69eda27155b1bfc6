"""What must always hold between the tables and the engine's states, whatever failed on the way; for tests and for operators.

The numbers are those of the twelve invariants that `workflows.actions.verifying` looks at together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from models import (
    OPEN_TASKS,
    Answer,
    AuditEvent,
    Case,
    CaseStatus,
    Incident,
    InstanceStatus,
    Job,
    JobStatus,
    OutboxMail,
    ProcessInstance,
    TaskStatus,
    Timer,
    UserTask,
    Webhook,
)
from workflows import engine
from workflows.engine import DefinitionRefused, Run, StateNotReadable
from workflows.library import definitions


@dataclass(frozen=True)
class Found:
    """One row that breaks an invariant: the number of the invariant, and what is wrong in words."""

    number: int
    words: str


def broken(session: Session) -> list[str]:
    """Every invariant between tables and states that does not hold, in words; empty when all is well."""
    return [each.words for each in found(session)]


def found(session: Session) -> Iterator[Found]:
    """Every row that breaks invariant 1, 2, 3, 4, 5, 7, 10 or 11, or leaves a gap in a chain (6); digests are verified elsewhere."""
    yield from _completions(session)
    yield from _closed_cases(session)
    yield from _sequences(session)
    yield from _mails(session)
    yield from _webhooks(session)
    for instance in _instances(session):
        yield from _instance(session, instance)


def acknowledged_but_missing(session: Session, task_ids: Collection[str]) -> Iterator[Found]:
    """Completed tasks that somebody was told of (their ids, in hexadecimal) and that are not stored."""
    stored = {task_id.hex for task_id in session.scalars(select(Answer.task_id))}
    for task_id in task_ids:
        if task_id not in stored:
            yield Found(1, f"task {task_id} was acknowledged and has no answer")


def _completions(session: Session) -> Iterator[Found]:
    """A completed task has one answer and one event; no other task has any."""
    answers = Counter(session.scalars(select(Answer.task_id)))
    events = Counter(session.scalars(select(AuditEvent.subject).where(AuditEvent.kind == "task:completed")))
    for task_id, status in session.execute(select(UserTask.id, UserTask.status)):
        wanted = 1 if status is TaskStatus.COMPLETED else 0
        for count, words in ((answers[task_id], "answers"), (events[task_id.hex], "events of its completion")):
            if count != wanted:
                yield Found(2 if count > 1 else 1, f"task {task_id} is {status.value} and has {count} {words}")


def _closed_cases(session: Session) -> Iterator[Found]:
    """Nothing is open in what has ended: no task, no timer, no running process."""
    ended = ProcessInstance.status != InstanceStatus.RUNNING
    for task_id in session.scalars(select(UserTask.id).join(ProcessInstance).where(ended, UserTask.status.in_(OPEN_TASKS))):
        yield Found(4, f"task {task_id} is open and its process has ended")
    for timer_id in session.scalars(select(Timer.id).join(ProcessInstance).where(ended)):
        yield Found(4, f"timer {timer_id} runs and its process has ended")
    closed = select(ProcessInstance.id).join(Case).where(Case.status == CaseStatus.CLOSED, ProcessInstance.status == InstanceStatus.RUNNING)
    for instance_id in session.scalars(closed):
        yield Found(4, f"process {instance_id} runs and its case is closed")


def _sequences(session: Session) -> Iterator[Found]:
    """Each chain counts from one without a gap, and each case has one."""
    counted = select(AuditEvent.chain, func.count(), func.min(AuditEvent.sequence), func.max(AuditEvent.sequence)).group_by(AuditEvent.chain)
    chains = set()
    for chain, count, first, last in session.execute(counted):
        chains.add(chain)
        if (first, last) != (1, count):
            yield Found(6, f"chain {chain} has {count} events from {first} to {last}")
    for case_id in session.scalars(select(ProcessInstance.case_id).distinct()):
        if case_id.hex not in chains:
            yield Found(6, f"case {case_id} has no events")


def _mails(session: Session) -> Iterator[Found]:
    """Each mail has one job that sends it, so that none is lost and none goes twice; a job that is done has sent it or said why not."""
    jobs = Counter(session.scalars(select(cast(Job.args["mail"].as_string(), String)).where(Job.name == "mail.send")))
    for mail_id, is_for_digest in session.execute(select(OutboxMail.id, OutboxMail.is_for_digest)):
        # One that waits for the day's digest goes with that mail and has no job of its own.
        if jobs[str(mail_id)] != (0 if is_for_digest else 1):
            yield Found(7, f"mail {mail_id} has {jobs[str(mail_id)]} jobs")
    leader = aliased(OutboxMail)
    done = select(cast(Job.args["mail"].as_string(), String)).where(Job.name == "mail.send", Job.status == JobStatus.DONE)
    finished = set(session.scalars(done))
    query = select(OutboxMail.id, leader.id).outerjoin(leader, leader.id == OutboxMail.with_id)
    unsettled = query.where(OutboxMail.sent_at.is_(None), OutboxMail.not_sent_because == "", ~OutboxMail.is_for_digest)
    for mail_id, leader_id in session.execute(unsettled):
        # One that goes with another mail shares that mail's fate, whose own job says when.
        if str(leader_id or mail_id) in finished:
            yield Found(7, f"mail {mail_id} was neither sent nor kept back, and its job is done")


def _webhooks(session: Session) -> Iterator[Found]:
    """Each message to another system has one job that posts it."""
    jobs = Counter(session.scalars(select(cast(Job.args["webhook"].as_string(), String)).where(Job.name == "webhook.send")))
    for row_id in session.scalars(select(Webhook.id).where(Webhook.delivered_at.is_(None))):
        if jobs[str(row_id)] != 1:
            yield Found(7, f"message {row_id} to another system has {jobs[str(row_id)]} jobs")


def _instances(session: Session) -> Iterator[ProcessInstance]:
    query = select(ProcessInstance).where(ProcessInstance.status == InstanceStatus.RUNNING).options(joinedload(ProcessInstance.definition))
    yield from session.scalars(query.order_by(ProcessInstance.id))


def _instance(session: Session, instance: ProcessInstance) -> Iterator[Found]:
    """Rows and engine state say the same, and the process waits for something."""
    try:
        run = engine.load(definitions.spec_of(session, instance.definition), instance.state, perform=lambda call: None)
        again = run.dump()
    except (StateNotReadable, DefinitionRefused, ValueError, LookupError, TypeError, AttributeError) as error:
        yield Found(10, f"process {instance.id} cannot be loaded: {type(error).__name__}")
        return
    if again != instance.state:
        yield Found(10, f"process {instance.id} changes when it is only loaded and stored")
    yield from _tasks(session, instance, run)
    yield from _timers(session, instance, run)
    stuck = session.scalar(select(Incident.id).where(Incident.instance_id == instance.id, Incident.closed_at.is_(None)).limit(1))
    if not run.waiting_tasks() and not run.timers() and not run.messages() and stuck is None:
        yield Found(3, f"process {instance.id} runs and waits for nobody and for no time")


def _tasks(session: Session, instance: ProcessInstance, run: Run) -> Iterator[Found]:
    open_ones = select(UserTask.engine_task_id, UserTask.status, UserTask.assignee_id)
    rows = session.execute(open_ones.where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS))).all()
    ids, waiting = {row.engine_task_id for row in rows}, {task.id for task in run.waiting_tasks()}
    if ids != waiting:
        yield Found(5, f"process {instance.id} waits for {len(waiting)} tasks and has {len(ids)} open rows, {len(ids & waiting)} of them the same")
    for row in rows:
        if (row.status is TaskStatus.CLAIMED) != (row.assignee_id is not None):
            yield Found(5, f"task {row.engine_task_id} of process {instance.id} is {row.status.value} and its assignee says otherwise")


def _timers(session: Session, instance: ProcessInstance, run: Run) -> Iterator[Found]:
    rows = Counter(session.scalars(select(Timer.due_at).where(Timer.instance_id == instance.id)))
    waiting = Counter(timer.due_at for timer in run.timers())
    if rows - waiting:
        yield Found(11, f"process {instance.id} waits for other times than its timers: {sum((rows - waiting).values())} would fire again")
    if waiting - rows:
        yield Found(5, f"process {instance.id} waits for other times than its timers: {sum((waiting - rows).values())} would never fire")
