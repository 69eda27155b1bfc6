"""The engine's specs of a process, parsed once with our own task classes and shared by every case that runs on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, IntermediateCatchEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import DurationTimerEventDefinition, TimeDateEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.parser.event_parsers import SpiffBoundaryEventParser, SpiffEndEventParser, SpiffIntermediateCatchEventParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser, SubWorkflowParser, UserTaskParser
from SpiffWorkflow.spiff.specs.defaults import CallActivity, ParallelMultiInstanceTask, SequentialMultiInstanceTask, SubWorkflowTask, UserTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows.engine import language
from workflows.engine.events import Boundary, End, Message
from workflows.engine.joins import InclusiveJoin, ParallelJoin
from workflows.engine.reading import SPIFF, properties_of
from workflows.engine.tables import Table
from workflows.engine.timers import DateTimer, DurationTimer

MOST_INSTANCES = 2_000


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

    data_input: Any
    input_item: Any
    data_output: Any
    output_item: Any

    def init_data_output_with_input_data(self, my_task: Task, input_data: Any) -> None:
        if self.data_output.bpmn_id != self.data_input.bpmn_id:
            my_task.data.pop(self.data_output.bpmn_id, None)
        if len(input_data) > MOST_INSTANCES:
            raise language.EvaluationError(f"a list of {len(input_data)} is too long to go through; {MOST_INSTANCES} is the most")
        super().init_data_output_with_input_data(my_task, input_data)  # type: ignore[misc]

    def create_child(self, my_task: Task, item: Any, key_or_index: Any = None) -> None:
        for name in (self.input_item, self.output_item):
            if name is not None:
                my_task.data.pop(name.bpmn_id, None)
        super().create_child(my_task, item, key_or_index)  # type: ignore[misc]

    def merge_child(self, workflow: Any, child: Task) -> None:
        kept = child.data
        if self.data_output is None:
            child.data = {}
        super().merge_child(workflow, child)  # type: ignore[misc]
        child.data = kept


class ParallelInstances(_ByItself, ParallelMultiInstanceTask):  # type: ignore[misc]
    """Several instances at once."""


class SequentialInstances(_ByItself, SequentialMultiInstanceTask):  # type: ignore[misc]
    """Several instances one after another."""


class Choice(ExclusiveGateway):  # type: ignore[misc]
    """An exclusive gateway; a run that only tries something out may choose the way in place of the conditions."""

    def _run_hook(self, my_task: Task) -> bool:
        guess = my_task.workflow.top_workflow.guess
        if guess is None:
            return bool(super()._run_hook(my_task))
        chosen = guess(self.bpmn_id, self._ways(), None)
        if chosen is None:
            try:
                return bool(super()._run_hook(my_task))
            except (language.EvaluationError, SpiffWorkflowException) as error:
                chosen = guess(self.bpmn_id, self._ways(), error)
                if chosen is None:
                    raise
        my_task._sync_children([my_task.workflow.spec.get_task_spec_from_name(chosen)], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _ways(self) -> list[str]:
        """The specs that the gateway can lead to, in the order of its flows."""
        return list(dict.fromkeys([*(name for _, name in self.cond_task_specs), *([self.default_task_spec] if self.default_task_spec else [])]))


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
        operator = self.node.find(f"{full_tag('extensionElements')}/{SPIFF}serviceTaskOperator")
        params = {entry.get("id", ""): entry.get("value", "") for entry in operator.iter(f"{SPIFF}parameter")} if operator is not None else {}
        return OperationTask(
            self.spec, self.bpmn_id, operation=operator.get("id", "") if operator is not None else "", params=params,
            result_variable=(operator.get("resultVariable") if operator is not None else None) or None, **self.bpmn_attributes,
        )  # fmt: skip

    def parse_extensions(self, node: etree._Element | None = None) -> dict[str, Any]:
        # The engine's own reading of an operator stops at a parameter without a type, which ours do not need.
        return {"properties": properties_of(self.node)} if node is None else dict(super().parse_extensions(node))


class _TableParser(_Instances, SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> TableTask:
        extensions = self.parse_extensions()
        table = self.process_parser.parser.tables[extensions.get("calledDecisionId")]
        variable = (extensions.get("properties") or {}).get("resultVariable")
        return TableTask(self.spec, self.bpmn_id, table=table, result_variable=variable, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: etree._Element) -> str | None:
        found = SpiffTaskParser._parse_extensions(node).get("calledDecisionId")
        return str(found) if found else None


class _ScriptParser(_Instances, SpiffTaskParser):  # type: ignore[misc]
    def create_task(self) -> ScriptStep:
        script = self.node.findtext(full_tag("script")) or ""
        return ScriptStep(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)


class _AsWritten:
    """Flows are asked in the order in which they are written: the engine takes the order in which their targets are drawn."""

    def get_position(self, node: etree._Element | None = None) -> dict[str, float]:
        return {"x": 0.0, "y": 0.0}


class _ChoiceParser(_AsWritten, ConditionalGatewayParser):  # type: ignore[misc]
    pass


class _SplitParser(_AsWritten, GatewayParser):  # type: ignore[misc]
    pass


class _OnOurClock:
    node: etree._Element

    def parse_timer_event(self, event: etree._Element) -> TimerEventDefinition:
        definition = super().parse_timer_event(event)  # type: ignore[misc]
        kind = {TimeDateEventDefinition: DateTimer, DurationTimerEventDefinition: DurationTimer}.get(type(definition))
        return kind(definition.name, definition.expression, element_id=self.node.get("id", "")) if kind else definition

    def parse_message_event(self, event: etree._Element) -> Message:
        definition = super().parse_message_event(event)  # type: ignore[misc]
        return Message(definition.name, message_var=definition.message_var, element_id=self.node.get("id", ""))


class _CatchParser(_OnOurClock, SpiffIntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _BoundaryParser(_OnOurClock, SpiffBoundaryEventParser):  # type: ignore[misc]
    pass


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
        full_tag("boundaryEvent"): (_BoundaryParser, Boundary),
        full_tag("endEvent"): (SpiffEndEventParser, End),
        full_tag("exclusiveGateway"): (_ChoiceParser, Choice),
        full_tag("inclusiveGateway"): (_ChoiceParser, InclusiveJoin),
        full_tag("parallelGateway"): (_SplitParser, ParallelJoin),
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
