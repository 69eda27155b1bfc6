"""From the files of a process folder to XML that is safe to look at: no DOCTYPE, bounded in size and depth."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from workflows.engine.problems import DefinitionRefused, Problem

LARGEST = 2_000_000
DEEPEST = 60
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 100  # of one element; to look one up among very many takes long
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def read_xml(text: str | bytes, name: str) -> etree._Element:
    """The root of a file. DefinitionRefused, naming the file, when it is too large, too deep, broken or has a DOCTYPE."""
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > LARGEST:
        raise _refused(name, f"the file is larger than {LARGEST // 1_000_000} MB")
    if re.search(rb"<!(?:\x00)?(?:D|E)(?:\x00)?(?:O|N)", raw, re.IGNORECASE) or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(name, "a DOCTYPE, or text that is not UTF-8, is not allowed in a process")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(name, f"the file cannot be read: {error.msg}") from error
    if root.getroottree().docinfo.doctype:
        raise _refused(name, "a DOCTYPE is not allowed in a process")
    _check_shape(root, name)
    return root


def _check_shape(root: etree._Element, name: str) -> None:
    count = 0
    stack = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        count += 1
        if len(element.attrib) > MOST_ATTRIBUTES:
            raise _refused(name, f"line {element.sourceline}: an element has more than {MOST_ATTRIBUTES} attributes")
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise _refused(name, "the file has too many elements, or they are too deep inside one another")
        stack.extend((child, depth + 1) for child in element)


def _refused(name: str, message: str) -> DefinitionRefused:
    return DefinitionRefused([Problem("unreadable", f"{name}: {message}")])


def diagrams(files: Mapping[str, str]) -> dict[str, etree._Element]:
    """The BPMN files of a folder by name, read safely."""
    return {name: read_xml(text, name) for name, text in sorted(files.items()) if name.endswith(".bpmn")}


def owner_of(element: etree._Element) -> etree._Element | None:
    """The nearest element around this one, itself included, that has an id and can be named to a person."""
    current: etree._Element | None = element
    while current is not None and not (current.get("id") and current.tag != f"{BPMN}formalExpression" and not _is_part(current)):
        current = current.getparent()
    return current


def _is_part(element: etree._Element) -> bool:
    return not isinstance(element.tag, str) or etree.QName(element).localname.endswith(("Expression", "EventDefinition", "Characteristics"))


def properties_of(element: etree._Element) -> dict[str, str]:
    """Our own properties of an element."""
    found = element.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    return {entry.get("name", ""): entry.get("value", "") for entry in found}
