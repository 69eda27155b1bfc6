"""One run of a process: start or load it, complete what people did, fire what is due, and see what it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models import clock
from workflows.engine import language, scopes, state, timers
from workflows.engine.cases import CaseWorkflow
from workflows.engine.definition import Spec
from workflows.engine.environment import SafeEngine
from workflows.engine.events import Message
from workflows.engine.joins import LIVE
from workflows.engine.operations import Perform
from workflows.engine.standing import Passed, Stuck, WaitingMessage, WaitingTask, WaitingTimer

MOST_STEPS = 10_000
# Of this thread's own processor time: what other work on the machine takes does not count against a process. The wall bound, far wider, is for
# operations that wait for something outside.
LONGEST_SECONDS = 5.0
LONGEST_WALL_SECONDS = 60.0
DEEPEST_CALLS = 20
# What the engine puts in front of a step that has events at its edge.
EDGES = ".BoundaryEventSplit"
CHOOSING = frozenset({"exclusive gateway", "inclusive gateway"})


class StepBudgetSpent(Exception):
    """The process went on and on without waiting for anyone; what it did in this transaction is not kept."""


class TaskNotWaiting(Exception):
    """The engine task is not waiting for a person (any more)."""


@dataclass
class Run:
    """A process instance in memory between loading and saving."""

    spec: Spec
    workflow: Any
    trail: list[Passed] = field(default_factory=list)
    stuck: Stuck | None = None
    at_rest: Callable[[], None] | None = None
    _steps: int = 0
    _until: float = 0.0
    _wall_until: float = 0.0
    _failed: set[UUID] = field(default_factory=set)

    def advance(self) -> None:
        """Take every step that needs no person, and fire timers that are already due. StepBudgetSpent when it never ends."""
        self._begin()
        self._go_on()

    def complete(self, task_id: UUID, data: Mapping[str, Any]) -> None:
        """Complete a waiting user task with a person's data, and go on. TaskNotWaiting when it is not waiting."""
        self._begin()
        task = next((task for task in self._tasks() if task.id == task_id), None)
        if task is None or task.state != TaskState.READY or not task.task_spec.manual:
            raise TaskNotWaiting(f"Engine task {task_id} does not wait for a person")
        task.data.update(language.clean_data(data))
        self._run_task(task)
        self._go_on()

    def fire_due(self, now: datetime) -> list[str]:
        """Fire every timer due at `now`, the earliest first, going on after each; the ids of the elements that fired."""
        self._begin()
        fired = []
        while (due := self._next_due(now)) is not None:
            fired.append(due[1])
            timers.fire(*due)
            self._come_to_rest()
        return fired

    def deliver(self, message: str, payload: Mapping[str, Any], correlation: Mapping[str, Any] | None = None) -> bool:
        """Give a message to the first place that waits for it, and go on; whether there was one.

        The content becomes data of the path that the place leads to. `correlation` holds values that the data of the place must
        have, so that one of several instances can be meant.
        """
        self._begin()
        if not self.take(message, payload, correlation):
            return False
        self._go_on()
        return True

    def take(self, message: str, payload: Mapping[str, Any], correlation: Mapping[str, Any] | None = None) -> bool:
        """As `deliver`, for a message that was there before: called from `at_rest`, while the run goes on anyway."""
        content = language.clean_data(payload)
        task = next((task for task in self._catching() if _takes(task, message, correlation or {})), None)
        if task is None:
            return False
        event = BpmnEvent(Message(message), payload=content)
        task.task_spec.catch(task, event)
        task.task_spec._update(task)
        self._steps_to_rest()
        return True

    def guess_with(self, guess: Callable[[str, Sequence[str], Exception | None], str | None]) -> None:
        """Let exclusive gateways of this run be chosen for instead of asked: only for a run that tries something out."""

        def by_element(element: str, ways: Sequence[str], error: Exception | None) -> str | None:
            targets = {name.removesuffix(EDGES): name for name in ways}
            chosen = guess(element, list(targets), error)
            return targets[chosen] if chosen is not None else None

        self.workflow.guess = by_element

    def cancel(self) -> None:
        """End the run where it stands."""
        self.workflow.cancel()

    def waiting_tasks(self) -> list[WaitingTask]:
        """The tasks that wait for people, in the order in which they became ready."""
        ready = [task for task in self._tasks() if task.state == TaskState.READY and task.task_spec.manual]
        return [self._waiting(task) for task in sorted(ready, key=lambda task: task.last_state_change)]

    def timers(self) -> list[WaitingTimer]:
        """All running timers, the earliest first."""
        found = [
            WaitingTimer(task.id, timer.element_id, timer.name or "", due_at, timer.expression, getattr(task.task_spec, "cancel_activity", True))
            for task in self._catching()
            for timer, due_at in timers.timers_of(task)
        ]
        return sorted(found, key=lambda timer: timer.due_at)

    def messages(self) -> list[WaitingMessage]:
        """All places that wait for a message."""
        return [WaitingMessage(task.id, each.name, each.element_id) for task in self._catching() for each in timers.messages_of(task)]

    @property
    def finished(self) -> bool:
        """Whether nothing is live any more; the engine's own answer alone is not trusted."""
        return bool(self.workflow.completed) and not any(task._state & LIVE for task in self._tasks())

    @property
    def ended_at(self) -> list[str]:
        """The end events reached in this run, in order."""
        return [passed.element_id for passed in self.trail if passed.kind == "end event"]

    @property
    def live(self) -> set[str]:
        """The elements where the process stands now."""
        standing = {_element_id(task) for task in self._tasks() if task._state & LIVE and _is_drawn(task)}
        return {element for element in standing if element}

    @property
    def data(self) -> dict[str, Any]:
        """The data of the outermost process: what all its branches together know now, or had when it ended."""
        return dict(self.workflow.data) if self.workflow.completed else scopes.known_in(self.workflow)

    def dump(self) -> bytes:
        """The compact state to store; history that nothing needs any more is dropped."""
        return state.dump(self.workflow)

    def drop_history(self) -> None:
        """Drop finished history that nothing needs any more, as storing and loading would; for runs that are kept in memory."""
        state.prune(self.workflow)

    def _begin(self) -> None:
        self._steps, self._failed, self.stuck = 0, set(), None
        self._until, self._wall_until = time.thread_time() + LONGEST_SECONDS, time.monotonic() + LONGEST_WALL_SECONDS

    def _come_to_rest(self) -> None:
        """Go on until nothing moves; what `at_rest` brings, such as a message that came too early, counts before a timer that is due."""
        self._steps_to_rest()
        if self.at_rest is not None:
            self.at_rest()

    def _go_on(self) -> None:
        self._come_to_rest()
        self.fire_due_quietly(clock.now())

    def fire_due_quietly(self, now: datetime) -> None:
        """Fire what was already due when it began to wait, without starting a new step budget."""
        while (due := self._next_due(now)) is not None:
            timers.fire(*due)
            self._come_to_rest()

    def _next_due(self, now: datetime) -> tuple[Task, str] | None:
        due = [
            (due_at, task.last_state_change, task, timer.element_id)
            for task in self._catching()
            for timer, due_at in timers.timers_of(task)
            if due_at <= now and task.id not in self._failed
        ]
        if not due:
            return None
        _, _, task, element_id = min(due, key=lambda item: item[:2])
        return task, element_id

    def _steps_to_rest(self) -> None:
        moved = True
        while moved:
            moved = False
            for task in self._ready_by_itself():
                moved = self._run_task(task) or moved
            moved = self._close_sub_processes() or moved
            if not moved:
                moved = self._look_again_at_joins()

    def _ready_by_itself(self) -> list[Task]:
        """What can go on without a person; events at the edge of a step before what is inside it."""
        ready = [
            task for task in self._tasks()
            if task.state == TaskState.READY and not task.task_spec.manual and task.id not in self._failed
        ]  # fmt: skip
        return sorted(ready, key=lambda task: not isinstance(task.task_spec, BoundaryEvent))

    def _look_again_at_joins(self) -> bool:
        """Whether a join that waits can go on because a branch it waited for will not come any more."""
        moved = False
        for task in [task for task in self._tasks() if task.state == TaskState.WAITING and isinstance(task.task_spec, UnstructuredJoin)]:
            if task.state == TaskState.WAITING:
                task.task_spec._update(task)
                moved = moved or task.state == TaskState.READY
        return moved

    def _close_sub_processes(self) -> bool:
        closed = False
        for sub in sorted(self.workflow.get_active_subprocesses(), key=lambda sub: sub.depth, reverse=True):
            caller = self.workflow.get_task_from_id(sub.parent_task_id)
            before = caller.state
            caller.task_spec._update(caller)
            closed = closed or caller.state != before
        return closed

    def _run_task(self, task: Task) -> bool:
        """Run one task. A failing one stays where it was, with the data it had, and is named in `stuck`."""
        if task.state != TaskState.READY:
            return False
        self._spend(task)
        before = dict(task.data)
        try:
            task.run()
        except (language.EvaluationError, language.LanguageError, SpiffWorkflowException, OperationFailed) as error:
            task.data, task._state = before, TaskState.READY
            self._failed.add(task.id)
            self.stuck = self._stuck_at(task, error)
            if task.task_spec.manual:
                raise
            return False
        return True

    def _stuck_at(self, task: Task, error: BaseException) -> Stuck:
        """Where it goes no further; for an event at the edge of a step that cannot begin to wait, the step."""
        element = _element_id(task) or task.task_spec.name.removesuffix(EDGES)
        return Stuck(element, self.spec.names.get(element) or _name(task), str(error), error)

    def _spend(self, task: Task) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS or time.thread_time() > self._until or time.monotonic() > self._wall_until:
            raise StepBudgetSpent(f"The process took more than {self._steps - 1} steps without waiting, last at “{_name(task)}”")
        if getattr(task.workflow, "depth", 0) > DEEPEST_CALLS:
            raise StepBudgetSpent(f"Processes call one another more than {DEEPEST_CALLS} deep at “{_name(task)}”")

    def _tasks(self) -> Iterator[Task]:
        for workflow in [self.workflow, *self.workflow.subprocesses.values()]:
            yield from list(workflow.tasks.values())

    def _catching(self) -> list[Task]:
        return [task for task in self._tasks() if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent)]

    def _waiting(self, task: Task) -> WaitingTask:
        spec = task.task_spec
        properties = dict((getattr(spec, "extensions", None) or {}).get("properties", {}))
        bpmn_id = _element_id(task)
        group = properties.get("candidateGroup")
        return WaitingTask(
            id=task.id, bpmn_id=bpmn_id, name=_name(task), process_key=self.spec.homes.get(bpmn_id, self.spec.key), lane=self._lane(task),
            candidate_group=str(self.workflow.script_engine.evaluate(task, group)) if group else None,
            form_key=properties.get("formKey", bpmn_id), properties=properties, documentation=spec.documentation or "",
            data=dict(task.data), path=self._path(task), instance_label=_instance_label(task, self._callers(task)),
        )  # fmt: skip

    def _callers(self, task: Task) -> list[Task]:
        found: list[Task] = []
        workflow = task.workflow
        while workflow.parent_task_id is not None:
            caller = self.workflow.get_task_from_id(workflow.parent_task_id)
            found.append(caller)
            workflow = caller.workflow
        return found

    def _lane(self, task: Task) -> str:
        """The task's own lane, else that of the nearest call around it: the engine does not hand lanes down to a called process."""
        return next((each.task_spec.lane for each in [task, *self._callers(task)] if getattr(each.task_spec, "lane", None)), "")

    def _path(self, task: Task) -> tuple[str, ...]:
        return tuple(_element_id(caller) for caller in reversed(self._callers(task)))


