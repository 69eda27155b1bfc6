"""Walks through a diagram that must keep working: read from `scenarios.yml` and run on the engine with declared results of operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from models import clock
from workflows import engine
from workflows.engine import OperationCall, Passed, Run, Spec, Stuck, WaitingTask, operations
from workflows.engine.running import OperationFailed
from workflows.library import forms

GIVEN = "given"
MESSAGE = "message "
PATHS = "paths"
WALKS = "walks"
LONGEST_FILE = 200_000
MOST_STEPS = 1_000
STEPS = frozenset({"starts", "clock", "waits_for", "waits_until", "completes", "refuses", "message", "operations", "ends_at"})
BESIDE = frozenset({"with", "of", "answers", "gives", "errors"})
AT_ONCE = frozenset({"parallel gateway", "inclusive gateway"})
Given = Mapping[str, Mapping[str, Any]]


class ScenariosRefused(ValueError):
    """The file is not a list of scenarios; says where."""


class Failed(AssertionError):
    """The diagram did something else than the scenario says; `stuck` is where it could not go on, if that was the reason."""

    def __init__(self, words: str, stuck: Stuck | None = None) -> None:
        super().__init__(words)
        self.stuck = stuck


@dataclass(frozen=True)
class Scenario:
    """One walk: its name, its steps, and what the operations give unless a step says otherwise."""

    name: str
    steps: Sequence[Mapping[str, Any]]
    given: Given


@dataclass(frozen=True)
class Performed:
    """What a step gave in a walk: its operation if any, the element (`message NAME` for a message), when on the walk's clock, and the values."""

    name: str
    element_id: str
    at: datetime
    gives: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a walk went: what went wrong, nothing if it passed, and every element it passed in order."""

    name: str
    fault: str
    trail: tuple[Passed, ...]
    performed: tuple[str, ...]
    results: tuple[Performed, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the diagram did all that the scenario says."""
        return not self.fault


@dataclass(frozen=True)
class Surroundings:
    """What a walk takes from outside: names of the groups by key, and the forms by the id of the task."""

    groups: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, forms.FormSchema] = field(default_factory=dict)


def read(text: str, *, also: Given | None = None) -> list[Scenario]:
    """The scenarios of a file; `also` are results of operations of called processes. ScenariosRefused when it cannot be read.

    `given` holds what each operation gives unless a step says otherwise, `paths` shared pieces that a step `walks`.
    """
    data = _data(text)
    given = {**(also or {}), **(data.get(GIVEN) or {})}
    paths = data.get(PATHS) or {}
    found = [
        Scenario(str(name), _whole(steps, paths, ()), given) for name, steps in data.items() if name not in (GIVEN, PATHS)
    ]
    for scenario in found:
        _check(scenario)
    return found


def given_in(text: str) -> Given:
    """What each operation gives by the file itself. ScenariosRefused when it cannot be read."""
    given = _data(text).get(GIVEN) or {}
    if not isinstance(given, dict) or not all(isinstance(values, dict) for values in given.values()):
        raise ScenariosRefused(f"“{GIVEN}” must hold what each operation gives, by its name")
    return given


def _data(text: str) -> dict[Any, Any]:
    if len(text) > LONGEST_FILE:
        raise ScenariosRefused(f"The file is longer than {LONGEST_FILE // 1_000} thousand characters")
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ScenariosRefused("The file is not YAML") from error
    if not isinstance(data, dict):
        raise ScenariosRefused("The file must hold scenarios by name")
    return data


def _whole(steps: Any, paths: Mapping[str, Any], above: tuple[str, ...]) -> list[Any]:
    """The steps with every `walks: name` replaced by the shared path of that name."""
    whole: list[Any] = []
    for step in steps if isinstance(steps, list) else [steps]:
        name = step.get(WALKS) if isinstance(step, dict) else None
        if name is None:
            whole.append(step)
        elif name not in paths or name in above:
            raise ScenariosRefused(f"There is no path “{name}” to walk")
        else:
            whole += _whole(paths[name], paths, (*above, name))
        if len(whole) > MOST_STEPS:
            raise ScenariosRefused(f"A scenario has at most {MOST_STEPS:,} steps")
    return whole


def _check(scenario: Scenario) -> None:
    if not all(isinstance(step, dict) for step in scenario.steps):
        raise ScenariosRefused(f"“{scenario.name}” must be a list of steps")
    for number, step in enumerate(scenario.steps, 1):
        if len(set(step) & STEPS) != 1 or set(step) - STEPS - BESIDE:
            raise ScenariosRefused(f"“{scenario.name}”, step {number}: a step is one of {', '.join(sorted(STEPS))}")
    if not scenario.steps or "starts" not in scenario.steps[0]:
        raise ScenariosRefused(f"“{scenario.name}” must begin with “starts”")


