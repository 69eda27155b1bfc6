"""One difference between two versions, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Files = Mapping[str, str]
Names = Mapping[str, str]  # what people call a key: a group, a policy value
Kind = Literal["added", "changed", "removed"]
About = Literal["process", "step", "flow", "question", "row", "rule", "text", "scenario"]
ABOUTS: tuple[About, ...] = ("process", "step", "flow", "question", "row", "rule", "text", "scenario")


@dataclass(frozen=True)
class Change:
    """One difference in words.

    `name` is what people call the thing and `within` what it belongs to (a form, a table, a file); `words` says the difference without
    the name. `marks` are the elements of the diagram `path` that it marks. A harmless one changes only what is read: names, help, drawing.
    """

    kind: Kind
    about: About
    id: str
    name: str
    was: str = ""
    now: str = ""
    words: str = ""
    within: str = ""
    path: str = ""
    what: str = ""
    is_harmless: bool = False
    marks: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """The whole of it in one line: where, what, and the difference."""
        where = f"{self.within}, " if self.within else ""
        return f"{where}“{self.name}”: {self.words or self.kind}"


@dataclass(frozen=True)
class Comparison:
    """All differences in the order they are read: the process, its steps and flows, forms, tables, rules, texts, scenarios.

    `marked` holds for each diagram which elements to mark, also the plain lines that came and went with a step and are not told by themselves.
    """

    changes: tuple[Change, ...] = ()
    marked: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether the two versions are the same to the letter."""
        return not self.changes

    @property
    def is_harmless(self) -> bool:
        """Whether nothing changed that a case does, asks or decides."""
        return all(change.is_harmless for change in self.changes)

    def about(self, *subjects: str) -> list[Change]:
        """The differences about some subjects, in their order."""
        return [change for change in self.changes if change.about in subjects]

    def counts(self) -> dict[Kind, int]:
        """How many differences there are of each kind."""
        kinds: tuple[Kind, ...] = ("added", "changed", "removed")
        return {kind: sum(change.kind == kind for change in self.changes) for kind in kinds}

    def marks_before(self, path: str = "process.bpmn") -> dict[str, Kind]:
        """What to mark on the drawing of the older version: what went and what changed."""
        return {key: kind for key, kind in self.marked.get(path, {}).items() if kind != "added"}

    def marks_after(self, path: str = "process.bpmn") -> dict[str, Kind]:
        """What to mark on the drawing of the newer version: what came and what changed."""
        return {key: kind for key, kind in self.marked.get(path, {}).items() if kind != "removed"}


def was_now(was: str, now: str) -> str:
    """`was 5 working days, now 3 working days`, and in words when it was not set before or is not any more."""
    if was and now:
        return f"was {was}, now {now}"
    return f"now {now}; it was not set before" if now else f"was {was}; it is not set any more"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