class OperationFailed(Exception):
    """An operation could not be performed; the reason is its cause."""


def start(spec: Spec, data: Mapping[str, Any], *, perform: Perform, functions: Mapping[str, language.Function] | None = None) -> Run:
    """A new run with its first data, not yet advanced."""
    workflow = CaseWorkflow(spec.top, spec.called, script_engine=SafeEngine(_guarded(perform), functions))
    run = Run(spec, workflow)
    listen(run)
    workflow.task_tree.data.update(language.clean_data(data))
    for task in workflow.tasks.values():
        task.data.update(language.clean_data(data))
    return run


def load(spec: Spec, stored: bytes, *, perform: Perform, functions: Mapping[str, language.Function] | None = None) -> Run:
    """A run as it was stored. StateNotReadable for a state of another release."""
    workflow = CaseWorkflow(spec.top, spec.called, script_engine=SafeEngine(_guarded(perform), functions), deserializing=True)
    state.fill(workflow, stored, spec.called)
    run = Run(spec, workflow)
    listen(run)
    return run


def _guarded(perform: Perform) -> Perform:
    def guarded(call: Any) -> Mapping[str, Any] | None:
        try:
            return perform(call)
        except Exception as error:
            raise OperationFailed(str(error) or type(error).__name__) from error

    return guarded


