"""A process as a list that can be edited with the keyboard alone: pure functions from the text of a BPMN file to a new text.

Each keeps everything it does not touch, and keeps the drawing in order as `workflows.library.layout` checks it.
"""

from workflows.library.outline.deleting import delete
from workflows.library.outline.details import set_documentation, set_property, set_time
from workflows.library.outline.reading import Lane, Outline, OutlineStep, Way, read_outline
from workflows.library.outline.steps import ADDABLE, Edited, New, add_after, add_way, assign, move, rename
from workflows.library.outline.ways import connect, disconnect, redirect, rename_way, set_condition

__all__ = [
    "ADDABLE",
    "Edited",
    "Lane",
    "New",
    "Outline",
    "OutlineStep",
    "Way",
    "add_after",
    "add_way",
    "assign",
    "connect",
    "delete",
    "disconnect",
    "move",
    "read_outline",
    "redirect",
    "rename",
    "rename_way",
    "set_condition",
    "set_documentation",
    "set_property",
    "set_time",
]
