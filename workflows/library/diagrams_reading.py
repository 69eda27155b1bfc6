"""The drawing inside a BPMN file: which element stands where, along which points its flows run, and where its words are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from workflows.engine import reading

FARTHEST = 1_000_000.0
BPMN = reading.BPMN
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity"}
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
NODES = TASKS | GATEWAYS | EVENTS | {"subProcess"}
AREAS = frozenset({"participant", "lane"})
FLOWS = frozenset({"sequenceFlow", "messageFlow", "association"})


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing, in its own units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box, *, by: float = 0) -> bool:
        """Whether two rectangles share more than `by` in each direction."""
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return across > by and down > by

    def holds(self, other: Box) -> bool:
        """Whether another rectangle lies inside this one."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom


@dataclass(frozen=True)
class Shape:
    """An element as it is drawn. A pool or lane that `is_across` runs from left to right, with its name along its left edge."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None = None
    lane: str = ""
    event: str = ""
    is_multiple: bool = False
    is_dashed: bool = False
    is_open: bool = False
    is_across: bool = False
    inside: str = ""
    attached_to: str = ""


@dataclass(frozen=True)
class Line:
    """A flow as it is drawn."""

    id: str
    name: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    is_default: bool = False
    is_inside: str = ""


@dataclass(frozen=True)
class Drawing:
    """Everything that is drawn, back to front, and the elements and flows that ought to be and are not."""

    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    missing: tuple[tuple[str, str], ...]

    @property
    def by_id(self) -> dict[str, Shape]:
        """The shapes by the id of their element."""
        return {shape.id: shape for shape in self.shapes}

    @property
    def frame(self) -> Box:
        """The rectangle around everything."""
        boxes = [shape.box for shape in self.shapes]
        boxes += [shape.label for shape in self.shapes if shape.label] + [line.label for line in self.lines if line.label]
        corners = [(box.x, box.y) for box in boxes] + [(box.right, box.bottom) for box in boxes]
        corners += [point for line in self.lines for point in line.points]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        return Box(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)


def read(xml: str | bytes, name: str = "process.bpmn") -> Drawing:
    """The drawing of a BPMN file. DefinitionRefused when the file cannot be read."""
    root = reading.read_xml(xml, name)
    elements = {str(each.get("id")): each for each in root.iter() if _kind(each) in NODES | AREAS | FLOWS}
    lanes = {reference.text: lane.get("name", "") for lane in root.iter(f"{BPMN}lane") for reference in lane.iter(f"{BPMN}flowNodeRef")}
    shapes = [_shape(drawn, elements[key], lanes.get(key, "")) for key, drawn in _drawn(root, "BPMNShape") if key in elements]
    defaults = {each.get("default") for each in elements.values()}
    lines = [_line(drawn, elements[key], key in defaults) for key, drawn in _drawn(root, "BPMNEdge") if key in elements]
    there = {shape.id for shape in shapes} | {line.id for line in lines}
    missing = tuple((key, " ".join(element.get("name", "").split())) for key, element in elements.items() if key not in there)
    return Drawing(tuple(sorted(shapes, key=_depth)), tuple(lines), missing)


def _kind(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) and element.tag.startswith(BPMN) else ""


def _drawn(root: etree._Element, kind: str) -> Iterator[tuple[str, etree._Element]]:
    for drawn in root.iter(f"{DI}{kind}"):
        yield drawn.get("bpmnElement", ""), drawn


def _box(bounds: etree._Element) -> Box:
    return Box(*(_number(bounds.get(key)) for key in ("x", "y", "width", "height")))


def _label(drawn: etree._Element) -> Box | None:
    bounds = drawn.find(f"{DI}BPMNLabel/{DC}Bounds")
    return None if bounds is None else _box(bounds)


def _shape(drawn: etree._Element, element: etree._Element, lane: str) -> Shape:
    bounds = drawn.find(f"{DC}Bounds")
    return Shape(
        id=element.get("id", ""),
        kind=_kind(element),
        name=" ".join(element.get("name", "").split()),
        box=_box(bounds) if bounds is not None else Box(0, 0, 0, 0),
        label=_label(drawn),
        lane=lane,
        event=_event(element),
        is_multiple=element.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None,
        is_dashed=element.get("cancelActivity") == "false",
        is_open=drawn.get("isExpanded") == "true",
        is_across=_kind(element) in AREAS and drawn.get("isHorizontal", "true") == "true",
        inside=_around(element),
        attached_to=element.get("attachedToRef", ""),
    )


def _event(element: etree._Element) -> str:
    kinds = [_kind(child).removesuffix("EventDefinition") for child in element if _kind(child).endswith("EventDefinition")]
    return kinds[0] if kinds else ""


def _around(element: etree._Element) -> str:
    parent = element.getparent()
    return parent.get("id", "") if parent is not None and _kind(parent) == "subProcess" else ""


def _line(drawn: etree._Element, element: etree._Element, is_default: bool) -> Line:
    points = tuple((_number(point.get("x")), _number(point.get("y"))) for point in drawn.iter(WAYPOINT))
    return Line(
        id=element.get("id", ""),
        name=" ".join(element.get("name", "").split()),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        points=points,
        label=_label(drawn),
        is_default=is_default,
        is_inside=_around(element),
    )


def _depth(shape: Shape) -> int:
    if shape.kind in AREAS:
        return 0 if shape.kind == "participant" else 1
    if shape.kind == "subProcess" and shape.is_open:
        return 2
    return 4 if shape.kind == "boundaryEvent" else 3


def _number(text: str | None) -> float:
    """A place or a size; 0 for what is no number, which the check of the elements names."""
    try:
        found = float(text or "0")
    except ValueError:
        return 0.0
    return found if abs(found) < FARTHEST else 0.0
