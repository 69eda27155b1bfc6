"""Twice a minute: cases that can never move again are found and named, and those that can move again are named no longer."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import ProcessInstance
from models.session import new_session, transaction
from workflows.actions import dead_ends, incidents, instances
from workflows.enqueue import Tools, job
from workflows.jobs import planning

NAME = "cases.watch"
SECONDS = 30.0

log = logging.getLogger("dps.runner")


def look(engine: Engine) -> int:
    """Take one look; how many cases were found that can never move again. One that cannot be looked at keeps no other from it."""
    with new_session(engine, writes=False) as session:
        suspects, named = dead_ends.suspects(session), dead_ends.named(session)
    for each in named:
        _one(engine, each, _settle)
    return sum(_one(engine, each, dead_ends.look_at) for each in suspects)


@job(incidents.TELL)
def tell(session: Session, tools: Tools, *, since: str) -> None:
    """Tell administrators what cannot continue."""
    incidents.tell(session, datetime.fromisoformat(since))


def _settle(session: Session, instance_id: uuid.UUID) -> bool:
    if dead_ends.waits_by_rows(session, session.get_one(ProcessInstance, instance_id)):
        dead_ends.settle(session, instances.locked(session, instance_id))
    return False


def _one(engine: Engine, instance_id: uuid.UUID, what: Callable[[Session, uuid.UUID], bool]) -> bool:
    try:
        with transaction(engine) as session:
            return what(session, instance_id)
    except DBAPIError:
        raise
    except Exception:
        log.exception("A case could not be looked at")
        return False


def _take(engine: Engine) -> None:
    look(engine)


planning.look_every(SECONDS, NAME, _take)
