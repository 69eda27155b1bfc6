"""`dps deploy`: make new process versions from the process library's folders. `dps check`: what the gate says of one.

`dps export` writes versions back as folders, and `dps drift` says where folders and live versions differ.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from models import ProcessDefinition
from models.session import make_engine, new_session, transaction
from webapp.commands import database
from webapp.settings import Settings
from workflows.actions import catalogue, definitions, organisation
from workflows.engine import DefinitionRefused, Problem, reading, steps_of, verdicts
from workflows.engine.problems import errors_in
from workflows.library import definitions as library
from workflows.library import drift as drifting
from workflows.library import folders, gate
from workflows.queries import processes

CHECK_SECONDS = 60.0

__all__ = ["add_commands", "catalogue", "deploy", "deploy_all"]


def add_commands(commands: Any) -> None:
    """Add `dps deploy`, `dps check`, `dps elements`, `dps export` and `dps drift`."""
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
    parser = commands.add_parser(
        "elements", help="say what becomes of every element and attribute of BPMN and DMN: it runs, is only shown, or is refused"
    )
    parser.add_argument("--json", action="store_true", help="the table as JSON")
    parser.set_defaults(carry_out=elements)
    parser = commands.add_parser("export", help="write the live versions, or one version of one process, as folders of files")
    parser.add_argument("key", nargs="?", default="", help="the key of one process; without it, all of them")
    parser.add_argument("folder", type=Path, help="where the folders are made, each named by its key")
    parser.add_argument("--version", type=int, default=0, help="another version than the live one; needs the key")
    parser.set_defaults(carry_out=export)
    parser = commands.add_parser(
        "drift", help="say where the process folders and the live versions differ; ends with 1 when one does"
    )
    parser.set_defaults(carry_out=drift)


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
    found = findings(folder, _say_progress if sys.stderr.isatty() else None)
    print(_as_json(found) if wanted.json else "\n".join(_lines(folder.name, found)))
    return 1 if errors_in(found) else 0


def export(settings: Settings, wanted: Namespace) -> None:
    """Write versions as folders, each saying exactly what the version says; a line for each file that changed."""
    if wanted.version and not wanted.key:
        raise database.NotReady("Say the process whose version you want: dps export KEY FOLDER --version 2")
    with new_session(make_engine(settings.database_url), writes=False) as session:
        if wanted.key:
            chosen = [processes.version_of(session, wanted.key, wanted.version) if wanted.version else processes.live(session, wanted.key)]
        else:
            chosen = [each.live for each in processes.library(session)]
        for definition in chosen:
            for line in _export_one(definition, wanted.folder):
                print(line)


def _export_one(definition: ProcessDefinition, root: Path) -> list[str]:
    try:
        lines = folders.write(definition.files, root / folders.checked_path(definition.key))
    except DefinitionRefused as error:
        raise database.NotReady(f"{definition.key} cannot be exported: {'; '.join(map(str, error.problems))}") from error
    return [f"{definition.key}, version {definition.version}: {'no file changed' if not lines else ''}".rstrip(), *(f"  {line}" for line in lines)]


def drift(settings: Settings, _wanted: Namespace) -> int:
    """Print each process whose folder and live version differ; 1 when there is one."""
    with new_session(make_engine(settings.database_url), writes=False) as session:
        live = {each.live.key: each.live.files for each in processes.library(session)}
    found = drifting.found(drifting.shipped_under(settings.library), live)
    print("\n".join(f"{each.key}: {each.words}" for each in found) or "Every folder says what its live version says.")
    return 1 if found else 0


def findings(folder: Path, tell: gate.Tell | None = None) -> list[Problem]:
    """Everything the gate says of a process folder, whose neighbours are the processes it may call and be called by."""
    folders = {path.parent.name: definitions.read_folder(path.parent) for path in folder.parent.glob("*/process.bpmn")}
    files = folders[folder.name]
    try:
        called = library.folders_called_by(files, folders)
        callers = [key for key in folders if key != folder.name and folder.name in library.folders_called_by(folders[key], folders)]
        drawn = [root for key in callers for root in reading.diagrams(folders[key]).values()]
        steps = [step.id for root in drawn for step in steps_of(root) if step.kind == "user task"]
        return gate.look(
            folder.name, files, called, groups=_groups(folder.parent), is_called=bool(callers), caller_steps=steps, seconds=CHECK_SECONDS, tell=tell
        )
    except DefinitionRefused as error:
        return error.problems


def _say_progress(what: str, done: int, total: int) -> None:
    """How far the gate is, for somebody who watches."""
    print(f"{done} of {total} proven, now {what}", file=sys.stderr)


def elements(_settings: Settings, wanted: Namespace) -> None:
    """Print every element and attribute of the standards with what becomes of it here."""
    rows = {"BPMN": verdicts.bpmn(), "DMN": verdicts.dmn()}
    if wanted.json:
        print(json.dumps({name: [vars(each) for each in found] for name, found in rows.items()}, indent=2, ensure_ascii=False))
        return
    for name, found in rows.items():
        for each in found:
            print("\t".join((name, each.element, each.attribute, each.words, each.note)))


def _groups(root: Path) -> dict[str, str]:
    named = root / "organisation.yml"
    return organisation.names_in(named) if named.is_file() else {}


def _lines(key: str, found: list[Problem]) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in found] or [f"{key}: nothing found"]


def _as_json(found: list[Problem]) -> str:
    return json.dumps([dict(vars(problem)) for problem in found], indent=2, ensure_ascii=False)
