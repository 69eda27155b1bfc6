"""Posting webhooks: signed as Standard Webhooks say, under one id however often it takes, tried for some four hours."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Engine
from standardwebhooks import Webhook as Signer

from models import Webhook, clock
from models.session import transaction
from workflows.actions.webhooks import JOB
from workflows.enqueue import System, Tools, job
from workflows.jobs.posting import NotTaken, post

MOST_TRIES = 8
LONGEST_ERROR = 500


@job(JOB, most_tries=MOST_TRIES, outside=True)
def send(engine: Engine, tools: Tools, *, webhook: str) -> None:
    """Post one message; raises NotTaken when it is worth another try.

    Whoever is killed after the other system took it posts it a second time, with the same id: by that id the system knows it.
    """
    row_id = uuid.UUID(webhook)
    with transaction(engine) as session:
        row = session.get_one(Webhook, row_id)
        if row.delivered_at is not None:
            return
        row.tries, row.last_tried_at = row.tries + 1, clock.now()
        name, body = row.system, row.body
    try:
        _post(tools, name, row_id, body)
    except NotTaken as error:
        _mark(engine, row_id, last_error=str(error)[:LONGEST_ERROR])
        raise
    _mark(engine, row_id, last_error="", delivered_at=clock.now())


def _post(tools: Tools, name: str, row_id: uuid.UUID, body: str) -> None:
    system = tools.systems.get(name)
    if system is None:
        raise NotTaken(f"There is no system named {name} in the settings of this installation")
    post(system, body.encode(), signed(system, row_id, body))


def signed(system: System, row_id: uuid.UUID, body: str) -> dict[str, str]:
    """The headers that let the receiver check who sent this, that nobody changed it, and whether it has it already."""
    message_id = f"msg_{row_id.hex}"
    at = clock.of_the_machine()
    return {
        "Content-Type": "application/json", "User-Agent": "dps-casework", "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": Signer(system.secret).sign(message_id, at, body),
    }  # fmt: skip


def _mark(engine: Engine, row_id: uuid.UUID, *, last_error: str, delivered_at: datetime | None = None) -> None:
    with transaction(engine) as session:
        row = session.get_one(Webhook, row_id)
        row.last_error, row.delivered_at = last_error, row.delivered_at or delivered_at
