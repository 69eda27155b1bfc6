"""What a folder is looked at with: the processes it calls as they are live now, the groups there are, and whether others call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ProcessDefinition
from workflows import engine
from workflows.engine import DefinitionRefused, reading
from workflows.library import definitions
from workflows.queries import people

Files = Mapping[str, str]


@dataclass(frozen=True)
class Around:
    """The folders it calls by key, whole and with what those call; the candidate groups, name by key; whether a live process calls it,
    and the ids of the user tasks of those that do, directly or not."""

    called: Mapping[str, Files]
    groups: Mapping[str, str]
    is_called: bool
    caller_steps: frozenset[str] = frozenset()


def around(session: Session, key: str, files: Files) -> Around:
    """What stands around a folder in the database. A called process that nobody deployed is left out: the gate says so."""
    found: dict[str, Files] = {}
    waiting = sorted(_called_by(files))
    while waiting:
        name = waiting.pop()
        live = definitions.find_latest(session, name) if name not in found and name != key else None
        if live is not None:
            found[name] = live.files
            waiting += sorted(live.calls)
    callers = _callers(session, key)
    return Around(found, people.group_names(session), bool(callers), frozenset(step for files in callers for step in _user_tasks(files)))


def _called_by(files: Files) -> frozenset[str]:
    try:
        return definitions.keys_called_by(files)
    except DefinitionRefused:
        return frozenset()


def _callers(session: Session, key: str) -> list[Files]:
    """The folders of the live processes that call one; `calls` of a version names those called further down too."""
    query = select(ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.calls).order_by(ProcessDefinition.version)
    newest = {row.key: row for row in session.execute(query)}
    ids = [row.id for name, row in newest.items() if key in row.calls and name != key]
    return list(session.scalars(select(ProcessDefinition.files).where(ProcessDefinition.id.in_(ids)))) if ids else []


def _user_tasks(files: Files) -> list[str]:
    """The ids of the user tasks of a folder that was deployed, and so can be read."""
    return [step.id for root in reading.diagrams(files).values() for step in engine.steps_of(root) if step.kind == "user task"]
