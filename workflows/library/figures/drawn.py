"""What a version's diagram says of its steps and ways, read once for the figures that are laid over it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from workflows.engine import Step, reading, steps_of

BPMN = reading.BPMN


@dataclass(frozen=True)
class Flow:
    """A flow: its id, its words, where it comes from and where it goes, and whether it is taken when no condition holds."""

    id: str
    name: str
    source: str
    target: str
    is_default: bool = False


@dataclass(frozen=True)
class Drawn:
    """The elements of a diagram in the order of its flow, by id, its flows, and the elements that lie in a sub-process of it."""

    steps: Mapping[str, Step] = field(default_factory=dict)
    flows: Sequence[Flow] = ()
    inner: frozenset[str] = frozenset()

    def outermost(self, kind: str) -> list[str]:
        """The elements of a kind that begin or end the process itself."""
        return [step.id for step in self.steps.values() if step.kind == kind and step.id not in self.inner]

    def called(self, element: str) -> str:
        """What an element is called; a nameless one by what it is, one that is not here by its id."""
        step = self.steps.get(element)
        return element.replace("-", " ") if step is None else step.name or step.kind.capitalize()

    def ways_from(self, element: str) -> list[Flow]:
        """The flows out of an element, as written."""
        return [flow for flow in self.flows if flow.source == element]


@lru_cache(maxsize=64)
def read(xml: str, key: str) -> Drawn:
    """The steps and flows of the process with this key in a diagram. DefinitionRefused when the file cannot be read."""
    root = reading.read_xml(xml, "process.bpmn")
    steps = {step.id: step for step in steps_of(root) if step.process_key == key}
    defaults = {element.get("default") for element in root.iter() if isinstance(element.tag, str) and element.get("default")}
    flows = (_flow(each, defaults) for each in root.iter(f"{BPMN}sequenceFlow"))
    inner = frozenset(element.get("id", "") for sub in root.iter(f"{BPMN}subProcess") for element in sub.iterdescendants() if element.get("id"))
    return Drawn(steps, tuple(flow for flow in flows if flow.source in steps), inner)


def merged(drawings: Mapping[uuid.UUID, Drawn]) -> Drawn:
    """All elements of several versions, each as the first of them that has it says it; the flows of the first."""
    steps: dict[str, Step] = {}
    for drawn in drawings.values():
        steps = {**drawn.steps, **steps}
    return Drawn(steps, next(iter(drawings.values())).flows)


def _flow(element: etree._Element, defaults: set[str | None]) -> Flow:
    name = " ".join((element.get("name") or "").split())
    return Flow(element.get("id", ""), name, element.get("sourceRef", ""), element.get("targetRef", ""), element.get("id") in defaults)
