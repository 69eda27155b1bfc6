"""At each London midnight: what has ended overnight holds new placements at once; and whenever something about a provider has changed."""

from __future__ import annotations

import uuid
from datetime import time

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Provider
from models.session import transaction
from workflows.actions import standing
from workflows.enqueue import Tools, job
from workflows.jobs import planning

NAME = "standing.watch"
PRIORITY = 10


planning.daily(NAME, time(), priority=PRIORITY, at_once=True)


@job(NAME, outside=True)
def watch(engine: Engine, tools: Tools) -> None:
    """Ask for the next midnight, whatever becomes of this one, and look at every member."""
    with transaction(engine) as session:
        planning.plan(session, NAME)
    with transaction(engine) as session:
        standing.look_at_all(session)


@job(standing.LOOK)
def look(session: Session, tools: Tools, *, provider: str) -> None:
    """Look at one provider, because something about it has changed."""
    standing.look_at_provider(session, session.get_one(Provider, uuid.UUID(provider)))
