"""The engine's workflow as we run it: nothing happens by itself, and a scan never looks at finished history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

# The element, the names of the specs it can lead to, and what was wrong with its conditions: the chosen name, or None to ask them.
Guess = Callable[[str, Sequence[str], Exception | None], str | None]


class CaseSubWorkflow(BpmnSubWorkflow):  # type: ignore[misc]
    """A running sub-process or called process."""

    def update_waiting_tasks(self) -> None:
        """Nothing: an engine task is updated when something happens to it."""

    def _task_removed_notify(self, task: Task) -> None:
        super()._task_removed_notify(task)
        self.top_workflow.forget(task)


class CaseWorkflow(BpmnWorkflow):  # type: ignore[misc]
    """A running process with everything inside it; timers fire only when a run says so.

    `guess` chooses the way at exclusive gateways of a run that only tries something out; None for every case.
    """

    guess: Guess | None = None

    def refresh_timers(self) -> None:
        """Nothing: timers are fired one by one by the run."""

    def update_waiting_tasks(self) -> None:
        """Nothing: an engine task is updated when something happens to it."""

    def create_subprocess(self, my_task: Task, spec_name: str) -> Any:
        """Begin a sub-process."""
        self.subprocesses[my_task.id] = CaseSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        return self.subprocesses[my_task.id]

    def _task_removed_notify(self, task: Task) -> None:
        super()._task_removed_notify(task)
        self.forget(task)

    def forget(self, task: Task) -> None:
        """End what ran inside a task that was taken away: the engine leaves the instances of an interrupted step running."""
        sub = self.subprocesses.pop(task.id, None)
        if sub is not None and not sub.completed:
            sub.cancel()
