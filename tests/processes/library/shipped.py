"""The process library as it is shipped, read for tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflows import engine
from workflows.actions import catalogue
from workflows.engine import Spec, reading
from workflows.library import definitions, forms, scenarios

ROOT = Path(__file__).parents[3] / "bpmn"
OPERATIONS_KNOWN = catalogue.__all__  # importing the catalogue is what makes the operations known


@cache
def files(key: str) -> dict[str, str]:
    """The files of a process folder by their path in it."""
    folder = ROOT / key
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}


KEYS = tuple(path.parent.name for path in sorted(ROOT.glob("*/process.bpmn")))
CALLS: dict[str, tuple[str, ...]] = {key: tuple(definitions.folders_called_by(files(key), {each: files(each) for each in KEYS})) for key in KEYS}


def called(key: str) -> dict[str, dict[str, str]]:
    """The folders that a process calls, and that those call."""
    return {each: files(each) for each in CALLS[key]}


@cache
def spec(key: str) -> Spec:
    """A process parsed with those it calls."""
    return engine.read(key, files(key), called(key))


@cache
def organisation() -> dict[str, Any]:
    """`organisation.yml`."""
    return dict(yaml.safe_load((ROOT / "organisation.yml").read_text(encoding="utf-8")))


def groups() -> dict[str, str]:
    """The names of the groups by key."""
    return {group["key"]: group["name"] for group in organisation()["groups"]}


@cache
def parameters() -> dict[str, dict[str, Any]]:
    """`parameters.yml` by key."""
    data = yaml.safe_load((ROOT / "parameters.yml").read_text(encoding="utf-8"))
    return {entry["key"]: entry for entry in data["parameters"]}


def choices() -> dict[str, list[tuple[str, str]]]:
    """The lists that forms let people choose from."""
    found = organisation()["choices"]
    return {name: [(str(a), str(b)) for a, b in (o.items() if isinstance(o, dict) else zip(o, o, strict=True))] for name, o in found.items()}


@cache
def forms_of(key: str) -> dict[str, forms.FormSchema]:
    """The forms of a process and of those it calls, by their names."""
    folders = [*called(key).values(), files(key)]
    return {
        Path(name).stem: forms.read_form(text, choices=choices()) for folder in folders for name, text in folder.items() if name.startswith("forms/")
    }


def surroundings(key: str) -> scenarios.Surroundings:
    """What the scenarios of a process need from outside."""
    return scenarios.Surroundings(groups(), forms_of(key))


def all_scenarios(key: str) -> list[scenarios.Scenario]:
    """The scenarios of a process."""
    return scenarios.read(files(key)["scenarios.yml"])


@cache
def walked(key: str) -> tuple[scenarios.Outcome, ...]:
    """Every scenario of a process, walked once."""
    return tuple(scenarios.run(scenario, spec(key), surroundings(key)) for scenario in all_scenarios(key))


def flows(key: str) -> list[tuple[str, str, str]]:
    """Id, source and target of each flow of a process."""
    root = reading.read_xml(files(key)["process.bpmn"], key)
    return [(flow.get("id", ""), flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in root.iter(f"{reading.BPMN}sequenceFlow")]


class Sent:
    """Answers as a browser sends them."""

    def __init__(self, answers: Mapping[str, Any], schema: forms.FormSchema) -> None:
        self.answers, self.in_lines = answers, {question.key for question in schema.fields if question.format == "lines"}

    def getlist(self, key: str) -> list[str]:
        value = self.answers.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            return ["\n".join(value)] if key in self.in_lines else value
        return ["yes" if value is True else str(value)]
