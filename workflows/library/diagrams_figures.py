"""Numbers printed over a diagram: at the edges of a step, and on a flow. Shade and thickness of the shape only repeat them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from workflows.library import diagrams_marks
from workflows.library.diagrams_reading import AREAS, Drawing, Line, Shape

LETTER = 6.3  # the width that a letter of the figures takes on average, which are bold
TALL = 16
AIR = 8


@dataclass(frozen=True)
class Figure:
    """Numbers at one element: the lines that are printed, the same in a sentence, and how dark the shape is, from 0 to 4."""

    lines: Sequence[str]
    said: str
    shade: int = 0


def over(drawing: Drawing, figures: Mapping[str, Figure]) -> Iterator[str]:
    """The numbers as the topmost layer, so that no line runs through them: of a step the first on its upper edge, the second on its lower one."""
    others: list[Shape | Line] = [*drawing.lines, *(shape for shape in drawing.shapes if shape.kind not in AREAS and not shape.is_open)]
    for shape in drawing.shapes:
        if shape.id in figures:
            yield _group(figures[shape.id], [_chip(line, *spot) for line, spot in zip(figures[shape.id].lines, _edges(shape), strict=False)])
    for line in drawing.lines:
        if line.id in figures and len(line.points) > 1:
            words = " ".join(figures[line.id].lines)
            yield _group(figures[line.id], [_chip(words, *diagrams_marks.spot(line, _width(words), others))])


def _edges(shape: Shape) -> tuple[tuple[float, float], tuple[float, float]]:
    middle = shape.box.middle[0]
    return (middle, shape.box.y - 1), (middle, shape.box.bottom + 1)


def _width(words: str) -> float:
    return len(words) * LETTER + AIR


def _group(figure: Figure, chips: Sequence[str]) -> str:
    return f'<g class="bpmn-figure"><title>{escape(figure.said)}</title>{"".join(chips)}</g>'


def _chip(words: str, x: float, y: float) -> str:
    width = _width(words)
    box = f'<rect x="{x - width / 2:.1f}" y="{y - TALL / 2:.1f}" width="{width:.1f}" height="{TALL}" rx="3"/>'
    return f'{box}<text x="{x:.1f}" y="{y + 4:.1f}">{escape(words)}</text>'
