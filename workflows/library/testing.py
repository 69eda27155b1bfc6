"""The tests of a process: every scenario of its folder walked on the real engine, and how much of the diagram they walked together."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from workflows import engine
from workflows.engine import DefinitionRefused, Problem, reading
from workflows.library import checking, forms, scenarios, staging
from workflows.library.gate.around import Around
from workflows.library.scenarios import Coverage, Outcome, ScenariosRefused

Files = Mapping[str, str]
Choices = Mapping[str, Sequence[tuple[str, str]]]
DIAGRAM = "process.bpmn"
SECONDS = 10.0
REMEMBERED = 32
NO_COVERAGE = Coverage(0, 0, (), ())

_known: OrderedDict[object, Report] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Report:
    """How the tests went; `trouble` says why they could not be run at all. `unwalked` are the steps and ways nobody walked, in words."""

    outcomes: tuple[Outcome, ...] = ()
    coverage: Coverage = NO_COVERAGE
    unwalked: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The tests that do not pass."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def passed(self) -> int:
        """How many pass."""
        return len(self.outcomes) - len(self.failed)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands against a version because of its tests."""
        if self.trouble:
            return (Problem("tests", f"the tests cannot be run: {self.trouble}", fix="Mend scenarios.yml"),)
        return tuple(
            Problem("test", f"the test “{outcome.name}” does not pass: {outcome.fault}", fix="Mend the process, or the test if it is out of date")
            for outcome in self.failed
        )


def report(key: str, files: Files, about: Around, choices: Choices, *, seconds: float = SECONDS) -> Report:
    """Walk every scenario of a folder that the gate has looked at; takes at most about `seconds`. The same content is walked once.

    Never raises for what stands in the files.
    """
    below = tuple((name, checking.frozen(folder)) for name, folder in sorted(about.called.items()))
    lists = tuple(sorted((name, tuple(options)) for name, options in choices.items()))
    mark = (key, engine.digest(files), below, checking.frozen(about.groups), lists, engine.known_operations())
    with _lock:
        if mark in _known:
            _known.move_to_end(mark)
            return _known[mark]
    found = _walk(key, files, about, choices, seconds)
    with _lock:
        _known[mark] = found
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
    return found


def _walk(key: str, files: Files, about: Around, choices: Choices, seconds: float) -> Report:
    try:
        stage = staging.on(key, files, about, choices)
        wanted = staging.scenarios_of(files)
        flows = _flows(files)
    except (DefinitionRefused, ScenariosRefused, forms.FormRefused) as error:
        return Report(trouble=str(error))
    end = time.monotonic() + seconds
    outcomes = tuple(scenarios.run(each, stage.spec, stage.around, stop=lambda: time.monotonic() > end) for each in wanted)
    covered = scenarios.coverage(outcomes, flows)
    return Report(outcomes, covered, tuple(_in_words(covered, flows, stage.spec.names)))


def _flows(files: Files) -> list[tuple[str, str, str]]:
    root = reading.diagrams(files)[DIAGRAM]
    return [(flow.get("id", ""), flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in root.iter(f"{reading.BPMN}sequenceFlow")]


def _in_words(covered: Coverage, flows: Sequence[tuple[str, str, str]], names: Mapping[str, Any]) -> list[str]:
    """The steps nobody reached, and the ways nobody took between steps that were reached."""
    missed = set(covered.unwalked_elements)
    steps = [f"“{names[each]}”" for each in covered.unwalked_elements if names.get(each)]
    ends = {flow: (source, target) for flow, source, target in flows}
    ways = [ends[flow] for flow in covered.unwalked_flows]
    between = [f"the way from “{names.get(a) or a}” to “{names.get(b) or b}”" for a, b in ways if a not in missed and b not in missed]
    return [*steps, *between]
