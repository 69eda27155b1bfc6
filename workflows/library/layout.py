"""Whether a diagram can be read: everything is drawn, nothing lies on anything else, and every line and word has room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from workflows.engine import Problem
from workflows.library import diagrams_reading
from workflows.library.diagrams_reading import EVENTS, GATEWAYS, NODES, Box, Drawing, Line, Shape

MOST_DRAWN = 3_000
TOUCH = 2.0  # shapes may come this near to a line or to one another
NEARLY = 0.95  # how far from its middle, as a share of its radius, words may come to a diamond or a circle
Segment = tuple[tuple[float, float], tuple[float, float]]


def problems(xml: str | bytes, name: str = "process.bpmn") -> list[Problem]:
    """Every fault of the drawing in a BPMN file, each naming its element. DefinitionRefused when the file cannot be read."""
    return problems_of(diagrams_reading.read(xml, name))


def problems_of(drawing: Drawing) -> list[Problem]:
    """Every fault of a drawing that has been read."""
    if len(drawing.shapes) + len(drawing.lines) > MOST_DRAWN:
        return [Problem("layout-size", f"it has more than {MOST_DRAWN} shapes and lines, which nobody can read", fix="Split the process")]
    twice = [each for each, count in Counter(shape.id for shape in drawing.shapes).items() if count > 1]
    if twice:
        return [Problem("layout-twice", "this is drawn more than once", each, each, "Remove one of the drawings") for each in twice]
    return [*_missing(drawing), *_shapes(drawing), *_places(drawing), *_lines(drawing), *_labels(drawing)]


def _problem(code: str, message: str, about: Shape | Line, fix: str) -> Problem:
    return Problem(f"layout-{code}", message, about.id, about.name or about.id, fix)


def _missing(drawing: Drawing) -> Iterator[Problem]:
    for key, name in drawing.missing:
        yield Problem("layout-missing", "this is part of the process but is not drawn", key, name or key, "Draw it")
    for shape in drawing.shapes:
        if shape.box.width <= 0 or shape.box.height <= 0:
            yield _problem("size", "this has no size", shape, "Give it a width and a height")


def _nodes(drawing: Drawing) -> list[Shape]:
    return [shape for shape in drawing.shapes if shape.kind in NODES]


def _solid(drawing: Drawing) -> list[Shape]:
    """The nodes that nothing may lie on: all but sub-processes drawn open."""
    return [shape for shape in _nodes(drawing) if not shape.is_open]


def _shapes(drawing: Drawing) -> Iterator[Problem]:
    for one, other in combinations(_nodes(drawing), 2):
        if _may_touch(one, other) or _may_touch(other, one):
            continue
        if one.box.overlaps(other.box, by=TOUCH):
            yield _problem("overlap", f"this lies on “{other.name or other.id}”", one, "Move one of them")


def _may_touch(one: Shape, other: Shape) -> bool:
    return one.attached_to == other.id or (other.is_open and one.inside == other.id and other.box.holds(one.box))


def _places(drawing: Drawing) -> Iterator[Problem]:
    shapes = drawing.by_id
    lanes = {shape.name: shape for shape in drawing.shapes if shape.kind == "lane"}
    pools = [shape for shape in drawing.shapes if shape.kind == "participant"]
    for shape in _nodes(drawing):
        around = shapes.get(shape.inside)
        if around is not None and around.is_open and not around.box.holds(shape.box):
            yield _problem("outside", f"this belongs inside “{around.name}” and is drawn outside it", shape, "Move it inside")
        if shape.lane in lanes and not _stands_in(shape.box, lanes[shape.lane].box):
            yield _problem("lane", f"this belongs to the lane “{shape.lane}” and is drawn outside it", shape, "Move it into its lane")
        if pools and not any(pool.box.holds(shape.box) for pool in pools):
            yield _problem("outside", "this is drawn outside the pool", shape, "Move it inside")


def _stands_in(box: Box, lane: Box) -> bool:
    x, y = box.middle
    return lane.x <= x <= lane.right and lane.y <= y <= lane.bottom


def _segments(line: Line) -> list[Segment]:
    return list(zip(line.points, line.points[1:], strict=False))


def _crosses(segment: Segment, box: Box) -> bool:
    """Whether an upright or level segment enters a rectangle by more than a touch."""
    if box.width <= 2 * TOUCH or box.height <= 2 * TOUCH:
        return False
    (x1, y1), (x2, y2) = segment
    left, right, top, bottom = box.x + TOUCH, box.x + box.width - TOUCH, box.y + TOUCH, box.y + box.height - TOUCH
    # Every piece of every line is held against every shape and word, so this says it without making anything.
    return (x1 >= left or x2 >= left) and (x1 <= right or x2 <= right) and (y1 >= top or y2 >= top) and (y1 <= bottom or y2 <= bottom)


def _lines(drawing: Drawing) -> Iterator[Problem]:
    shapes = drawing.by_id
    for line in drawing.lines:
        if len(line.points) < 2:
            yield _problem("missing", "this flow has no line", line, "Draw it")
            continue
        if any(x1 != x2 and y1 != y2 for (x1, y1), (x2, y2) in _segments(line)):
            yield _problem("slanted", "this flow runs at a slant", line, "Use level and upright pieces only")
        for end, point in ((line.source, line.points[0]), (line.target, line.points[-1])):
            if end in shapes and not _on_border(point, shapes[end].box):
                yield _problem("loose", f"this flow does not touch “{shapes[end].name or end}”", line, "Bring its end to the border")
        for shape in _in_the_way(drawing, line):
            yield _problem("through", f"this flow runs through “{shape.name or shape.id}”", line, "Lead it around")


def _on_border(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    within = box.x - TOUCH <= x <= box.right + TOUCH and box.y - TOUCH <= y <= box.bottom + TOUCH
    deep = box.x + TOUCH < x < box.right - TOUCH and box.y + TOUCH < y < box.bottom - TOUCH
    return within and not deep


def _in_the_way(drawing: Drawing, line: Line) -> Iterator[Shape]:
    shapes = drawing.by_id
    source = shapes.get(line.source)
    own = {line.source, line.target, line.is_inside, source.attached_to if source else ""}
    for shape in _nodes(drawing):
        is_free = shape.id in own or (shape.is_open and _encloses(drawing, shape, line))
        if not is_free and any(_crosses(each, shape.box) for each in _segments(line)):
            yield shape
    for end, pieces in ((line.source, _segments(line)[1:]), (line.target, _segments(line)[:-1])):
        if end in shapes and not shapes[end].is_open and any(_crosses(each, shapes[end].box) for each in pieces):
            yield shapes[end]


def _encloses(drawing: Drawing, sub_process: Shape, line: Line) -> bool:
    """Whether a flow belongs somewhere inside an open sub-process, however deep."""
    around = line.is_inside
    while around:
        if around == sub_process.id:
            return True
        parent = drawing.by_id.get(around)
        around = parent.inside if parent else ""
    return False


def _covers(label: Box, shape: Shape) -> bool:
    """Whether words lie on the outline itself: a diamond or a circle leaves the corners of its rectangle free."""
    if not label.overlaps(shape.box, by=TOUCH):
        return False
    x, y = shape.box.middle
    across = max(label.x - x, 0, x - label.right) / (shape.box.width / 2)
    down = max(label.y - y, 0, y - label.bottom) / (shape.box.height / 2)
    if shape.kind in GATEWAYS:
        return across + down < NEARLY
    return across**2 + down**2 < NEARLY if shape.kind in EVENTS else True


def _labels(drawing: Drawing) -> Iterator[Problem]:
    written: list[Shape | Line] = [*_nodes(drawing), *drawing.lines]
    labelled = [(each, each.label) for each in written if each.label and each.name]
    for about, label in labelled:
        for shape in _solid(drawing):
            if _covers(label, shape):
                yield _problem("label", f"these words lie on “{shape.name or shape.id}”", about, "Move the words")
        for line in drawing.lines:
            if any(_crosses(each, label) for each in _segments(line)):
                said = f"the flow from “{line.source}” to “{line.target}” runs through these words"
                yield _problem("label", said, about, "Move the words or the flow")
    for (one, first), (other, second) in combinations(labelled, 2):
        if first.overlaps(second, by=TOUCH):
            yield _problem("label", f"these words lie on those of “{other.name}”", one, "Move one of them")
    for about, label in labelled:
        if any(not pool.box.holds(label) for pool in drawing.shapes if pool.kind == "participant"):
            yield _problem("label", "these words are drawn outside the pool", about, "Move them inside")
