"""The engine's specs of a process, parsed once with our own task classes and shared by every case that runs on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.specs.event_definitions.timer import DurationTimerEventDefinition, TimeDateEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.parser.event_parsers import SpiffBoundaryEventParser, SpiffIntermediateCatchEventParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser, SubWorkflowParser, UserTaskParser
from SpiffWorkflow.spiff.specs.defaults import CallActivity, ParallelMultiInstanceTask, SequentialMultiInstanceTask, SubWorkflowTask, UserTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent
from SpiffWorkflow.task import Task

from workflows.engine import language
from workflows.engine.tables import Table
from workflows.engine.timers import DateTimer, DurationTimer


class OperationTask(SpiffBpmnTask):  # type: ignore[misc]
    """A service task: performs a named operation and takes what it gives into the data."""

    def __init__(self, wf_spec: Any, name: str, *, operation: str, params: Mapping[str, str], result_variable: str | None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.operation = operation
        self.params = dict(params)
        self.result_variable = result_variable

    @property
    def spec_type(self) -> str:
        return "Service Task"

    def _run_hook(self, my_task: Task) -> bool:
        given = my_task.workflow.script_engine.operate(my_task, self.operation, self.params)
        my_task.data.update({self.result_variable: given} if self.result_variable else given)
        return True


class TableTask(SpiffBpmnTask):  # type: ignore[misc]
    """A business rule task: asks a decision table."""

    def __init__(self, wf_spec: Any, name: str, *, table: Table, result_variable: str | None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.table = table
        self.result_variable = result_variable

    @property
    def spec_type(self) -> str:
        return "Business Rule Task"

    def _run_hook(self, my_task: Task) -> bool:
        outputs = self.table.decide(my_task.data, my_task.workflow.script_engine.environment.functions).outputs
        my_task.data.update({self.result_variable: outputs} if self.result_variable else outputs)
        return True


class ScriptStep(SpiffBpmnTask):  # type: ignore[misc]
    """A script task in our language."""

    def __init__(self, wf_spec: Any, name: str, *, script: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.script = script

    @property
    def spec_type(self) -> str:
        return "Script Task"

    def _run_hook(self, my_task: Task) -> bool:
        return bool(my_task.workflow.script_engine.execute(my_task, self.script))


class _ByItself:
    """Each instance works on its own copy: only a declared output comes back, and a second round starts clean."""

    input_item: Any
    data_output: Any
    output_item: Any

    def _update_hook(self, my_task: Task) -> Any:
        for item in (self.input_item, self.output_item, self.data_output):
            if item is not None:
                my_task.data.pop(item.bpmn_id, None)
        return super()._update_hook(my_task)  # type: ignore[misc]

    def merge_child(self, workflow: Any, child: Task) -> None:
        before = dict(child.parent.data)
        super().merge_child(workflow, child)  # type: ignore[misc]
        if self.data_output is None:
            child.parent.data = before


class ParallelInstances(_ByItself, ParallelMultiInstanceTask):  # type: ignore[misc]
    """Several instances at once."""


class SequentialInstances(_ByItself, SequentialMultiInstanceTask):  # type: ignore[misc]
    """Several instances one after another."""


class _Instances:
    PARALLEL_MI_CLASS = ParallelInstances
    SEQUENTIAL_MI_CLASS = SequentialInstances


class _UserTaskParser(_Instances, UserTaskParser):  # type: ignore[misc]
    pass


class _CallActivityParser(_Instances, CallActivityParser):  # type: ignore[misc]
    pass


class _SubProcessParser(_Instances, SubWorkflowParser):  # type: ignore[misc]
    pass


class _OperationParser(_Instances, SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> OperationTask:
        operator = self.parse_extensions().get("serviceTaskOperator") or {}
        params = {key: parameter["value"] for key, parameter in operator.get("parameters", {}).items()}
        return OperationTask(
            self.spec, self.bpmn_id, operation=operator.get("name", ""), params=params, result_variable=operator.get("resultVariable") or None,
            **self.bpmn_attributes,
        )  # fmt: skip


class _TableParser(_Instances, SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> TableTask:
        extensions = self.parse_extensions()
        table = self.process_parser.parser.tables[extensions.get("calledDecisionId")]
        variable = (extensions.get("properties") or {}).get("resultVariable")
        return TableTask(self.spec, self.bpmn_id, table=table, result_variable=variable, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: etree._Element) -> str | None:
        return SpiffTaskParser._parse_extensions(node).get("calledDecisionId")


class _ScriptParser(_Instances, SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> ScriptStep:
        script = self.node.findtext(full_tag("script")) or ""
        return ScriptStep(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)


def _on_our_clock(definition: TimerEventDefinition) -> TimerEventDefinition:
    kind = {TimeDateEventDefinition: DateTimer, DurationTimerEventDefinition: DurationTimer}.get(type(definition))
    return kind(definition.name, definition.expression) if kind else definition


class _CatchParser(SpiffIntermediateCatchEventParser):  # type: ignore[misc]
    def parse_timer_event(self, event: etree._Element) -> TimerEventDefinition:
        return _on_our_clock(super().parse_timer_event(event))


class _BoundaryParser(SpiffBoundaryEventParser):  # type: ignore[misc]
    def parse_timer_event(self, event: etree._Element) -> TimerEventDefinition:
        return _on_our_clock(super().parse_timer_event(event))


class CaseParser(SpiffBpmnParser):  # type: ignore[misc]
    """The engine's parser with our task classes in the places where it offers to take others."""

    OVERRIDE_PARSER_CLASSES = SpiffBpmnParser.OVERRIDE_PARSER_CLASSES | {
        full_tag("userTask"): (_UserTaskParser, UserTask),
        full_tag("callActivity"): (_CallActivityParser, CallActivity),
        full_tag("subProcess"): (_SubProcessParser, SubWorkflowTask),
        full_tag("serviceTask"): (_OperationParser, OperationTask),
        full_tag("businessRuleTask"): (_TableParser, TableTask),
        full_tag("scriptTask"): (_ScriptParser, ScriptStep),
        full_tag("intermediateCatchEvent"): (_CatchParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
    }

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__()
        self.tables = tables


def connect_instances(specs: Mapping[str, Any]) -> None:
    """Connect every multi-instance to its inner task now: the engine does it only when one starts, and a loaded one never would."""
    for spec in specs.values():
        for task_spec in list(spec.task_specs.values()):
            if isinstance(task_spec, LoopTask):
                inner = spec.task_specs[task_spec.task_spec]
                if not inner.completed_event.is_connected(task_spec.merge_child):
                    inner.completed_event.connect(task_spec.merge_child)


def names_needed(task_spec: Any) -> frozenset[str]:
    """The values that a task's own expressions need from the data."""
    texts: list[str] = []
    if isinstance(task_spec, OperationTask):
        texts += task_spec.params.values()
    group = (getattr(task_spec, "extensions", None) or {}).get("properties", {}).get("candidateGroup")
    if group:
        texts.append(group)
    return frozenset().union(*(language.compile_expression(text).used for text in texts))
