"""Differences between lists whose entries have facts: the questions of a form, the rows of a table, the rules of the law."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workflows.library.comparing.changes import About, Change, was_now
from workflows.library.comparing.pairing import moved, pairs


@dataclass(frozen=True)
class Entry:
    """One entry: its id, what people call it, its facts by their labels as people read them, and the raw text of those facts.

    `headings` are the labels of facts that are kept by another name, since their label may change.
    """

    id: str
    name: str
    facts: Mapping[str, str]
    raw: Mapping[str, str]
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sort:
    """What sort of entries a list holds: what they are about and belong to, which facts are only read, whether their order says something,
    and the elements of the diagram that use them."""

    about: About
    what: str
    within: str
    path: str
    only_read: Collection[str] = frozenset()
    order_is_read_only: bool = True
    marks: frozenset[str] = frozenset()
    is_harmless: bool = False


def compare(before: Sequence[Entry], after: Sequence[Entry], sort: Sort) -> list[Change]:
    """The differences of a list in the order of its newer version."""
    found = pairs([_key(entry) for entry in before], [_key(entry) for entry in after])
    elsewhere = moved(found)
    changes: list[Change] = []
    for pair in found:
        old = before[pair[0]] if pair[0] is not None else None
        new = after[pair[1]] if pair[1] is not None else None
        changes += _of(old, new, sort)
        if pair in elsewhere and new is not None and pair[0] is not None and pair[1] is not None:
            changes.append(_moved(new, pair[0] + 1, pair[1] + 1, sort))
    return changes


def _key(entry: Entry) -> tuple[str, str]:
    return entry.id, repr(sorted(entry.raw.items()))


def _of(old: Entry | None, new: Entry | None, sort: Sort) -> Iterator[Change]:
    if old is not None and new is not None:
        for label in dict.fromkeys([*old.raw, *new.raw]):
            if old.raw.get(label, "") != new.raw.get(label, ""):
                yield _changed(old, new, label, sort)
    elif new is not None:
        yield Change("added", sort.about, new.id, new.name, now=_told(new), words=_told(new), **_common(sort))  # type: ignore[arg-type]
    elif old is not None:
        yield Change("removed", sort.about, old.id, old.name, was=_told(old), words=_told(old), **_common(sort))  # type: ignore[arg-type]


def _changed(old: Entry, new: Entry, label: str, sort: Sort) -> Change:
    was, now = old.facts.get(label, ""), new.facts.get(label, "")
    if was == now:
        # The words hide a difference that the system sees, such as that between a_b and a b.
        was, now = old.raw.get(label, ""), new.raw.get(label, "")
    said = {**old.headings, **new.headings}.get(label, label)
    return Change(
        "changed", sort.about, new.id, new.name, was, now, f"{said}: {was_now(was, now)}", sort.within, sort.path, said,
        sort.is_harmless or label in sort.only_read, sort.marks,
    )  # fmt: skip


def _moved(new: Entry, was: int, now: int, sort: Sort) -> Change:
    words = f"place in the order: {was_now(str(was), str(now))}"
    return Change(
        "changed", sort.about, new.id, new.name, str(was), str(now), words, sort.within, sort.path, "order",
        sort.is_harmless or sort.order_is_read_only, sort.marks,
    )  # fmt: skip


def _told(entry: Entry) -> str:
    return "; ".join(f"{entry.headings.get(label, label)} {value}" for label, value in entry.facts.items() if value)


def _common(sort: Sort) -> dict[str, object]:
    return {"within": sort.within, "path": sort.path, "what": sort.what, "is_harmless": sort.is_harmless, "marks": sort.marks}
