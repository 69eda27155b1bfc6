"""A BPMN file opened for editing: its elements by id, the shapes and lines that draw them, and writing it back with nothing else touched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from lxml import etree

from workflows.engine import reading
from workflows.engine.flows import NODES
from workflows.engine.reading import BPMN, SPIFF
from workflows.library.diagrams_reading import DC, DI, WAYPOINT, Box, Line, Shape

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
OTHER_NODES = frozenset({"task", "manualTask", "sendTask", "receiveTask", "transaction", "adHocSubProcess", "complexGateway"})
STEPS = NODES | OTHER_NODES
# What the standard puts before everything else inside an element, in this order.
FIRST = ("documentation", "extensionElements")


class Sheet:
    """One file. DefinitionRefused when it cannot be read."""

    def __init__(self, xml: str) -> None:
        reading.read_xml(xml, "process.bpmn")
        keeping = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False)
        self.root = etree.fromstring(xml.encode(), keeping)
        self.is_declared = xml.lstrip("\ufeff \r\n\t").startswith("<?xml")
        self.ends_in_newline = xml.endswith("\n")
        self.look()

    def look(self) -> None:
        """Read the elements anew after some came or went."""
        self.elements = {str(each.get("id")): each for each in self.root.iter(f"{BPMN}*") if each.get("id")}
        self.nodes = {key: each for key, each in self.elements.items() if kind(each) in STEPS}
        self.flows = {key: each for key, each in self.elements.items() if kind(each) == "sequenceFlow"}
        self.shapes = {str(each.get("bpmnElement")): each for each in self.root.iter(f"{DI}BPMNShape")}
        self.edges = {str(each.get("bpmnElement")): each for each in self.root.iter(f"{DI}BPMNEdge")}
        self.lanes = {str(each.get("id")): each for each in self.root.iter(f"{BPMN}lane")}
        self.lane_ids = {(ref.text or "").strip(): key for key, lane in self.lanes.items() for ref in lane.iterfind(f"{BPMN}flowNodeRef")}

    def text(self) -> str:
        """The file as text, in UTF-8 and with the declaration it had."""
        body = str(etree.tostring(self.root.getroottree(), encoding="unicode"))
        head = '<?xml version="1.0" encoding="UTF-8"?>\n' if self.is_declared else ""
        return head + body + ("\n" if self.ends_in_newline and not body.endswith("\n") else "")

    def leaving(self, key: str) -> list[etree._Element]:
        """The flows out of a step."""
        return [flow for flow in self.flows.values() if flow.get("sourceRef") == key]

    def entering(self, key: str) -> list[etree._Element]:
        """The flows into a step."""
        return [flow for flow in self.flows.values() if flow.get("targetRef") == key]

    def at_edge(self, key: str) -> list[str]:
        """The events at the edge of a step."""
        return [each for each, node in self.nodes.items() if node.get("attachedToRef") == key]

    def name(self, key: str) -> str:
        """The name of an element in one line; what it is when it has none."""
        element = self.elements[key]
        return name_of(element) or key

    def fresh_id(self, name: str, taken: Collection[str] = ()) -> str:
        """An id made of a name that no element of the file and none in `taken` has."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-") or "step"
        stem = stem if stem[0].isalpha() else f"step-{stem}"
        known = {str(each.get("id")) for each in self.root.iter() if isinstance(each.tag, str) and each.get("id")} | set(taken)
        return next(each for each in (stem, *(f"{stem}-{count}" for count in range(2, 10_000))) if each not in known)


def kind(element: etree._Element) -> str:
    """The BPMN name of an element; empty for anything else."""
    return element.tag[len(BPMN) :] if isinstance(element.tag, str) and element.tag.startswith(BPMN) else ""


def name_of(element: etree._Element) -> str:
    """The name of an element in one line."""
    return " ".join((element.get("name") or "").split())


def indent_of(parent: etree._Element) -> str:
    """What stands before each child of an element: its line break and indent, as the file has it or by its depth."""
    if len(parent) and parent.text and not parent.text.strip():
        return str(parent.text)
    depth = sum(1 for _ in parent.iterancestors()) + 1
    return "\n" + "  " * depth


def put(parent: etree._Element, child: etree._Element, place: int | None = None) -> etree._Element:
    """Put a child into an element at a place, the end by default, on a line of its own."""
    inner = indent_of(parent)
    place = len(parent) if place is None else min(place, len(parent))
    if len(parent) == 0:
        parent.text = inner
        child.tail = "\n" + "  " * sum(1 for _ in parent.iterancestors())
    elif place == 0:
        child.tail = inner
    else:
        before = parent[place - 1]
        child.tail, before.tail = before.tail, inner
    parent.insert(place, child)
    return child


