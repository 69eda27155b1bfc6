"""A running case on another version of its process: whether it can stand there as it stands now, and its state there.

Only what the case stands on counts. Its tokens keep their places, data, people and times; what it has finished stays finished, also where
the new version no longer draws it; what lies ahead is laid out anew from the new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models import clock
from workflows.engine import language, running, state, timers
from workflows.engine.cases import CaseWorkflow
from workflows.engine.definition import Spec
from workflows.engine.environment import SafeEngine
from workflows.engine.events import Message
from workflows.engine.joins import LIVE, TAKEN, CountedJoin
from workflows.engine.operations import perform_nothing
from workflows.engine.places import AHEAD, Place, places_of

SPLIT, JOIN, EACH = ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]"
# A finished step that the new version does not have is kept as a second beginning: it holds data and a place in the tree, and nothing looks at it.
PASSED = "Start"
ID, PARENT, NAME, STATE = 0, 1, 2, 3


class CannotMove(Exception):
    """The case must stay on its version; the words say why."""


@dataclass(frozen=True)
class Verdict:
    """Whether a case can move, why not, and what would be different for it at once. `places` is where it would stand.

    It is harmless when nothing that the case stands on changes.
    """

    moves: bool
    why: str = ""
    harmless: bool = True
    notes: tuple[str, ...] = ()
    state: bytes = b""
    places: tuple[Place, ...] = ()


def verdict(old: Spec, new: Spec, stored: bytes) -> Verdict:
    """What moving a stored state from one version to another would mean; nothing is changed."""
    try:
        work = _Work(old, new, json.loads(stored))
        return work.verdict()
    except CannotMove as error:
        return Verdict(moves=False, why=str(error), harmless=False)


def move(old: Spec, new: Spec, stored: bytes) -> bytes:
    """The state on the new version. CannotMove when the case must stay on its own."""
    found = verdict(old, new, stored)
    if not found.moves:
        raise CannotMove(found.why)
    return found.state


@dataclass
class _Work:
    """One case on its way: its packed state, and what there is to tell."""

    old: Spec
    new: Spec
    packed: dict[str, Any]
    notes: list[str] = field(default_factory=list)

    def verdict(self) -> Verdict:
        workflow = self._filled()
        run = running.Run(self.new, workflow)
        for scope in [workflow, *workflow.subprocesses.values()]:
            self._settle(scope)
        self._look_at_timers(run)
        stored = run.dump()
        return Verdict(
            moves=True, harmless=not self.notes, notes=tuple(self.notes), state=stored, places=tuple(places_of(workflow)),
        )  # fmt: skip

    def words(self, name: str) -> str:
        """The name of an element as people know it, by the engine's name for it."""
        element = _element(name)
        return f"“{self.old.names.get(element) or self.new.names.get(element) or element}”"

    def _filled(self) -> Any:
        """The new version's workflow with the state that the case had."""
        if self.packed.get("version") != state.VERSION:
            raise state.StateNotReadable(f"State of version {self.packed.get('version')!r} cannot be read by {state.VERSION}")
        if self.old.key != self.new.key:
            raise CannotMove("it runs on another process")
        _Scope(self, self.old.top, self.new.top, self.packed).rewrite()
        for _, name, inside in self.packed["subs"]:
            if name not in self.new.called:
                raise CannotMove(f"{self.words(name)}, inside which it stands, is no longer there")
            _Scope(self, self.old.called[name], self.new.called[name], inside).rewrite()
        workflow = CaseWorkflow(self.new.top, self.new.called, script_engine=SafeEngine(perform_nothing), deserializing=True)
        state.fill(workflow, json.dumps(self.packed).encode(), self.new.called)
        return workflow

    def _settle(self, workflow: Any) -> None:
        """Events at the edges of open steps as the new version has them, and what lies ahead laid out anew."""
        live = [task for task in list(workflow.tasks.values()) if task._state & LIVE]
        for task in live:
            if not isinstance(task.task_spec, BoundaryEvent) and not _is_one_of_many(task):
                self._arm_edges(task)
        for task in [task for task in list(workflow.tasks.values()) if task._state & LIVE]:
            _lay_out(task)

    def _arm_edges(self, host: Task) -> None:
        """Let events that the new version adds to the edge of an open step begin to wait."""
        split_spec = host.workflow.spec.task_specs.get(f"{host.task_spec.name}{SPLIT}")
        if split_spec is None:
            return
        split = host.parent if host.parent is not None and host.parent.task_spec is split_spec else _put_before(host, split_spec)
        known = {child.task_spec.name for child in split.children}
        for spec in split_spec.outputs:
            if isinstance(spec, BoundaryEvent) and spec.name not in known:
                event = split._add_child(spec, TaskState.WAITING)
                event.data = dict(host.data)
                self._begin_to_wait(event)
                self.notes.append(f"{self.words(spec.name)} begins to wait at {self.words(host.task_spec.name)}")

    def _begin_to_wait(self, task: Task) -> None:
        try:
            task.task_spec.event_definition.has_fired(task)
        except (language.EvaluationError, language.LanguageError, SpiffWorkflowException) as error:
            raise CannotMove(f"the time of {self.words(task.task_spec.name)} cannot be worked out for it: {error}") from error
        task.workflow.top_workflow.event_manager.add_task(task)

    def _look_at_timers(self, run: running.Run) -> None:
        """Due moments are kept unless what they are worked out from has changed; then they are worked out anew, and told."""
        before = {(task_scope, each.element_id): each for task_scope, each in _timers_drawn(self.old)}
        for task in run._catching():
            for definition in timers.definitions_of(task.task_spec):
                was = before.get((task.workflow.spec.name, definition.element_id))
                if definition.element_id not in task.internal_data.get(timers.DUE, {}):
                    self._begin_to_wait(task)
                elif was is not None and was.expression != definition.expression:
                    self._work_out_again(task, was, definition)
        try:
            run.waiting_tasks()
        except (language.EvaluationError, language.LanguageError, SpiffWorkflowException) as error:
            raise CannotMove(f"who does the step where it stands cannot be worked out for it: {error}") from error

    def _work_out_again(self, task: Task, was: Any, now: Any) -> None:
        due = task.internal_data.get(timers.DUE, {})
        old_moment = due.get(now.element_id)
        try:
            evaluate = task.workflow.script_engine.evaluate
            began = timers.began(evaluate(task, was.expression), old_moment) if old_moment else None
            moment = timers.due_moment(evaluate(task, now.expression), since=began or clock.now()).isoformat()
        except (language.EvaluationError, language.LanguageError, SpiffWorkflowException) as error:
            raise CannotMove(f"the time of {self.words(now.element_id)} cannot be worked out for it: {error}") from error
        if moment != old_moment:
            due[now.element_id] = moment
            self.notes.append(f"{self.words(now.element_id)} is due at another time")


