"""What an element of a diagram says about itself, as facts with names that people know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from workflows.engine import reading
from workflows.engine.definition import KINDS
from workflows.engine.supported import DRAWING

BPMN, SPIFF = reading.BPMN, reading.SPIFF
OWNERS = frozenset(KINDS) | {
    "definitions", "collaboration", "participant", "process", "laneSet", "lane", "sequenceFlow", "message", "textAnnotation", "association", "group",
    "category", "categoryValue",
}  # fmt: skip
KIND_WORDS = {
    "definitions": "file", "collaboration": "drawing", "participant": "organisation", "process": "process", "laneSet": "set of lanes", "lane": "lane",
    "sequenceFlow": "flow", "message": "message", "textAnnotation": "note", "association": "line to a note", "group": "frame",
    "category": "category", "categoryValue": "category",
}  # fmt: skip
LEFT_OUT = frozenset({"id", "{http://www.w3.org/2001/XMLSchema-instance}type"})
NOT_PARTS = frozenset({"incoming", "outgoing", "flowNodeRef"})
ABOUT_THE_TOOL = frozenset({"targetNamespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"})
# Facts that only people read; all others are what a case does.
ONLY_READ = frozenset({"name", "helpText", "documentation", "legalBasis", "doneWords", "stage", "in lane", "text", "textFormat", *ABOUT_THE_TOOL})
BY_LANE = frozenset({"userTask", "callActivity", "subProcess"})  # whose lane says who does the work
LABELS = {
    "in lane": "stands in the lane", "name": "name", "kind": "kind", "lane": "done by", "candidateGroup": "given to", "formKey": "form",
    "dueRule": "time allowed", "escalation": "reminders", "dueOn": "due on", "differentFrom": "four eyes, not done by whoever did",
    "significant": "check page and confirmation", "legalBasis": "legal basis", "helpText": "help", "documentation": "description", "stage": "stage",
    "page": "page", "operation": "what the service does", "routes": "answers that decide the way", "doneWords": "words when it is done",
    "startsFrom": "begins with the answers of", "needs": "values it needs", "startedBy": "started by", "brings": "values it brings",
    "resultVariable": "result goes to", "calledElement": "calls", "calledDecisionId": "decision table", "timeDate": "moment",
    "timeDuration": "length of time", "messageRef": "waits for the message", "cancelActivity": "stops the step it stands on",
    "attachedToRef": "stands on", "script": "what it works out", "loopDataInputRef": "done once for each of", "loopDataOutputRef": "results go to",
    "inputDataItem": "each one is called", "outputDataItem": "each result is called", "isSequential": "one after the other",
    "otherwise": "taken when no other condition holds", "default": "otherwise", "conditionExpression": "condition", "sourceRef": "comes from",
    "targetRef": "goes to", "processRef": "process", "text": "words", "gatewayDirection": "direction of the gateway",
    "eventGatewayType": "kind of race", "multiInstanceLoopCharacteristics": "done several times", "timerEventDefinition": "timer",
    "messageEventDefinition": "message", "terminateEventDefinition": "ends everything", "isExecutable": "can be run",
    "implementation": "implementation", "order": "order of the answers", "inside": "part of",
}  # fmt: skip
YES_NO = {"true": "yes", "false": "no"}


@dataclass(frozen=True)
class Element:
    """An element with its facts by their keys; `drawn` is where and how it is drawn."""

    id: str
    kind: str
    name: str
    facts: Mapping[str, str]
    drawn: str = ""

    @property
    def label(self) -> str:
        """What people call it: its name, else what it is."""
        return self.name or self.kind_words.capitalize()

    @property
    def kind_words(self) -> str:
        """What kind of element it is."""
        return KINDS.get(self.kind) or KIND_WORDS.get(self.kind, self.kind)


@dataclass(frozen=True)
class Around:
    """What the rest of a file says of an element: its lane, the names of messages by their ids, and how it is drawn."""

    lanes: Mapping[str | None, str]
    messages: Mapping[str | None, str]
    drawn: Mapping[str, str]


def elements_of(root: etree._Element) -> dict[str, Element]:
    """Every element of a file that people can point to, by id, in the order it is written."""
    around = Around(
        {reference.text: lane.get("id", "") for lane in root.iter(f"{BPMN}lane") for reference in lane.iter(f"{BPMN}flowNodeRef")},
        {message.get("id"): message.get("name", "") for message in root.iter(f"{BPMN}message")},
        _drawn(root),
    )
    found: dict[str, Element] = {}
    for element in root.iter(f"{BPMN}*"):
        if _is_owner(element):
            key = _key(element)
            found[key] = _element(element, key, around)
    return _with_ways(root, found)


def _key(element: etree._Element) -> str:
    """The id by which an element is known again; what there is once has its name, what has no id its place."""
    name = _name(element)
    if name in ("definitions", "collaboration"):
        return name
    parent = element.getparent()
    if name == "laneSet" and parent is not None:
        return f"lanes of {parent.get('id', '')}"
    return element.get("id") or str(element.getroottree().getpath(element))


def _with_ways(root: etree._Element, found: dict[str, Element]) -> dict[str, Element]:
    """With what a gateway says of its ways told by the ways: which is taken otherwise, and in which order the others are tried."""
    leaving: dict[str, list[str]] = {}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        if flow.find(f"{BPMN}conditionExpression") is not None:
            leaving.setdefault(flow.get("sourceRef", ""), []).append(flow.get("id", ""))
    for key, element in list(found.items()):
        way = element.facts.get("default", "")
        if way in found:
            found[way] = replace(found[way], facts={**found[way].facts, "otherwise": "yes"})
            found[key] = replace(element, facts={name: value for name, value in element.facts.items() if name != "default"})
    for key, ways in leaving.items():
        if len(ways) > 1 and key in found and found[key].kind == "exclusiveGateway":
            found[key] = replace(found[key], facts={**found[key].facts, "order": " ".join(ways)})
    return found


def label_of(key: str) -> str:
    """What people call a fact: `time allowed` for `dueRule`; a path of names for what has no word."""
    if key in LABELS:
        return LABELS[key]
    last = key.rpartition("/")[2]
    if last.startswith("parameter "):
        return f"value “{last.removeprefix('parameter ')}” that it hands over"
    return LABELS.get(last, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last).lower())


def is_only_read(element: Element, key: str) -> bool:
    """Whether a fact is only read by people. A lane's name says who does the work, and a message's name what is waited for."""
    if key == "name":
        return element.kind not in ("lane", "message")
    return key.rpartition("/")[2] in ONLY_READ or element.kind in ("textAnnotation", "association", "group", "category", "categoryValue")


def _is_owner(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(BPMN) and _name(element) in OWNERS


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _element(element: etree._Element, key: str, around: Around) -> Element:
    facts = {"lane" if _name(element) in BY_LANE else "in lane": around.lanes[key]} if key in around.lanes else {}
    parent = element.getparent()
    if parent is not None and _name(parent) == "subProcess":
        facts["inside"] = parent.get("id", "")
    for name, value in _facts(element, ""):
        facts[name] = around.messages.get(value, value) if name.endswith("messageRef") else YES_NO.get(value, value)
    return Element(key, _name(element), " ".join((element.get("name") or "").split()), facts, around.drawn.get(key, ""))


def _facts(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    """The attributes and parts of an element down to the next that has its own; a part without words is a fact by being there."""
    for attribute, value in element.attrib.items():
        name = str(etree.QName(str(attribute)).localname)
        if str(attribute) not in LEFT_OUT:
            yield f"{path}{name}", " ".join(str(value).split())
    counted: dict[str, int] = {}
    for part in element:
        if not isinstance(part.tag, str) or _is_owner(part) or _name(part) in NOT_PARTS or etree.QName(part).namespace in DRAWING:
            continue
        name = _part_name(part)
        counted[name] = counted.get(name, 0) + 1
        yield from _part(part, path, name if counted[name] == 1 else f"{name} {counted[name]}")


def _part(part: etree._Element, path: str, name: str) -> Iterator[tuple[str, str]]:
    kind = _name(part)
    if kind in ("extensionElements", "properties", "parameters"):
        yield from _facts(part, path)
    elif kind == "property":
        yield f"{path}{part.get('name', '')}", part.get("value", "")
    elif kind == "parameter":
        yield f"{path}{name}", part.get("value", "")
        yield f"{path}{name}/type", part.get("type", "")
    elif kind == "serviceTaskOperator":
        yield "operation", part.get("id", "")
        yield from ((key.removeprefix("operator/"), value) for key, value in _facts(part, "operator/"))
    elif kind in ("inputDataItem", "outputDataItem"):
        yield name, part.get("name") or part.get("id", "")
    else:
        words = (part.text or "").strip()
        inside = list(_facts(part, f"{path}{name}/"))
        if words or not inside:
            yield f"{path}{name}", words or "yes"
        yield from inside


def _part_name(part: etree._Element) -> str:
    name = _name(part)
    return f"{name} {part.get('id', '')}" if name == "parameter" else name


def _drawn(root: etree._Element) -> dict[str, str]:
    """How each element is drawn, as text that is the same only when the drawing is."""
    found: dict[str, str] = {}
    for shape in root.iter():
        owner = shape.get("bpmnElement") if isinstance(shape.tag, str) else None
        if owner and _name(shape) != "BPMNPlane":
            found[owner] = found.get(owner, "") + repr([(_name(each), sorted(_places(each))) for each in shape.iter() if isinstance(each.tag, str)])
    return found


def _places(element: etree._Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key == "id":
            continue
        try:
            yield str(key), f"{float(value):g}"
        except ValueError:
            yield str(key), str(value)
