"""Steps added, renamed, handed to somebody else, moved and deleted in the text of a BPMN file, with the drawing kept in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.engine import reading
from workflows.engine.reading import BPMN, SPIFF
from workflows.errors import Invalid, NotFound, Refused
from workflows.library.diagrams_reading import Box, Line, Shape
from workflows.library.outline import first_form, placing, wording
from workflows.library.outline import paper as drawing
from workflows.library.outline.details import found, write_property
from workflows.library.outline.paper import Paper
from workflows.library.outline.sheet import XSI, Sheet, extension_elements, kind, make, name_of, put, set_reference, take, write_back

LONGEST_NAME = 120
NEEDS = {
    "serviceTask": "Select the operation", "businessRuleTask": "Select the decision table", "callActivity": "Select the process",
    "intermediateCatchEvent": "Enter how long to wait, or until when", "scriptTask": "Enter what to work out",
}  # fmt: skip
ADDABLE = (
    "userTask", "serviceTask", "businessRuleTask", "scriptTask", "callActivity", "intermediateCatchEvent", "exclusiveGateway", "parallelGateway",
    "inclusiveGateway", "endEvent",
)  # fmt: skip


@dataclass(frozen=True)
class New:
    """A step to be added: its BPMN kind and name, the lane it stands in (that of the step before it when empty), the team, and what it is
    made of: an operation, table, process, text of a script, or how long to wait."""

    kind: str
    name: str
    lane: str = ""
    group: str = ""
    refers_to: str = ""


@dataclass(frozen=True)
class Edited:
    """The new text of the file, the step that was added or changed, further files by their paths, and the names of what was deleted."""

    xml: str
    step: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


def add_after(xml: str, step: str, new: New, *, way: str = "", taken: Collection[str] = ()) -> Edited:
    """Add a step behind another, on its only way or on the one named. `taken` are ids that other processes use.

    NotFound for no such step or way, Invalid for a name or kind that cannot be, Refused where a path ends or the way is not chosen.
    """
    sheet = Sheet(xml)
    before = found(sheet, step)
    flow = _way_out(sheet, step, way)
    if new.kind == "endEvent":
        raise Invalid({"kind": "An end has nothing behind it. Add it as a new way of a gateway"})
    element = _made(sheet, before, new, taken)
    target = flow.get("targetRef", "")
    lead_to(sheet, flow, element.get("id", ""))
    onward = add_flow(sheet, element.get("id", ""), target)
    return _drawn(sheet, before, element, [flow.get("id", ""), onward.get("id", "")])


def add_way(xml: str, gateway: str, new: New, *, to: str = "", taken: Collection[str] = ()) -> Edited:
    """Add a step on a new way out of a gateway; it leads to `to`, or ends there when it is an end event.

    NotFound, Invalid and Refused as for `add_after`.
    """
    sheet = Sheet(xml)
    before = found(sheet, gateway)
    if not kind(before).endswith("Gateway"):
        raise Refused("Only a gateway has more than one way out. Add a gateway first")
    element = _made(sheet, before, new, taken)
    flows = [add_flow(sheet, gateway, element.get("id", ""))]
    if new.kind != "endEvent":
        after = found(sheet, to)
        if after.getparent() is not before.getparent() or kind(after) in ("startEvent", "boundaryEvent"):
            raise Refused(f"A way from here cannot lead to {sheet.name(to)}")
        flows.append(add_flow(sheet, element.get("id", ""), to))
    return _drawn(sheet, before, element, [flow.get("id", "") for flow in flows])


def _way_out(sheet: Sheet, step: str, way: str) -> etree._Element:
    flows = sheet.leaving(step)
    if way:
        chosen = [flow for flow in flows if flow.get("id") == way]
        if not chosen:
            raise NotFound("This way is no longer in the process")
        return chosen[0]
    if not flows:
        raise Refused(f"{sheet.name(step)} is where a path ends, so nothing can come after it")
    if len(flows) > 1:
        raise Invalid({"way": "Select the way on which it comes"})
    return flows[0]


def check_name(name: str) -> str:
    """A name in one line. Invalid when there is none or it is too long."""
    words = " ".join(name.split())
    if not words:
        raise Invalid({"name": "Enter a name"})
    if len(words) > LONGEST_NAME:
        raise Invalid({"name": f"The name must be {LONGEST_NAME} characters or less"})
    return words


def _made(sheet: Sheet, before: etree._Element, new: New, taken: Collection[str]) -> etree._Element:
    """The element of a new step, behind another in the file and in a lane."""
    if new.kind not in ADDABLE:
        raise Invalid({"kind": "Select what kind of step it is"})
    name = check_name(new.name)
    if new.kind in NEEDS and not new.refers_to.strip():
        raise Invalid({"refers_to": NEEDS[new.kind]})
    parent = before.getparent()
    assert parent is not None
    made = make(f"{BPMN}{new.kind}", parent, id=sheet.fresh_id(name, taken), name=name)
    put(parent, made, parent.index(before) + 1)
    _say_what(made, new)
    lane = new.lane or _lane_near(sheet, before)
    sheet.look()
    put_in_lane(sheet, made.get("id", ""), lane)
    _inherit(sheet, before, made, new)
    return made


def _lane_near(sheet: Sheet, before: etree._Element) -> str:
    """The lane of a step; of one that is in none, that of its host, of what comes after it, or of the part it belongs to."""
    parent = before.getparent()
    after = [flow.get("targetRef", "") for flow in sheet.leaving(before.get("id", ""))]
    near = [before.get("id", ""), before.get("attachedToRef", ""), *after, parent.get("id", "") if parent is not None else ""]
    return next((sheet.lane_ids[each] for each in near if each in sheet.lane_ids), "")


def _say_what(made: etree._Element, new: New) -> None:
    text = new.refers_to.strip()
    if new.kind == "serviceTask":
        extensions = extension_elements(made)
        put(extensions, make(f"{SPIFF}serviceTaskOperator", extensions, id=text))
    elif new.kind == "businessRuleTask":
        extensions = extension_elements(made)
        put(extensions, make(f"{SPIFF}calledDecisionId", extensions)).text = text
    elif new.kind == "callActivity":
        made.set("calledElement", text)
    elif new.kind == "scriptTask":
        put(made, make(f"{BPMN}script", made)).text = text
    elif new.kind == "intermediateCatchEvent":
        timer = put(made, make(f"{BPMN}timerEventDefinition", made))
        # A length of time is written "P5D" or worked out by a function; a date is the name of a value.
        when = put(timer, make(f"{BPMN}{'timeDuration' if text[:1] in chr(34) + chr(39) else 'timeDate'}", timer))
        when.set(f"{XSI}type", f"{timer.prefix}:tFormalExpression" if timer.prefix else "tFormalExpression")
        when.text = text


def _inherit(sheet: Sheet, before: etree._Element, made: etree._Element, new: New) -> None:
    """A new task stands in the stage of the step before it and, in the same lane, is done by the same people."""
    there = reading.properties_of(before)
    step = made.get("id", "")
    if new.kind in ("userTask", "businessRuleTask") and there.get("stage"):
        write_property(sheet, step, "stage", there["stage"])
    if new.kind == "userTask":
        group = new.group or ("" if new.lane and new.lane != sheet.lane_ids.get(before.get("id", "")) else there.get("candidateGroup", ""))
        write_property(sheet, step, "candidateGroup", group)


def put_in_lane(sheet: Sheet, step: str, lane: str) -> None:
    """Name a step in a lane, and in no other. NotFound when there is no such lane; an empty one takes it out of all."""
    if lane and lane not in sheet.lanes:
        raise NotFound("This lane is no longer in the process")
    for each in sheet.lanes.values():
        for reference in each.findall(f"{BPMN}flowNodeRef"):
            if (reference.text or "").strip() == step and each.get("id") != lane:
                take(reference)
    if lane and sheet.lane_ids.get(step) != lane:
        put(sheet.lanes[lane], make(f"{BPMN}flowNodeRef", sheet.lanes[lane])).text = step
    sheet.look()


def add_flow(sheet: Sheet, source: str, target: str) -> etree._Element:
    """A new flow between two steps, behind the other flows of the file."""
    parent = sheet.nodes[source].getparent()
    assert parent is not None
    flow = make(f"{BPMN}sequenceFlow", parent, id=sheet.fresh_id(f"{source}-to-{target}"), sourceRef=source, targetRef=target)
    flows = [place for place, each in enumerate(parent) if kind(each) == "sequenceFlow"]
    nodes = [place for place, each in enumerate(parent) if each.get("id") in sheet.nodes]
    put(parent, flow, max([*flows, *nodes]) + 1)
    if sheet.root.find(f".//{BPMN}outgoing") is not None:
        set_reference(sheet.nodes[source], "outgoing", flow.get("id", ""), is_there=True)
        set_reference(sheet.nodes[target], "incoming", flow.get("id", ""), is_there=True)
    sheet.look()
    return flow


def lead_to(sheet: Sheet, flow: etree._Element, target: str) -> None:
    """Let a flow end at another step."""
    key = flow.get("id", "")
    old = sheet.nodes.get(flow.get("targetRef", ""))
    had = old is not None and any((each.text or "").strip() == key for each in old.iterfind(f"{BPMN}incoming"))
    if old is not None:
        set_reference(old, "incoming", key, is_there=False)
    flow.set("targetRef", target)
    if had:
        set_reference(sheet.nodes[target], "incoming", key, is_there=True)


def take_flow(sheet: Sheet, flow: etree._Element) -> None:
    """Take a flow out, and every word of it at its ends."""
    key = flow.get("id", "")
    for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
        step = sheet.nodes.get(flow.get(end, ""))
        if step is not None:
            set_reference(step, tag, key, is_there=False)
            if step.get("default") == key:
                del step.attrib["default"]
    take(flow)
    sheet.look()


def _drawn(sheet: Sheet, before: etree._Element, element: etree._Element, flows: list[str]) -> Edited:
    step = element.get("id", "")
    if before.get("id") in sheet.shapes:
        paper = _paper(sheet)
        width, height = placing.size_of(kind(element))
        shape = _shape(sheet, element, Box(0, 0, width, height))
        add_lines(paper, sheet, flows)
        changed = placing.behind(paper, before.get("id", ""), shape, flows)
        if changed is not None:
            write_back(sheet, changed.shapes.values(), changed.lines.values())
    files = {f"forms/{step}.json": first_form.write(step, name_of(element))} if kind(element) == "userTask" else {}
    return Edited(sheet.text(), step, files)


def _paper(sheet: Sheet) -> Paper:
    return drawing.read_paper(sheet.text())


def _shape(sheet: Sheet, element: etree._Element, box: Box) -> Shape:
    parent = element.getparent()
    inside = parent.get("id", "") if parent is not None and kind(parent) == "subProcess" else ""
    lane_id = sheet.lane_ids.get(element.get("id", ""), "")
    lane = sheet.lanes[lane_id].get("name", "") if lane_id else ""
    return Shape(id=element.get("id", ""), kind=kind(element), name=name_of(element), box=box, lane=lane, inside=inside)


def add_lines(paper: Paper, sheet: Sheet, flows: Collection[str]) -> None:
    """Put flows that are not drawn yet on the paper, without points."""
    for key in flows:
        flow = sheet.flows[key]
        parent = flow.getparent()
        inside = parent.get("id", "") if parent is not None and kind(parent) == "subProcess" else ""
        ends = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if key not in paper.lines and all(end in paper.shapes or end not in sheet.shapes for end in ends):
            paper.lines[key] = Line(key, name_of(flow), *ends, (), is_inside=inside)


def rename(xml: str, key: str, name: str) -> str:
    """Give a step another name. NotFound for no such step, Invalid for no name or one too long to be read in the drawing."""
    sheet = Sheet(xml)
    element = found(sheet, key)
    words = check_name(name)
    element.set("name", words)
    if key in sheet.shapes:
        paper = _paper(sheet)
        shape = paper.shapes[key]
        if wording.fits_inside(words, shape.box) or kind(element).endswith(("Event", "Gateway")) or shape.is_open:
            rewrite(sheet, key)
        else:
            raise Invalid({"name": "The name is too long to be read in the diagram. Make it shorter"})
    return sheet.text()


def rewrite(sheet: Sheet, key: str) -> None:
    """Give the words of a step or flow their room, with more of it made beside when there is none."""
    paper = _paper(sheet)

    def plain(sketch: Paper) -> bool:
        return drawing.tidy(sketch, (), [key])

    def wider(axis: int, by: float) -> Callable[[Paper], bool]:
        def change(sketch: Paper) -> bool:
            box = sketch.shapes[key].box if key in sketch.shapes else _first_point(sketch.lines[key])
            drawing.stretch(sketch, axis, drawing.high(box, axis) + 2.5, by)
            return drawing.tidy(sketch, (), [key])

        return change

    changed = placing.best(paper, [plain, wider(paper.axis, 80.0), wider(1 - paper.axis, 120.0), wider(paper.axis, 160.0)])
    if changed is not None:
        write_back(sheet, changed.shapes.values(), changed.lines.values())


def _first_point(line: Line) -> Box:
    x, y = line.points[0] if line.points else (0.0, 0.0)
    return Box(x, y, 0, 0)


def assign(xml: str, step: str, *, lane: str = "", group: str | None = None) -> str:
    """Say who does a step: the lane it stands in, and for a user task a team of its own (an empty one leaves it to the lane).

    NotFound for no such step or lane; Refused for an event at the edge of a step, which belongs where that step is, and for a sub-process.
    """
    sheet = Sheet(xml)
    element = found(sheet, step)
    if element.get("attachedToRef"):
        raise Refused("This event belongs to its step. Assign the step instead")
    if lane and kind(element) == "subProcess" and lane != sheet.lane_ids.get(step):
        raise Refused("This part of the process stands across the lanes. Assign the steps in it instead")
    if group is not None:
        write_property(sheet, step, "candidateGroup", group)
    if lane and lane != sheet.lane_ids.get(step):
        put_in_lane(sheet, step, lane)
        for event in sheet.at_edge(step):
            put_in_lane(sheet, event, lane)
        if step in sheet.shapes:
            paper = _paper(sheet)
            # The file already names the new lane; where it stands is still the old one, which is no fault of before.
            paper.unheard = drawing.read_paper(xml).unheard
            changed = placing.into_lane(paper, step, sheet.lanes[lane].get("name", ""))
            if changed is not None:
                write_back(sheet, changed.shapes.values(), changed.lines.values())
    return sheet.text()


def move(xml: str, step: str, *, after: str, way: str = "") -> Edited:
    """Take a step out of its place and put it behind another, on its only way or on the one named; the flow closes where it was.

    NotFound, Invalid and Refused as for `add_after`; Refused also for a step with several ways out and for another part of the process.
    """
    sheet = Sheet(xml)
    element, before = found(sheet, step), found(sheet, after)
    flow = _way_out(sheet, after, way)
    own = sheet.leaving(step)
    if kind(element) in ("startEvent", "endEvent", "boundaryEvent") or len(own) != 1:
        raise Refused(f"{sheet.name(step)} cannot be moved: only a step with one way in its middle can")
    if kind(element) == "subProcess":
        raise Refused(f"{sheet.name(step)} is a part with steps of its own. Move the steps around it instead")
    if element.getparent() is not before.getparent():
        raise Refused(f"{sheet.name(step)} and {sheet.name(after)} are in different parts of the process")
    if step in (after, flow.get("targetRef")):
        raise Refused(f"{sheet.name(step)} is already there")
    target = own[0].get("targetRef", "")
    entering = sheet.entering(step)
    if any(each.get("sourceRef") == target for each in entering):
        raise Refused(f"{sheet.name(step)} is the only step of a repetition, so it cannot be moved out of it")
    for each in entering:
        lead_to(sheet, each, target)
    onward = flow.get("targetRef", "")
    lead_to(sheet, flow, step)
    lead_to(sheet, own[0], onward)
    sheet.look()
    return _redrawn(sheet, step, after, [*(each.get("id", "") for each in entering), flow.get("id", ""), own[0].get("id", "")])


def _redrawn(sheet: Sheet, step: str, after: str, flows: list[str]) -> Edited:
    if step in sheet.shapes and after in sheet.shapes:
        paper = _paper(sheet)
        paper.unheard = frozenset(each for each in paper.unheard if each[1] not in flows)
        changed = placing.behind(paper, after, paper.shapes[step], flows)
        if changed is not None:
            write_back(sheet, changed.shapes.values(), changed.lines.values())
    return Edited(sheet.text(), step)
