"""Timers: which instances have one that is due, held for one worker at a time, and fired in the order they fell due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Timer, clock
from workflows.actions import audit, instances, reminders
from workflows.library import definitions

LEASE = timedelta(seconds=60)
MOST_AT_ONCE = 100


def due_instances(session: Session, now: datetime, *, limit: int = MOST_AT_ONCE) -> Sequence[uuid.UUID]:
    """The instances with a timer due at an aware moment, the earliest first; their timers are held for a minute.

    Any number of workers may ask at once, none gets what another holds: one statement takes a batch. A worker that dies
    meanwhile leaves its timers to the next one after that minute.
    """
    due = (
        select(Timer.id)
        .where(Timer.next_try_at <= now, Timer.due_at <= now)
        .order_by(Timer.next_try_at, Timer.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taking = update(Timer).where(Timer.id.in_(select(due.c.id))).values(next_try_at=now + LEASE).returning(Timer.due_at, Timer.instance_id)
    rows = session.execute(taking.execution_options(synchronize_session=False)).all()
    return list(dict.fromkeys(row.instance_id for row in sorted(rows, key=lambda row: row.due_at)))


def fire(session: Session, instance_id: uuid.UUID, now: datetime) -> list[str]:
    """Fire what is due in one instance; the ids of the elements that fired, none when another worker was faster."""
    if session.scalar(select(Timer.id).where(Timer.instance_id == instance_id, Timer.due_at <= now).limit(1)) is None:
        return []
    instance = instances.locked(session, instance_id)
    fired = instances.fire_due(session, instance, now)
    names = definitions.known(session, instance.definition_id).spec.names
    for element in fired:
        audit.record(session, "timer:fired", case=instance.case, by=None, detail={"step": element, "name": names.get(element) or element})
    return fired


def next_due(session: Session) -> datetime | None:
    """When the next timer, or the reminders of the next task, want to be looked at; None when nothing waits."""
    moments = (session.scalar(select(func.min(Timer.next_try_at))), reminders.next_due(session))
    return min((each for each in moments if each is not None), default=None)


def postpone(session: Session, instance_id: uuid.UUID, *, until: datetime) -> None:
    """Try the timers of an instance that failed again later, not at once."""
    session.execute(update(Timer).where(Timer.instance_id == instance_id, Timer.due_at <= clock.now()).values(next_try_at=until))


