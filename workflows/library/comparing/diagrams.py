"""The differences between two versions of a diagram: steps, flows, lanes, and in one line what is only drawn elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from workflows import engine
from workflows.engine.definition import KINDS
from workflows.library.comparing import facets
from workflows.library.comparing.changes import (
    About,
    Change,
    Kind,
    Names,
    listed,
    was_now,
)
from workflows.library.comparing.facets import Element

IDS = frozenset({"differentFrom", "startsFrom", "attachedToRef", "sourceRef", "targetRef", "inside", "order", "default"})
MOST_PLACED = 500  # more steps than that did not go from one diagram: it is another one
KEYS = frozenset({"candidateGroup", "dueRule"})
LANES = frozenset({"lane", "in lane"})
NOTES = frozenset({"textAnnotation", "association", "group", "category", "categoryValue", "definitions", "collaboration", "laneSet"})
ENDS = frozenset({"sourceRef", "targetRef"})
# What is said of a step that came or went; the rest is on the page of the process.
TOLD_OF_NEW = ("lane", "candidateGroup", "formKey", "dueRule", "dueOn", "operation", "calledElement", "calledDecisionId", "legalBasis")


@dataclass(frozen=True)
class Ways:
    """The steps right before and right behind each step."""

    before: Mapping[str, list[str]]
    behind: Mapping[str, list[str]]


@dataclass(frozen=True)
class Found:
    """The differences of a diagram, and its elements to mark."""

    changes: list[Change]
    marks: dict[str, Kind]


@dataclass(frozen=True)
class Pair:
    """The elements of both versions of a diagram, with the names that people know keys by."""

    path: str
    old: Mapping[str, Element]
    new: Mapping[str, Element]
    names: Names
    old_ways: Ways
    new_ways: Ways

    def words(self, fact: str, value: str, of: Mapping[str, Element]) -> str:
        """A value as people read it: names of elements instead of their ids, of groups and rules instead of their keys."""
        if fact in IDS:
            return listed([self.called(key, of) for key in value.split()])
        if fact in LANES:
            lane = of.get(value) or self.new.get(value) or self.old.get(value)
            return lane.label if lane is not None else value
        return self.names.get(value, value) if fact in KEYS else value

    def called(self, key: str, of: Mapping[str, Element]) -> str:
        """What people call the element with an id, in the version it is looked for or else in the other; the id when there is none."""
        for among in (of, self.new, self.old):
            if key in among:
                return f"“{_called(among[key], among)}”"
        return key

    def ways_of(self, kind: Kind) -> Ways:
        """The ways of the version in which something that came or went is to be found."""
        return self.old_ways if kind == "removed" else self.new_ways


def compare(path: str, old: etree._Element, new: etree._Element, names: Names) -> Found:
    """What is different in a diagram. Elements are known again by their ids."""
    before, after = facets.elements_of(old), facets.elements_of(new)
    pair = Pair(path, before, after, names, _ways(before), _ways(after))
    order = _reading_order(pair, old, new)
    changes = [change for key in order for change in _of_element(pair, key)]
    marks = {key: mark for key in order if (mark := _mark(pair, key)) is not None}
    return Found([*changes, *_drawing(pair)], marks)


def _ways(elements: Mapping[str, Element]) -> Ways:
    before: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for flow in elements.values():
        source, target = flow.facts.get("sourceRef", ""), flow.facts.get("targetRef", "")
        if flow.kind == "sequenceFlow" and source in elements and target in elements:
            before.setdefault(target, []).append(source)
            behind.setdefault(source, []).append(target)
    return Ways(before, behind)


def _reading_order(pair: Pair, old: etree._Element, new: etree._Element) -> list[str]:
    """The process with its lanes, then the steps as the flow goes, then the flows; what went comes where it stood."""
    steps = [step.id for step in engine.steps_of(new)]
    gone = [(place, step.id) for place, step in enumerate(engine.steps_of(old)) if step.id not in pair.new]
    for place, key in gone[:MOST_PLACED]:
        steps.insert(place, key)
    steps += [key for _, key in gone[MOST_PLACED:]]
    everything = list(dict.fromkeys([*pair.new, *pair.old]))
    flows = [key for key in everything if _kind(pair, key) == "sequenceFlow"]
    steps = [key for key in dict.fromkeys(steps) if key in pair.new or key in pair.old]
    told = {*steps, *flows}
    rest = [key for key in everything if key not in told]
    return [*rest, *steps, *flows]


def _kind(pair: Pair, key: str) -> str:
    return (pair.new.get(key) or pair.old[key]).kind


def _about(element: Element) -> About:
    return "step" if element.kind in KINDS else "flow" if element.kind == "sequenceFlow" else "process"


def _called(element: Element, among: Mapping[str, Element]) -> str:
    """The name of an element; a flow without one is called by its ends, a gateway without one by what it is."""
    if element.kind == "sequenceFlow" and not element.name:
        ends = [among[element.facts.get(end, "")].label for end in ("sourceRef", "targetRef") if element.facts.get(end) in among]
        return " to ".join(ends) or element.label
    return element.label


def _of_element(pair: Pair, key: str) -> Iterator[Change]:
    old, new = pair.old.get(key), pair.new.get(key)
    if old is not None and new is not None:
        yield from _changed(pair, old, new)
    elif new is not None:
        yield from _came_or_went(pair, new, "added", pair.new)
    elif old is not None:
        yield from _came_or_went(pair, old, "removed", pair.old)


def _came_or_went(pair: Pair, element: Element, kind: Kind, among: Mapping[str, Element]) -> Iterator[Change]:
    if element.kind == "sequenceFlow" and _goes_with_a_step(pair, element):
        return
    words = _flow_words(pair, element, among) if element.kind == "sequenceFlow" else _step_words(pair, element, kind, among)
    yield Change(
        kind, _about(element), element.id, _called(element, among), words=words, path=pair.path, is_harmless=element.kind in NOTES,
        marks=frozenset({element.id}), what=element.kind_words,
    )  # fmt: skip


def _goes_with_a_step(pair: Pair, flow: Element) -> bool:
    """A plain line to or from a step that itself came or went says nothing more than the step does."""
    if {fact for fact, value in flow.facts.items() if value} - ENDS - {"inside"}:
        return False
    return any((end in pair.old) != (end in pair.new) for end in (flow.facts.get(key, "") for key in ENDS))


def _flow_words(pair: Pair, flow: Element, among: Mapping[str, Element]) -> str:
    ends = [pair.words(end, flow.facts.get(end, ""), among) for end in ("sourceRef", "targetRef")]
    words = f"from {ends[0]} to {ends[1]}"
    if "otherwise" in flow.facts:
        return f"{words}, when no other condition holds"
    condition = flow.facts.get("conditionExpression", "")
    return f"{words}, if {condition}" if condition else words


def _step_words(pair: Pair, element: Element, kind: Kind, among: Mapping[str, Element]) -> str:
    """Where a step stands, and the most of what it says of itself."""
    where = _where(element, among, pair.ways_of(kind))
    told = [f"{facets.label_of(fact)} {pair.words(fact, element.facts[fact], among)}" for fact in TOLD_OF_NEW if element.facts.get(fact)]
    if element.kind in KINDS:
        told.insert(0, element.kind_words)
    stood = f"it stood {where}" if where and kind == "removed" else where
    return "; ".join(part for part in (stood, *told) if part)


def _where(element: Element, among: Mapping[str, Element], ways: Ways) -> str:
    on = element.facts.get("attachedToRef", "")
    if on in among:
        return f"on “{_called(among[on], among)}”"
    sides = (("after", ways.before.get(element.id, [])), ("before", ways.behind.get(element.id, [])))
    return " and ".join(f"{word} {listed([f'“{_called(among[key], among)}”' for key in keys])}" for word, keys in sides if keys)


def _changed(pair: Pair, old: Element, new: Element) -> Iterator[Change]:
    if old.kind != new.kind:
        yield _change(pair, new, "kind", old.kind_words, new.kind_words, is_harmless=False)
    for fact in dict.fromkeys([*old.facts, *new.facts]):
        was, now = old.facts.get(fact, ""), new.facts.get(fact, "")
        # An empty fact and none are the same to everyone who reads it.
        if was != now:
            said = pair.words(fact, was, pair.old), pair.words(fact, now, pair.new)
            if said[0] == said[1]:
                said = was, now
            yield _change(pair, new, fact, *said, is_harmless=facets.is_only_read(new, fact))


def _change(pair: Pair, element: Element, fact: str, was: str, now: str, *, is_harmless: bool) -> Change:
    label = facets.label_of(fact)
    return Change(
        "changed", _about(element), element.id, _called(element, pair.new), was, now, f"{label}: {was_now(was, now)}", path=pair.path, what=label,
        is_harmless=is_harmless, marks=frozenset({element.id}),
    )  # fmt: skip


def _mark(pair: Pair, key: str) -> Kind | None:
    old, new = pair.old.get(key), pair.new.get(key)
    if old is None or new is None:
        return "added" if old is None else "removed"
    is_same = old.kind == new.kind and not _differing(old.facts, new.facts)
    return None if is_same else "changed"


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [fact for fact in {**old, **new} if old.get(fact, "") != new.get(fact, "")]


def _drawing(pair: Pair) -> Iterable[Change]:
    """One line for all that is only drawn elsewhere."""
    places = [key for key in pair.old if key in pair.new and pair.old[key].drawn != pair.new[key].drawn]
    if not places:
        return []
    count = f"{len(places)} element{' is' if len(places) == 1 else 's are'} drawn in another place or size"
    return [Change("changed", "process", "", "Drawing", words=f"{count}; what happens is the same", path=pair.path, what="drawing", is_harmless=True)]
