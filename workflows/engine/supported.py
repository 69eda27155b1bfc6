"""What a process may be made of: elements and attributes that run as the standard says. All others are refused, with what to draw instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from workflows.engine import reading
from workflows.engine.problems import Problem
from workflows.engine.reading import BPMN, SPIFF

DRAWING = ("http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI")
PLACES = ("x", "y", "width", "height")
PLACE = re.compile(r"-?\d{1,6}(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NAMED = frozenset({"id", "name"})
ELEMENTS: dict[str, frozenset[str]] = {
    "definitions": NAMED | {"targetNamespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"},
    "collaboration": NAMED | {"isClosed"},
    "participant": NAMED | {"processRef"},
    "process": NAMED | {"isExecutable", "isClosed", "processType"},
    "laneSet": NAMED,
    "lane": NAMED,
    "flowNodeRef": frozenset(),
    "incoming": frozenset(),
    "outgoing": frozenset(),
    "documentation": frozenset({"id", "textFormat"}),
    "extensionElements": frozenset(),
    "message": NAMED,
    "startEvent": NAMED | {"isInterrupting"},
    "endEvent": NAMED,
    "intermediateCatchEvent": NAMED,
    "intermediateThrowEvent": NAMED,
    "boundaryEvent": NAMED | {"attachedToRef", "cancelActivity"},
    "terminateEventDefinition": frozenset({"id"}),
    "messageEventDefinition": frozenset({"id", "messageRef"}),
    "timerEventDefinition": frozenset({"id"}),
    "timeDate": frozenset({"id"}),
    "timeDuration": frozenset({"id"}),
    "userTask": NAMED | {"implementation"},
    "serviceTask": NAMED | {"implementation"},
    "scriptTask": NAMED,
    "script": frozenset(),
    "businessRuleTask": NAMED | {"implementation"},
    "callActivity": NAMED | {"calledElement"},
    "subProcess": NAMED | {"triggeredByEvent"},
    "exclusiveGateway": NAMED | {"default", "gatewayDirection"},
    "inclusiveGateway": NAMED | {"default", "gatewayDirection"},
    "parallelGateway": NAMED | {"gatewayDirection"},
    "eventBasedGateway": NAMED | {"gatewayDirection", "eventGatewayType", "instantiate"},
    "sequenceFlow": NAMED | {"sourceRef", "targetRef"},
    "conditionExpression": frozenset({"id"}),
    "multiInstanceLoopCharacteristics": frozenset({"id", "isSequential"}),
    "loopDataInputRef": frozenset(),
    "loopDataOutputRef": frozenset(),
    "inputDataItem": NAMED,
    "outputDataItem": NAMED,
    "textAnnotation": frozenset({"id", "textFormat"}),
    "text": frozenset(),
    "association": frozenset({"id", "sourceRef", "targetRef", "associationDirection"}),
    "group": frozenset({"id", "categoryValueRef"}),
    "category": NAMED,
    "categoryValue": frozenset({"id", "value"}),
}
EXTENSIONS: dict[str, frozenset[str]] = {
    "properties": frozenset(),
    "property": frozenset({"id", "name", "value"}),
    "serviceTaskOperator": frozenset({"id", "resultVariable"}),
    "parameters": frozenset(),
    "parameter": frozenset({"id", "type", "value"}),
    "calledDecisionId": frozenset(),
    "messageVariable": frozenset(),
}
INSTEAD = {
    "task": "Choose what kind of task it is: a user task, a service task or a business rule task",
    "manualTask": "Use a user task with a form of one question, so that it is on record who did it",
    "sendTask": "Use a service task whose operation sends the mail",
    "receiveTask": "Use a catch event with the message",
    "signalEventDefinition": "Use a message",
    "signal": "Use a message",
    "linkEventDefinition": "Draw the flow through",
    "compensateEventDefinition": "Draw the steps that put things right, behind a gateway",
    "cancelEventDefinition": "Use an end event that ends everything",
    "errorEventDefinition": "Use a gateway after the step",
    "error": "Use a gateway after the step",
    "escalationEventDefinition": "Use a timer or a message",
    "escalation": "Use a timer or a message",
    "conditionalEventDefinition": "Use a message or a gateway",
    "transaction": "Use a sub-process",
    "adHocSubProcess": "Use a parallel gateway, or add tasks to the case by hand",
    "complexGateway": "Use an inclusive gateway",
    "timeCycle": "Use a date or a length of time, and a flow back for the next time",
    "standardLoopCharacteristics": "Draw the loop with a gateway",
    "loopCardinality": "Go through a list of values",
    "completionCondition": "Wait for all, or count the answers in an operation and end with a message",
    "dataObject": "Name the value in the form, the operation or the script",
    "dataObjectReference": "Name the value in the form, the operation or the script",
    "dataStoreReference": "Use an operation that reads or writes it",
    "ioSpecification": "Values are handed on by their names",
    "preScript": "Use a script task before it",
    "postScript": "Use a script task after it",
    "messageFlow": "Name the message in the events themselves",
    "childLaneSet": "Use one level of lanes",
    "messagePayload": "Use a service task whose operation sends it",
}
ONLY = {
    ("eventBasedGateway", "instantiate"): "false",
    ("eventBasedGateway", "eventGatewayType"): "Exclusive",
    ("subProcess", "triggeredByEvent"): "false",
    ("process", "isExecutable"): "true",
    ("startEvent", "isInterrupting"): "true",
}
DEFINITIONS_IN = {
    "startEvent": frozenset[str](),
    "endEvent": frozenset({"terminateEventDefinition"}),
    "intermediateThrowEvent": frozenset[str](),
    "intermediateCatchEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
    "boundaryEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
}
SCOPES = frozenset({"process", "subProcess"})
STEPS = frozenset({"userTask", "serviceTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
FOR_EACH = frozenset({"multiInstanceLoopCharacteristics"})
# Where an element may stand; one that stands elsewhere would be ignored by some reader or other.
STANDS_IN: dict[str, frozenset[str]] = {
    **dict.fromkeys((*STEPS, *GATEWAYS, *DEFINITIONS_IN, "sequenceFlow"), SCOPES),
    "process": frozenset({"definitions"}),
    "collaboration": frozenset({"definitions"}),
    "message": frozenset({"definitions"}),
    "participant": frozenset({"collaboration"}),
    "laneSet": frozenset({"process"}),
    "lane": frozenset({"laneSet"}),
    "flowNodeRef": frozenset({"lane"}),
    "terminateEventDefinition": frozenset(DEFINITIONS_IN),
    "messageEventDefinition": frozenset(DEFINITIONS_IN),
    "timerEventDefinition": frozenset(DEFINITIONS_IN),
    "timeDate": frozenset({"timerEventDefinition"}),
    "timeDuration": frozenset({"timerEventDefinition"}),
    "script": frozenset({"scriptTask"}),
    "conditionExpression": frozenset({"sequenceFlow"}),
    "multiInstanceLoopCharacteristics": STEPS,
    **dict.fromkeys(("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"), FOR_EACH),
}
ONCE = frozenset({"conditionExpression", "multiInstanceLoopCharacteristics", "script", *STANDS_IN}) - {
    "process", "message", "participant", "lane", "flowNodeRef", "sequenceFlow", "laneSet", *STEPS, *GATEWAYS, *DEFINITIONS_IN,
}  # fmt: skip
WAITS_FOR = frozenset({"intermediateCatchEvent", "boundaryEvent"})


def check_elements(root: etree._Element, name: str = "process.bpmn") -> Iterator[Problem]:
    """Findings about single elements of a BPMN file: unknown ones, unknown attributes, and events of a kind that would not work."""
    if root.tag != f"{BPMN}definitions":
        yield Problem("element", f"{name} is no BPMN diagram", fix="Export it from a BPMN editor as BPMN 2.0 XML")
        return
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).namespace not in DRAWING:
            yield from _check_element(element)
        elif isinstance(element.tag, str):
            yield from _check_drawn(element)


def _check_drawn(element: etree._Element) -> Iterator[Problem]:
    """Places and sizes of the drawing that are no numbers, named by the element that is drawn."""
    for name in PLACES:
        if element.get(name) is not None and not PLACE.fullmatch(element.get(name, "")):
            about = next((each.get("bpmnElement") for each in (element, *element.iterancestors()) if each.get("bpmnElement")), "")
            message = f"its drawing has “{element.get(name, '')[:40]}” for {name}, which is no number"
            yield Problem("drawing", message, str(about), fix="Draw it again", line=int(element.sourceline or 0))


def _check_element(element: etree._Element) -> Iterator[Problem]:
    name = etree.QName(element)
    known = ELEMENTS if name.namespace == BPMN[1:-1] else EXTENSIONS if name.namespace == SPIFF[1:-1] else {}
    if name.localname not in known:
        yield finding(
            "element", element, f"{name.localname} is not supported: it would be ignored or run wrongly", INSTEAD.get(name.localname, "Remove it")
        )
        return
    yield from _check_attributes(element, name.localname, known[name.localname])
    if name.namespace == BPMN[1:-1]:
        yield from _check_place(element, name.localname)
    if name.localname in DEFINITIONS_IN:
        yield from _check_event(element, name.localname)


def _check_place(element: etree._Element, kind: str) -> Iterator[Problem]:
    parent = element.getparent()
    around = etree.QName(parent).localname if parent is not None else ""
    if around not in STANDS_IN.get(kind, frozenset({around})):
        message = f"a {kind} inside a {around or 'file'} is not supported: it would be ignored"
        yield finding("place", element, message, "Draw it again where it belongs")
    elif kind in ONCE and parent is not None and next(parent.iterchildren(element.tag)) is not element:
        yield finding("place", element, f"there is more than one {kind} in it, and only one would count", "Keep one")


def _check_attributes(element: etree._Element, kind: str, known: frozenset[str]) -> Iterator[Problem]:
    for attribute, value in element.attrib.items():
        if str(attribute).startswith(XSI):
            continue
        if attribute not in known:
            yield finding("attribute", element, f"the attribute {etree.QName(attribute).localname} would be ignored", "Remove it")
        elif ONLY.get((kind, str(attribute)), value) != value:
            allowed = ONLY[kind, str(attribute)]
            yield finding(
                "attribute", element, f"{attribute}=“{value}” is not supported: it would be ignored or run wrongly", f"It must be “{allowed}”"
            )
    if kind == "process" and element.get("isExecutable") is None:
        yield finding("attribute", element, "the process is not marked as executable", "Set isExecutable to true")


def _check_event(element: etree._Element, kind: str) -> Iterator[Problem]:
    found = [etree.QName(child).localname for child in element if str(etree.QName(child).localname).endswith("EventDefinition")]
    for each in found:
        if each in ELEMENTS and each not in DEFINITIONS_IN[kind]:
            yield finding("event", element, f"a {kind} with a {each} is not supported: it would not happen as drawn", _instead_of_event(kind))
    if kind in WAITS_FOR and len(found) != 1:
        yield finding("event", element, "the event must wait for exactly one thing", "Give it a timer or a message")
    for definition in element.iterfind(f"{BPMN}messageEventDefinition"):
        names = {message.get("id"): message.get("name") for message in element.getroottree().getroot().iter(f"{BPMN}message")}
        if not names.get(definition.get("messageRef")):
            yield finding("message", element, "it names no message", "Choose a message that has a name")
    for definition in element.iterfind(f"{BPMN}timerEventDefinition"):
        if len([child for child in definition if etree.QName(child).localname.startswith("time")]) != 1:
            yield finding("timer", element, "the timer has no time", "Give it a date or a length of time")


def _instead_of_event(kind: str) -> str:
    if kind == "startEvent":
        return "Begin with a plain start event: a page, an operation or another process starts it"
    return "Use a service task whose operation sends the message" if kind in ("endEvent", "intermediateThrowEvent") else "Use a timer or a message"


def finding(code: str, element: etree._Element, message: str, fix: str = "") -> Problem:
    """A finding about the nearest element that a person can point to."""
    owner = reading.owner_of(element)
    if owner is None:
        return Problem(code, message, fix=fix, line=int(element.sourceline or 0))
    return Problem(code, message, owner.get("id", ""), " ".join((owner.get("name") or "").split()), fix)
