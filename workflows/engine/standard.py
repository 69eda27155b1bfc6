"""The elements and attributes that the standards know, read from the schemas that come with the engine: BPMN 2.0 and DMN 1.3."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import SpiffWorkflow
from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
ROOT = Path(SpiffWorkflow.__file__).parent
BPMN_SCHEMAS = ("bpmn/parser/schema/Semantic.xsd", "bpmn/parser/schema/BPMN20.xsd")
DMN_SCHEMAS = ("dmn/parser/schema/DMN13.xsd",)


@lru_cache(maxsize=1)
def bpmn_elements() -> Mapping[str, tuple[str, ...]]:
    """Every element of BPMN 2.0 by name, without those of the drawing, and the attributes it may have; in the order of the alphabet."""
    return _elements(BPMN_SCHEMAS)


@lru_cache(maxsize=1)
def dmn_elements() -> Mapping[str, tuple[str, ...]]:
    """Every element of DMN 1.3 by name, without those of the drawing, and the attributes it may have."""
    return _elements(DMN_SCHEMAS)


def _elements(schemas: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    roots = [etree.parse(ROOT / each, etree.XMLParser(resolve_entities=False, no_network=True)).getroot() for each in schemas]
    types = {each.get("name", ""): each for root in roots for each in root.iterfind(f"{XSD}complexType")}
    found: dict[str, set[str]] = {}
    for root in roots:
        for element in root.iter(f"{XSD}element"):
            name = element.get("name")
            if name and element.get("abstract") != "true":
                found.setdefault(name, set()).update(_attributes(element.get("type", "").rpartition(":")[2], types), _own(element))
    return {name: tuple(sorted(found[name])) for name in sorted(found, key=str.lower)}


def _attributes(type_name: str, types: Mapping[str, etree._Element]) -> set[str]:
    """The attributes of a type and of those it extends."""
    kind = types.get(type_name)
    if kind is None:
        return set()
    bases = {base for each in kind.iter(f"{XSD}extension", f"{XSD}restriction") if (base := each.get("base", "").rpartition(":")[2]) != type_name}
    return _own(kind).union(*(_attributes(base, types) for base in bases))


def _own(kind: etree._Element) -> set[str]:
    return {each.get("name", "") for each in kind.iter(f"{XSD}attribute") if each.get("name")}
