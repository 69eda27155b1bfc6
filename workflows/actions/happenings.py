"""What happened in one case and concerns others: given to the cases it is about, and to the processes it starts (domain 5.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Case, CaseKey, InstanceStatus, Message, ProcessDefinition, ProcessInstance, User, clock
from workflows.actions import instances, messages
from workflows.engine import language
from workflows.library import definitions

Opened = tuple[Case, dict[str, Any]] | None
Opener = Callable[[Session, str, Mapping[str, Any], User | None], Opened]

_openers: dict[str, Opener] = {}


def opener(key: str) -> Callable[[Opener], Opener]:
    """Register what opens a case for a process when a happening starts it; the function gives the case and its first data, or
    None when nothing needs to be done. ValueError when another function opens this process already."""

    def register(function: Opener) -> Opener:
        before = _openers.get(key)
        if before is not None and before.__qualname__ != function.__qualname__:
            raise ValueError(f"Cases of {key} are opened twice")
        _openers[key] = function
        return function

    return register


def announce(
    session: Session, name: str, payload: Mapping[str, Any], *, message_id: str, keys: Mapping[str, str], by: User | None = None
) -> list[Case]:
    """Tell every running case that is about all of `keys` and whose process knows the message, then start what it starts.

    Gives the cases that were told or opened. The same `message_id` again tells nobody twice and starts nothing twice.
    """
    content = language.clean_data(dict(payload))
    told = [case for case in _concerned(session, name, keys) if _tell(session, case, name, content, message_id)]
    started = [case for key in _started_by(session, name) if (case := _start(session, key, name, content, message_id, by)) is not None]
    return told + started


def _concerned(session: Session, name: str, keys: Mapping[str, str]) -> list[Case]:
    """The cases with all of these keys whose running process may wait for the message."""
    if not keys:
        return []
    running = ProcessInstance.status == InstanceStatus.RUNNING
    query = select(Case, ProcessInstance).join(ProcessInstance, ProcessInstance.case_id == Case.id).where(running)
    for key, value in keys.items():
        query = query.where(Case.id.in_(select(CaseKey.case_id).where(CaseKey.name == key, CaseKey.value == value)))
    found = session.execute(query.order_by(Case.opened_at, Case.reference)).all()
    return [case for case, instance in found if name in definitions.known(session, instance.definition_id).spec.messages]


def _tell(session: Session, case: Case, name: str, content: Mapping[str, Any], message_id: str) -> bool:
    own_id = f"{message_id}:{case.reference}"
    if _is_known(session, own_id):
        return False
    messages.send_to_case(session, case, name, content, message_id=own_id)
    return True


def _started_by(session: Session, name: str) -> list[str]:
    """The keys of the processes whose newest version says that this message starts them."""
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version")).group_by(ProcessDefinition.key).subquery()
    query = select(ProcessDefinition.id, ProcessDefinition.key).join(
        newest, (ProcessDefinition.key == newest.c.key) & (ProcessDefinition.version == newest.c.version)
    )
    rows = session.execute(query.order_by(ProcessDefinition.key)).all()
    return [key for definition_id, key in rows if name in definitions.known(session, definition_id).spec.started_by]


def _start(session: Session, key: str, name: str, content: Mapping[str, Any], message_id: str, by: User | None) -> Case | None:
    own_id = f"{message_id}:{key}"
    if key not in _openers or _is_known(session, own_id):
        return None
    opened = _openers[key](session, name, content, by)
    if opened is None:
        return None
    case, data = opened
    instance = instances.start(session, case, key, data=data, by=by)
    # The message that started a case is kept with it, so that the same one can neither start it nor be told to it again.
    for known_as in (own_id, f"{message_id}:{case.reference}"):
        _keep(session, instance, known_as, name, content)
    session.flush()
    return case


def _keep(session: Session, instance: ProcessInstance, message_id: str, name: str, content: Mapping[str, Any]) -> None:
    now = clock.now()
    session.add(
        Message(message_id=message_id, name=name, instance_id=instance.id, payload=dict(content), sent_at=now, delivered_at=now, refused_because=None)
    )


def _is_known(session: Session, message_id: str) -> bool:
    return session.scalar(select(Message.id).where(Message.message_id == message_id)) is not None
