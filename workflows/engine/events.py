"""Messages that bring their content, boundary events that know what is known inside, and ends that keep the last data."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine.joins import take_changes
from workflows.engine.scopes import known_inside


class Message(MessageEventDefinition):  # type: ignore[misc]
    """A message whose content becomes data: under the variable it names, else each value under its own name."""

    def __init__(self, name: str, *, message_var: str | None = None, element_id: str = "") -> None:
        super().__init__(name, message_var=message_var)
        self.element_id = element_id

    def update_task_data(self, my_task: Task) -> None:
        """Take over what came with the message."""
        payload = my_task.internal_data.pop(self.name, None)
        if self.message_var is not None:
            my_task.data[self.message_var] = payload
        elif payload:
            my_task.data.update(payload)

    def reset(self, my_task: Task) -> None:
        """Forget a message that was taken."""
        my_task.internal_data.pop(self.name, None)
        my_task.internal_data.pop("event_fired", None)


class Boundary(BoundaryEvent):  # type: ignore[misc]
    """An event on the edge of a step: goes on with what is known inside, and waits again when it interrupts nothing."""

    def _run_hook(self, my_task: Task) -> Any:
        host = next(task for task in my_task.parent.children if not isinstance(task.task_spec, BoundaryEvent))
        if host._state == TaskState.STARTED:
            take_changes(my_task.data, host.data, known_inside(host))
        if not self.cancel_activity and isinstance(self.event_definition, Message):
            self._wait_again(my_task)
        return super()._run_hook(my_task)

    def _wait_again(self, my_task: Task) -> None:
        again = my_task.parent._add_child(self, TaskState.WAITING)
        again._sync_children(self.outputs, TaskState.MAYBE)
        self._update(again)


class End(EndEvent):  # type: ignore[misc]
    """An end; one that ends everything at once still hands on the data it has."""

    def _on_complete_hook(self, my_task: Task) -> None:
        if isinstance(self.event_definition, TerminateEventDefinition):
            my_task.workflow.last_task = my_task
        super()._on_complete_hook(my_task)
