"""What is different between two versions of a process, as pages show it: a list in words, drawings, tables, and the files themselves."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from webapp.shared import policy_values
from workflows.engine import DefinitionRefused
from workflows.library import comparing, diagrams
from workflows.library.comparing import Change, Comparison
from workflows.library.comparing import tables as decision_tables
from workflows.queries import people, processes

Files = Mapping[str, str]
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Process", ("process",)),
    ("Steps", ("step",)),
    ("Ways between steps", ("flow",)),
    ("Form questions", ("question",)),
    ("Decision tables", ("row",)),
    ("Rules", ("rule",)),
    ("Texts", ("text",)),
    ("Scenarios", ("scenario",)),
)
TAGS = {"added": ("Added", "green"), "changed": ("Changed", "blue"), "removed": ("Removed", "red")}
SIDE_BY_SIDE = ("question", "row", "rule", "text")
MOST_SHOWN = 300
LONGEST_FILE = 6_000
MOST_LINES = 1_500


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called on the page, and its files."""

    title: str
    files: Files


def present(session: Session, before: Side, after: Side) -> dict[str, Any]:
    """Everything that the parts in `shared/comparison.html` show."""
    found = comparing.compare(before.files, after.files, names=names(session))
    return {
        "is_same": found.is_same,
        "is_harmless": found.is_harmless,
        "count": len(found.changes),
        "summary": summary(found),
        "groups": _groups(found),
        "drawings": _drawings(before, after, found),
        "tables": _tables(found),
        "decisions": _decisions(before.files, after.files),
        "files": _files(before.files, after.files),
        "before": before.title,
        "after": after.title,
    }


def names(session: Session) -> dict[str, str]:
    """What people call the keys of groups and of policy values: `task_days` is `5 working days`."""
    return {row.key: policy_values.words(row) for row in processes.policy_values(session)} | people.group_names(session)


def summary(found: Comparison) -> str:
    """`2 added, 1 changed`, or that nothing is different."""
    counts = [f"{count} {kind}" for kind, count in found.counts().items() if count]
    return ", ".join(counts) or "nothing is different"


def _groups(found: Comparison) -> list[dict[str, Any]]:
    groups = []
    for title, subjects in GROUPS:
        changes = found.about(*subjects)
        if changes:
            groups.append({"title": title, "rows": [_row(change) for change in changes[:MOST_SHOWN]], "more": max(0, len(changes) - MOST_SHOWN)})
    return groups


def _row(change: Change) -> dict[str, Any]:
    tag, colour = TAGS[change.kind]
    return {
        "tag": tag, "colour": colour, "name": change.name, "within": change.within, "what": change.what.capitalize(), "words": change.words,
        "was": change.was, "now": change.now, "is_harmless": change.is_harmless,
    }  # fmt: skip


def _drawings(before: Side, after: Side, found: Comparison) -> list[dict[str, Any]]:
    """Both drawings of each diagram that has something to mark, the older first."""
    drawn = []
    for path in found.marked:
        for side, marks in ((before, found.marks_before(path)), (after, found.marks_after(path))):
            if path in side.files:
                title = side.title if path == "process.bpmn" else f"{side.title}, {path}"
                drawn.append({"title": title, "svg": _svg(side.files[path], title, marks), "marks": len(marks)})
    return drawn


def _svg(xml: str, title: str, marks: Mapping[str, str]) -> Markup:
    """One drawing; empty for a diagram that cannot be drawn, since the draft of somebody may hold any text."""
    try:
        return Markup(diagrams.svg(xml, title=title, marks=marks))  # noqa: S704  the drawing escapes every word itself
    except (DefinitionRefused, ValueError, OverflowError):
        return Markup("")


def _tables(found: Comparison) -> list[dict[str, Any]]:
    """The forms, tables, rules and texts that changed, each as a table with what stood there and what stands there now."""
    tables: dict[tuple[str, str], list[Change]] = {}
    for change in found.about(*SIDE_BY_SIDE):
        tables.setdefault((change.path, change.within or _title(change)), []).append(change)
    return [
        {"title": title, "rows": [_row(change) for change in changes[:MOST_SHOWN]], "more": max(0, len(changes) - MOST_SHOWN)}
        for (_, title), changes in tables.items()
    ]


def _decisions(before: Files, after: Files) -> list[decision_tables.Both]:
    """Each decision table that changed, both versions in one."""
    shown = []
    for path in sorted(path for path in {*before} & {*after} if path.endswith(".dmn") and before[path] != after[path]):
        try:
            table = decision_tables.both(path, before[path], after[path])
        except DefinitionRefused:
            continue
        if len(table.rows) <= MOST_SHOWN and any(row.kind for row in table.rows):
            shown.append(table)
    return shown


def _title(change: Change) -> str:
    return {"rule": "Rules", "row": "Decision table"}.get(change.about, change.name)


def _files(before: Files, after: Files) -> list[dict[str, Any]]:
    """The files that are not the same to the letter, with the lines that differ."""
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return [{"path": path, **_lines(before.get(path, ""), after.get(path, ""))} for path in sorted(paths, key=_last)]


def _last(path: str) -> tuple[bool, str]:
    return path.endswith((".bpmn", ".dmn")), path


def _lines(before: str, after: str) -> dict[str, Any]:
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > LONGEST_FILE:
        return {"lines": [], "is_too_long": True}
    lines = [line for line in difflib.unified_diff(old, new, n=2, lineterm="") if not line.startswith(("---", "+++"))]
    return {"lines": _marked(lines[:MOST_LINES]), "is_too_long": len(lines) > MOST_LINES}


def _marked(lines: Sequence[str]) -> list[dict[str, str]]:
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [{"kind": kinds.get(line[:1], "same"), "text": line} for line in lines]