@dataclass
class _Scope:
    """One process or sub-process of the case: its packed rows, and its drawing before and after."""

    work: _Work
    before: Any
    after: Any
    packed: dict[str, Any]

    def rewrite(self) -> None:
        """Take out what is laid out ahead and events no longer drawn, and rename what is only history. CannotMove says what stands in the way."""
        rows = self.packed["tasks"]
        dropped = set[int]()
        for index, row in enumerate(rows):
            if row[PARENT] in dropped or row[STATE] & AHEAD or self._is_event_gone(row):
                dropped.add(index)
        for index, row in enumerate(rows):
            if index in dropped:
                continue
            if row[STATE] & LIVE or self._has_arrived(row):
                self._check_standing(row)
            elif not self._same_class(row[NAME]):
                self._check_history(row, rows)
        for index, row in enumerate(rows):
            if index not in dropped and not row[STATE] & LIVE and not self._same_class(row[NAME]):
                row[NAME] = PASSED
        self._take_out(dropped)

    def _take_out(self, dropped: set[int]) -> None:
        rows = self.packed["tasks"]
        places: dict[int, int] = {}
        for index in range(len(rows)):
            if index not in dropped:
                places[index] = len(places)
        self.packed["tasks"] = [[row[ID], places.get(row[PARENT], -1), *row[NAME:]] for index, row in enumerate(rows) if index in places]
        self.packed["last"] = places.get(self.packed["last"], -1)

    # What the case stands on

    def _check_standing(self, row: list[Any]) -> None:
        """Refuse a place of the case that the new version does not have as it was."""
        name = row[NAME]
        was, now = self.before.task_specs[name], self.after.task_specs.get(name)
        if now is None:
            raise CannotMove(self._gone(name))
        if type(was) is not type(now):
            raise CannotMove(self._other_kind(name))
        if isinstance(now, SubWorkflowTask) and was.spec != now.spec:
            raise CannotMove(f"{self.work.words(name)}, where it stands, now calls another process")
        if isinstance(now, LoopTask) and _list_of(was) != _list_of(now):
            raise CannotMove(f"{self.work.words(name)}, where it stands, now goes through another list")
        if isinstance(now, CountedJoin):
            self._check_arrival(row, now)
        if now.manual and _done_by(was) != _done_by(now):
            self.work.notes.append(f"{self.work.words(name)} is done by another team")
        if isinstance(now, CatchingEvent):
            self._compare_events(was, now)

    def _gone(self, name: str) -> str:
        element = _element(name)
        words = self.work.words(name)
        if name.endswith(EACH) and self.after.task_specs.get(element) is not None:
            return f"{words}, where it stands, is no longer done for each of a list"
        if any(step.id == element for step in self.work.new.steps):
            return f"{words}, where it stands, is now in another part of the process"
        return f"{words}, where it stands, is no longer there"

    def _other_kind(self, name: str) -> str:
        element = _element(name)
        kinds = [next((step.kind for step in spec.steps if step.id == element), "") for spec in (self.work.old, self.work.new)]
        if kinds[0] == kinds[1]:
            return f"{self.work.words(name)}, where it stands, is now done a different number of times"
        return f"{self.work.words(name)}, where it stands, was a {kinds[0]} and is now a {kinds[1]}"

    def _check_arrival(self, row: list[Any], join: Any) -> None:
        came_from = self.packed["tasks"][row[PARENT]][NAME]
        if came_from not in join._inputs:
            raise CannotMove(f"one of its branches has come to {self.work.words(row[NAME])} by a way that is no longer there")

    def _compare_events(self, was: Any, now: Any) -> None:
        waits = [{each.element_id: each for each in timers.events_of(spec)} for spec in (was, now)]
        for element in sorted(set(waits[0]) & set(waits[1])):
            kinds = [isinstance(each[element], Message) for each in waits]
            if kinds[0] != kinds[1]:
                raise CannotMove(f"{self.work.words(element)}, where it waits, now waits for something else")
            if kinds[0] and waits[0][element].name != waits[1][element].name:
                self.work.notes.append(f"{self.work.words(element)} now waits for the message {waits[1][element].name}")
        if isinstance(now, BoundaryEvent) and was.cancel_activity != now.cancel_activity:
            self.work.notes.append(f"{self.work.words(now.name)} now {'ends the step' if now.cancel_activity else 'leaves the step open'}")
        for element in sorted(set(waits[1]) - set(waits[0])):
            self.work.notes.append(f"{self.work.words(element)} begins to wait")
        for element in sorted(set(waits[0]) - set(waits[1])):
            self.work.notes.append(f"{self.work.words(element)} no longer waits")

    # What the case has behind it

    def _same_class(self, name: str) -> bool:
        was, now = self.before.task_specs.get(name), self.after.task_specs.get(name)
        return was is not None and now is not None and type(was) is type(now)

    def _has_arrived(self, row: list[Any]) -> bool:
        """Whether a row is a branch that waits at a gateway for the others (see `joins.is_open_arrival`)."""
        if row[STATE] != TaskState.CANCELLED or not isinstance(self.before.task_specs.get(row[NAME]), CountedJoin):
            return False
        taken = TAKEN in (row[7] if len(row) > 7 else {})
        return not taken and row[PARENT] >= 0 and self.packed["tasks"][row[PARENT]][STATE] == TaskState.COMPLETED

    def _check_history(self, row: list[Any], rows: list[list[Any]]) -> None:
        """An event that has happened at the edge of a step that is still open must stay there: the step's end looks for it."""
        spec = self.before.task_specs.get(row[NAME])
        if not isinstance(spec, BoundaryEvent):
            return
        sisters = [each for each in rows if each[PARENT] == row[PARENT] and each is not row]
        host = next((each for each in sisters if each[STATE] & LIVE and not isinstance(self.before.task_specs[each[NAME]], BoundaryEvent)), None)
        if host is not None:
            raise CannotMove(f"{self.work.words(row[NAME])}, which has happened already, is no longer at {self.work.words(host[NAME])}")

    def _is_event_gone(self, row: list[Any]) -> bool:
        """Whether a row is an event waiting at the edge of a step, and the new version has no such event there."""
        spec = self.before.task_specs.get(row[NAME])
        if row[STATE] != TaskState.WAITING or not isinstance(spec, BoundaryEvent):
            return False
        split = self.after.task_specs.get(self.packed["tasks"][row[PARENT]][NAME])
        now = self.after.task_specs.get(row[NAME])
        if split is not None and row[NAME] in split._outputs and isinstance(now, BoundaryEvent):
            return False
        self.work.notes.append(f"{self.work.words(row[NAME])} no longer waits")
        return True


