"""Which values the elements of a process read, and which they give, so that it can be said what a case would miss further on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from workflows.engine import definition, meanings, reading
from workflows.engine.places import Place
from workflows.engine.reading import BPMN

Files = Mapping[str, str]


@dataclass
class Values:
    """A folder with those it calls: what is read and given where, by the ids of the elements."""

    folders: tuple[Files, ...]
    names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _roots(self) -> list[etree._Element]:
        return [root for folder in self.folders for root in reading.diagrams(folder).values()]

    @cached_property
    def _known(self) -> meanings.Known:
        return meanings.Known((), {}, {}, {table.key: table for folder in self.folders for table in definition.read_tables(folder)})

    @cached_property
    def reads(self) -> dict[str, set[str]]:
        """The values that each element and flow reads."""
        found: dict[str, set[str]] = {}
        for element, names in meanings.values_of(self._roots, self._known).read:
            owner = reading.owner_of(element)
            if owner is not None:
                found.setdefault(owner.get("id", ""), set()).update(names - {""})
        return found

    @cached_property
    def gives(self) -> dict[str, set[str]]:
        """The values that each element gives, and each event what its message brings."""
        brings = {each.get("id"): meanings.written_by(each, self._known) for root in self._roots for each in root.iter(f"{BPMN}message")}
        found: dict[str, set[str]] = {}
        for root in self._roots:
            for element in root.iter(f"{BPMN}*"):
                owner = reading.owner_of(element)
                names = meanings.written_by(element, self._known) | brings.get(element.get("messageRef"), set())
                if owner is not None and names:
                    found.setdefault(owner.get("id", ""), set()).update(names)
                if owner is not None and owner is element:
                    self.names[element.get("id", "")] = self._name_of(element)
        return found

    def _name_of(self, element: etree._Element) -> str:
        """The name of an element; a flow without one is called after the gateway whose choice it is."""
        source = self._elements.get(element.get("sourceRef", "")) if element.tag == f"{BPMN}sequenceFlow" else None
        name = element.get("name") or (source.get("name") if source is not None else "") or element.get("id", "")
        return " ".join(name.split())

    @cached_property
    def _elements(self) -> dict[str, etree._Element]:
        return {each.get("id", ""): each for root in self._roots for each in root.iter(f"{BPMN}*") if each.get("id")}

    def ahead(self, place: Place) -> set[str]:
        """The ids of all elements and flows that a case may still come to from a place, what is inside them and the flows out of them included."""
        todo = [*place.open, *place.events, *(join for _, join in place.arrived)]
        found: set[str] = set()
        while todo:
            key = todo.pop()
            if key in found or key not in self._elements:
                continue
            found.add(key)
            todo += self._after(key) + self._inside(key)
        return found

    def _after(self, key: str) -> list[str]:
        element = self._elements[key]
        if element.tag == f"{BPMN}sequenceFlow":
            return [element.get("targetRef", "")]
        around = element.getparent()
        if around is None:
            return []
        flows = [flow.get("id", "") for flow in around.iterfind(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == key]
        return flows + [event.get("id", "") for event in around.iterfind(f"{BPMN}boundaryEvent") if event.get("attachedToRef") == key]

    def _inside(self, key: str) -> list[str]:
        element = self._elements[key]
        called = self._elements.get(element.get("calledElement", ""))
        inner = [each for each in (element, called) if each is not None]
        return [each.get("id", "") for around in inner for each in around.iter(f"{BPMN}*") if each.get("id") and each is not element]

    def missing(self, place: Place) -> dict[str, str]:
        """The values that may be read ahead of a place, are not known there and are not given on the way: the reading element by the value."""
        ahead = self.ahead(place)
        given = {name for key in ahead for name in self.gives.get(key, ())} | place.known | meanings.ALWAYS_THERE
        return {name: key for key in sorted(ahead) for name in self.reads.get(key, ()) if name not in given}

    def givers(self, name: str) -> list[str]:
        """The names of the elements that give a value."""
        return sorted(self.names.get(key, key) for key, names in self.gives.items() if name in names)


def of(files: Files, called: Iterable[Files]) -> Values:
    """What a folder with those it calls reads and gives."""
    return Values((files, *called))
