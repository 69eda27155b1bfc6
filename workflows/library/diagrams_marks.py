"""The small signs in the shapes of a diagram: who or what does a step, and what an event waits for."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.library.diagrams_reading import Box, Line, Shape

TALL = 18  # of the word of a mark with a little air

SIGNS = {
    "userTask": '<circle cx="8" cy="5" r="3"/><path d="M2 15c0-4 2.5-6 6-6s6 2 6 6z"/>',
    "serviceTask": (
        '<circle cx="8" cy="8" r="4.5"/><circle cx="8" cy="8" r="1.5"/>'
        '<path d="M8 1v3M8 12v3M1 8h3M12 8h3M3 3l2 2M11 11l2 2M3 13l2-2M11 5l2-2"/>'
    ),
    "scriptTask": '<path d="M4 1h8v14H4zM6 5h4M6 8h4M6 11h4"/>',
    "businessRuleTask": '<path d="M1 2h14v12H1zM1 6h14M1 10h14M5 6v8"/>',
    "manualTask": '<path d="M2 9l4-5 8 3v5l-6 2z"/>',
    "sendTask": '<path d="M1 3h14v10H1zM1 3l7 6 7-6"/>',
    "receiveTask": '<path d="M1 3h14v10H1zM1 3l7 6 7-6"/>',
}
EVENT_SIGNS = {
    "timer": '<circle r="9"/><path d="M0-6v6l4 3"/>',
    "message": '<path d="M-8-5.5h16v11h-16zM-8-5.5l8 6 8-6"/>',
    "signal": '<path d="M0-8l8 13h-16z"/>',
    "error": '<path d="M-7 7l4-12 5 7 5-9-4 13-5-7z"/>',
    "escalation": '<path d="M0-8l6 14-6-6-6 6z"/>',
    "conditional": '<path d="M-6-8h12v16h-12zM-4-4h8M-4 0h8M-4 4h8"/>',
    "terminate": '<circle class="bpmn-full" r="9"/>',
}


def of_task(shape: Shape) -> str:
    """The sign of a task in its corner, and the marks at its foot."""
    sign = SIGNS.get(shape.kind, "")
    corner = f'<g class="bpmn-sign" transform="translate({_n(shape.box.x + 5)} {_n(shape.box.y + 5)}) scale(.8)">{sign}</g>' if sign else ""
    return corner + _foot(shape)


def _foot(shape: Shape) -> str:
    several = '<path d="M-4-11v9M0-11v9M4-11v9"/>' if shape.is_multiple else ""
    call = '<path d="M9-12h10v10h-10zM14-10v6M11-7h6"/>' if shape.kind == "callActivity" else ""
    place = f"translate({_n(shape.box.middle[0])} {_n(shape.box.bottom)})"
    return f'<g class="bpmn-sign" transform="{place}">{several}{call}</g>' if several or call else ""


def of_event(shape: Shape) -> str:
    """The sign in the middle of an event."""
    sign = EVENT_SIGNS.get(shape.event, "")
    x, y = shape.box.middle
    return f'<g class="bpmn-sign" transform="translate({_n(x)} {_n(y)})">{sign}</g>' if sign else ""


def of_gateway(shape: Shape) -> str:
    """The sign in the middle of a gateway."""
    x, y = (_n(value) for value in shape.box.middle)
    inner = {
        "exclusiveGateway": '<path d="M-6-6l12 12M-6 6l12-12"/>',
        "parallelGateway": '<path d="M0-9v18M-9 0h18"/>',
        "inclusiveGateway": '<circle r="9"/>',
        "eventBasedGateway": '<circle r="11"/><path d="M0-7l6.5 5-2.5 8h-8l-2.5-8z"/>',
    }[shape.kind]
    return f'<g class="bpmn-sign" transform="translate({x} {y})">{inner}</g>'


def diamond(box: Box) -> str:
    """The path of a gateway's outline."""
    x, y = box.middle
    return f"M{_n(x)} {_n(box.y)}L{_n(box.right)} {_n(y)}L{_n(x)} {_n(box.bottom)}L{_n(box.x)} {_n(y)}z"


def spot(line: Line, width: float, others: Sequence[Shape | Line]) -> tuple[float, float]:
    """The middle of a word on a flow: where it covers no shape and no label, on its longest piece if it can be; else in the middle of that."""
    taken = [box for other in others for box in _boxes(other)]
    pieces = sorted(zip(line.points, line.points[1:], strict=False), key=lambda piece: -_length(piece))
    places = [(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part) for (x1, y1), (x2, y2) in pieces for part in (0.5, 0.35, 0.65, 0.2, 0.8)]
    for x, y in places:
        word = Box(x - width / 2, y - TALL / 2, width, TALL)
        if not any(word.overlaps(box) for box in taken):
            return x, y
    return places[0]


def _length(piece: tuple[tuple[float, float], tuple[float, float]]) -> float:
    (x1, y1), (x2, y2) = piece
    return abs(x1 - x2) + abs(y1 - y2)


def _boxes(drawn: Shape | Line) -> list[Box]:
    """What a shape or a flow covers with itself and its words."""
    label = [drawn.label] if drawn.label is not None else []
    return [drawn.box, *label] if isinstance(drawn, Shape) else label


def _n(value: float) -> str:
    return f"{value:g}"
