"""Cases that can never move again: no open task, no timer, no message that anything waits for, and no end. Each is found and named."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, Incident, InstanceStatus, ProcessInstance, Timer, UserTask
from workflows import engine
from workflows.actions import incidents, instances
from workflows.engine import Run
from workflows.library import definitions

MOST_AT_ONCE = 200
# The element of these incidents: no element of any diagram has such an id.
NOWHERE = "-"
NAME = "Nothing can move this case"


def suspects(session: Session, *, limit: int = MOST_AT_ONCE) -> Sequence[uuid.UUID]:
    """The running instances without an open task, a timer or an open incident that nobody has looked at since they last moved."""
    mine = ProcessInstance.id
    query = select(mine).where(
        ProcessInstance.status == InstanceStatus.RUNNING,
        ProcessInstance.looked_revision.is_distinct_from(ProcessInstance.revision),
        ~exists().where(UserTask.instance_id == mine, UserTask.status.in_(OPEN_TASKS)),
        ~exists().where(Timer.instance_id == mine),
        ~exists().where(Incident.instance_id == mine, Incident.closed_at.is_(None)),
    )
    return session.scalars(query.order_by(mine).limit(limit)).all()


def look_at(session: Session, instance_id: uuid.UUID) -> bool:
    """Look at one instance with nobody else at it; whether it can never move again, which then is an incident."""
    instance = instances.locked(session, instance_id)
    if instance_id not in _still_suspect(session, instance):
        return False
    run = _run(session, instance)
    if run.messages():
        # Until it moves it will go on waiting for its message, so nobody needs to look at it again.
        instance.looked_revision = instance.revision
        session.flush()
        return False
    incidents.open_for(session, instance, NOWHERE, NAME, _words(run))
    return True


def _still_suspect(session: Session, instance: ProcessInstance) -> set[uuid.UUID]:
    if instance.status is not InstanceStatus.RUNNING or waits_by_rows(session, instance) or incidents.is_open(session, instance.id):
        return set()
    return {instance.id}


def waits_by_rows(session: Session, instance: ProcessInstance) -> bool:
    """Whether a person or the time can move an instance."""
    task = select(UserTask.id).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS)).limit(1)
    timer = select(Timer.id).where(Timer.instance_id == instance.id).limit(1)
    return session.scalar(task) is not None or session.scalar(timer) is not None


def _run(session: Session, instance: ProcessInstance) -> Run:
    return engine.load(definitions.spec_of(session, instance.definition), instance.state, perform=lambda call: None)


def _words(run: Run) -> str:
    names = [f"“{run.spec.names.get(each) or each}”" for each in sorted(run.live)]
    stands = f" It stands at {', '.join(names)}." if names else " It stands nowhere in its diagram."
    if run.waiting_tasks() or run.timers():
        return f"The process waits for a person or a time, and no task or timer was kept for it.{stands} Trying again makes them anew."
    return f"It has no task, no timer and no message to wait for, and it has not ended.{stands} Put it back to an earlier step, or withdraw the case."


def settle(session: Session, instance: ProcessInstance) -> None:
    """Close the incident of an instance that can move again."""
    query = select(Incident).where(Incident.instance_id == instance.id, Incident.element_id == NOWHERE, Incident.closed_at.is_(None))
    found = session.scalars(query).first()
    if found is None:
        return
    ended = instance.status is not InstanceStatus.RUNNING
    if ended or waits_by_rows(session, instance) or _run(session, instance).messages():
        incidents.close(session, found, by=None)


def named(session: Session) -> Sequence[uuid.UUID]:
    """The instances that are named as dead ends now."""
    return session.scalars(select(Incident.instance_id).where(Incident.element_id == NOWHERE, Incident.closed_at.is_(None))).all()  # type: ignore[return-value]
