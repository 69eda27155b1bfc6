"""Where branches meet: each brings what it changed since the split, and nothing of the others is lost."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


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


def merge_branches(join: Any, my_task: Task) -> bool:
    """Give a firing join the data before the split with every branch's changes in the order they arrived.

    Each branch carries a whole copy of the data, so taking over whole copies would let the last arrival undo the others.
    """
    arrived = [
        task for task in my_task.workflow.tasks.values()
        if task.task_spec is join and task is not my_task and task.has_state(TaskState.FINISHED_MASK) and not my_task.is_descendant_of(task)
    ]  # fmt: skip
    arrived = [*sorted(arrived, key=lambda task: task.last_state_change), my_task]
    base = common_ancestors(arrived)[-1].data
    merged = deepcopy(base)
    for task in arrived:
        _take_changes(merged, base, my_task.workflow.tasks[task._parent].data)
    my_task.data = merged
    return True


def _take_changes(merged: dict[str, Any], base: dict[str, Any], branch: dict[str, Any]) -> None:
    for key, value in branch.items():
        if key not in base or base[key] != value:
            merged[key] = deepcopy(value)
    for key in base:
        if key not in branch:
            merged.pop(key, None)
