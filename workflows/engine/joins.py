"""Where branches meet: each token is counted once, each branch brings what it changed, and nothing of the others is lost."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

TAKEN = "taken_by"
LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def chain(my_task: Task) -> list[Task]:
    """A task's ancestors from the root down, itself last."""
    found: list[Task] = []
    current: Task | None = my_task
    while current is not None:
        found.append(current)
        current = my_task.workflow.tasks.get(current._parent)
    return found[::-1]


def common_ancestors(tasks: list[Task]) -> list[Task]:
    """The ancestors that all these tasks share, root first."""
    chains = [chain(task)[:-1] for task in tasks]
    shared: list[Task] = []
    for level in zip(*chains, strict=False):
        if any(task is not level[0] for task in level):
            break
        shared.append(level[0])
    return shared


def is_open_arrival(task: Task) -> bool:
    """Whether a task is a token that came to a gateway and was not yet taken on by it."""
    if not isinstance(task.task_spec, CountedJoin) or TAKEN in task.internal_data or task._state not in (TaskState.CANCELLED, TaskState.WAITING):
        return False
    parent = task.workflow.tasks.get(task._parent)
    return parent is not None and parent._state == TaskState.COMPLETED


def merge_end(join: Any, my_task: Task) -> bool:
    """Give the end of a process the data of every branch that came to it."""
    arrived = [
        task for task in my_task.workflow.tasks.values()
        if task.task_spec is join and task is not my_task and task.has_state(TaskState.FINISHED_MASK)
    ]  # fmt: skip
    _merge(my_task, arrived)
    return True


def _merge(my_task: Task, others: Iterable[Task]) -> None:
    """Each branch carries a whole copy of the data, so taking over whole copies would let the last arrival undo the others."""
    arrived = [*sorted(others, key=lambda task: task.last_state_change), my_task]
    base = common_ancestors(arrived)[-1].data
    merged = deepcopy(base)
    for task in arrived:
        take_changes(merged, base, my_task.workflow.tasks[task._parent].data)
    my_task.data = merged


def take_changes(merged: dict[str, Any], base: dict[str, Any], branch: dict[str, Any]) -> None:
    """Bring into `merged` what `branch` set or removed since `base`."""
    for key, value in branch.items():
        if key not in base or base[key] != value:
            merged[key] = deepcopy(value)
    for key in base:
        if key not in branch:
            merged.pop(key, None)


class CountedJoin(UnstructuredJoin):  # type: ignore[misc]
    """A gateway that takes one token from each flow that brought one, marks them, and never counts one twice.

    The engine's own gateways count every arrival there ever was, so that a second round of a loop fires too early.
    """

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        arrived = self._arrived(my_task)
        if not self._complete(my_task, arrived):
            return False
        for task in arrived.values():
            task.internal_data[TAKEN] = my_task.id.hex
        return True

    def _arrived(self, my_task: Task) -> dict[str, Task]:
        """The oldest token of each incoming flow, by the spec it comes from; the newest arrival is `my_task`."""
        tasks = my_task.workflow.tasks
        here = [task for task in tasks.values() if task.task_spec is self and (task is my_task or is_open_arrival(task))]
        found: dict[str, Task] = {}
        for task in sorted(here, key=lambda task: (task is my_task, task.last_state_change)):
            found.setdefault(tasks[task._parent].task_spec.name, task)
        return found

    def _complete(self, my_task: Task, arrived: dict[str, Task]) -> bool:
        raise NotImplementedError

    def _merge_arrived(self, my_task: Task) -> None:
        others = [
            task for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not my_task and task.internal_data.get(TAKEN) == my_task.id.hex
        ]  # fmt: skip
        _merge(my_task, others)

    def _predict_hook(self, my_task: Task) -> None:
        # What comes after a join is laid out when it fires: laid out under each branch it would multiply from join to join.
        if len(self._inputs) < 2:
            super()._predict_hook(my_task)


class ParallelJoin(CountedJoin, ParallelGateway):  # type: ignore[misc]
    """A parallel gateway: waits for a token on every incoming flow."""

    def _complete(self, my_task: Task, arrived: dict[str, Task]) -> bool:
        return set(arrived) >= set(self._inputs)

    def _run_hook(self, my_task: Task) -> bool:
        self._merge_arrived(my_task)
        my_task._sync_children(self.outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class InclusiveJoin(CountedJoin, InclusiveGateway):  # type: ignore[misc]
    """An inclusive gateway: waits for every token that can still come by a flow that brought none."""

    def _complete(self, my_task: Task, arrived: dict[str, Task]) -> bool:
        missing = set(self._inputs) - set(arrived)
        if not missing:
            return True
        can_still_come = self._before(missing) - self._before(set(arrived))
        return not any(name in can_still_come for name in self._tokens(my_task))

    def _tokens(self, my_task: Task) -> set[str]:
        return {task.task_spec.name for task in my_task.workflow.tasks.values() if task._state & LIVE and task.task_spec is not self}

    def _before(self, names: set[str]) -> set[str]:
        """These specs and every one from which they can be reached without passing this gateway."""
        found, waiting = set(names), list(names)
        while waiting:
            for name in self._wf_spec.task_specs[waiting.pop()]._inputs:
                if name != self.name and name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def _run_hook(self, my_task: Task) -> bool:
        self._merge_arrived(my_task)
        matches, defaults = self._get_matching_outputs(my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True
