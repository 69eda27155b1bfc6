"""Messages to a case: rows with an id of their own, so that one that is sent twice arrives once and none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, InstanceStatus, Message, ProcessInstance, clock
from workflows.actions import audit, instances
from workflows.engine import Run, language
from workflows.errors import Conflict


def send_to_case(session: Session, case: Case, name: str, payload: Mapping[str, Any], *, message_id: str) -> bool:
    """Send a message to the running process of a case; whether something took it now.

    One that nothing waits for yet stays and is given to the process as soon as it waits for it. A second message with the same
    `message_id` does nothing. Conflict when the case has no running process.
    """
    audit.lock(session, case)
    known = session.scalar(select(Message).where(Message.message_id == message_id))
    if known is not None:
        return known.delivered_at is not None
    instance = _running(session, case)
    message = Message(
        message_id=message_id, name=name, instance_id=instance.id, payload=language.clean_data(dict(payload)), sent_at=clock.now(),
        delivered_at=None, refused_because=None,
    )  # fmt: skip
    session.add(message)
    session.flush()
    audit.record(session, "message:sent", case=case, by=None, detail={"name": name, "message": message_id})
    current = instances.locked(session, instance.id)
    current.has_messages = True
    instances.move(session, current, Run.advance)
    return message.delivered_at is not None


def _running(session: Session, case: Case) -> ProcessInstance:
    query = select(ProcessInstance).where(ProcessInstance.case_id == case.id, ProcessInstance.status == InstanceStatus.RUNNING)
    found = session.scalar(query.order_by(ProcessInstance.started_at).limit(1))
    if found is None:
        raise Conflict("This case is closed")
    return found
