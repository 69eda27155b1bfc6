"""A process as a static drawing: SVG with class names only, each element named in words, and where a case stands marked by shape and word."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence, Set
from html import escape

from workflows.engine.definition import KINDS
from workflows.library import diagrams_figures, diagrams_marks, diagrams_reading
from workflows.library.diagrams_figures import Figure
from workflows.library.diagrams_reading import EVENTS, GATEWAYS, TASKS, Box, Line, Shape

LETTER = 6.1  # the width that a letter of the labels takes on average
LINE = 14
MARGIN = 10
ARROW = 8
HEAD = 30
PAGE = (1100, 1320)  # drawings about as wide as a page shrink a little to fit it; their words stay readable
STATES = {"live": "Now", "done": "Done", "fault": "Here", "added": "+ Added", "changed": "~ Changed", "removed": "\u2212 Removed"}
MARKS = frozenset({"added", "changed", "removed"})  # of a comparison: said at every element and flow, gateways too


def svg(
    xml: str | bytes, *, live: Set[str] = frozenset(), done: Set[str] = frozenset(), title: str, linked: bool = False, way: Sequence[str] = (),
    marks: Mapping[str, str] | None = None, figures: Mapping[str, Figure] | None = None,
) -> str:  # fmt: skip
    """The drawing of a BPMN file. Elements in `live` and `done` say so in words; `linked` makes steps lead to `#step-<id>`.

    `way` are the ids of steps and flows on a way through the diagram: the steps bear their numbers on it, the last one says "Here".
    `marks` gives elements and flows that were added, changed or removed: each bears a sign and a word. `figures` are numbers at
    steps and flows, printed in lines.

    DefinitionRefused when the file cannot be read.
    """
    drawing = diagrams_reading.read(xml)
    frame = drawing.frame
    width, height = frame.width + 2 * MARGIN, frame.height + 2 * MARGIN
    states = {**dict.fromkeys(done, "done"), **dict.fromkeys(live, "live"), **_on_way(way, {shape.id for shape in drawing.shapes}), **(marks or {})}
    walked = _walked(drawing.lines, states)
    back = [shape for shape in drawing.shapes if _is_area(shape)]
    front = [shape for shape in drawing.shapes if not _is_area(shape)]
    body = [
        *(_area(shape, states.get(shape.id, "")) for shape in back),
        *(_line(line, states.get(line.id, ""), is_walked=line.id in walked, on_way=line.id in way) for line in drawing.lines),
        *(_node(shape, states.get(shape.id, ""), linked=linked, figure=(figures or {}).get(shape.id)) for shape in front),
        *(_flow_label(line) for line in drawing.lines),
        *(_flow_tag(line, states[line.id], drawing) for line in drawing.lines if states.get(line.id) in MARKS),
        *diagrams_figures.over(drawing, figures or {}),
    ]
    role = "group" if linked else "img"
    box = f"{_n(frame.x - MARGIN)} {_n(frame.y - MARGIN)} {_n(width)} {_n(height)}"
    fits = " is-page-wide" if PAGE[0] < width <= PAGE[1] else ""
    head = f'<svg class="bpmn-diagram{fits}" xmlns="http://www.w3.org/2000/svg" role="{role}" aria-label="{escape(title)}" viewBox="{box}"'
    return f'{head} width="{_n(width)}" height="{_n(height)}"><title>{escape(title)}</title>{"".join(body)}</svg>'


def _is_area(shape: Shape) -> bool:
    return shape.kind in diagrams_reading.AREAS or (shape.kind == "subProcess" and shape.is_open)


def _area(shape: Shape, state: str) -> str:
    box = shape.box
    kind = "pool" if shape.kind == "participant" else "lane" if shape.kind == "lane" else "sub-process"
    radius = ' rx="10"' if kind == "sub-process" else ""
    rectangle = f'<rect class="bpmn-{kind}" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"{radius}/>'
    words = _heading(shape, kind)
    edge = f"M{_n(box.x + HEAD)} {_n(box.y)}v{_n(box.height)}" if shape.is_across else f"M{_n(box.x)} {_n(box.y + HEAD)}h{_n(box.width)}"
    strip = f'<path class="bpmn-strip" d="{edge}"/>' if kind != "sub-process" else ""
    tag = _tag(shape, state) if state in MARKS else ""
    return f"<g{_state_class(state)}><title>{escape(_said(shape, state))}</title>{rectangle}{strip}{words}{tag}</g>"


def _heading(shape: Shape, kind: str) -> str:
    """The name of an area at its top, or from bottom to top along its left edge."""
    box = shape.box
    if kind == "sub-process":
        return _words(Box(box.x + 10, box.y + 6, 320, 24), shape.name, "bpmn-sub-heading")
    if not shape.is_across:
        return _words(Box(box.x, box.y, box.width, HEAD), shape.name, "bpmn-heading")
    x, y = box.x + HEAD / 2, box.middle[1]
    words = _words(Box(x - box.height / 2, y - HEAD / 2, box.height, HEAD), shape.name, "bpmn-heading")
    return f'<g transform="rotate(-90 {_n(x)} {_n(y)})">{words}</g>'


def _node(shape: Shape, state: str, *, linked: bool, figure: Figure | None = None) -> str:
    draw = _task if shape.kind in TASKS | {"subProcess"} else _event if shape.kind in EVENTS else _gateway
    said = f"{_said(shape, state)}. {figure.said}" if figure else _said(shape, state)
    inside = f"<title>{escape(said)}</title>{draw(shape)}{_tag(shape, state)}"
    group = f'<g class="bpmn-node{f" is-{state}" if state else ""}{f" is-shade-{figure.shade}" if figure and figure.shade else ""}">{inside}</g>'
    return f'<a href="#step-{escape(shape.id)}">{group}</a>' if linked and shape.kind in TASKS else group


def _said(shape: Shape, state: str) -> str:
    kind = {"participant": "organisation", "lane": "who does it"}.get(shape.kind, KINDS.get(shape.kind, shape.kind))
    where = f", {shape.lane}" if shape.lane else ""
    return f"{shape.name or kind.capitalize()} ({kind}{where}){'. ' + _word_of(state) if state else ''}"


def _state_class(state: str) -> str:
    return f' class="is-{state}"' if state else ""


def _task(shape: Shape) -> str:
    box = shape.box
    kind = "bpmn-call" if shape.kind == "callActivity" else "bpmn-task"
    rectangle = f'<rect class="{kind}" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}" rx="8"/>'
    return rectangle + diagrams_marks.of_task(shape) + _words(Box(box.x + 6, box.y, box.width - 12, box.height), shape.name, "bpmn-words")


def _event(shape: Shape) -> str:
    x, y = (_n(value) for value in shape.box.middle)
    radius = shape.box.width / 2
    dashed = " is-dashed" if shape.is_dashed else ""
    kind = "bpmn-end" if shape.kind == "endEvent" else "bpmn-event"
    rings = f'<circle class="{kind}{dashed}" cx="{x}" cy="{y}" r="{_n(radius)}"/>'
    if shape.kind not in ("startEvent", "endEvent"):
        rings += f'<circle class="bpmn-event{dashed}" cx="{x}" cy="{y}" r="{_n(radius - 4)}"/>'
    return rings + diagrams_marks.of_event(shape) + _outside_words(shape)


def _gateway(shape: Shape) -> str:
    return f'<path class="bpmn-gateway" d="{diagrams_marks.diamond(shape.box)}"/>{diagrams_marks.of_gateway(shape)}{_outside_words(shape)}'


def _outside_words(shape: Shape) -> str:
    box = shape.label or Box(shape.box.x - 30, shape.box.bottom + 4, shape.box.width + 60, 2 * LINE)
    return _words(box, shape.name, "bpmn-words bpmn-outside-words")


def _tag(shape: Shape, state: str) -> str:
    """The word at the shape's shoulder; gateways and starts are only passed through and say it in their title."""
    if not state or (shape.kind in GATEWAYS | {"startEvent"} and state not in MARKS | {"fault"}):
        return ""
    word = _word_of(state)
    left = shape.box.right - 6 - _chip_width(word) if shape.kind in TASKS or _is_area(shape) else shape.box.right - 14
    return _chip(word, left, shape.box.y)