def take(element: etree._Element) -> None:
    """Take an element out with its line."""
    parent = element.getparent()
    assert parent is not None
    before = element.getprevious()
    if before is not None:
        before.tail = element.tail
    elif element.getnext() is None:
        parent.text = None
    parent.remove(element)


def make(tag: str, like: etree._Element, **attributes: str) -> etree._Element:
    """A new element in the prefixes of the file."""
    spaces = {"spiffworkflow": SPIFF[1:-1]} if tag.startswith(SPIFF) else {}
    made = like.makeelement(tag, nsmap={**{key: value for key, value in like.nsmap.items() if key}, **spaces})
    for key, value in attributes.items():
        made.set(key, value)
    return made


def extension_elements(element: etree._Element) -> etree._Element:
    """The place for extensions of an element, made where the standard puts it."""
    found = element.find(f"{BPMN}extensionElements")
    if found is not None:
        return found
    documents = len(element.findall(f"{BPMN}documentation"))
    return put(element, make(f"{BPMN}extensionElements", element), documents)


def set_reference(step: etree._Element, tag: str, flow: str, *, is_there: bool) -> None:
    """Note at a step that a flow leads out of it or into it, or no longer does; files that leave these notes out stay without."""
    notes = step.findall(f"{BPMN}{tag}")
    for each in notes:
        if (each.text or "").strip() == flow:
            if not is_there:
                take(each)
            return
    if is_there:
        made = make(f"{BPMN}{tag}", step)
        made.text = flow
        before = [place for place, each in enumerate(step) if kind(each) in (*FIRST, "incoming", *(("outgoing",) if tag == "outgoing" else ()))]
        put(step, made, before[-1] + 1 if before else 0)


def write_box(parent: etree._Element, box: Box) -> None:
    """Write a rectangle; one that says the same already is left as it is."""
    bounds = parent.find(f"{DC}Bounds")
    if bounds is None:
        bounds = put(parent, make(f"{DC}Bounds", parent), 0)
    for key, value in (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height)):
        if float(bounds.get(key, "nan")) != value:
            bounds.set(key, number(value))


def write_label(drawn: etree._Element, box: Box | None) -> None:
    """Write where the words of a shape or line stand."""
    label = drawn.find(f"{DI}BPMNLabel")
    if box is None:
        if label is not None:
            take(label)
        return
    if label is None:
        label = put(drawn, make(f"{DI}BPMNLabel", drawn))
    write_box(label, box)


def write_points(edge: etree._Element, points: Sequence[tuple[float, float]]) -> None:
    """Write the points of a line; the same points are left as they are."""
    there = edge.findall(WAYPOINT)
    if [(float(each.get("x", "0")), float(each.get("y", "0"))) for each in there] == list(points):
        return
    for each in there:
        take(each)
    for place, (x, y) in enumerate(points):
        put(edge, make(WAYPOINT, edge, x=number(x), y=number(y)), place)


def number(value: float) -> str:
    """A number of the drawing without needless digits."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def write_back(sheet: Sheet, shapes: Iterable[Shape], lines: Iterable[Line]) -> None:
    """Write where everything stands into the file; shapes and lines that are new are added, those of removed elements taken out."""
    sheet.look()
    for key, drawn in [*sheet.shapes.items(), *sheet.edges.items()]:
        if key not in sheet.elements:
            take(drawn)
    plane = next(sheet.root.iter(f"{DI}BPMNPlane"), None)
    if plane is None:
        return
    for shape in shapes:
        drawn = sheet.shapes.get(shape.id)
        if drawn is None:
            place = 1 + max((at for at, each in enumerate(plane) if each.tag == f"{DI}BPMNShape"), default=-1)
            drawn = put(plane, make(f"{DI}BPMNShape", plane, id=sheet.fresh_id(f"{shape.id}-shape"), bpmnElement=shape.id), place)
            if shape.kind == "exclusiveGateway":
                drawn.set("isMarkerVisible", "true")
        write_box(drawn, shape.box)
        write_label(drawn, shape.label)
    for line in lines:
        edge = sheet.edges.get(line.id)
        if edge is None:
            edge = put(plane, make(f"{DI}BPMNEdge", plane, id=sheet.fresh_id(f"{line.id}-edge"), bpmnElement=line.id))
        write_points(edge, line.points)
        write_label(edge, line.label)
