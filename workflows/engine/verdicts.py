"""Every element and attribute of the standards with what becomes of it here: it runs as the standard says, is only shown, or is refused by name.

The lists come from the schemas of the standards and the verdicts from what the check itself asks, so that the table cannot say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workflows.engine import standard, supported, supported_tables

Kind = Literal["runs", "shown", "refused"]
WORDS: dict[Kind, str] = {"runs": "Runs as the standard says", "shown": "Shown only, as the standard says", "refused": "Refused by name"}
# The standard gives these no effect on a run.
SHOWN = frozenset({
    "association", "category", "categoryValue", "collaboration", "definitions", "documentation", "extensionElements", "flowNodeRef", "group", "lane",
    "laneSet", "participant", "text", "textAnnotation", "incoming", "outgoing",
})  # fmt: skip
SHOWN_ATTRIBUTES = frozenset({
    "id", "name", "exporter", "exporterVersion", "targetNamespace", "namespace", "expressionLanguage", "typeLanguage", "textFormat", "processType",
    "isClosed", "gatewayDirection", "implementation", "label", "preferredOrientation", "outputLabel", "typeRef",
})  # fmt: skip
OUR_OWN = {
    "lane": "The lane names the team that does its steps",
    "loopDataInputRef": "Names the value of the case that holds the list",
    "loopDataOutputRef": "Names the value of the case that takes the results",
    "conditionExpression": "Written in the language of conditions",
    "timeDate": "A date, or the name of a value that holds one",
    "timeDuration": "A length of time, or the name of a value that holds one",
    "serviceTask": "Names one of the operations that the service has",
    "userTask": "Needs a form, and a team",
    "businessRuleTask": "Names a table of the folder",
    "expressionLanguage": "Conditions are always read in one language",
}


@dataclass(frozen=True)
class Verdict:
    """A line of the table; `attribute` is empty for the element itself, `kind` what becomes of it, `note` what to know or to use instead."""

    element: str
    attribute: str
    kind: Kind
    note: str = ""

    @property
    def words(self) -> str:
        """The verdict in words."""
        return WORDS[self.kind]


def bpmn() -> list[Verdict]:
    """The lines for BPMN 2.0: each element, then its attributes, then where an event of this kind may stand."""
    return [verdict for name, attributes in standard.bpmn_elements().items() for verdict in _lines(name, attributes)]


def dmn() -> list[Verdict]:
    """The lines for decision tables: each element of DMN 1.3, its attributes, and each hit policy."""
    found = [verdict for name, attributes in standard.dmn_elements().items() for verdict in _table_lines(name, attributes)]
    policies = supported_tables.POLICIES.items()
    return [*found, *(Verdict("decisionTable", f"hitPolicy={name}", "refused" if note else "runs", note) for name, note in policies)]


def _lines(name: str, attributes: tuple[str, ...]) -> Iterator[Verdict]:
    if name not in supported.ELEMENTS:
        yield Verdict(name, "", "refused", supported.INSTEAD.get(name, ""))
        return
    yield Verdict(name, "", "shown" if name in SHOWN else "runs", OUR_OWN.get(name, ""))
    for attribute in attributes:
        yield _attribute(name, attribute)
    yield from _events(name)


def _attribute(name: str, attribute: str) -> Verdict:
    if attribute not in supported.ELEMENTS[name]:
        return Verdict(name, attribute, "refused")
    only = supported.ONLY.get((name, attribute))
    if only:
        return Verdict(name, attribute, "runs", f"Only “{only}”; anything else is refused by name")
    return Verdict(name, attribute, "shown" if attribute in SHOWN_ATTRIBUTES else "runs", OUR_OWN.get(attribute, ""))


def _events(name: str) -> Iterator[Verdict]:
    """Which kinds of event may stand in this one."""
    if name in supported.DEFINITIONS_IN:
        for each in sorted(known for known in standard.bpmn_elements() if known.endswith("EventDefinition") and known != "eventDefinition"):
            yield Verdict(name, f"with {each}", "runs" if each in supported.DEFINITIONS_IN[name] else "refused", supported.INSTEAD.get(each, ""))


def _table_lines(name: str, attributes: tuple[str, ...]) -> Iterator[Verdict]:
    if name not in supported_tables.ELEMENTS:
        yield Verdict(name, "", "refused", supported_tables.INSTEAD.get(name, ""))
        return
    yield Verdict(name, "", "shown" if name in supported_tables.SHOWN else "runs")
    for attribute in attributes:
        is_known = attribute in supported_tables.ELEMENTS[name]
        yield Verdict(name, attribute, "refused" if not is_known else "shown" if attribute in SHOWN_ATTRIBUTES else "runs")
