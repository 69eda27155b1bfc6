"""The state of a run as compact JSON: no spec, finished history pruned, a version that says who can read it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.cases import CaseSubWorkflow
from workflows.engine.joins import LIVE, chain, common_ancestors, is_open_arrival

VERSION = "spiff-3.2.0/1"
SAME_AS_PARENT = 0
NEVER_A_ROOT = (BoundaryEventSplit, EventBasedGateway, LoopTask)
# Objects the engine keeps while an event is being taken; a state is only ever stored between events.
PASSING = frozenset({"seen_events"})


class StateNotReadable(Exception):
    """The stored state was written by a release whose states this one does not read."""


def dump(workflow: Any) -> bytes:
    """The pruned state of a workflow and its sub-workflows as JSON bytes."""
    prune(workflow)
    packed = _pack(workflow)
    packed["version"] = VERSION
    packed["subs"] = [[str(key), sub.spec.name, _pack(sub)] for key, sub in workflow.subprocesses.items()]
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


def fill(workflow: Any, stored: bytes, specs: Mapping[str, Any]) -> None:
    """Put a stored state into an empty workflow whose specs are shared. StateNotReadable for one of another release."""
    packed = json.loads(stored)
    if packed.get("version") != VERSION:
        raise StateNotReadable(f"State of version {packed.get('version')!r} cannot be read by {VERSION}")
    _unpack(workflow, packed, workflow)
    waiting = {UUID(key): (name, sub) for key, name, sub in packed["subs"]}
    outer = deque([workflow])
    while waiting and outer:
        around = outer.popleft()
        for key in [key for key in waiting if key in around.tasks]:
            outer.append(_fill_sub(workflow, around, key, *waiting.pop(key), specs))


def _fill_sub(top: Any, around: Any, key: UUID, name: str, packed: Mapping[str, Any], specs: Mapping[str, Any]) -> Any:
    sub = CaseSubWorkflow(specs[name], key, top, deserializing=True)
    _unpack(sub, packed, top)
    top.subprocesses[key] = sub
    caller = around.tasks[key]
    sub.completed_event.connect(caller.task_spec._on_subworkflow_completed, caller)
    return sub


def _pack(workflow: Any) -> dict[str, Any]:
    order = _parents_first(workflow)
    places = {task.id: place for place, task in enumerate(order)}
    last = workflow.last_task
    return {
        "data": workflow.data,
        "keys": workflow.correlations,
        "last": places.get(last.id, -1) if last is not None else -1,
        "success": workflow.success,
        "completed": workflow.completed,
        "tasks": [_row(task, workflow.tasks.get(task._parent), places) for task in order],
    }


def _parents_first(workflow: Any) -> list[Task]:
    order, stack = [], [workflow.task_tree.id]
    while stack:
        task = workflow.tasks[stack.pop()]
        order.append(task)
        stack.extend(reversed(task._children))
    return order


def _row(task: Task, parent: Task | None, places: Mapping[UUID, int]) -> list[Any]:
    row = [task.id.hex, places.get(task._parent, -1), task.task_spec.name, task._state, task.last_state_change, _data_of(task, parent)]
    internal = {key: value for key, value in task.internal_data.items() if key not in PASSING}
    return [*row, int(task.triggered), internal] if task.triggered or internal else row


def _data_of(task: Task, parent: Task | None) -> Any:
    """Nothing, a whole copy for a live task so that it never shares a value after loading, or the difference to its parent."""
    if not task.data:
        return None
    if parent is None or task._state & LIVE or not parent.data:
        return [task.data]
    changed = {key: value for key, value in task.data.items() if key not in parent.data or parent.data[key] != value}
    gone = [key for key in parent.data if key not in task.data]
    return [changed, gone] if changed or gone else SAME_AS_PARENT


def _unpack(workflow: Any, packed: Mapping[str, Any], top: Any) -> None:
    order: list[Task] = []
    for row in packed["tasks"]:
        parent = order[row[1]] if row[1] >= 0 else None
        order.append(_task(workflow, row, parent))
        task = order[-1]
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    workflow.task_tree = order[0]
    workflow.data, workflow.correlations = packed["data"], packed["keys"]
    workflow.success, workflow.completed = packed["success"], packed["completed"]
    workflow.last_task = order[packed["last"]] if packed["last"] >= 0 else None


def _task(workflow: Any, row: list[Any], parent: Task | None) -> Task:
    task = Task.__new__(Task)
    task.id, task.workflow, task._children, task.thread_id = UUID(row[0]), workflow, [], 0
    task._parent = parent.id if parent is not None else None
    if parent is not None:
        parent._children.append(task.id)
    task.task_spec = workflow.spec.task_specs[row[2]]
    task._state, task.last_state_change = row[3], row[4]
    task.data = _restored(row[5], parent)
    task.triggered, task.internal_data = (bool(row[6]), row[7]) if len(row) > 6 else (False, {})
    workflow.tasks[task.id] = task
    return task


def _restored(stored: Any, parent: Task | None) -> dict[str, Any]:
    if stored is None:
        return {}
    before = parent.data if parent is not None else {}
    if stored == SAME_AS_PARENT:
        return dict(before)
    if len(stored) == 1:
        return dict(stored[0])
    return {**{key: value for key, value in before.items() if key not in stored[1]}, **stored[0]}


def prune(workflow: Any) -> None:
    """Drop finished history that no live task can need any more, here and in every live sub-workflow."""
    _prune_one(workflow)
    for key in list(workflow.subprocesses):
        if workflow.subprocesses[key].completed:
            del workflow.subprocesses[key]
        else:
            _prune_one(workflow.subprocesses[key])
    alive = {key for each in (workflow, *workflow.subprocesses.values()) for key in each.tasks}
    for key in [key for key in workflow.subprocesses if key not in alive]:
        del workflow.subprocesses[key]


def _prune_one(workflow: Any) -> None:
    live = [task for task in workflow.tasks.values() if task._state & LIVE]
    if not live:
        return
    _shorten(workflow, workflow.task_tree, common_ancestors(live)[2:])
    for path in _branches(workflow, live):
        _shorten(workflow, path[0], path[1:])


def _branches(workflow: Any, live: list[Task]) -> list[list[Task]]:
    """The finished stretches below each place where the ways of live tasks part: from the first task of a branch down to the next parting."""
    marked = {above.id: above for task in live for above in chain(task)}
    following = {key: [child for child in task._children if child in marked] for key, task in marked.items()}
    found = []
    for children in following.values():
        for first in children if len(children) > 1 else []:
            path = [marked[first]]
            while len(following[path[-1].id]) == 1:
                path.append(marked[following[path[-1].id][0]])
            found.append([task for task in path if not task._state & LIVE])
    return [path for path in found if len(path) > 1]


def _shorten(workflow: Any, first: Task, candidates: list[Task]) -> None:
    """Let the lowest candidate that can do so follow `first` at once, and drop what was between them and beside."""
    below_first = _below(workflow, first) - {first.id}
    for candidate in reversed(candidates):
        if candidate._state != TaskState.COMPLETED or isinstance(candidate.task_spec, NEVER_A_ROOT):
            continue
        keep = _below(workflow, candidate)
        dropped = below_first - keep
        if not dropped:
            return
        if all(_finds_its_split(workflow, key, dropped) for key in keep) and not _loses_arrival(workflow.tasks[key] for key in dropped):
            _cut(workflow, first, candidate, dropped)
            return


def _below(workflow: Any, top: Task) -> set[UUID]:
    found, stack = set(), [top.id]
    while stack:
        key = stack.pop()
        found.add(key)
        stack.extend(workflow.tasks[key]._children)
    return found


def _finds_its_split(workflow: Any, key: UUID, dropped: set[UUID]) -> bool:
    task = workflow.tasks[key]
    split = task.task_spec.split_task if isinstance(task.task_spec, Join) else None
    if not split or task._state & TaskState.FINISHED_MASK:
        return True
    return any(above.task_spec.name == split for above in chain(task) if above.id not in dropped)


def _loses_arrival(dropped: Iterable[Task]) -> bool:
    """Whether a branch that has come to a join, or to the end, would be forgotten before the others have come."""
    return any(
        is_open_arrival(task) or bool(task._state & LIVE) or (isinstance(task.task_spec, _EndJoin) and task._state == TaskState.CANCELLED)
        for task in dropped
    )


def _cut(workflow: Any, first: Task, new_next: Task, dropped: set[UUID]) -> None:
    for key in dropped:
        del workflow.tasks[key]
    first._children, new_next._parent = [new_next.id], first.id
    if workflow.last_task is not None and workflow.last_task.id not in workflow.tasks:
        workflow.last_task = new_next