def run(scenario: Scenario, spec: Spec, around: Surroundings | None = None, *, stop: Callable[[], bool] | None = None) -> Outcome:
    """Walk through one scenario with the clock held at its times, storing and loading the run after every step. Never raises for a fault.

    `stop` is asked before each step; a walk that is stopped has not passed.
    """
    walk = Walk(scenario.given, spec, around or Surroundings())
    fault = ""
    with clock.apart(clock.now()):
        try:
            for step in scenario.steps:
                if stop is not None and stop():
                    raise Failed("it was stopped because it took too long")
                walk.step(step)
        except (Failed, OperationFailed, engine.StepBudgetSpent, KeyError, ValueError) as error:
            fault = f"step {walk.number}: {error}"
    return Outcome(scenario.name, fault, tuple(walk.trail), tuple(each.name for each in walk.results if each.name), tuple(walk.results))


class Walk:
    """A scenario on its way. `given` is what each operation gives; the clock must be held apart around every step."""

    def __init__(self, given: Given, spec: Spec, around: Surroundings) -> None:
        self.spec, self.around = spec, around
        self.given: dict[str, Mapping[str, Any]] = dict(given)
        self.trail: list[Passed] = []
        self.results: list[Performed] = []
        self.number = 0
        self._run: Run | None = None

    def step(self, step: Mapping[str, Any]) -> None:
        """Do or look at what one step says."""
        self.number += 1
        word = next(iter(set(step) & STEPS))
        WORDS[word](self, step)

    @property
    def now(self) -> Run:
        """The run as it stands."""
        if self._run is None:
            raise Failed("nothing has been started")
        return self._run

    def resume(self, state: bytes) -> None:
        """Go on from where a walk was left."""
        self._run = engine.load(self.spec, state, perform=self.perform)

    def start(self, step: Mapping[str, Any]) -> None:
        """Begin; `gives` beside it are results of operations from the outset."""
        clock.hold(moment(step["starts"]))
        self.given |= step.get("gives") or {}
        self._run = engine.start(self.spec, dict(step.get("with") or {}), perform=self.perform)
        self._move(Run.advance)

    def set_clock(self, step: Mapping[str, Any]) -> None:
        clock.hold(moment(step["clock"]))
        self._move(lambda run: run.fire_due(clock.now()))

    def change_operations(self, step: Mapping[str, Any]) -> None:
        self.given |= step["operations"]

    def look_at_tasks(self, step: Mapping[str, Any]) -> None:
        wanted = sorted((task, str(group)) for task, groups in (step["waits_for"] or {}).items() for group in _listed(groups))
        found = sorted((task.bpmn_id, self.group(task)) for task in self.now.waiting_tasks())
        if wanted != found:
            raise Failed(f"waits for {_told(found)}, not for {_told(wanted)}")

    def look_at_timers(self, step: Mapping[str, Any]) -> None:
        for element, when in step["waits_until"].items():
            due = [timer.due_at for timer in self.now.timers() if timer.bpmn_id == element]
            if due != [moment(when)]:
                raise Failed(f"the timer {element} is due {[each.astimezone(clock.LONDON).isoformat() for each in due]}, not {when}")

    def complete(self, step: Mapping[str, Any]) -> None:
        task = self._task(step["completes"], step.get("of"))
        answers = dict(step.get("answers") or {})
        self._check_answers(task, answers)
        name = task.properties.get("operation", "")
        given = dict(step["gives"] if "gives" in step else self.given.get(name, {}))
        _check_announced(name, given)
        routed = {key: answers.get(key) for key in task.properties.get("routes", "").split()}
        self.results.append(Performed(name, task.bpmn_id, clock.now(), {**routed, **given}))
        self._move(lambda run: run.complete(task.id, {**routed, **given}))

    def refuse(self, step: Mapping[str, Any]) -> None:
        task = self._task(step["refuses"], step.get("of"))
        found = self._faults(task, dict(step.get("answers") or {}))
        for key, words in (step.get("errors") or {}).items():
            if found.get(key) != words:
                raise Failed(f"the form of {task.bpmn_id} says {found.get(key)!r} at {key}, not {words!r}")

    def send(self, step: Mapping[str, Any]) -> None:
        payload = dict(step.get("with") or {})
        self.results.append(Performed("", f"{MESSAGE}{step['message']}", clock.now(), payload))
        taken: list[bool] = []
        self._move(lambda run: taken.append(run.deliver(step["message"], payload)))
        if not taken[0]:
            raise Failed(f"nothing waits for the message {step['message']}")

    def look_at_end(self, step: Mapping[str, Any]) -> None:
        ends = [passed.element_id for passed in self.trail if passed.kind == "end event"]
        if not self.now.finished:
            raise Failed(f"the process goes on and stands at {', '.join(sorted(self.now.live))}")
        if not ends or ends[-1] != step["ends_at"]:
            raise Failed(f"ends at {ends[-1] if ends else 'nothing'}, not at {step['ends_at']}")

    def perform(self, call: OperationCall) -> Mapping[str, Any]:
        """What a service task is given in this walk."""
        given = self.given.get(call.name, {})
        self.results.append(Performed(call.name, call.element_id, clock.now(), given))
        _check_announced(call.name, given)
        return given

    def _move(self, how: Callable[[Run], Any]) -> None:
        how(self.now)
        self.trail += self.now.trail
        if self.now.stuck is not None:
            raise Failed(f"cannot continue at {self.now.stuck.element_id}: {self.now.stuck.message}", self.now.stuck)
        self._run = engine.load(self.spec, self.now.dump(), perform=self.perform)

    def group(self, task: WaitingTask) -> str:
        """The key of the group that a task is for."""
        keys = {name: key for key, name in self.around.groups.items()}
        return task.candidate_group or keys.get(task.lane, task.lane)

    def _task(self, element: str, group: str | None) -> WaitingTask:
        for task in self.now.waiting_tasks():
            if task.bpmn_id == element and group in (None, self.group(task)):
                return task
        raise Failed(f"{element}{f' of {group}' if group else ''} does not wait")

    def _check_answers(self, task: WaitingTask, answers: Mapping[str, Any]) -> None:
        faults = self._faults(task, answers) if answers else {}
        if faults:
            raise Failed(f"the form of {task.bpmn_id} says {'; '.join(faults.values())}")

    def _faults(self, task: WaitingTask, answers: Mapping[str, Any]) -> dict[str, str]:
        schema = self.around.forms.get(task.form_key)
        return forms.validate(without_files(schema), Sent(answers, schema), known=task.data).errors if schema else {}


