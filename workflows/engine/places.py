"""Where a case stands, as elements of its diagrams: open steps, branches that wait at a gateway, and events at the edges of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine.joins import LIVE, CountedJoin, is_open_arrival

AHEAD = TaskState.FUTURE | TaskState.LIKELY | TaskState.MAYBE


@dataclass(frozen=True)
class Place:
    """What stands in one running process or sub-process, by the id of that; the same place twice when a process runs twice.

    `open` are steps and events that wait; `arrived` are pairs of the element a branch came from and the gateway where it waits;
    `events` are those at the edges of open steps that can still happen; `known` are the names of the values there.
    """

    scope: str
    open: tuple[str, ...]
    arrived: tuple[tuple[str, str], ...] = ()
    events: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


def places_of(workflow: Any) -> Iterator[Place]:
    """Where each running process and sub-process of a case stands, the outermost first."""
    for scope in [workflow, *workflow.subprocesses.values()]:
        if not scope.completed:
            yield _place(scope)


def _place(workflow: Any) -> Place:
    standing, arrived, events = list[str](), list[tuple[str, str]](), list[str]()
    for task in workflow.tasks.values():
        element = getattr(task.task_spec, "bpmn_id", None)
        parent = workflow.tasks.get(task._parent)
        if is_open_arrival(task):
            arrived.append((str(getattr(parent.task_spec, "bpmn_id", None) or ""), str(element)))
        elif not task._state & LIVE or not element or isinstance(task.task_spec, CountedJoin):
            continue
        elif isinstance(task.task_spec, BoundaryEvent):
            events.append(element)
        elif parent is None or not isinstance(parent.task_spec, LoopTask):
            standing.append(element)
    known = frozenset(name for task in workflow.tasks.values() if not task._state & AHEAD for name in task.data)
    return Place(workflow.spec.name, tuple(sorted(standing)), tuple(sorted(arrived)), tuple(sorted(events)), known)
