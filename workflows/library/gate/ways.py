"""The way to a fault in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from workflows.engine import DefinitionRefused, reading
from workflows.engine.definition import KINDS

Files = Mapping[str, str]
FLOW = "sequence flow"


@dataclass(frozen=True)
class Named:
    """What an element is called, and what it is."""

    name: str
    kind: str


@dataclass(frozen=True)
class Stage:
    """One step of a way: its id, its name, what it is, and the words of the flow that led to it, if it has any."""

    id: str
    name: str
    kind: str
    by_way_of: str = ""


def names_in(folders: Iterable[Files]) -> dict[str, Named]:
    """The steps and flows of folders by id; a file that cannot be read is left out."""
    found: dict[str, Named] = {}
    for folder in folders:
        for name, text in folder.items():
            if name.endswith(".bpmn"):
                found = _names(name, text) | found
    return found


def _names(name: str, text: str) -> dict[str, Named]:
    try:
        root = reading.read_xml(text, name)
    except DefinitionRefused:
        return {}
    found = {}
    for element in root.iter(f"{reading.BPMN}*"):
        tag = etree.QName(element).localname
        kind = FLOW if tag == "sequenceFlow" else KINDS.get(tag)
        if kind and element.get("id"):
            found[element.get("id", "")] = Named(" ".join((element.get("name") or "").split()), kind)
    return found


def stages_of(way: Sequence[str], names: Mapping[str, Named]) -> list[Stage]:
    """The steps of a way in their order, each with the words of the flow before it; flows are no steps themselves."""
    stages, words = [], ""
    for each in way:
        known = names.get(each, Named("", "step"))
        if known.kind == FLOW:
            words = known.name
            continue
        stages.append(Stage(each, known.name or known.kind.capitalize(), known.kind, words))
        words = ""
    return stages