def without_files(schema: forms.FormSchema) -> forms.FormSchema:
    """A form without its questions for files: nobody has any on a walk."""
    return forms.FormSchema(schema.key, tuple(part for part in schema.parts if not (isinstance(part, forms.Field) and part.kind == "filepicker")))


class Sent:
    """Answers as a browser would send them."""

    def __init__(self, answers: Mapping[str, Any], schema: forms.FormSchema) -> None:
        self.answers = answers
        self.in_lines = {question.key for question in schema.fields if question.format == "lines"}

    def getlist(self, key: str) -> list[str]:
        value = self.answers.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            texts = [str(each) for each in value]
            return ["\n".join(texts)] if key in self.in_lines else texts
        return ["yes" if value is True else str(value)]


WORDS: Mapping[str, Callable[[Walk, Mapping[str, Any]], None]] = {
    "starts": Walk.start,
    "clock": Walk.set_clock,
    "operations": Walk.change_operations,
    "waits_for": Walk.look_at_tasks,
    "waits_until": Walk.look_at_timers,
    "completes": Walk.complete,
    "refuses": Walk.refuse,
    "message": Walk.send,
    "ends_at": Walk.look_at_end,
}


def _check_announced(name: str, given: Mapping[str, Any]) -> None:
    unannounced = set(given) - operations.given_by(name)
    if unannounced:
        raise Failed(f"{name or 'a task without an operation'} never gives {', '.join(sorted(unannounced))}")


def moment(value: Any) -> datetime:
    """A moment as a scenario writes it; without a zone it is London time."""
    if isinstance(value, datetime):
        return clock.read_instant(value.isoformat())
    return clock.read_instant(value.isoformat() if isinstance(value, date) else str(value))


def _listed(groups: Any) -> list[Any]:
    return list(groups) if isinstance(groups, list) else [groups]


def _told(tasks: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{task} ({group})" for task, group in tasks) or "nobody"


@dataclass(frozen=True)
class Coverage:
    """How much of a process its scenarios walked: elements and flows, and which were left out."""

    elements: int
    flows: int
    unwalked_elements: tuple[str, ...]
    unwalked_flows: tuple[str, ...]


def coverage(outcomes: Iterable[Outcome], flows: Sequence[tuple[str, str, str]]) -> Coverage:
    """What the walks passed of one process. `flows` are (id, source, target) of its diagram; a flow counts when its target came next,
    and behind a gateway that goes several ways at once when it came at all.
    """
    trails = [outcome.trail for outcome in outcomes]
    elements = {end for _, source, target in flows for end in (source, target)}
    seen = {passed.element_id for trail in trails for passed in trail}
    walked: set[str] = set()
    for trail in trails:
        walked |= _walked(trail, flows)
    return Coverage(
        elements=len(elements),
        flows=len(flows),
        unwalked_elements=tuple(sorted(elements - seen)),
        unwalked_flows=tuple(sorted(flow for flow, _, _ in flows if flow not in walked)),
    )


def _walked(trail: Sequence[Passed], flows: Sequence[tuple[str, str, str]]) -> set[str]:
    following: dict[str, dict[str, str]] = {}
    for flow, source, target in flows:
        following.setdefault(source, {})[target] = flow
    found = set()
    for place, passed in enumerate(trail):
        targets = following.get(passed.element_id, {})
        came = [each.element_id for each in trail[place + 1 :] if each.element_id in targets]
        found |= {targets[each] for each in (came if passed.kind in AT_ONCE else came[:1])}
    return found
