"""Walking through a process by hand on the real engine, in a sandbox: no rows, no mail, and a clock of its own.

A move is a step of a scenario, so whatever was walked by hand can be kept as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import clock
from workflows import engine
from workflows.engine import OperationCall, Passed, Spec, WaitingMessage, WaitingTask, WaitingTimer, language, operations
from workflows.library import forms, scenarios

Move = Mapping[str, Any]
Given = scenarios.Given
MOST_MOVES = 400


class CannotGoOn(Exception):
    """A move is not possible or the process cannot continue after it: says where and why; the walk stays where it was."""

    def __init__(self, words: str, element_id: str = "", element_name: str = "") -> None:
        super().__init__(words)
        self.element_id, self.element_name = element_id, element_name


class Asked(Exception):
    """A step of the system needs a result that nobody has declared: which operation, at which element, and what it announces."""

    def __init__(self, call: OperationCall, gives: Sequence[str]) -> None:
        super().__init__(f"“{call.element_name}” needs to know what {call.name} gives")
        self.operation, self.element_id, self.element_name, self.gives = call.name, call.element_id, call.element_name, tuple(gives)


@dataclass(frozen=True)
class Stage:
    """What a walk takes place on: the parsed process, the people and forms around it, and what operations give unless a move says otherwise."""

    spec: Spec
    around: scenarios.Surroundings
    given: Given = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A move that was made, the elements it passed, and for whom which tasks waited after it."""

    move: Move
    passed: tuple[Passed, ...]
    waits_for: tuple[tuple[str, str], ...]
    performed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, to be kept in a row."""
        return {
            "move": dict(self.move), "waits_for": [list(each) for each in self.waits_for], "performed": list(self.performed),
            "passed": [[each.element_id, each.element_name, each.kind, each.process_key, list(each.led_to)] for each in self.passed],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Made:
        """A move as it was kept."""
        passed = tuple(Passed(name, words, kind, key, tuple(*led_to)) for name, words, kind, key, *led_to in kept["passed"])
        return cls(kept["move"], passed, tuple((step, group) for step, group in kept["waits_for"]), tuple(kept["performed"]))


@dataclass(frozen=True)
class Place:
    """Where a walk has come to: its moves, the engine's state, and the moment on its own clock."""

    made: tuple[Made, ...]
    state: bytes
    at: datetime

    @property
    def moves(self) -> list[Move]:
        """The moves alone, to be walked again."""
        return [each.move for each in self.made]

    @property
    def trail(self) -> list[Passed]:
        """Every element passed so far, in order."""
        return [passed for each in self.made for passed in each.passed]


@dataclass(frozen=True)
class Waiting:
    """A task that waits for somebody: who, with which form, what its operation announces, and what that gives unless told otherwise.

    `count` is how many of the same wait for the same group; the oldest is the one that can be done.
    """

    task: WaitingTask
    group: str
    group_name: str
    form: forms.FormSchema | None
    operation: str
    announced: tuple[str, ...]
    gives: Mapping[str, Any]
    count: int = 1


@dataclass(frozen=True)
class View:
    """What can be seen and done in a place."""

    waiting: Sequence[Waiting]
    timers: Sequence[WaitingTimer]
    messages: Sequence[WaitingMessage]
    live: frozenset[str]
    data: Mapping[str, Any]
    finished: bool
    ended_at: str


@dataclass(frozen=True)
class Sample:
    """A way to begin, from the scenarios: when, with which data, and what operations give then."""

    name: str
    at: datetime
    data: Mapping[str, Any]


class _ByHand(scenarios.Walk):
    """A walk that asks for results nobody has declared, instead of going on without them."""

    def perform(self, call: OperationCall) -> Mapping[str, Any]:
        announced = operations.given_by(call.name)
        if announced and call.name not in self.given:
            raise Asked(call, sorted(announced))
        return super().perform(call)


def begin(stage: Stage, *, at: datetime, data: Mapping[str, Any], gives: Given | None = None) -> Place:
    """Start a walk at an aware moment with the first data. `gives` are results of operations from the outset. Raises as `go` does."""
    move: dict[str, Any] = {"starts": told(at)}
    if data:
        move["with"] = dict(data)
    if gives:
        move["gives"] = {name: dict(values) for name, values in gives.items()}
    return go(stage, Place((), b"", at), move)


def go(stage: Stage, place: Place, move: Move) -> Place:
    """Where a move leads. Asked when a step of the system needs a result first; CannotGoOn when it is not possible, in words."""
    if len(place.made) >= MOST_MOVES:
        raise CannotGoOn(f"A walk has {MOST_MOVES} moves at most. Save it or begin again")
    with clock.apart(place.at):
        walk = _walk(stage, place)
        try:
            walk.step(move)
            waits_for = tuple(sorted((task.bpmn_id, str(walk.group(task))) for task in walk.now.waiting_tasks()))
            state = walk.now.dump()
        except scenarios.Failed as error:
            raise _reason(error) from error
        except language.EvaluationError as error:
            raise CannotGoOn(str(error)) from error
        except (engine.StepBudgetSpent, engine.TaskNotWaiting, ValueError, KeyError) as error:
            raise CannotGoOn(str(error)) from error
        performed = tuple(dict.fromkeys(each.name for each in walk.results if each.name))
        return Place((*place.made, Made(move, tuple(walk.trail), waits_for, performed)), state, clock.now())


