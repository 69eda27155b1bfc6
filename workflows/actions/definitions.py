"""Deploying: a process folder becomes an immutable, numbered version; running cases stay on the version they have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from models import ProcessDefinition, User, clock
from workflows import engine
from workflows.actions import audit, criteria, organisation
from workflows.engine import DefinitionRefused, Problem
from workflows.library import checking, definitions, folders, proofs
from workflows.queries import people

__all__ = ["deploy_folder", "deploy_library", "read_folder"]


def deploy_library(session: Session, root: Path) -> list[str]:
    """Load the organisation and the parameters, and deploy every process folder that changed; called processes come first.

    Gives one line for each thing done. DefinitionRefused names what is wrong with a folder; nothing is kept then.
    """
    lines = organisation.load(session, root / "organisation.yml") + organisation.load_parameters(session, root / "parameters.yml")
    folders = {path.parent.name: read_folder(path.parent) for path in sorted(root.glob("*/process.bpmn"))}
    for key in _called_first(folders):
        here = _changed_here(session, key, folders[key])
        if here is not None:
            lines.append(f"Left alone: {here.name}, version {here.version}, was changed here and differs from its folder; see dps drift")
            continue
        made = deploy(session, key, folders[key])
        if made is not None:
            lines += [f"Deployed {made.name}, version {made.version}", *_looked_through(key, folders, groups=people.group_names(session))]
    return lines


def _changed_here(session: Session, key: str, files: Mapping[str, str]) -> ProcessDefinition | None:
    """The live version when a person of the council deployed it and it says something else than the folder: it is theirs, and stays."""
    newest = definitions.find_latest(session, key)
    return newest if newest is not None and not newest.is_shipped and newest.files != files else None


def _looked_through(key: str, folders: Mapping[str, Mapping[str, str]], *, groups: Mapping[str, str]) -> list[str]:
    """What is said of a shipped folder beyond being able to run: people must be able to read it, and it must be proven."""
    checking.refuse_unless_drawn(folders[key])
    called = definitions.folders_called_by(folders[key], folders)
    is_called = any(key in definitions.keys_called_by(files) for files in folders.values())
    return [f"  {problem}" for problem in proofs.refuse_unless_proven(key, folders[key], called, groups=groups, is_called=is_called)]


def deploy_folder(session: Session, folder: Path, *, by: User | None = None) -> ProcessDefinition | None:
    """Deploy one folder whose name is the process key; None when this very content is the newest version."""
    return deploy(session, folder.name, read_folder(folder), by=by)


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a process folder by their path inside it, byte for byte."""
    return folders.read(folder)


def _called_first(folders: Mapping[str, Mapping[str, str]]) -> list[str]:
    order: list[str] = []

    def visit(key: str, above: tuple[str, ...]) -> None:
        if key in above:
            raise DefinitionRefused([Problem("call-cycle", f"The processes {' and '.join(above)} call one another in a circle")])
        if key in order or key not in folders:
            return
        for called in sorted(definitions.keys_called_by(folders[key])):
            visit(called, (*above, key))
        order.append(key)

    for key in folders:
        visit(key, ())
    return order


def deploy(session: Session, key: str, files: Mapping[str, str], *, by: User | None = None) -> ProcessDefinition | None:
    """Make a version of these files unless they are the newest one already. DefinitionRefused lists every error found."""
    called = called_by(session, files)
    before = definitions.find_latest(session, key)
    if before is not None and before.digest == _digest(files, called):
        return None
    files_called = {name: definition.files for name, definition in called.items()}
    checking.refuse_unless_ready(key, files, files_called, groups=people.group_names(session))
    return make_version(session, key, files, by=by)


def make_version(session: Session, key: str, files: Mapping[str, str], *, by: User | None, note: str = "") -> ProcessDefinition | None:
    """Store files that the gate has passed as the newest version; None when they are the newest one already. Refused for changed criteria."""
    called = called_by(session, files)
    digest = _digest(files, called)
    before = definitions.find_latest(session, key)
    if before is not None and before.digest == digest:
        return None
    criteria.refuse_changed(session, key, files)
    definition = ProcessDefinition(
        key=key, version=before.version + 1 if before else 1, name=definitions.name_of(files, key), digest=digest, files=dict(files),
        calls={name: str(definition.id) for name, definition in called.items()}, is_shipped=by is None, note=note, deployed_at=clock.now(),
        deployed_by_id=by.id if by else None, agreed_at=None, agreed_by_id=None, draft_id=None,
    )  # fmt: skip
    session.add(definition)
    session.flush()
    audit.record(session, "process:deployed", case=None, by=by, detail={"key": key, "version": definition.version, "digest": digest})
    return definition


def called_by(session: Session, files: Mapping[str, str]) -> dict[str, ProcessDefinition]:
    """The live versions that a folder calls, and those that they call, by key. DefinitionRefused when one was never deployed."""
    found: dict[str, ProcessDefinition] = {}
    waiting = sorted(definitions.keys_called_by(files))
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        definition = definitions.find_latest(session, key)
        if definition is None:
            raise DefinitionRefused([Problem("call", f"The process {key!r} is called and has not been deployed")])
        found[key] = definition
        waiting += definition.calls
    return found


def _digest(files: Mapping[str, str], called: Mapping[str, ProcessDefinition]) -> str:
    """One mark for the folder and the versions it calls: a change of either is another version."""
    below = sorted((key, definition.digest) for key, definition in called.items())
    return hashlib.sha256(json.dumps([engine.digest(files), below]).encode()).hexdigest()
