"""A report on its pages: its parts under their headings, and what changed between two versions, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LABELS: Mapping[str, str] = {
    "recommendations": "Recommendation",
    "background": "Background",
    "if_we_do_not": "If we do not",
    "options_rejected": "Options rejected",
    "consultation_summary": "What the consultation said",
    "finance_implications": "Finance",
    "legal_implications": "Legal",
    "procurement_implications": "Procurement",
    "risk": "Risk",
    "equality_duty": "Equality duty",
    "social_value": "Social value",
    "background_papers": "Background papers",
}
WORDS = re.compile(r"\S+\s*")
CONTEXT = 12


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, was added or was removed: `kind` is `same`, `added`, `removed` or `skipped`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """One part of a report under its heading."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A part of a report that differs between two versions, in pieces to be read in order."""

    key: str
    label: str
    pieces: list[Piece]


def parts(content: Mapping[str, Any]) -> list[Part]:
    """The parts that a report has, in their fixed order."""
    return [Part(key, label, as_text(content.get(key))) for key, label in LABELS.items() if as_text(content.get(key))]


def part(content: Mapping[str, Any], key: str) -> str:
    """The text of one part; nothing when the report has none."""
    return as_text(content.get(key))


def as_text(value: Any) -> str:
    """A part as text: lists line by line."""
    return "\n".join(str(item) for item in value) if isinstance(value, list) else str(value or "").strip()


def changes(before: Mapping[str, Any], now: Mapping[str, Any], labels: Mapping[str, str] = LABELS) -> list[Changed]:
    """The parts that are not the same in two versions, each with its words marked."""
    pairs = [(key, label, as_text(before.get(key)), as_text(now.get(key))) for key, label in labels.items()]
    return [Changed(key, label, compared(old, new)) for key, label, old, new in pairs if old != new]


def compared(old: str, new: str) -> list[Piece]:
    """Two texts as pieces: what stayed is cut short where it is long, so that the change is in sight."""
    left, right = WORDS.findall(old), WORDS.findall(new)
    pieces: list[Piece] = []
    for kind, start, end, other_start, other_end in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces += _cut(left[start:end], is_first=start == 0, is_last=end == len(left))
            continue
        pieces += [Piece("removed", "".join(left[start:end]))] if end > start else []
        pieces += [Piece("added", "".join(right[other_start:other_end]))] if other_end > other_start else []
    return pieces


def _cut(same: list[str], *, is_first: bool, is_last: bool) -> list[Piece]:
    if len(same) <= 2 * CONTEXT + 2:
        return [Piece("same", "".join(same))]
    head = [] if is_first else [Piece("same", "".join(same[:CONTEXT]))]
    tail = [] if is_last else [Piece("same", "".join(same[-CONTEXT:]))]
    return [*head, Piece("skipped", " … "), *tail]
