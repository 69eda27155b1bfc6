"""Flows between steps: connected, taken away, and the condition under which a way is taken."""

from __future__ import annotations

from lxml import etree

from workflows.engine.reading import BPMN
from workflows.errors import Invalid, NotFound, Refused
from workflows.library.outline import paper as drawing
from workflows.library.outline import placing, steps
from workflows.library.outline.details import found
from workflows.library.outline.sheet import XSI, Sheet, kind, make, put, take, write_back

CHOICES = ("exclusiveGateway", "inclusiveGateway")
LONGEST_WORDS = 60


def connect(xml: str, source: str, target: str, *, name: str = "", condition: str = "") -> str:
    """Lead a way from one step to another. NotFound for no such step; Refused where no way may begin or end, or there is one already."""
    sheet = Sheet(xml)
    first, last = found(sheet, source), found(sheet, target)
    _refuse_unless_possible(sheet, first, last)
    flow = steps.add_flow(sheet, source, target)
    _say(sheet, flow, name, condition)
    if source in sheet.shapes and target in sheet.shapes:
        paper = drawing.read_paper(sheet.text())
        steps.add_lines(paper, sheet, [flow.get("id", "")])
        changed = placing.connected(paper, flow.get("id", ""))
        if changed is not None:
            write_back(sheet, changed.shapes.values(), changed.lines.values())
    return sheet.text()


def _refuse_unless_possible(sheet: Sheet, first: etree._Element, last: etree._Element) -> None:
    source, target = first.get("id", ""), last.get("id", "")
    if kind(first) == "endEvent":
        raise Refused(f"{sheet.name(source)} is where a path ends, so nothing can come after it")
    if kind(last) in ("startEvent", "boundaryEvent"):
        raise Refused(f"{sheet.name(target)} is where a path begins, so nothing can lead to it")
    if first.getparent() is not last.getparent():
        raise Refused(f"{sheet.name(source)} and {sheet.name(target)} are in different parts of the process")
    if source == target:
        raise Refused("A step cannot lead to itself. Put a gateway behind it")
    if sheet.leaving(source) and not kind(first).endswith("Gateway"):
        raise Refused(f"{sheet.name(source)} already leads to a step. Add a gateway after it, or take that way out first")


def disconnect(xml: str, way: str) -> str:
    """Take a way out. NotFound when it is not there."""
    sheet = Sheet(xml)
    steps.take_flow(sheet, _flow(sheet, way))
    write_back(sheet, (), ())
    return sheet.text()


def redirect(xml: str, way: str, target: str) -> str:
    """Let a way lead to another step, with its name and condition. NotFound and Refused as for `connect`."""
    sheet = Sheet(xml)
    flow, last = _flow(sheet, way), found(sheet, target)
    first = sheet.nodes[flow.get("sourceRef", "")]
    if kind(last) in ("startEvent", "boundaryEvent") or first.getparent() is not last.getparent() or first is last:
        raise Refused(f"A way from {sheet.name(flow.get('sourceRef', ''))} cannot lead to {sheet.name(target)}")
    steps.lead_to(sheet, flow, target)
    if way in sheet.edges and target in sheet.shapes:
        unheard = drawing.read_paper(xml).unheard
        paper = drawing.read_paper(sheet.text())
        paper.unheard = unheard
        changed = placing.connected(paper, way)
        if changed is not None:
            write_back(sheet, changed.shapes.values(), changed.lines.values())
    return sheet.text()


def set_condition(xml: str, way: str, condition: str, *, name: str | None = None, is_default: bool = False) -> str:
    """Say when a way out of a gateway is taken, or that it is taken when no other is. NotFound for no such way; Refused where none is chosen.

    Invalid when a way without other ways is to be taken for want of another and under a condition at once.
    """
    sheet = Sheet(xml)
    flow = _flow(sheet, way)
    source = sheet.nodes[flow.get("sourceRef", "")]
    if kind(source) not in CHOICES:
        raise Refused("A condition can only stand on a way out of a gateway that chooses")
    if is_default and condition.strip():
        raise Invalid({"condition": "The way that is taken when no other is has no condition"})
    if is_default:
        source.set("default", way)
    elif source.get("default") == way:
        del source.attrib["default"]
    _say(sheet, flow, name, condition)
    if name is not None and way in sheet.edges:
        steps.rewrite(sheet, way)
    return sheet.text()


def rename_way(xml: str, way: str, name: str) -> str:
    """Give a way another name, or none. NotFound for no such way, Invalid for a name that is too long."""
    sheet = Sheet(xml)
    flow = _flow(sheet, way)
    _say(sheet, flow, name, flow.findtext(f"{BPMN}conditionExpression") or "")
    if way in sheet.edges:
        steps.rewrite(sheet, way)
    return sheet.text()


def _say(sheet: Sheet, flow: etree._Element, name: str | None, condition: str) -> None:
    """Write the name and condition of a flow."""
    if name is not None:
        words = " ".join(name.split())
        if len(words) > LONGEST_WORDS:
            raise Invalid({"name": f"The name must be {LONGEST_WORDS} characters or less"})
        if words:
            flow.set("name", words)
        elif flow.get("name") is not None:
            del flow.attrib["name"]
    there = flow.find(f"{BPMN}conditionExpression")
    if condition.strip() and kind(sheet.nodes[flow.get("sourceRef", "")]) not in CHOICES:
        raise Refused("A condition can only stand on a way out of a gateway that chooses")
    if there is not None and not condition.strip():
        take(there)
    elif condition.strip() and (there is None or (there.text or "").strip() != condition.strip()):
        there = put(flow, make(f"{BPMN}conditionExpression", flow)) if there is None else there
        there.set(f"{XSI}type", f"{flow.prefix}:tFormalExpression" if flow.prefix else "tFormalExpression")
        there.text = condition.strip()


def _flow(sheet: Sheet, way: str) -> etree._Element:
    if way not in sheet.flows:
        raise NotFound("This way is no longer in the process")
    return sheet.flows[way]
