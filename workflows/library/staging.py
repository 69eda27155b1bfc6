"""What a draft is tried on: its parsed files with the live processes it calls, the groups and lists there are, and its own sample results."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from workflows import engine
from workflows.library import checking, forms, scenarios, task_forms, trying
from workflows.library.gate.around import Around, around

Files = Mapping[str, str]
SCENARIOS = "scenarios.yml"
REMEMBERED = 16


def stage_of(session: Session, key: str, files: Files) -> trying.Stage:
    """The stage for files that the gate has looked at. DefinitionRefused when they cannot be run, ScenariosRefused for unreadable samples."""
    about = around(session, key, files)
    return on(key, files, about, task_forms.choices(session))


def on(key: str, files: Files, about: Around, choices: Mapping[str, Any]) -> trying.Stage:
    """The same from what is known already."""
    spec = _spec(key, checking.frozen(files), tuple((name, checking.frozen(folder)) for name, folder in sorted(about.called.items())))
    found = {}
    for folder in (*about.called.values(), files):
        for path, text in folder.items():
            if path.startswith("forms/"):
                found[PurePosixPath(path).stem] = forms.read_form(text, choices=choices)
    given: dict[str, Mapping[str, Any]] = {}
    for folder in (*about.called.values(), files):
        given |= declared(folder)
    return trying.Stage(spec, scenarios.Surroundings(about.groups, found), given)


def declared(files: Files) -> scenarios.Given:
    """What operations give by the folder's own file of scenarios. ScenariosRefused when it cannot be read."""
    text = files.get(SCENARIOS, "")
    return scenarios.given_in(text) if text.strip() else {}


def scenarios_of(files: Files) -> list[scenarios.Scenario]:
    """The scenarios of a folder. ScenariosRefused when they cannot be read."""
    text = files.get(SCENARIOS, "")
    return scenarios.read(text) if text.strip() else []


@lru_cache(maxsize=REMEMBERED)
def _spec(key: str, content: checking.Frozen, below: tuple[tuple[str, checking.Frozen], ...]) -> engine.Spec:
    return engine.read(key, dict(content), {name: dict(folder) for name, folder in below})
