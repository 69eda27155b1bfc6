"""Process definitions as the database holds them: the newest version, its parsed spec, its forms and its diagram."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ProcessDefinition
from workflows import engine
from workflows.engine import reading
from workflows.errors import NotFound

MOST_KNOWN = 200


@dataclass(frozen=True)
class Known:
    """A version parsed once: its key, its spec, and the ids of the versions it runs by their keys, its own among them."""

    key: str
    spec: engine.Spec
    ids: Mapping[str, uuid.UUID]


_known: dict[uuid.UUID, Known] = {}


def latest(session: Session, key: str) -> ProcessDefinition:
    """The newest deployed version of a process. NotFound when nobody deployed it."""
    found = find_latest(session, key)
    if found is None:
        raise NotFound(f"The process {key} has not been deployed")
    return found


def find_latest(session: Session, key: str) -> ProcessDefinition | None:
    """The newest deployed version of a process, or None."""
    return session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version.desc()).limit(1))


def spec_of(session: Session, definition: ProcessDefinition) -> engine.Spec:
    """The parsed spec of a version with those it calls; parsed once in a process and kept, since a version never changes."""
    return known(session, definition.id).spec


def known(session: Session, definition_id: uuid.UUID) -> Known:
    """What is kept of a version once it has been read."""
    found = _known.get(definition_id)
    if found is None:
        definition = session.get_one(ProcessDefinition, definition_id)
        called = {key: called_definition(session, definition, key).files for key in definition.calls}
        found = Known(
            key=definition.key,
            spec=engine.read(definition.key, definition.files, called),
            ids={definition.key: definition.id} | {key: uuid.UUID(called_id) for key, called_id in definition.calls.items()},
        )
        if len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[definition_id] = found
    return found


def called_definition(session: Session, definition: ProcessDefinition, key: str) -> ProcessDefinition:
    """The version of a called process that this version was deployed with; itself for its own key."""
    if key == definition.key:
        return definition
    return session.get_one(ProcessDefinition, uuid.UUID(definition.calls[key]))


def form_source(definition: ProcessDefinition, form_key: str) -> str | None:
    """The form-js JSON of a form in the version's folder, or None when there is none."""
    found = definition.files.get(f"forms/{form_key}.json")
    return str(found) if found is not None else None


def diagram_xml(definition: ProcessDefinition) -> str:
    """The BPMN XML of a version's main diagram."""
    return str(definition.files["process.bpmn"])


def keys_called_by(files: Mapping[str, str]) -> frozenset[str]:
    """The keys of the processes that the diagrams of a folder call. DefinitionRefused when a diagram cannot be read."""
    roots = reading.diagrams(files).values()
    return frozenset(call.get("calledElement", "") for root in roots for call in root.iter(f"{reading.BPMN}callActivity"))


def folders_called_by(files: Mapping[str, str], folders: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Those of `folders`, by their keys, that a folder calls, and that those call in turn; one that is not there is left out."""
    found: dict[str, Mapping[str, str]] = {}
    waiting = sorted(keys_called_by(files))
    while waiting:
        key = waiting.pop()
        if key in folders and key not in found:
            found[key] = folders[key]
            waiting += sorted(keys_called_by(folders[key]))
    return found


def name_of(files: Mapping[str, str], key: str) -> str:
    """The name of the process with this key, as its diagram writes it; the key when it has none."""
    for root in reading.diagrams(files).values():
        for process in root.iter(f"{reading.BPMN}process"):
            if process.get("id") == key:
                return " ".join((process.get("name") or key).split())
    return key


@lru_cache(maxsize=256)
def _stages(xml: str) -> tuple[str, ...]:
    root = reading.read_xml(xml, "process.bpmn")
    steps = engine.steps_of(root)
    return tuple(dict.fromkeys(step.properties["stage"] for step in steps if step.properties.get("stage")))


def stages_of(definition: ProcessDefinition) -> tuple[str, ...]:
    """The names of a version's stages in the order of its flow."""
    return _stages(diagram_xml(definition))


def forget() -> None:
    """Drop every parsed spec, so that a test can start afresh."""
    _known.clear()
