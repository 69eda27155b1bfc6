"""The drawing while it is being changed: room is made by pushing apart, lines find their way again, and words a free place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from workflows.library import diagrams_reading, layout
from workflows.library.diagrams_reading import AREAS, EVENTS, GATEWAYS, NODES, Box, Drawing, Line, Shape
from workflows.library.outline import routing, wording
from workflows.library.outline.routing import Point, Port

HEAD = 30.0
INSET = 12.0
WIDE = 100_000.0
ROUNDS = 4


@dataclass
class Paper:
    """Shapes and lines by the ids of their elements. `axis` is the way the process flows: 1 downwards, 0 to the right."""

    shapes: dict[str, Shape]
    lines: dict[str, Line]
    axis: int
    unheard: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)

    def copy(self) -> Paper:
        """A copy to try something on."""
        return Paper(dict(self.shapes), dict(self.lines), self.axis, self.unheard)

    def drawing(self) -> Drawing:
        """The drawing as the check of drawings reads it."""
        return Drawing(tuple(self.shapes.values()), tuple(self.lines.values()), ())

    def faults(self) -> list[tuple[str, str, str]]:
        """What the check of drawings finds: code, element and words; what it found before anything was changed is left out."""
        found = [(each.code.removeprefix("layout-"), each.element_id or "", each.message) for each in layout.problems_of(self.drawing())]
        return [each for each in found if each not in self.unheard]

    def group(self, key: str) -> list[str]:
        """A step with the events at its edge."""
        return [key, *(each.id for each in self.shapes.values() if each.attached_to == key)]

    def lines_of(self, keys: Collection[str]) -> list[str]:
        """The flows that begin or end at any of these steps."""
        return [line.id for line in self.lines.values() if line.source in keys or line.target in keys]


def open_paper(drawing: Drawing, flows_down: bool) -> Paper:
    """The drawing of a file, as it is read, ready to be changed."""
    paper = Paper({each.id: each for each in drawing.shapes}, {each.id: each for each in drawing.lines}, 1 if flows_down else 0)
    paper.unheard = frozenset(paper.faults())
    return paper


def low(box: Box, axis: int) -> float:
    """Where a rectangle begins on an axis."""
    return box.x if axis == 0 else box.y


def size(box: Box, axis: int) -> float:
    """How long a rectangle is on an axis."""
    return box.width if axis == 0 else box.height


def high(box: Box, axis: int) -> float:
    """Where a rectangle ends on an axis."""
    return low(box, axis) + size(box, axis)


def moved(box: Box, axis: int, by: float) -> Box:
    """A rectangle pushed along an axis."""
    return replace(box, x=box.x + by) if axis == 0 else replace(box, y=box.y + by)


def grown(box: Box, by: float) -> Box:
    """A rectangle with more room on every side."""
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def is_area(shape: Shape) -> bool:
    """Whether other shapes stand inside this one."""
    return shape.kind in AREAS or shape.is_open


def stretch(paper: Paper, axis: int, at: float, by: float) -> None:
    """Make room: everything beyond a value moves on, what lies around it grows, and lines stay at their shapes."""
    shifts: dict[str, float] = {}
    for shape in paper.shapes.values():
        host = paper.shapes.get(shape.attached_to)
        leader = host if host is not None and not is_area(host) else shape
        shifts[shape.id] = by if low(leader.box, axis) + size(leader.box, axis) / 2 >= at else 0.0
    for shape in list(paper.shapes.values()):
        if is_area(shape):
            paper.shapes[shape.id] = replace(shape, box=_stretched(shape.box, axis, at, by))
        else:
            shift = shifts[shape.id]
            label = moved(shape.label, axis, shift) if shape.label else None
            paper.shapes[shape.id] = replace(shape, box=moved(shape.box, axis, shift), label=label)
    for line in list(paper.lines.values()):
        paper.lines[line.id] = _stretched_line(paper, line, shifts, axis, at, by)


def _stretched(box: Box, axis: int, at: float, by: float) -> Box:
    if low(box, axis) >= at:
        return moved(box, axis, by)
    if high(box, axis) < at:
        return box
    return replace(box, width=box.width + by) if axis == 0 else replace(box, height=box.height + by)


def _stretched_line(paper: Paper, line: Line, shifts: dict[str, float], axis: int, at: float, by: float) -> Line:
    pushes = [by if point[axis] >= at else 0.0 for point in line.points]
    for end, own, beside in ((line.source, 0, 1), (line.target, -1, -2)):
        shape = paper.shapes.get(end)
        if shape is not None and not is_area(shape) and len(pushes) > 1 and pushes[own] != shifts[end]:
            is_across = line.points[own][axis] == line.points[beside][axis]
            pushes[own] = shifts[end]
            if is_across and len(pushes) > 2:
                pushes[beside] = shifts[end]
    points = tuple(_pushed(point, axis, push) for point, push in zip(line.points, pushes, strict=True))
    label = line.label
    if label is not None and low(label, axis) + size(label, axis) / 2 >= at:
        label = moved(label, axis, by)
    return replace(line, points=points, label=label)


def _pushed(point: Point, axis: int, by: float) -> Point:
    return (point[0] + by, point[1]) if axis == 0 else (point[0], point[1] + by)


def tidy(paper: Paper, lines: Iterable[str] = (), words: Iterable[str] = ()) -> bool:
    """Lead these lines anew and give these words a place, then cure what came of it; whether the drawing is as clean as before."""
    for line_id in sorted(lines, key=lambda each: _length(paper, each)):
        lead(paper, line_id)
    for key in words:
        write(paper, key)
    for _ in range(ROUNDS):
        faults = paper.faults()
        if not faults:
            return True
        if not _cure(paper, faults):
            return False
    return not paper.faults()


def _cure(paper: Paper, faults: Sequence[tuple[str, str, str]]) -> bool:
    """Try to put right what the check found; False when it is nothing that could be led or written anew."""
    lines = {key: None for code, key, _ in faults if code in ("through", "loose", "slanted", "missing") and key in paper.lines}
    words = {key: None for code, key, _ in faults if code == "label"}
    for key in lines:
        lead(paper, key)
    for key in words:
        if not write(paper, key):
            for other in _lines_over_words(paper, key):
                lead(paper, other)
    return bool(lines or words)


def _lines_over_words(paper: Paper, key: str) -> list[str]:
    about = paper.shapes.get(key) or paper.lines[key]
    if about.label is None:
        return []
    return [line.id for line in paper.lines.values() if line.id != key and any(enters(piece, about.label) for piece in pieces(line))]


def enters(piece: tuple[Point, Point], box: Box) -> bool:
    """Whether a level or upright piece touches a rectangle."""
    (x1, y1), (x2, y2) = piece
    return min(max(x1, x2), box.right) >= max(min(x1, x2), box.x) and min(max(y1, y2), box.bottom) >= max(min(y1, y2), box.y)


def pieces(line: Line) -> list[tuple[Point, Point]]:
    """The straight pieces of a line."""
    return list(zip(line.points, line.points[1:], strict=False))


def _length(paper: Paper, key: str) -> float:
    line = paper.lines[key]
    source, target = paper.shapes.get(line.source), paper.shapes.get(line.target)
    if source is None or target is None:
        return 0.0
    return abs(source.box.middle[0] - target.box.middle[0]) + abs(source.box.middle[1] - target.box.middle[1])


def lead(paper: Paper, key: str) -> bool:
    """Lead a line anew around everything; False, and as it was, when there is no way or an end of it is not drawn."""
    line = paper.lines[key]
    source, target = paper.shapes.get(line.source), paper.shapes.get(line.target)
    if source is None or target is None:
        return False
    others = tuple(piece for each in paper.lines.values() if each.id != key for piece in pieces(each))
    region = _region(paper, line.is_inside)
    for with_words in (True, False):
        ground = routing.Ground(tuple(_obstacles(paper, line, with_words=with_words)), region, others)
        found = routing.route(_ports(paper, source, line, is_source=True), _ports(paper, target, line, is_source=False), ground)
        if found is not None:
            paper.lines[key] = replace(line, points=tuple(found))
            if line.name:
                write(paper, key)
            return True
    return False


def _obstacles(paper: Paper, line: Line, *, with_words: bool) -> Iterable[Box]:
    around = set(_around(paper, line.is_inside))
    for shape in paper.shapes.values():
        if shape.kind in NODES and shape.id not in around:
            yield shape.box
        if with_words and shape.label is not None and shape.name and not is_area(shape):
            yield grown(shape.label, -3)
    if with_words:
        yield from (grown(each.label, -3) for each in paper.lines.values() if each.label is not None and each.name and each.id != line.id)


def _around(paper: Paper, inside: str) -> list[str]:
    found = []
    while inside:
        found.append(inside)
        inside = paper.shapes[inside].inside if inside in paper.shapes else ""
    return found


def _region(paper: Paper, inside: str) -> Box:
    if inside in paper.shapes:
        box = paper.shapes[inside].box
        return Box(box.x + INSET, box.y + HEAD, box.width - 2 * INSET, box.height - HEAD - INSET)
    pools = [shape.box for shape in paper.shapes.values() if shape.kind == "participant"]
    if len(pools) != 1:
        return Box(-WIDE, -WIDE, 2 * WIDE, 2 * WIDE)
    heads = 2 * HEAD if any(shape.kind == "lane" for shape in paper.shapes.values()) else HEAD
    left, top = (heads, HEAD) if paper.axis == 0 else (INSET, heads)
    pool = pools[0]
    return Box(pool.x + left, pool.y + top, pool.width - left - INSET, pool.height - top - INSET)


def _ports(paper: Paper, shape: Shape, line: Line, *, is_source: bool) -> list[Port]:
    x, y = shape.box.middle
    box = shape.box
    shares = (0.0,) if shape.kind in EVENTS | GATEWAYS else (0.0, -0.25, 0.25, -0.375, 0.375) if not shape.is_open else (0.0, -0.25, 0.25)
    forward = 3 if paper.axis == 1 else 2
    found = []
    for share in shares:
        across, down = x + share * box.width, y + share * box.height
        spots = (((box.x, down), 0), ((across, box.y), 1), ((box.right, down), 2), ((across, box.bottom), 3))
        for at, side in spots:
            cost = abs(share) * 60
            best, worst = (forward, (forward + 2) % 4) if is_source else ((forward + 2) % 4, forward)
            cost += 0 if side == best else 50 if side == worst else 12
            found.append(Port(at, side, cost + _taken(paper, shape, line, at, is_source=is_source)))
    return found


def _taken(paper: Paper, shape: Shape, line: Line, at: Point, *, is_source: bool) -> float:
    """What it costs that other lines end at the same place, or that a step's own event stands there."""
    cost = 0.0
    for other in paper.lines.values():
        if other.id == line.id or not other.points or shape.id not in (other.source, other.target):
            continue
        for end, point, out in ((other.source, other.points[0], True), (other.target, other.points[-1], False)):
            if end == shape.id and abs(point[0] - at[0]) + abs(point[1] - at[1]) < 8:
                cost += 25 if out == is_source is False else 90
    for each in paper.shapes.values():
        if each.attached_to == shape.id and grown(each.box, 4).holds(Box(at[0], at[1], 0, 0)):
            cost += 500
    return cost


