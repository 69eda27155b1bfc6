"""What is known in a process at a moment: the changes of all its steps so far, put together in the order they were made."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity, SubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.joins import take_changes


def known_in(workflow: Any) -> dict[str, Any]:
    """The data of a process or embedded sub-process that is still running, as all its branches together have it."""
    root = workflow.task_tree
    known = dict(deepcopy(root.data))
    for task in sorted(workflow.tasks.values(), key=lambda task: task.last_state_change):
        parent = workflow.tasks.get(task._parent)
        if parent is None or isinstance(parent.task_spec, LoopTask):
            continue
        if task._state == TaskState.COMPLETED:
            take_changes(known, parent.data, task.data)
        elif task._state == TaskState.STARTED:
            take_changes(known, task.data, known_inside(task))
    return known


def known_inside(caller: Task) -> dict[str, Any]:
    """The data inside a running embedded sub-process; a called process or one of several instances is a world of its own."""
    sub = caller.workflow.top_workflow.subprocesses.get(caller.id)
    if sub is None or not isinstance(caller.task_spec, SubWorkflowTask) or isinstance(caller.task_spec, CallActivity):
        return dict(caller.data)
    return known_in(sub)