def _walk(stage: Stage, place: Place) -> _ByHand:
    walk = _ByHand({**stage.given, **_declared(place)}, stage.spec, stage.around)
    if place.state:
        walk.resume(place.state)
    return walk


def _declared(place: Place) -> dict[str, Mapping[str, Any]]:
    """What operations give by the moves so far."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in place.made:
        found |= each.move.get("operations") or {}
        found |= (each.move.get("gives") or {}) if "starts" in each.move else {}
    return found


def _reason(error: scenarios.Failed) -> Exception:
    stuck = error.stuck
    if stuck is None:
        return CannotGoOn(f"{str(error)[:1].upper()}{str(error)[1:]}")
    asked = stuck.error.__cause__
    if isinstance(asked, Asked):
        return asked
    return CannotGoOn(f"The case cannot continue at “{stuck.element_name}”: {stuck.message}", stuck.element_id, stuck.element_name)


def declare(stage: Stage, place: Place, operation: str, values: Mapping[str, Any]) -> Place:
    """Say what an operation gives from now on. CannotGoOn for a value that it does not announce."""
    unknown = set(values) - operations.given_by(operation)
    if unknown:
        raise CannotGoOn(f"{operation} never gives {', '.join(sorted(unknown))}")
    return go(stage, place, {"operations": {operation: dict(values)}})


def again(stage: Stage, moves: Sequence[Move]) -> Place:
    """Walk the same moves from the start, as after a change of the draft. Raises as `go` does, at the first that is not possible."""
    place = Place((), b"", clock.now())
    for move in moves:
        place = go(stage, place, move)
    return place


def as_far_as_possible(stage: Stage, moves: Sequence[Move]) -> tuple[Place | None, str]:
    """Walk the same moves as far as they go: the place, None when not even the first does, and why it went no further."""
    place = Place((), b"", clock.now())
    for number, move in enumerate(moves, 1):
        try:
            place = go(stage, place, move)
        except (CannotGoOn, Asked) as error:
            return (place if place.made else None), f"Move {number} of {len(moves)} is not possible any more: {error}"
    return (place if place.made else None), ""


def back(stage: Stage, place: Place) -> Place | None:
    """The place before the last move and before the results declared just for it; None when that was the start."""
    moves = place.moves[:-1]
    while moves and "operations" in moves[-1]:
        moves.pop()
    return again(stage, moves) if moves else None


def look(stage: Stage, place: Place) -> View:
    """What can be seen and done in a place. CannotGoOn when a waiting task does not say whom it is for."""
    with clock.apart(place.at):
        walk = _walk(stage, place)
        try:
            tasks = walk.now.waiting_tasks()
            waiting = _waiting(stage, walk, tasks)
        except (language.EvaluationError, ValueError) as error:
            raise CannotGoOn(str(error)) from error
        ends = [passed.element_id for passed in place.trail if passed.kind == "end event"]
        return View(
            waiting=waiting, timers=walk.now.timers(), messages=walk.now.messages(), live=frozenset(walk.now.live), data=walk.now.data,
            finished=walk.now.finished, ended_at=ends[-1] if ends and walk.now.finished else "",
        )  # fmt: skip


def _waiting(stage: Stage, walk: scenarios.Walk, tasks: Sequence[WaitingTask]) -> list[Waiting]:
    found: dict[tuple[str, str], Waiting] = {}
    for task in tasks:
        group = str(walk.group(task))
        known = found.get((task.bpmn_id, group))
        if known is not None:
            found[task.bpmn_id, group] = Waiting(**{**known.__dict__, "count": known.count + 1})
            continue
        form, operation = stage.around.forms.get(task.form_key), task.properties.get("operation", "")
        found[task.bpmn_id, group] = Waiting(
            task=task, group=group, group_name=stage.around.groups.get(group, group), form=scenarios.without_files(form) if form else None,
            operation=operation, announced=tuple(sorted(operations.given_by(operation))), gives=walk.given.get(operation, {}),
        )  # fmt: skip
    return list(found.values())


def answer(place: Place, waiting: Waiting, sent: forms.answering.Sent) -> forms.Validated:
    """What was typed into a waiting task's form, checked on the walk's own day."""
    with clock.apart(place.at):
        known = {key: value for key, value in waiting.task.data.items() if isinstance(value, str | int | float | bool)}
        return forms.validate(waiting.form, sent, known=known) if waiting.form else forms.Validated()


def completion(waiting: Waiting, answers: Mapping[str, Any], gives: Mapping[str, Any]) -> Move:
    """The move that completes a task: `gives` is named only where it differs from what is declared."""
    move: dict[str, Any] = {"completes": waiting.task.bpmn_id}
    if waiting.group:
        move["of"] = waiting.group
    if answers:
        move["answers"] = dict(answers)
    if dict(gives) != dict(waiting.gives):
        move["gives"] = dict(gives)
    return move


def samples(found: Sequence[scenarios.Scenario]) -> list[Sample]:
    """The different ways in which scenarios begin, each named after the first that begins so."""
    known: dict[str, Sample] = {}
    for scenario in found:
        first = scenario.steps[0]
        known.setdefault(repr(first), Sample(scenario.name, scenarios.moment(first["starts"]), first.get("with") or {}))
    return list(known.values())


def told(at: datetime) -> str:
    """A moment as scenarios write it: London time to the minute, or in full where that would lose something."""
    local = at.astimezone(clock.LONDON)
    short = f"{local:%Y-%m-%d %H:%M}"
    return short if clock.read_instant(short) == at else local.isoformat()
