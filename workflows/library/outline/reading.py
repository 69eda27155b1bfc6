"""A process as a list: every step in the order of its flow with who does it, what comes next and under which condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from workflows.engine import reading as files
from workflows.engine import steps_of
from workflows.engine.definition import KINDS
from workflows.engine.reading import BPMN, SPIFF
from workflows.library.outline.sheet import Sheet, kind, name_of

HELD_IN = {"serviceTask": "serviceTaskOperator", "businessRuleTask": "calledDecisionId"}


@dataclass(frozen=True)
class Lane:
    """A lane: who does the steps in it."""

    id: str
    name: str


@dataclass(frozen=True)
class Way:
    """A flow out of a step: where it leads, what it is called, and when it is taken."""

    id: str
    source_id: str
    source: str
    target_id: str
    target: str
    name: str
    condition: str
    is_default: bool


@dataclass(frozen=True)
class OutlineStep:
    """An element of the process. `kind` is its BPMN name; `inside` and `attached_to` are ids, empty at the top and for free events."""

    id: str
    name: str
    kind: str
    kind_words: str
    lane_id: str
    lane: str
    inside: str
    attached_to: str
    properties: Mapping[str, str]
    documentation: str
    refers_to: str
    time: str
    next: tuple[Way, ...]
    before: tuple[Way, ...]

    @property
    def label(self) -> str:
        """The name, or what it is where nobody named it."""
        return self.name or self.kind_words.capitalize()

    @property
    def is_choice(self) -> bool:
        """Whether the ways out of it are taken on conditions."""
        return self.kind in ("exclusiveGateway", "inclusiveGateway")

    @property
    def is_gateway(self) -> bool:
        """Whether more than one way may lead out of it."""
        return self.kind.endswith("Gateway")


@dataclass(frozen=True)
class Outline:
    """A process as a list."""

    key: str
    name: str
    lanes: tuple[Lane, ...]
    steps: tuple[OutlineStep, ...]

    @property
    def by_id(self) -> dict[str, OutlineStep]:
        """The steps by their ids."""
        return {step.id: step for step in self.steps}

    @property
    def ways(self) -> dict[str, Way]:
        """Every flow by its id."""
        return {way.id: way for step in self.steps for way in step.next}


def read_outline(xml: str) -> Outline:
    """The list of a BPMN file's steps. DefinitionRefused when the file cannot be read."""
    sheet = Sheet(xml)
    process = next(sheet.root.iter(f"{BPMN}process"), None)
    order = [step.id for step in steps_of(sheet.root) if step.id in sheet.nodes]
    order += [key for key in sheet.nodes if key not in order]
    lanes = tuple(Lane(key, name_of(lane)) for key, lane in sheet.lanes.items())
    steps = tuple(_step(sheet, key) for key in order)
    return Outline(process.get("id", "") if process is not None else "", name_of(process) if process is not None else "", lanes, steps)


def _step(sheet: Sheet, key: str) -> OutlineStep:
    element = sheet.nodes[key]
    lane = sheet.lane_ids.get(key, "")
    parent = element.getparent()
    return OutlineStep(
        id=key,
        name=name_of(element),
        kind=kind(element),
        kind_words=KINDS.get(kind(element), kind(element)),
        lane_id=lane,
        lane=name_of(sheet.lanes[lane]) if lane else "",
        inside=parent.get("id", "") if parent is not None and kind(parent) == "subProcess" else "",
        attached_to=element.get("attachedToRef", ""),
        properties=files.properties_of(element),
        documentation=(element.findtext(f"{BPMN}documentation") or "").strip(),
        refers_to=_refers_to(element),
        time=_time(element),
        next=tuple(_way(sheet, flow) for flow in sheet.leaving(key)),
        before=tuple(_way(sheet, flow) for flow in sheet.entering(key)),
    )


def _refers_to(element: etree._Element) -> str:
    """The operation, table, process or text that a step is made of."""
    what = kind(element)
    if what == "callActivity":
        return str(element.get("calledElement", ""))
    if what == "scriptTask":
        return (element.findtext(f"{BPMN}script") or "").strip()
    found = element.find(f"{BPMN}extensionElements/{SPIFF}{HELD_IN[what]}") if what in HELD_IN else None
    if found is None:
        return ""
    return str(found.get("id", "")) if what == "serviceTask" else (found.text or "").strip()


def _time(element: etree._Element) -> str:
    definition = element.find(f"{BPMN}timerEventDefinition")
    return "" if definition is None else next(((each.text or "").strip() for each in definition if kind(each).startswith("time")), "")


def _way(sheet: Sheet, flow: etree._Element) -> Way:
    source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
    return Way(
        id=flow.get("id", ""),
        source_id=source,
        source=_label(sheet, source),
        target_id=target,
        target=_label(sheet, target),
        name=name_of(flow),
        condition=(flow.findtext(f"{BPMN}conditionExpression") or "").strip(),
        is_default=source in sheet.nodes and sheet.nodes[source].get("default") == flow.get("id"),
    )


def _label(sheet: Sheet, key: str) -> str:
    if key not in sheet.nodes:
        return key
    element = sheet.nodes[key]
    return name_of(element) or KINDS.get(kind(element), kind(element)).capitalize()