def _element(name: str) -> str:
    """The element's id, from the engine's name for it."""
    for ending in (SPLIT, JOIN, EACH):
        name = name.removesuffix(ending)
    return name


def _list_of(spec: Any) -> tuple[Any, ...]:
    """What a step for each of a list goes through, what one of it is called, and where the results go."""
    return tuple(getattr(getattr(spec, each, None), "bpmn_id", None) for each in ("data_input", "input_item", "data_output", "output_item"))


def _done_by(spec: Any) -> tuple[str, str]:
    """What decides which team does a step: its lane, or the group it names."""
    return str(spec.lane or ""), str((spec.extensions or {}).get("properties", {}).get("candidateGroup", ""))


def _is_one_of_many(task: Task) -> bool:
    return task.parent is not None and isinstance(task.parent.task_spec, LoopTask)


def _put_before(host: Task, split_spec: Any) -> Task:
    """A finished split between an open step and what came before it, to hang events on."""
    before = host.parent
    split = Task(host.workflow, split_spec, before, state=TaskState.COMPLETED)
    split.data, split.last_state_change = dict(before.data), host.last_state_change
    before._children.remove(host.id)
    split._children.append(host.id)
    host._parent = split.id
    return split


def _lay_out(task: Task) -> None:
    """What may follow a task where the case stands, from the drawing."""
    spec = task.task_spec
    if isinstance(spec, BoundaryEvent):
        task._sync_children(spec.outputs, TaskState.MAYBE)
    else:
        spec._predict_hook(task)
    for child in task.children:
        if child._state & AHEAD:
            child.task_spec._predict(child, mask=AHEAD)


def _timers_drawn(spec: Spec) -> Iterator[tuple[str, Any]]:
    """Every timer of a version, with the process or sub-process it is drawn in."""
    for scope in [spec.top, *spec.called.values()]:
        for task_spec in scope.task_specs.values():
            if isinstance(task_spec, CatchingEvent):
                yield from ((scope.name, each) for each in timers.definitions_of(task_spec))


__all__ = ["CannotMove", "Place", "Verdict", "move", "verdict"]
