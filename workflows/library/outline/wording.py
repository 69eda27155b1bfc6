"""Where the words of a shape or a line can stand: how much room they take, and a place near what they belong to that is free."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from workflows.library.diagrams_reading import Box, Line, Shape

LETTER = 6.1
LINE = 14.0
WIDTHS = (16, 22, 12, 30, 9)  # letters in a line, the usual first
GAP = 4.0
Segment = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Room:
    """What words may not lie on: shapes, lines and other words; where they have to stay; borders they should not cross if it can be helped."""

    solids: tuple[Box, ...]
    segments: tuple[Segment, ...]
    region: Box
    borders: tuple[Box, ...]

    def is_free(self, box: Box, *, strict: bool) -> bool:
        """Whether words can stand here; `strict` keeps them off the borders of lanes and sub-processes too."""
        if not self.region.holds(box) or any(box.overlaps(each) for each in self.solids):
            return False
        if any(_crosses(each, box) for each in self.segments):
            return False
        return not strict or all(not box.overlaps(each) or each.holds(box) for each in self.borders)


def _crosses(segment: Segment, box: Box) -> bool:
    (x1, y1), (x2, y2) = segment
    across = min(max(x1, x2), box.right + 1) - max(min(x1, x2), box.x - 1)
    down = min(max(y1, y2), box.bottom + 1) - max(min(y1, y2), box.y - 1)
    return across >= 0 and down >= 0


def sizes(name: str) -> list[tuple[float, float]]:
    """The room that words take, width and height, for the ways of breaking them into lines."""
    found: dict[tuple[float, float], None] = {}
    for width in WIDTHS:
        rows = textwrap.wrap(name, width, break_long_words=False, break_on_hyphens=False) or [""]
        found[float(math.ceil(max(len(row) for row in rows) * LETTER + 5)), LINE * len(rows)] = None
    return list(found)


def fits_inside(name: str, box: Box) -> bool:
    """Whether a name can be read inside a task of this size."""
    rows = textwrap.wrap(name, max(6, int((box.width - 10) / LETTER)), break_long_words=False, break_on_hyphens=False)
    return len(rows) * LINE <= box.height and all(len(row) * LETTER <= box.width for row in rows)


def place(about: Shape | Line, room: Room) -> Box | None:
    """A free place for the words of a shape or a line, or None."""
    wanted = [(size, box) for size in sizes(about.name) for box in _near(about, *size)]
    for strict in (True, False):
        for _, box in wanted:
            if room.is_free(box, strict=strict):
                return box
    return None


def _near(about: Shape | Line, width: float, height: float) -> Iterator[Box]:
    yield from _near_shape(about.box, width, height) if isinstance(about, Shape) else _near_line(about, width, height)


def _near_shape(box: Box, width: float, height: float) -> Iterator[Box]:
    x, y = box.middle
    for gap in (GAP, 10.0, 18.0):
        below, above, right, left = box.bottom + gap, box.y - gap - height, box.right + gap, box.x - gap - width
        yield Box(x - width / 2, below, width, height)
        yield Box(x - width / 2, above, width, height)
        for side in (right, left):
            yield Box(side, y - height / 2, width, height)
            yield Box(side, box.y - height / 2, width, height)
            yield Box(side, box.bottom - height / 2, width, height)
        for side in (x + gap, x - gap - width):
            yield Box(side, below, width, height)
            yield Box(side, above, width, height)


def _near_line(line: Line, width: float, height: float) -> Iterator[Box]:
    for gap in (GAP, 9.0):
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            is_level = y1 == y2
            length = abs(x2 - x1) + abs(y2 - y1)
            forward = 1 if (x2 - x1) + (y2 - y1) > 0 else -1
            need = width if is_level else height
            for along in range(10, max(int(length - need), 10) + 1, 10):
                start = (x1 if is_level else y1) + forward * along
                low = start if forward > 0 else start - need
                if is_level:
                    yield Box(low, y1 - gap - height, width, height)
                    yield Box(low, y1 + gap, width, height)
                else:
                    yield Box(x1 + gap, low, width, height)
                    yield Box(x1 - gap - width, low, width, height)
