"""A process as a net of nodes and flows, its called processes drawn in, for exploring what it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from workflows.engine import reading
from workflows.engine.problems import DefinitionRefused, Problem

BPMN = reading.BPMN
AUTOMATIC = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "intermediateThrowEvent", "startEvent"})
SCOPES = frozenset({"subProcess", "callActivity"})
NODES = AUTOMATIC | SCOPES | {
    "userTask", "endEvent", "intermediateCatchEvent", "boundaryEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
DEEPEST_CALL = 6
COPIES = 2  # instances of a step that is done for each of a list: none, one or two stand for any number


@dataclass(frozen=True)
class Flow:
    """A sequence flow, from one node to another in the same scope."""

    key: str
    id: str
    source: str
    target: str


@dataclass
class Node:
    """One element of a diagram in its place: the same element of a process that is called twice is two nodes.

    `scope` is the node around it (empty for the process itself); `host` the step a boundary event sits on. A step done for each
    of a list has `copies`, the keys of its instances.
    """

    key: str
    id: str
    name: str
    kind: str
    scope: str
    operation: str = ""
    group: str = ""
    host: str = ""
    interrupts: bool = True
    event: str = ""
    ends_all: bool = False
    copies: tuple[str, ...] = ()
    outs: list[Flow] = field(default_factory=list)
    ins: list[Flow] = field(default_factory=list)
    guards: list[str] = field(default_factory=list)
    default: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Net:
    """All nodes by key, in the order they are drawn, and the start events of each scope."""

    key: str
    nodes: dict[str, Node] = field(default_factory=dict)
    starts: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def scope_lines(self) -> dict[str, tuple[str, ...]]:
        """The scopes around each node, the nearest first, without the process itself."""
        return {key: tuple(self._around(key)) for key in self.nodes}

    def _around(self, key: str) -> Iterator[str]:
        scope = self.nodes[key].scope
        while scope:
            yield scope
            scope = self.nodes[scope].scope

    def named(self, name: str) -> frozenset[str]:
        """The keys of the nodes that an id or an operation names; empty for an unknown one."""
        return frozenset(key for key, node in self.nodes.items() if name in (node.id, node.operation))

    @cached_property
    def flow_ids(self) -> frozenset[str]:
        """The ids of all flows."""
        return frozenset(flow.id for node in self.nodes.values() for flow in node.outs)


def read_net(
    key: str, files: Mapping[str, str], called: Mapping[str, Mapping[str, str]] | None = None, *, groups: Mapping[str, str] | None = None
) -> Net:
    """The net of a process folder with the folders it calls. `groups` are the candidate groups, name by key, for tasks that take
    theirs from the lane. DefinitionRefused when a file cannot be read or holds no such process.
    """
    keys = {name: group for group, name in (groups or {}).items()}
    processes: dict[str, etree._Element] = {}
    lanes: dict[str, str] = {}
    for folder in ({**(called or {}), key: files}).values():
        for root in reading.diagrams(folder).values():
            processes |= {process.get("id", ""): process for process in root.iter(f"{BPMN}process")}
            lanes |= {ref.text or "": lane.get("name", "") for lane in root.iter(f"{BPMN}lane") for ref in lane.iter(f"{BPMN}flowNodeRef")}
    if key not in processes:
        raise DefinitionRefused([Problem("unreadable", f"{key}: there is no process with this id")])
    net = Net(key)
    _Reader(net, processes, {step: keys.get(lane, lane) for step, lane in lanes.items()}).read(processes[key], scope="", prefix="")
    return net


class _Reader:
    """Reads one process after the other into a net."""

    def __init__(self, net: Net, processes: Mapping[str, etree._Element], lanes: Mapping[str, str]) -> None:
        self.net, self.processes, self.lanes = net, processes, lanes

    def read(self, container: etree._Element, *, scope: str, prefix: str) -> None:
        """Add the nodes and flows of a process or a sub-process that stands in `scope`."""
        elements = {child.get("id", ""): child for child in container if _kind(child) in NODES}
        self.net.starts[scope] = []
        for id_, element in elements.items():
            self._add(element, id_, scope=scope, prefix=prefix)
        for flow in container.iterfind(f"{BPMN}sequenceFlow"):
            self._connect(flow, prefix)
        for id_, element in elements.items():
            if _kind(element) == "boundaryEvent":
                self.net.nodes[prefix + element.get("attachedToRef", "")].guards.append(prefix + id_)
        for id_, element in elements.items():
            if _kind(element) in SCOPES or _is_for_each(element):
                self._inside(element, prefix + id_, prefix)

    def _add(self, element: etree._Element, id_: str, *, scope: str, prefix: str) -> None:
        kind, properties = _kind(element), reading.properties_of(element)
        operator = element.find(f"{BPMN}extensionElements/{reading.SPIFF}serviceTaskOperator")
        host = element.get("attachedToRef", "")
        self.net.nodes[prefix + id_] = Node(
            prefix + id_, id_, " ".join((element.get("name") or id_).split()), kind, scope,
            operation=properties.get("operation", "") if operator is None else operator.get("id", ""),
            group=properties.get("candidateGroup", "").strip("'\"") or self.lanes.get(id_, ""),
            host=prefix + host if host else "", interrupts=element.get("cancelActivity", "true") != "false", event=_event(element),
            ends_all=element.find(f"{BPMN}terminateEventDefinition") is not None, default=prefix + element.get("default", ""), properties=properties,
        )  # fmt: skip
        if kind == "startEvent":
            self.net.starts[scope].append(prefix + id_)

    def _connect(self, flow: etree._Element, prefix: str) -> None:
        made = Flow(prefix + flow.get("id", ""), flow.get("id", ""), prefix + flow.get("sourceRef", ""), prefix + flow.get("targetRef", ""))
        self.net.nodes[made.source].outs.append(made)
        self.net.nodes[made.target].ins.append(made)

    def _inside(self, element: etree._Element, key: str, prefix: str) -> None:
        """What stands inside a scope, once, or once for each of the copies that stand for a list."""
        node = self.net.nodes[key]
        if not _is_for_each(element):
            self._body(element, key, prefix)
            return
        node.copies = tuple(f"{key}#{number}" for number in range(1, COPIES + 1))
        for copy in node.copies:
            self.net.nodes[copy] = Node(
                copy, node.id, node.name, node.kind, key, operation=node.operation, group=node.group, properties=node.properties
            )
            if node.kind in SCOPES:
                self._body(element, copy, f"{copy}/")

    def _body(self, element: etree._Element, key: str, prefix: str) -> None:
        if _kind(element) == "subProcess":
            self.read(element, scope=key, prefix=prefix)
            return
        called = self.processes.get(element.get("calledElement", ""))
        if called is not None and key.count("/") < DEEPEST_CALL:
            self.read(called, scope=key, prefix=f"{key}/")


def _kind(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _is_for_each(element: etree._Element) -> bool:
    return element.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None


def _event(element: etree._Element) -> str:
    """`timer` or `message` for an event that waits; empty for any other element."""
    for child in element:
        if _kind(child).endswith("EventDefinition"):
            return _kind(child).removesuffix("EventDefinition")
    return ""
