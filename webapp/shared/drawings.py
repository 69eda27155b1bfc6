"""The drawing of a process version, with where a case stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Set

from markupsafe import Markup, escape

from models import ProcessDefinition
from workflows.library import definitions, diagrams, diagrams_reading

A_ROW = 60


def of(
    definition: ProcessDefinition,
    *,
    current: Set[str] = frozenset(),
    done: Set[str] = frozenset(),
    title: str = "",
    linked: bool = False,
    leads_to: str = "",
) -> Markup:
    """The diagram as SVG; elements in `current` and `done` are marked by shape and words.

    `linked` leads from a step to `#step-<id>` on the same page, `leads_to` to the same on the page with this address.
    """
    drawing = diagrams.svg(definitions.diagram_xml(definition), live=current, done=done, title=title, linked=linked or bool(leads_to))
    # Words of the diagram cannot look like a link: the drawing escapes their quotes.
    drawing = drawing.replace('<a href="#step-', f'<a href="{escape(leads_to)}#step-') if leads_to else drawing
    return Markup(drawing)  # noqa: S704  the drawing escapes every word itself


def order_of(definition: ProcessDefinition) -> Mapping[str, int]:
    """The place of each element from the top of a tall drawing down; empty for a wide one, whose flows give the better order."""
    drawing = diagrams_reading.read(definitions.diagram_xml(definition))
    if drawing.frame.height < drawing.frame.width:
        return {}
    rows = {shape.id: (shape.box.middle[1] // A_ROW, shape.box.middle[0]) for shape in drawing.shapes}
    return {element: place for place, element in enumerate(sorted(rows, key=lambda element: rows[element]))}
