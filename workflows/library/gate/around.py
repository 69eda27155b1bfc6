"""What a folder is looked at with: the processes it calls as they are live now, the groups there are, and whether others call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, ProcessDefinition
from workflows.engine import DefinitionRefused
from workflows.library import definitions

Files = Mapping[str, str]


@dataclass(frozen=True)
class Around:
    """The folders it calls by key, whole and with what those call; the candidate groups, name by key; whether a live process calls it."""

    called: Mapping[str, Files]
    groups: Mapping[str, str]
    is_called: bool


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
    groups = {row.key: row.name for row in session.execute(select(CandidateGroup.key, CandidateGroup.name))}
    return Around(found, groups, _is_called(session, key))


def _called_by(files: Files) -> frozenset[str]:
    try:
        return definitions.keys_called_by(files)
    except DefinitionRefused:
        return frozenset()


def _is_called(session: Session, key: str) -> bool:
    newest: dict[str, Mapping[str, str]] = {}
    for row in session.execute(select(ProcessDefinition.key, ProcessDefinition.calls).order_by(ProcessDefinition.version)):
        newest[row.key] = row.calls
    return any(key in calls for name, calls in newest.items() if name != key)
