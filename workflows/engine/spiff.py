"""The one place that changes SpiffWorkflow itself, where it offers no seam; each change has a test that notices a new release."""

from __future__ import annotations

from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import python_environment
from SpiffWorkflow.bpmn.serializer import workflow as serializer
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.specs.Transform import Transform
from SpiffWorkflow.util.task import TaskIterator

from workflows.engine.joins import merge_end

NO_LIMIT = 1 << 30


def _switched_off(*arguments: Any, **named: Any) -> NoReturn:
    raise SpiffWorkflowException("The engine's own Python evaluator is switched off")


def _end(self: Any, my_task: Any) -> bool:
    merge_end(self, my_task)
    my_task.workflow.data.update(my_task.data)
    return True


def harden() -> None:
    """Switch off every way to Python, lift the silent depth limit of 1,000, and merge branches by what they changed."""
    python_environment.TaskDataEnvironment.evaluate = _switched_off
    python_environment.TaskDataEnvironment.execute = _switched_off
    Transform._update_hook = _switched_off
    serializer.MIGRATIONS.clear()
    TaskIterator.__init__.__defaults__ = (None, NO_LIMIT, True, None)
    BpmnTaskIterator.__init__.__defaults__ = (None, NO_LIMIT, True, False, None)
    _EndJoin._run_hook = _end
