"""What a draft changes, in words, grouped as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from webapp.db import db
from webapp.shared import comparisons
from workflows.engine import DefinitionRefused
from workflows.library import comparing, diagrams
from workflows.library.comparing import Comparison

Files = Mapping[str, str]
DIAGRAM = "process.bpmn"
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Process", ("process",)),
    ("Steps", ("step",)),
    ("Order of the steps", ("flow",)),
    ("Questions on forms", ("question",)),
    ("Decision tables", ("row",)),
    ("Rules", ("rule",)),
    ("Texts", ("text",)),
    ("Tests", ("scenario",)),
)
TAGS = {"added": ("Added", "green"), "changed": ("Changed", "blue"), "removed": ("Removed", "red")}


def changes_of(before: Files, after: Files, *, key: str) -> dict[str, Any]:
    """The groups of changes with their lines, and whether nothing changed that a case does, asks or decides."""
    found = comparing.compare(before, after, names=comparisons.names(db.session))
    groups = [{"name": name, "lines": [_line(each) for each in found.about(*subjects)]} for name, subjects in GROUPS]
    return {
        "groups": [group for group in groups if group["lines"]], "count": len(found.changes), "is_harmless": found.is_harmless,
        "drawings": _drawings(before, after, found) if DIAGRAM in found.marked else [],
    }  # fmt: skip


def _line(change: comparing.Change) -> dict[str, str]:
    text, colour = TAGS[change.kind]
    return {"tag": text, "colour": colour, "name": change.name, "within": change.within, "words": change.words}


def _drawings(before: Files, after: Files, found: Comparison) -> list[dict[str, Any]]:
    sides = (("Live now", before, found.marks_before(DIAGRAM)), ("With this change", after, found.marks_after(DIAGRAM)))
    return [{"title": title, "svg": _drawn(files[DIAGRAM], title, marks)} for title, files, marks in sides if DIAGRAM in files]


def _drawn(xml: str, title: str, marks: Mapping[str, Any]) -> Markup:
    """One drawing; nothing for a diagram that cannot be drawn, whose problems are told beside it."""
    try:
        return Markup(diagrams.svg(xml, title=title, marks=marks))  # noqa: S704  the drawing escapes every word itself
    except (DefinitionRefused, ValueError, OverflowError):
        return Markup("")