def listen(run: Run) -> None:
    """Note what the run completes, from now on."""
    kinds = {step.id: step.kind for step in run.spec.steps}

    def note(task: Task) -> None:
        element = _element_id(task)
        if element in kinds:
            run.trail.append(Passed(element, _name(task), kinds[element], run.spec.homes[element], _led_to(task, kinds[element])))

    run.workflow.note = note


def _led_to(task: Task, kind: str) -> tuple[str, ...]:
    """Where a gateway that chooses sent the case on: what it did not choose is no child of it any more."""
    if kind not in CHOOSING or len(task.task_spec.outputs) < 2:
        return ()
    return tuple(child.task_spec.name.removesuffix(EDGES) for child in task.children)


def _takes(task: Task, message: str, correlation: Mapping[str, Any]) -> bool:
    named = any(each.name == message for each in timers.messages_of(task))
    return named and all(task.data.get(key) == value for key, value in correlation.items())


def _element_id(task: Task) -> str:
    return str(task.task_spec.bpmn_id or "") if hasattr(task.task_spec, "bpmn_id") else ""


def _name(task: Task) -> str:
    return str(getattr(task.task_spec, "bpmn_name", None) or task.task_spec.name)


def _is_drawn(task: Task) -> bool:
    return bool(_element_id(task)) and not (isinstance(task.task_spec, BoundaryEvent) and task.state == TaskState.WAITING)


def _instance_label(task: Task, callers: list[Task]) -> str:
    """What tells this instance of a multi-instance from its sisters: the name or text of its item."""
    for each in [task, *callers]:
        parent = each.workflow.tasks.get(each._parent)
        if parent is not None and isinstance(parent.task_spec, LoopTask):
            item = getattr(parent.task_spec, "input_item", None)
            value = each.data.get(item.bpmn_id) if item is not None else each.internal_data.get("key_or_index")
            return str(value.get("name") or value.get("key") or "") if isinstance(value, dict) else str(value if value is not None else "")
    return ""