def _chip_width(word: str) -> float:
    return len(word) * LETTER + 10


def _chip(word: str, left: float, y: float) -> str:
    width = _chip_width(word)
    return (
        f'<g class="bpmn-tag"><rect x="{_n(left)}" y="{_n(y - 8)}" width="{_n(width)}" height="16" rx="3"/>'
        f'<text x="{_n(left + width / 2)}" y="{_n(y + 4)}">{word}</text></g>'
    )


def _walked(lines: Sequence[Line], states: Mapping[str, str]) -> set[str]:
    """The flows that were walked for certain: out of an element that is done, to the only one of its targets that was reached."""
    found = set()
    for source in {line.source for line in lines if states.get(line.source) == "done"}:
        reached = [line.id for line in lines if line.source == source and line.target in states]
        found |= set(reached) if len(reached) == 1 else set()
    return found


def _on_way(way: Sequence[str], shapes: Set[str]) -> dict[str, str]:
    """The state of each step on a way: its numbers on it, as a step may come again; the last is where the fault shows."""
    steps = [each for each in way if each in shapes]
    numbers: dict[str, list[str]] = {}
    for number, step in enumerate(steps, 1):
        numbers.setdefault(step, []).append(str(number))
    found = {step: f"way step-{','.join(each)}" for step, each in numbers.items()}
    return found | dict.fromkeys(steps[-1:], "fault")


