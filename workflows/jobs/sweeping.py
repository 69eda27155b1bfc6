"""One look at the timers: every instance with one that is due is moved in a transaction of its own."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from models.session import new_session, transaction
from workflows.actions import incidents, reminders, timers
from workflows.errors import CannotContinue, Conflict

LATER = timedelta(minutes=5)
MUCH_LATER = timedelta(hours=1)

log = logging.getLogger("dps.runner")


def sweep_timers(engine: Engine, now: datetime) -> int:
    """Fire what is due at an aware moment, in the order it fell due, then look at reminders; how many there were.

    A timer whose process cannot go on is tried again after five minutes, and an incident says why.
    """
    with transaction(engine) as session:
        due = timers.due_instances(session, now)
    return sum(_fire(engine, instance_id, now) for instance_id in due) + sweep_reminders(engine, now)


def sweep_reminders(engine: Engine, now: datetime) -> int:
    """Look at the tasks whose reminders are due, each in a transaction of its own; how many were looked at."""
    with new_session(engine, writes=False) as session:
        due = reminders.due_tasks(session, now)
    for task_id in due:
        _remind(engine, task_id, now)
    return len(due)


def _remind(engine: Engine, task_id: uuid.UUID, now: datetime) -> None:
    try:
        with transaction(engine) as session:
            reminders.look(session, task_id, now)
    except DBAPIError:
        raise
    except Exception:
        log.exception("The reminders of a task could not be looked at")
        with transaction(engine) as session:
            reminders.postpone(session, task_id, until=now + MUCH_LATER)


def _fire(engine: Engine, instance_id: uuid.UUID, now: datetime) -> int:
    try:
        with transaction(engine) as session:
            return len(timers.fire(session, instance_id, now))
    except Conflict as error:
        # Somebody else moved the case at this moment, or it cannot go on at all.
        _later(engine, instance_id, now, error)
    except DBAPIError:
        raise
    except Exception as error:
        log.exception("A timer could not be fired")
        _later(engine, instance_id, now, CannotContinue(f"{type(error).__name__}: {error}", instance_id=instance_id))
    return 0


def _later(engine: Engine, instance_id: uuid.UUID, now: datetime, error: Conflict) -> None:
    with transaction(engine) as session:
        if isinstance(error, CannotContinue):
            incidents.report(session, error)
        timers.postpone(session, instance_id, until=now + LATER)
