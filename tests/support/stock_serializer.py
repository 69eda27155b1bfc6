"""The engine's own way to store and load a case, with all its history; only the specs are shared, as ours are."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnSubWorkflowConverter, BpmnWorkflowConverter, TaskConverter
from SpiffWorkflow.bpmn.serializer.helpers.bpmn_converter import BpmnConverter
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.task import Task

from tests.unit.engine.walking import Walk
from workflows.engine import Run, Spec
from workflows.engine.cases import CaseSubWorkflow, CaseWorkflow
from workflows.engine.environment import SafeEngine
from workflows.engine.running import listen


def serializer_for(spec: Spec) -> BpmnWorkflowSerializer:
    """A stock serializer that writes the name of a spec instead of the spec."""
    specs = {**spec.called, spec.key: spec.top}

    class ByName(BpmnConverter):  # type: ignore[misc]
        def to_dict(self, obj: Any) -> dict[str, Any]:
            return {"name": obj.name}

        def from_dict(self, dct: dict[str, Any]) -> Any:
            return specs[dct["name"]]

    config = {CaseWorkflow: BpmnWorkflowConverter, CaseSubWorkflow: BpmnSubWorkflowConverter, Task: TaskConverter, BpmnProcessSpec: ByName}
    return BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))


class StockWalk(Walk):
    """A case kept by the stock serializer after every step."""

    def _keep(self, run: Run) -> None:
        self.stuck = run.stuck
        self.serializer = getattr(self, "serializer", None) or serializer_for(self.spec)
        self.text = self.serializer.serialize_json(run.workflow)

    @property
    def run(self) -> Run:
        workflow = self.serializer.deserialize_json(self.text)
        workflow.script_engine = SafeEngine(self.perform)
        run = Run(self.spec, workflow)
        listen(run)
        return run