def write(paper: Paper, key: str) -> bool:
    """Give the words of a shape or a line a free place; False, and as they were, when there is none."""
    about = paper.shapes.get(key) or paper.lines.get(key)
    if about is None or (isinstance(about, Shape) and about.kind not in EVENTS | GATEWAYS):
        return True
    found = wording.place(about, room_for(paper, key)) if about.name else None
    if about.name and found is None:
        if about.label is None:
            width, height = wording.sizes(about.name)[0]
            x, y = about.box.middle if isinstance(about, Shape) else about.points[0]
            found = Box(x - width / 2, y, width, height)
        else:
            return False
    if isinstance(about, Shape):
        paper.shapes[key] = replace(about, label=found)
    else:
        paper.lines[key] = replace(about, label=found)
    return True


def room_for(paper: Paper, key: str) -> wording.Room:
    """What is in the way of the words of a shape or a line."""
    solids = [shape.box for shape in paper.shapes.values() if shape.kind in NODES and not shape.is_open]
    solids += [shape.label for shape in paper.shapes.values() if shape.label and shape.name and shape.id != key]
    solids += [line.label for line in paper.lines.values() if line.label and line.name and line.id != key]
    segments = [piece for line in paper.lines.values() for piece in pieces(line)]
    borders = [shape.box for shape in paper.shapes.values() if shape.kind == "lane" or shape.is_open]
    return wording.Room(tuple(solids), tuple(segments), grown(_region(paper, ""), INSET - 2), tuple(borders))


def read_paper(xml: str) -> Paper:
    """The drawing of a file, ready to be changed. DefinitionRefused when it cannot be read."""
    drawing = diagrams_reading.read(xml)
    areas = [shape.box for shape in drawing.shapes if shape.kind == "lane"] or [drawing.frame] if drawing.shapes else []
    tall = [box for box in areas if box.height > box.width]
    return open_paper(drawing, flows_down=2 * len(tall) > len(areas))
