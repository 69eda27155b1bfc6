"""Numbers printed over a diagram: at the foot of a step, and on a flow. Shade and thickness of the shape only repeat them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from workflows.library import diagrams_marks
from workflows.library.diagrams_reading import AREAS, Drawing, Line, Shape

LETTER = 6.3  # the width that a letter of the figures takes on average, which are bold
TALL = 15
AIR = 8


@dataclass(frozen=True)
class Figure:
    """Numbers at one element: the lines that are printed, the same in a sentence, and how dark the shape is, from 0 to 4."""

    lines: Sequence[str]
    said: str
    shade: int = 0


def over(drawing: Drawing, figures: Mapping[str, Figure]) -> Iterator[str]:
    """The numbers as the topmost layer, so that no line runs through them."""
    others: list[Shape | Line] = [*drawing.lines, *(shape for shape in drawing.shapes if shape.kind not in AREAS and not shape.is_open)]
    for shape in drawing.shapes:
        if shape.id in figures:
            yield _chip(figures[shape.id], shape.box.middle[0], shape.box.bottom + _drop(shape))
    for line in drawing.lines:
        if line.id in figures and len(line.points) > 1:
            x, y = diagrams_marks.spot(line, _width(figures[line.id]), others)
            yield _chip(figures[line.id], x, y - TALL / 2)


def _drop(shape: Shape) -> float:
    """Just over the lower edge of a step; below the words of an event."""
    if shape.label is not None and shape.label.y >= shape.box.bottom:
        return shape.label.bottom - shape.box.bottom + 2
    return -3


def _width(figure: Figure) -> float:
    return max(len(line) for line in figure.lines) * LETTER + AIR


def _chip(figure: Figure, middle: float, top: float) -> str:
    width, height = _width(figure), len(figure.lines) * TALL + 3
    rows = "".join(
        f'<tspan x="{middle:.1f}" y="{top + TALL * (place + 1) - 3:.1f}">{escape(line)}</tspan>' for place, line in enumerate(figure.lines)
    )
    box = f'<rect x="{middle - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height}" rx="3"/>'
    return f'<g class="bpmn-figure"><title>{escape(figure.said)}</title>{box}<text>{rows}</text></g>'
