"""`dps deploy`: make new process versions from the process library's folders. `dps check`: what the gate says of one."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from models.session import make_engine, transaction
from webapp.commands import database
from webapp.settings import Settings
from workflows.actions import catalogue, definitions, organisation
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.library import checking
from workflows.library import definitions as library

__all__ = ["add_commands", "catalogue", "deploy", "deploy_all"]


def add_commands(commands: Any) -> None:
    """Add `dps deploy` and `dps check`."""
    parser = commands.add_parser(
        "deploy", help="deploy the process library; folders that have not changed are left alone"
    )
    parser.set_defaults(carry_out=deploy)
    parser = commands.add_parser(
        "check", help="say what the gate finds in a process folder; needs no database, and ends with 1 when something is wrong"
    )
    parser.add_argument("folder", type=Path, help="the folder of one process; what it calls lies beside it")
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    parser.set_defaults(carry_out=check)


def deploy(settings: Settings, _wanted: Namespace) -> None:
    """Deploy every folder of the library, with the organisation and the parameters it names."""
    for line in deploy_all(settings):
        print(line)


def deploy_all(settings: Settings) -> list[str]:
    """Deploy the whole library in one transaction; a line for each thing done. NotReady lists what is wrong with a folder."""
    try:
        with transaction(make_engine(settings.database_url)) as session:
            return definitions.deploy_library(session, settings.library)
    except DefinitionRefused as error:
        raise database.NotReady("The process library cannot be deployed:\n  " + "\n  ".join(map(str, error.problems))) from error


def check(_settings: Settings, wanted: Namespace) -> int:
    """Print what the gate finds in one folder, in words or as JSON; 1 when it could not be deployed."""
    folder: Path = wanted.folder.resolve()
    if not (folder / "process.bpmn").is_file():
        raise database.NotReady(f"There is no process.bpmn in {wanted.folder}")
    found = findings(folder)
    print(_as_json(found) if wanted.json else "\n".join(_lines(folder.name, found)))
    return 1 if errors_in(found) else 0


def findings(folder: Path) -> list[Problem]:
    """Everything the gate says of a process folder, whose neighbours are the processes it may call and be called by."""
    folders = {path.parent.name: definitions.read_folder(path.parent) for path in folder.parent.glob("*/process.bpmn")}
    files = folders[folder.name]
    try:
        called = library.folders_called_by(files, folders)
        is_called = any(folder.name in library.keys_called_by(other) for key, other in folders.items() if key != folder.name)
        return checking.everything(folder.name, files, called, groups=_groups(folder.parent), is_called=is_called)
    except DefinitionRefused as error:
        return error.problems


def _groups(root: Path) -> dict[str, str]:
    named = root / "organisation.yml"
    return organisation.names_in(named) if named.is_file() else {}


def _lines(key: str, found: list[Problem]) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in found] or [f"{key}: nothing found"]


def _as_json(found: list[Problem]) -> str:
    return json.dumps([dict(vars(problem)) for problem in found], indent=2, ensure_ascii=False)
