"""The checklist of a visit: the standards and their lines as a process owner wrote them, and what a mark must come with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from models import Mark

LONGEST_EVIDENCE = 4000
NEEDS_EVIDENCE = frozenset({Mark.PARTLY, Mark.NOT_MET})
COUNTS_AS_ASSESSED = frozenset({Mark.MET, Mark.PARTLY, Mark.NOT_MET})
WORDS: Mapping[Mark, str] = {Mark.MET: "Met", Mark.PARTLY: "Partly met", Mark.NOT_MET: "Not met", Mark.NOT_APPLICABLE: "Not applicable"}
# A finding that comes from the visit itself and from no line of the checklist.
ACCESS = "access"
ACCESS_WORDS = "The council can come in and see the premises"


class ChecklistRefused(ValueError):
    """The file of standards cannot be used; says what is wrong with it."""


@dataclass(frozen=True)
class Line:
    """One line of a standard: its lasting key, what must be so, and the regulation it comes from."""

    key: str
    question: str
    regulation: str


@dataclass(frozen=True)
class Standard:
    """One standard with its lines in order."""

    key: str
    name: str
    regulation: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Standard, ...]:
    """The standards of a `standards.yml`, in order. ChecklistRefused when it cannot be read or a key is used twice."""
    try:
        data = yaml.safe_load(text)
        found = tuple(_standard(entry) for entry in data["standards"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ChecklistRefused("The standards must be a list, each with key, name, regulation and lines") from error
    keys = [line.key for line in lines_of(found)]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice or not keys:
        raise ChecklistRefused(f"These keys are used twice: {', '.join(twice)}" if twice else "There is no line to look at")
    return found


def _standard(entry: Mapping[str, Any]) -> Standard:
    lines = tuple(Line(str(line["key"]), str(line["question"]), str(line.get("regulation", ""))) for line in entry["lines"])
    return Standard(str(entry["key"]), str(entry["name"]), str(entry.get("regulation", "")), lines)


def lines_of(standards: Sequence[Standard]) -> list[Line]:
    """Every line in the order it is looked at."""
    return [line for standard in standards for line in standard.lines]


def in_scope(standards: Sequence[Standard], scope: Collection[str]) -> tuple[Standard, ...]:
    """The standards that a visit looks at; all of them when its plan names none."""
    return tuple(standard for standard in standards if not scope or standard.key in scope)


def problems_of(mark: str, evidence: str) -> dict[str, str]:
    """What is missing from a mark as it was sent, as a message for each question; nothing when it can be kept."""
    known = {each.value for each in Mark}
    if mark not in known:
        return {"mark": "Select how you found this line"}
    if len(evidence) > LONGEST_EVIDENCE:
        return {"evidence": f"What you saw must be {LONGEST_EVIDENCE:,} characters or fewer"}
    if Mark(mark) in NEEDS_EVIDENCE and not evidence.strip():
        return {"evidence": "Enter what you saw"}
    return {}


def percent_assessed(lines: Sequence[Line], marks: Mapping[str, Mark]) -> int:
    """How many of a hundred lines that apply were assessed, rounded down; 100 when none applies."""
    apply = [line for line in lines if marks.get(line.key) is not Mark.NOT_APPLICABLE]
    assessed = [line for line in apply if marks.get(line.key) in COUNTS_AS_ASSESSED]
    return 100 * len(assessed) // len(apply) if apply else 100
