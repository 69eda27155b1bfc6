"""Webhooks: what another system of the council is told, written in the transaction that causes it, and posted later by a job."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Job, JobStatus, Webhook, clock
from workflows import enqueue
from workflows.actions import audit
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, NotFound

JOB = "webhook.send"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
EVENT = re.compile(r"[a-z][a-z0-9_-]{0,39}(\.[a-z][a-z0-9_-]{0,39}){0,3}")
LONGEST_KEY = 200


@operation("systems.tell")
def tell_system(work: Work) -> None:
    """Tell the system named in `system` that `event` has happened to the case; with `key`, once only for that key.

    The system's address and secret are in the settings of this installation; a diagram can only name it.
    """
    system, event = str(work.params.get("system") or ""), str(work.params.get("event") or "")
    if not NAME.fullmatch(system):
        raise ValueError("system must be the name of a system, in small letters, such as finance")
    if not EVENT.fullmatch(event):
        raise ValueError("event must be small letters with dots between, such as contract.signed")
    told = {"case": work.case.reference, "kind": work.case.kind, "process": work.instance.definition.key, "step": work.element_id}
    tell(work.session, system, event, told, key=str(work.params.get("key") or ""), case=work.case)


def tell(session: Session, system: str, event: str, data: dict[str, Any], *, key: str = "", case: Case | None = None) -> Webhook:
    """Write a message to a named system, or give the one that was written under the same key before.

    `data` is plain JSON without anything about a young person. Without a key every call is a message of its own.
    """
    row_id = uuid.uuid4()
    key = key[:LONGEST_KEY] or row_id.hex
    known = session.scalar(select(Webhook).where(Webhook.system == system, Webhook.key == key))
    if known is not None:
        return known
    body = json.dumps({"type": event, "timestamp": clock.now().isoformat(), "data": data}, separators=(",", ":"), sort_keys=True)
    row = Webhook(
        id=row_id, system=system, key=key, case_id=case.id if case else None, event=event, body=body, created_at=clock.now(), tries=0,
        last_tried_at=None, last_error="", delivered_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    enqueue.enqueue(session, JOB, {"webhook": str(row.id)})
    return row


def try_again(session: Session, webhook_id: uuid.UUID, *, by: Any) -> Webhook:
    """Have a message that was given up sent again, under the id it always had. NotFound; Conflict when it was taken, or is still tried."""
    row = session.get(Webhook, webhook_id)
    if row is None:
        raise NotFound("There is no such message")
    job = job_of(session, row)
    if row.delivered_at is not None or job is None or job.status is not JobStatus.FAILED:
        raise Conflict("This message was taken, or is still tried by itself")
    job.status, job.tries, job.run_at, job.finished_at, job.ticket = JobStatus.TODO, 0, clock.now(), None, None
    audit.record(session, "webhook:tried_again", case=None, by=by, detail={"system": row.system, "event": row.event, "message": row.id.hex})
    session.info[enqueue.WANTED] = True
    session.flush()
    return row


def job_of(session: Session, row: Webhook) -> Job | None:
    """The job that sends a message; None when it was tidied away."""
    return session.scalar(select(Job).where(Job.name == JOB, Job.args["webhook"].as_string() == str(row.id)))
