"""Deploying: a process folder becomes an immutable, numbered version; running cases stay on the version they have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, ProcessDefinition, User, clock
from workflows import engine
from workflows.actions import audit, criteria, organisation
from workflows.engine import DefinitionRefused, Problem
from workflows.library import checking, definitions, proofs

KEPT = frozenset({".bpmn", ".dmn", ".json", ".yml", ".txt", ".md"})

__all__ = ["deploy_folder", "deploy_library", "read_folder"]


def deploy_library(session: Session, root: Path) -> list[str]:
    """Load the organisation and the parameters, and deploy every process folder that changed; called processes come first.

    Gives one line for each thing done. DefinitionRefused names what is wrong with a folder; nothing is kept then.
    """
    lines = organisation.load(session, root / "organisation.yml") + organisation.load_parameters(session, root / "parameters.yml")
    folders = {path.parent.name: read_folder(path.parent) for path in sorted(root.glob("*/process.bpmn"))}
    for key in _called_first(folders):
        made = deploy(session, key, folders[key])
        if made is not None:
            lines += [f"Deployed {made.name}, version {made.version}", *_looked_through(key, folders, groups=group_names(session))]
    return lines


def _looked_through(key: str, folders: Mapping[str, Mapping[str, str]], *, groups: Mapping[str, str]) -> list[str]:
    """What is said of a shipped folder beyond being able to run: people must be able to read it, and it must be proven."""
    checking.refuse_unless_drawn(folders[key])
    called = definitions.folders_called_by(folders[key], folders)
    is_called = any(key in definitions.keys_called_by(files) for files in folders.values())
    return [f"  {problem}" for problem in proofs.refuse_unless_proven(key, folders[key], called, groups=groups, is_called=is_called)]


def group_names(session: Session) -> dict[str, str]:
    """The name of every candidate group by its key."""
    return {row.key: row.name for row in session.execute(select(CandidateGroup.key, CandidateGroup.name))}


def deploy_folder(session: Session, folder: Path, *, by: User | None = None) -> ProcessDefinition | None:
    """Deploy one folder whose name is the process key; None when this very content is the newest version."""
    return deploy(session, folder.name, read_folder(folder), by=by)


def read_folder(folder: Path) -> dict[str, str]:
    """The files of a process folder by their path inside it."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in KEPT]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


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
    called = _called(session, files)
    digest = _digest(files, called)
    before = definitions.find_latest(session, key)
    if before is not None and before.digest == digest:
        return None
    files_called = {name: definition.files for name, definition in called.items()}
    checking.refuse_unless_ready(key, files, files_called, groups=group_names(session))
    criteria.refuse_changed(session, key, files)
    definition = ProcessDefinition(
        key=key, version=before.version + 1 if before else 1, name=definitions.name_of(files, key), digest=digest, files=dict(files),
        calls={name: str(definition.id) for name, definition in called.items()}, is_shipped=by is None, deployed_at=clock.now(),
        deployed_by_id=by.id if by else None,
    )  # fmt: skip
    session.add(definition)
    session.flush()
    audit.record(session, "process:deployed", case=None, by=by, detail={"key": key, "version": definition.version, "digest": digest})
    return definition


def _called(session: Session, files: Mapping[str, str]) -> dict[str, ProcessDefinition]:
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
