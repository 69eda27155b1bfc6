"""Where a step is put: behind the one before it, in its lane, in a strip of new room across the whole drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from workflows.library.diagrams_reading import EVENTS, GATEWAYS, NODES, Box, Shape
from workflows.library.outline import paper as drawing
from workflows.library.outline.paper import Paper, grown, high, is_area, low, moved, pieces, size

TASK = (120.0, 60.0)
GATEWAY = (50.0, 50.0)
EVENT = (36.0, 36.0)
APART = 40.0
NARROW = 12.0
MARGIN = 20.0
FEW = 3


def size_of(kind: str) -> tuple[float, float]:
    """The usual size of a step of a kind."""
    return GATEWAY if kind in GATEWAYS else EVENT if kind in EVENTS else TASK


def best(paper: Paper, tries: Iterable[Callable[[Paper], bool]]) -> Paper | None:
    """The first of several ways to change the drawing that leaves it clean; else the one with the fewest faults."""
    fewest: tuple[int, Paper] | None = None
    for change in tries:
        sketch = paper.copy()
        if change(sketch) or _loosened(sketch):
            return sketch
        count = len(sketch.faults())
        if fewest is None or count < fewest[0]:
            fewest = (count, sketch)
    return fewest[1] if fewest else None


def _loosened(paper: Paper) -> bool:
    """Make room beside words that found none, where that is all that is wrong; whether it helped."""
    for axis in (paper.axis, 1 - paper.axis):
        faults = paper.faults()
        if not faults or len(faults) > FEW or any(code != "label" for code, _, _ in faults):
            return not faults
        for _, key, _ in faults:
            about = paper.shapes.get(key) or paper.lines[key]
            box = about.box if isinstance(about, Shape) else about.label
            if box is not None:
                drawing.stretch(paper, axis, high(box, axis) + 2.5, 60.0)
        if drawing.tidy(paper, (), [key for _, key, _ in faults]):
            return True
    return False


def behind(paper: Paper, source: str, shape: Shape, lines: Iterable[str]) -> Paper | None:
    """Put a step, with the size its box has, behind another and lead these lines to and from it."""
    before = paper.shapes.get(source)
    if before is None:
        return None
    if shape.lane != before.lane:
        paper = _turned(paper)
    axis, to_lead = paper.axis, list(lines)
    ahead, beyond = _overhang(paper, shape, axis)
    need = size(shape.box, axis) + 2 * APART + _words_below(shape) + ahead + beyond

    def attempt(at: float, extra: float) -> Callable[[Paper], bool]:
        def change(sketch: Paper) -> bool:
            drawing.stretch(sketch, axis, at + 0.5, need + extra)
            _widen(sketch, shape)
            place = at + APART + ahead + extra / 2
            return _put(sketch, shape, place, _spot_across(sketch, shape, place, sketch.shapes[source]), to_lead)

        return change

    return best(paper, (attempt(at, extra) for extra in (0.0, 60.0, 140.0) for at in _cuts(paper, before)))


def _words_below(shape: Shape) -> float:
    return 42.0 if shape.kind in EVENTS | GATEWAYS and shape.name else 0.0


def _cuts(paper: Paper, before: Shape) -> list[float]:
    """Where the drawing can be pushed apart behind a step: near it, and through as few other steps as can be."""
    axis = paper.axis
    group = [paper.shapes[key] for key in paper.group(before.id)]
    edges = [high(each.box, axis) for each in group]
    edges += [high(each.label, axis) for each in group if each.label]
    if before.is_open:
        edges = [high(before.box, axis)]
    first = max(edges)
    values = [first + step for step in (2.0, 12.0, 22.0, 32.0, 42.0)]
    solids = [each.box for each in paper.shapes.values() if each.kind in NODES and not is_area(each)]

    def cost(at: float) -> float:
        cut = sum(1 for box in solids if low(box, axis) < at < high(box, axis))
        return cut * 8 + (at - first)

    return sorted(values, key=cost)[:4]


def _range_across(paper: Paper, shape: Shape) -> tuple[float, float]:
    """From where to where a step may stand across the flow: its lane, and inside its sub-process."""
    across = 1 - paper.axis
    found = [each.box for each in paper.shapes.values() if (each.kind == "lane" and each.name == shape.lane) or each.id == shape.inside]
    found = found or [each.box for each in paper.shapes.values() if each.kind == "participant"]
    if not found:
        return -drawing.WIDE, drawing.WIDE
    return max(low(box, across) for box in found), min(high(box, across) for box in found)


def _spot_across(paper: Paper, shape: Shape, at: float, near: Shape) -> float:
    """The place across the flow for a step that begins at `at` along it: near another step, off lines that pass by, in its lane."""
    across = 1 - paper.axis
    first, last = _range_across(paper, shape)
    less, more = _overhang(paper, shape, across)
    first, last = first + less, last - more
    width = size(shape.box, across)
    wanted = low(near.box, across) + size(near.box, across) / 2 - width / 2
    room = last - first - width
    margin = min(MARGIN, max(room / 2, 0))
    wanted = min(max(wanted, first + margin), max(last - width - margin, first + margin))
    spots = [first + margin + step for step in range(0, max(int(room - 2 * margin), 0) + 1, 10)] if last - first < drawing.WIDE else []

    def cost(spot: float) -> float:
        box = grown(_box(paper, shape, at, spot), NARROW)
        hits = sum(1 for line in paper.lines.values() for piece in pieces(line) if drawing.enters(piece, box))
        blocks = sum(1 for each in paper.shapes.values() if each.id != shape.id and not is_area(each) and box.overlaps(each.box))
        return 1000 * blocks + 60 * hits + abs(spot - wanted)

    return min([wanted, *spots], key=cost)


def _box(paper: Paper, shape: Shape, at: float, across: float) -> Box:
    return replace(shape.box, x=across, y=at) if paper.axis == 1 else replace(shape.box, x=at, y=across)


def _put(paper: Paper, shape: Shape, at: float, across: float, lines: Iterable[str]) -> bool:
    """Set a step down, its edge events with it, and lead all its lines."""
    box = _box(paper, shape, at, across)
    # Making room may have pushed the step and its events since `shape` was read.
    was = paper.shapes.get(shape.id, shape).box
    dx, dy = box.x - was.x, box.y - was.y
    edge = [paper.shapes[each] for each in paper.group(shape.id)[1:]] if shape.id in paper.shapes else []
    paper.shapes[shape.id] = replace(shape, box=box, label=None)
    for each in edge:
        label = moved(moved(each.label, 0, dx), 1, dy) if each.label else None
        paper.shapes[each.id] = replace(each, box=moved(moved(each.box, 0, dx), 1, dy), label=label)
    keys = {shape.id, *(each.id for each in edge)}
    to_lead = dict.fromkeys([*lines, *paper.lines_of(keys), *_lines_hit(paper, keys)])
    return drawing.tidy(paper, to_lead, [shape.id])


def _lines_hit(paper: Paper, keys: Iterable[str]) -> Iterator[str]:
    boxes = [grown(paper.shapes[key].box, 4) for key in keys]
    for line in paper.lines.values():
        if any(drawing.enters(piece, box) for piece in pieces(line) for box in boxes):
            yield line.id


def into_lane(paper: Paper, key: str, lane: str) -> Paper | None:
    """Take a step to another lane: beside where it was when there is room, else into a strip of new room."""
    shape = replace(paper.shapes[key], lane=lane)
    paper = _turned(paper)
    axis = paper.axis
    at = low(shape.box, axis)
    group = [paper.shapes[each] for each in paper.group(key)]
    reach = max(high(each.box, axis) for each in group) - at

    def as_it_is(sketch: Paper) -> bool:
        _in_lane(sketch, group, lane)
        _widen(sketch, shape)
        return _put(sketch, shape, at, _spot_across(sketch, shape, at, shape), [])

    def in_a_strip(cut: float) -> Callable[[Paper], bool]:
        def change(sketch: Paper) -> bool:
            drawing.stretch(sketch, axis, cut, reach + 2 * APART)
            _in_lane(sketch, group, lane)
            here = replace(sketch.shapes[key], lane=lane)
            _widen(sketch, here)
            return _put(sketch, here, cut + APART, _spot_across(sketch, here, cut + APART, here), [])

        return change

    cuts = sorted((at + step for step in (-20.5, -10.5, reach + 10.5, reach + 20.5, reach + 40.5)), key=lambda each: _cut_through(paper, each))
    return best(paper, [as_it_is, *(in_a_strip(cut) for cut in cuts)])


def _overhang(paper: Paper, shape: Shape, axis: int) -> tuple[float, float]:
    """How far the events at the edge of a step, and their words, stand out of it on either side of an axis."""
    own = paper.shapes.get(shape.id)
    if own is None:
        return 0.0, 0.0
    edge = [paper.shapes[each] for each in paper.group(shape.id)[1:]]
    boxes = [own.box, *(each.box for each in edge), *(each.label for each in edge if each.label)]
    return low(own.box, axis) - min(low(box, axis) for box in boxes), max(high(box, axis) for box in boxes) - high(own.box, axis)


def _widen(paper: Paper, shape: Shape) -> None:
    """Make the lane that a step comes into wide enough for it."""
    across = 1 - paper.axis
    first, last = _range_across(paper, shape)
    lacks = size(shape.box, across) + sum(_overhang(paper, shape, across)) + 2 * MARGIN - (last - first)
    if 0 < lacks < drawing.WIDE:
        drawing.stretch(paper, across, last - 0.5, lacks)


def _turned(paper: Paper) -> Paper:
    """The paper for a step that comes into another lane: those that stand side by side are crossed sideways, whichever way the flow runs."""
    turned = paper.copy()
    turned.axis = _along_lanes(paper)
    return turned


def _along_lanes(paper: Paper) -> int:
    lanes = [each.box for each in paper.shapes.values() if each.kind == "lane"]
    across = max(box.x for box in lanes) - min(box.x for box in lanes) if lanes else 0.0
    down = max(box.y for box in lanes) - min(box.y for box in lanes) if lanes else 0.0
    return paper.axis if across == down else 1 if across > down else 0


def _cut_through(paper: Paper, at: float) -> int:
    axis = paper.axis
    return sum(1 for each in paper.shapes.values() if each.kind in NODES and not is_area(each) and low(each.box, axis) < at < high(each.box, axis))


def _in_lane(paper: Paper, group: Iterable[Shape], lane: str) -> None:
    for each in group:
        paper.shapes[each.id] = replace(paper.shapes[each.id], lane=lane)


def connected(paper: Paper, key: str) -> Paper | None:
    """Draw a new line, with more room around its beginning or its end when there is no clean way."""
    line = paper.lines[key]

    def plain(sketch: Paper) -> bool:
        return drawing.lead(sketch, key) and drawing.tidy(sketch)

    def wider(step: str, is_behind: bool) -> Callable[[Paper], bool]:
        def change(sketch: Paper) -> bool:
            group = [sketch.shapes[each].box for each in sketch.group(step)]
            ends = [high(box, sketch.axis) for box in group] if is_behind else [low(box, sketch.axis) for box in group]
            drawing.stretch(sketch, sketch.axis, max(ends) + 4.5 if is_behind else min(ends) - 4.5, 60.0)
            return drawing.lead(sketch, key) and drawing.tidy(sketch)

        return change

    tries: list[Callable[[Paper], bool]] = [plain]
    if line.source in paper.shapes and line.target in paper.shapes:
        tries += [wider(line.source, True), wider(line.target, False), wider(line.source, False), wider(line.target, True)]
    return best(paper, tries)
