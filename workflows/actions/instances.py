"""Process instances: started, moved on, and their rows kept equal to what the engine waits for, all in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from models import Case, InstanceStatus, ProcessInstance, User, clock
from workflows import engine
from workflows.actions import audit, incidents, operating, waiting
from workflows.engine import OperationCall, Run
from workflows.errors import CannotContinue, Conflict
from workflows.library import definitions
from workflows.rules import permissions

WORTH_TELLING = frozenset({"service task", "business rule task", "script task", "end event", "boundary event", "catch event"})
CAN_BE_TRIED_AGAIN = frozenset({"service task", "business rule task", "script task"})
Move = Callable[[Run], Any]


def start(session: Session, case: Case, key: str, *, data: Mapping[str, Any], by: User | None) -> ProcessInstance:
    """Start the newest version of a process for a case and take it as far as it goes without people.

    `data` are the first engine variables, plain JSON. NotFound when the process has not been deployed; CannotContinue when it
    never comes to rest.
    """
    definition = definitions.latest(session, key)
    instance = ProcessInstance(
        case_id=case.id, definition_id=definition.id, state=b"", started_at=clock.now(), ended_as=None, ended_at=None, case=case,
        definition=definition,
    )  # fmt: skip
    session.add(instance)
    session.flush()
    audit.record(session, "process:started", case=case, by=by, detail={"key": key, "version": definition.version, "instance": instance.id.hex})
    run = engine.start(definitions.spec_of(session, definition), data, perform=_performer(session, instance))
    _move(session, instance, run, Run.advance)
    return instance


def locked(session: Session, instance_id: uuid.UUID) -> ProcessInstance:
    """The instance as it is now, with nobody else at it until this transaction ends."""
    instance = session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .join(ProcessInstance.case)
        .options(contains_eager(ProcessInstance.case))
        .with_for_update(of=[Case, ProcessInstance], key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    audit.is_locked(session, instance.case)
    return instance


def move(session: Session, instance: ProcessInstance, how: Move) -> Any:
    """Load the run, move it, and keep what it became. Gives what `how` gave; the instance must be `locked`."""
    run = engine.load(definitions.known(session, instance.definition_id).spec, instance.state, perform=_performer(session, instance))
    return _move(session, instance, run, how)


def complete(session: Session, instance: ProcessInstance, engine_task_id: uuid.UUID, data: Mapping[str, Any]) -> None:
    """Complete a waiting engine task with data for the diagram. Conflict when it does not wait any more."""
    try:
        move(session, instance, lambda run: run.complete(engine_task_id, data))
    except engine.TaskNotWaiting as error:
        raise Conflict("The case has moved on, and this task no longer waits") from error


def fire_due(session: Session, instance: ProcessInstance, now: datetime) -> list[str]:
    """Fire every timer of a locked instance that is due at an aware moment; the ids of the elements that fired."""
    fired: list[str] = move(session, instance, lambda run: run.fire_due(now))
    return fired


def deliver(session: Session, instance: ProcessInstance, name: str, payload: Mapping[str, Any]) -> bool:
    """Give a message to a locked instance; whether anything waited for it."""
    return bool(move(session, instance, lambda run: run.deliver(name, payload)))


def retry(session: Session, instance: ProcessInstance, *, by: User) -> bool:
    """Try again what could not be done; whether the case moved on. A retry that fails keeps the incident open, with one more try.

    Refused for anyone but system administrators and process owners.
    """
    permissions.check_retry(by)
    current = locked(session, instance.id)
    audit.record(session, "incident:retried", case=current.case, by=by, detail={"instance": current.id.hex})
    move(session, current, Run.advance)
    return not incidents.is_open(session, current.id)


def _performer(session: Session, instance: ProcessInstance) -> Callable[[OperationCall], Mapping[str, Any] | None]:
    def perform(call: OperationCall) -> Mapping[str, Any]:
        work = operating.Work(
            session=session, case=instance.case, instance=instance, element_id=call.element_id, now=clock.now(), data=call.data, params=call.params
        )
        with session.begin_nested():
            return operating.perform(call.name, work)

    return perform


def _move(session: Session, instance: ProcessInstance, run: Run, how: Move) -> Any:
    run.at_rest = lambda: waiting.deliver_pending(session, instance, run)
    try:
        given = how(run)
    except engine.StepBudgetSpent as error:
        raise CannotContinue(str(error), instance_id=instance.id, case_id=instance.case_id) from error
    _let_database_failures_through(run)
    _refuse_half_steps(instance, run)
    _tell(session, instance, run)
    if run.stuck is not None or instance.stuck_at:
        incidents.keep(session, instance, run.stuck)
    _keep(session, instance, run)
    waiting.keep_tasks(session, instance, run)
    waiting.keep_timers(session, instance, run)
    return given


def _let_database_failures_through(run: Run) -> None:
    """A database that failed inside an operation is no fault of the case: nothing is kept, and the same action can be tried again."""
    error: BaseException | None = run.stuck.error if run.stuck is not None else None
    while error is not None:
        if isinstance(error, OperationalError):
            raise error
        error = error.__cause__ or error.__context__


def _refuse_half_steps(instance: ProcessInstance, run: Run) -> None:
    """Undo everything when a gateway, a timer or an instance failed: only a step that does one thing can be left standing to try again."""
    stuck = run.stuck
    if stuck is None or next((step.kind for step in run.spec.steps if step.id == stuck.element_id), "") in CAN_BE_TRIED_AGAIN:
        return
    words = f"The case cannot continue at “{stuck.element_name}”: {stuck.message}"
    raise CannotContinue(words, instance_id=instance.id, case_id=instance.case_id) from stuck.error


def _tell(session: Session, instance: ProcessInstance, run: Run) -> None:
    for passed in run.trail:
        if passed.kind in WORTH_TELLING:
            audit.record(
                session, "step:completed", case=instance.case, by=None,
                detail={"step": passed.element_id, "name": passed.element_name, "kind": passed.kind, "process": passed.process_key},
            )  # fmt: skip


def _passed(session: Session, instance: ProcessInstance, run: Run) -> dict[str, dict[str, int]]:
    """How often each element was completed and each way taken so far, by the version they belong to: what the figures of a process are made of."""
    ids = definitions.known(session, instance.definition_id).ids
    counts = {version: dict(found) for version, found in instance.passed.items()}
    for passed in run.trail:
        own = counts.setdefault(ids[passed.process_key].hex, {})
        for what in (passed.element_id, *(f"{passed.element_id}>{element}" for element in passed.led_to)):
            own[what] = own.get(what, 0) + 1
    return counts


def _keep(session: Session, instance: ProcessInstance, run: Run) -> None:
    now = clock.now()
    values: dict[str, Any] = {
        "state": run.dump(), "live": sorted(run.live), "passed": _passed(session, instance, run), "revision": instance.revision + 1,
        "stuck_at": run.stuck.element_id if run.stuck is not None else "",
    }  # fmt: skip
    if run.finished:
        key = definitions.known(session, instance.definition_id).key
        ends = [passed.element_id for passed in run.trail if passed.kind == "end event" and passed.process_key == key]
        values |= {"status": InstanceStatus.COMPLETED, "ended_as": ends[-1] if ends else "", "ended_at": now}
    statement = update(ProcessInstance).where(ProcessInstance.id == instance.id, ProcessInstance.revision == instance.revision)
    if session.execute(statement.values(**values).execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Someone else moved this case at the same moment. Look at it again before you go on")
    for name, value in values.items():
        set_committed_value(instance, name, value)
    if run.finished:
        waiting.close_case(session, instance, at=now)
