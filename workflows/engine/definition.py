"""A process definition read from its files: what the engine runs, and what people need to know about its steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task

from workflows.engine import meanings, reading, specs, tables
from workflows.engine.problems import DefinitionRefused, Problem

BPMN = reading.BPMN
KINDS = {
    "startEvent": "start event", "endEvent": "end event", "userTask": "user task", "serviceTask": "service task", "scriptTask": "script task",
    "businessRuleTask": "business rule task", "callActivity": "call activity", "subProcess": "sub-process", "exclusiveGateway": "exclusive gateway",
    "parallelGateway": "parallel gateway", "inclusiveGateway": "inclusive gateway", "eventBasedGateway": "event-based gateway",
    "intermediateCatchEvent": "catch event", "intermediateThrowEvent": "throw event", "boundaryEvent": "boundary event", "manualTask": "manual task",
    "task": "task", "receiveTask": "receive task", "sendTask": "send task",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """An element of a diagram, for step lists and checks."""

    id: str
    name: str
    kind: str
    lane: str
    process_key: str
    properties: Mapping[str, str]
    documentation: str
    calls: str = ""


@dataclass(frozen=True)
class Spec:
    """A definition parsed once: the engine's specs, the steps in the order a reader meets them, and the values it needs."""

    key: str
    digest: str
    top: Any
    called: Mapping[str, Any]
    steps: tuple[Step, ...]
    variables: frozenset[str]
    messages: frozenset[str]
    started_by: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The key of the process that each element is drawn in, through embedded sub-processes, by the element's id."""
        return {step.id: step.process_key for step in self.steps}

    @property
    def user_tasks(self) -> dict[str, Step]:
        """The user tasks by id, those of called processes too."""
        return {step.id: step for step in self.steps if step.kind == "user task"}


Files = Mapping[str, str]


def read(key: str, files: Files, called: Mapping[str, Files] | None = None) -> Spec:
    """Parse a process folder with the folders it calls. DefinitionRefused lists what is wrong."""
    folders = {key: files, **(called or {})}
    roots = {folder: reading.diagrams(content) for folder, content in folders.items()}
    found = {table.key: table for content in folders.values() for table in read_tables(content)}
    parser = specs.CaseParser(found)
    try:
        for folder, documents in roots.items():
            for name, root in documents.items():
                parser.add_bpmn_xml(root, filename=f"{folder}/{name}")
        top = parser.get_spec(key)
        parsed = parser.find_all_specs()
    except (SpiffWorkflowException, KeyError, etree.LxmlError) as error:
        raise DefinitionRefused([Problem("unreadable", f"{key}: {error}")]) from error
    everything = {**parsed, **parser.get_subprocess_specs(key)}
    _prepare({**everything, key: top})
    steps = tuple(step for documents in roots.values() for root in documents.values() for step in steps_of(root))
    return Spec(
        key=key, digest=digest(files), top=top, called=everything, steps=steps, variables=_variables(roots, found),
        messages=_messages(roots), started_by=_started_by(roots[key]), names={step.id: step.name for step in steps},
    )  # fmt: skip


def _started_by(documents: Mapping[str, etree._Element]) -> frozenset[str]:
    """The messages that start the process of a folder: BPMN's message start, written as a property so that it names no variable."""
    processes = [process for root in documents.values() for process in root.iter(f"{BPMN}process")]
    return frozenset(name for process in processes for name in reading.properties_of(process).get("startedBy", "").split())


def read_tables(files: Files) -> list[tables.Table]:
    """The decision tables of a folder."""
    return [tables.read_table(text, name) for name, text in sorted(files.items()) if name.endswith(".dmn")]


def digest(files: Files) -> str:
    """The SHA-256 of all files of a folder: any change of any file is another version."""
    return hashlib.sha256(json.dumps(sorted(files.items()), ensure_ascii=False).encode()).hexdigest()


def _prepare(everything: Mapping[str, Any]) -> None:
    specs.connect_instances(everything)
    for spec in everything.values():
        for task_spec in spec.task_specs.values():
            task_spec.completed_event.connect(_note_completed)


def _note_completed(workflow: Any, my_task: Task) -> None:
    note = getattr(my_task.workflow.top_workflow, "note", None)
    if note is not None and not isinstance(my_task.task_spec, BoundaryEventSplit | BoundaryEventJoin):
        note(my_task)


def steps_of(root: etree._Element) -> list[Step]:
    """The elements of all processes in a file, in the order of their flow from the start, the rest as written."""
    lanes = {reference.text: lane.get("name", "") for lane in root.iter(f"{BPMN}lane") for reference in lane.iter(f"{BPMN}flowNodeRef")}
    found = []
    for process in root.iter(f"{BPMN}process"):
        elements = {
            element.get("id"): element for element in process.iter() if isinstance(element.tag, str) and etree.QName(element).localname in KINDS
        }
        found += [_step(elements[each], lanes, process.get("id", "")) for each in _in_order(process, list(elements))]
    return found


def _step(element: etree._Element, lanes: Mapping[str | None, str], process_key: str) -> Step:
    kind = etree.QName(element).localname
    return Step(
        id=element.get("id", ""), name=" ".join((element.get("name") or "").split()), kind=KINDS[kind], lane=lanes.get(element.get("id"), ""),
        process_key=process_key, properties=reading.properties_of(element), documentation=(element.findtext(f"{BPMN}documentation") or "").strip(),
        calls=element.get("calledElement", ""),
    )  # fmt: skip


def _in_order(process: etree._Element, ids: list[str | None]) -> list[str | None]:
    following: dict[str | None, list[str | None]] = {}
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        following.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
    for boundary in process.iter(f"{BPMN}boundaryEvent"):
        following.setdefault(boundary.get("attachedToRef"), []).append(boundary.get("id"))
    starts = [start.get("id") for start in process.iter(f"{BPMN}startEvent")]
    order: dict[str | None, None] = {}
    queue = list(starts)
    while queue:
        current = queue.pop(0)
        if current in ids and current not in order:
            order[current] = None
            queue.extend(following.get(current, []))
    return [*order, *(each for each in ids if each not in order)]


def _variables(roots: Mapping[str, Mapping[str, etree._Element]], found: Mapping[str, tables.Table]) -> frozenset[str]:
    known = meanings.Known((), {}, {}, found)
    values = meanings.values_of([root for documents in roots.values() for root in documents.values()], known)
    return frozenset(values.written.union(*(names for _, names in values.read))) - {""}


def _messages(roots: Mapping[str, Mapping[str, etree._Element]]) -> frozenset[str]:
    return frozenset(
        message.get("name", "") for documents in roots.values() for root in documents.values() for message in root.iter(f"{BPMN}message")
    )