def _word_of(state: str) -> str:
    return STATES.get(state) or state.rpartition("-")[2].replace(",", ", ")


def _flow_tag(line: Line, state: str, drawing: diagrams_reading.Drawing) -> str:
    """The word of a mark on a flow, where it covers no other word if there is such a place."""
    if len(line.points) < 2:
        return ""
    word = STATES[state]
    x, y = diagrams_marks.spot(line, _chip_width(word), [*drawing.lines, *(shape for shape in drawing.shapes if not _is_area(shape))])
    return f'<g class="is-{state}">{_chip(word, x - _chip_width(word) / 2, y)}</g>'


def _line(line: Line, state: str = "", *, is_walked: bool, on_way: bool = False) -> str:
    if len(line.points) < 2:
        return ""
    path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in _shortened(line.points))
    passed = f" is-{state}" if state in MARKS else " is-way" if on_way else " is-done" if is_walked else ""
    name = f"{f': {line.name}' if line.name else ''}{f'. {STATES[state]}' if state in MARKS else ''}"
    drawn = f'<path class="bpmn-line" d="{path}"/><path class="bpmn-arrow" d="{_arrow(line.points)}"/>'
    return f'<g class="bpmn-flow{passed}"><title>{escape("Flow" + name)}</title>{drawn}</g>'


def _direction(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 0.01)
    return (x2 - x1) / length, (y2 - y1) / length


def _shortened(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    across, down = _direction(points)
    x, y = points[-1]
    return [*points[:-1], (x - across * (ARROW - 2), y - down * (ARROW - 2))]


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    across, down = _direction(points)
    x, y = points[-1]
    back = (x - across * ARROW, y - down * ARROW)
    sides = [(back[0] - down * 3.5, back[1] + across * 3.5), (back[0] + down * 3.5, back[1] - across * 3.5)]
    return f"M{_n(x)} {_n(y)}L{_n(sides[0][0])} {_n(sides[0][1])}L{_n(sides[1][0])} {_n(sides[1][1])}z"


def _flow_label(line: Line) -> str:
    return _words(line.label, line.name, "bpmn-words bpmn-flow-words") if line.name and line.label else ""


def _words(box: Box, text: str, kind: str) -> str:
    """Words in the middle of a box, broken into lines that fit its width."""
    if not text:
        return ""
    lines = textwrap.wrap(text, max(6, int((box.width + 2) / LETTER)), break_long_words=False, break_on_hyphens=False)
    x, middle = box.middle
    first = middle - (len(lines) - 1) * LINE / 2 + 4
    at = _n(box.x) if "sub-heading" in kind else _n(x)
    rows = "".join(f'<tspan x="{at}" y="{_n(first + place * LINE)}">{escape(each)}</tspan>' for place, each in enumerate(lines))
    return f'<text class="{kind}">{rows}</text>'


def _n(value: float) -> str:
    return f"{round(value, 1):g}"
