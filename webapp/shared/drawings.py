"""The drawing of a process version, with where a case stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Set

from markupsafe import Markup

from models import ProcessDefinition
from workflows.library import definitions, diagrams, diagrams_reading

A_ROW = 60


def of(
    definition: ProcessDefinition, *, current: Set[str] = frozenset(), done: Set[str] = frozenset(), title: str = "", linked: bool = False
) -> Markup:
    """The diagram as SVG; elements in `current` and `done` are marked by shape and words. `linked` leads from a step to `#step-<id>`."""
    drawing = diagrams.svg(definitions.diagram_xml(definition), live=current, done=done, title=title, linked=linked)
    return Markup(drawing)  # noqa: S704  the drawing escapes every word itself


def order_of(definition: ProcessDefinition) -> Mapping[str, int]:
    """The place of each element from the top of a tall drawing down; empty for a wide one, whose flows give the better order."""
    drawing = diagrams_reading.read(definitions.diagram_xml(definition))
    if drawing.frame.height < drawing.frame.width:
        return {}
    rows = {shape.id: (shape.box.middle[1] // A_ROW, shape.box.middle[0]) for shape in drawing.shapes}
    return {element: place for place, element in enumerate(sorted(rows, key=lambda element: rows[element]))}
