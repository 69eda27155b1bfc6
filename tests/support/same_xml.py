"""Whether two XML files say the same: elements, attributes, texts and their order where order means something."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lxml import etree

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Who wrote the file says nothing about the process.
NOT_MEANT = frozenset({"exporter", "exporterVersion"})
# Attributes whose value is what stands when they are left out.
USUAL: dict[tuple[str, str], str] = {
    ("boundaryEvent", "cancelActivity"): "true",
    ("multiInstanceLoopCharacteristics", "isSequential"): "false",
    ("subProcess", "triggeredByEvent"): "false",
    ("startEvent", "isInterrupting"): "true",
    ("sequenceFlow", "isImmediate"): "true",
    ("decisionTable", "hitPolicy"): "UNIQUE",
}


def differences(before: str, after: str) -> list[str]:
    """What one file says and the other does not, each as a line that names the element."""
    said, kept = facts(before), facts(after)
    return [f"lost: {each}" for each in (said - kept).elements()] + [f"new: {each}" for each in (kept - said).elements()]


def facts(text: str) -> Counter[str]:
    """Each element with where it stands, what it is and what it says, counted."""
    root = etree.fromstring(text.encode())
    return Counter(_fact(element) for element in root.iter() if isinstance(element.tag, str))


def _fact(element: etree._Element) -> str:
    name = etree.QName(element)
    attributes = {key: _value(key, value) for key, value in element.attrib.items() if _is_meant(name.localname, str(key), str(value))}
    return f"{_place(element)} {dict(sorted(attributes.items()))} {_text(element)!r}"


def _is_meant(element: str, key: str, value: str) -> bool:
    return key not in NOT_MEANT and USUAL.get((element, key)) != value


def _value(key: Any, value: Any) -> str:
    # The prefix is a matter of the writer.
    return str(value).rpartition(":")[2] if key == XSI_TYPE else str(value)


def _text(element: etree._Element) -> str:
    return (element.text or "").strip() if len(element) == 0 or (element.text or "").strip() else ""


def _place(element: etree._Element) -> str:
    parts: list[str] = []
    here: etree._Element | None = element
    while here is not None:
        name = etree.QName(here)
        own = here.get("id")
        parts.append(f"{{{name.namespace}}}{name.localname}" if here is element else name.localname)
        if own and here is not element:
            parts[-1] += f"#{own}"
            break
        here = here.getparent()
    return "/".join(reversed(parts))
