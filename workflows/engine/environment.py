"""Our language in the engine's place: no condition, script or service of a process ever reaches Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.task import Task

from workflows.engine import language
from workflows.engine.operations import OperationCall, Perform


class SafeEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Where every expression of the engine ends, also those that go past its script engine."""

    def __init__(self, functions: Mapping[str, language.Function] | None = None) -> None:
        super().__init__({})
        self.functions = dict(functions or {})

    def evaluate(self, expression: str, context: Mapping[str, Any], external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression over a task's data."""
        return language.evaluate(expression, {**(external_context or {}), **context}, self.functions)

    def execute(self, script: str, context: dict[str, Any], external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script on a copy; the data changes only when all of it succeeded."""
        after = language.execute(script, context, self.functions)
        context.clear()
        context.update(after)
        return True


class SafeEngine(PythonScriptEngine):  # type: ignore[misc]
    """The engine's evaluator and its way to our operations; one for each run of a case."""

    def __init__(self, perform: Perform, functions: Mapping[str, language.Function] | None = None) -> None:
        super().__init__(SafeEnvironment(functions))
        self.perform = perform

    def validate(self, expression: str) -> None:
        """Refuse an expression that is not of our language, as a SyntaxError."""
        language.compile_expression(expression)

    def evaluate(self, task: Task, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression in a task's place; our own errors go up unchanged."""
        return self.environment.evaluate(expression, task.data, external_context)

    def execute(self, task: Task, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Run a script in a task's place; our own errors go up unchanged."""
        return bool(self.environment.execute(script, task.data, external_context))

    def operate(self, task: Task, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Work out the parameters and perform an operation; what it gives is plain JSON."""
        worked_out = {key: self.evaluate(task, text) for key, text in params.items()}
        spec = task.task_spec
        call = OperationCall(
            name=name, params=worked_out, element_id=spec.bpmn_id or spec.name, element_name=spec.bpmn_name or spec.name,
            process_key=task.workflow.spec.name, data=json.loads(json.dumps(task.data)),
        )  # fmt: skip
        given = self.perform(call)
        return language.clean_data(dict(given)) if given else {}
