"""Whether the flows of a diagram can be followed: starts, ends, gateways, loops that never wait, and how long and deep it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.engine.problems import Problem
from workflows.engine.reading import BPMN
from workflows.engine.supported import finding

GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
ACTIVITIES = frozenset({"userTask", "serviceTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"})
NODES = GATEWAYS | EVENTS | ACTIVITIES
CAN_BE_INTERRUPTED = frozenset({"userTask", "callActivity", "subProcess"})
WAITING = frozenset({"userTask", "intermediateCatchEvent", "eventBasedGateway", "callActivity"})
# The engine's parser and its forecast follow a path by calling themselves; a chain of 489 steps is where that ends.
MOST_STEPS_IN_ONE = 300
MOST_FLOWS_IN_ONE = 900
MOST_STEPS_IN_ALL = 1_000
DEEPEST_SUB_PROCESSES = 8


@dataclass
class Scope:
    """A process or sub-process: its own elements by id, and its flows."""

    container: etree._Element
    nodes: dict[str, etree._Element] = field(default_factory=dict)
    flows: list[etree._Element] = field(default_factory=list)

    def leaving(self, node_id: str) -> list[etree._Element]:
        """The flows out of an element."""
        return self._by_source.get(node_id, [])

    def entering(self, node_id: str) -> list[etree._Element]:
        """The flows into an element."""
        return self._by_target.get(node_id, [])

    def __post_init__(self) -> None:
        self.nodes = {node.get("id", ""): node for node in self.container if kind(node) in NODES}
        self.flows = [flow for flow in self.container if kind(flow) == "sequenceFlow"]
        self._by_source: dict[str, list[etree._Element]] = {}
        self._by_target: dict[str, list[etree._Element]] = {}
        for flow in self.flows:
            self._by_source.setdefault(flow.get("sourceRef", ""), []).append(flow)
            self._by_target.setdefault(flow.get("targetRef", ""), []).append(flow)

    def next_ids(self, node_id: str) -> list[str]:
        """The elements that come next, and those at the edge of this one."""
        edge = (
            [each for each, node in self.nodes.items() if node.get("attachedToRef") == node_id]
            if kind(self.nodes[node_id]) in CAN_BE_INTERRUPTED
            else []
        )
        return [flow.get("targetRef", "") for flow in self.leaving(node_id) if flow.get("targetRef") in self.nodes] + edge


def kind(element: etree._Element) -> str:
    """The BPMN name of an element; empty for anything else."""
    return element.tag[len(BPMN) :] if isinstance(element.tag, str) and element.tag.startswith(BPMN) else ""


def scopes_of(root: etree._Element) -> list[Scope]:
    """Every process and sub-process of a file."""
    return [Scope(element) for element in root.iter(f"{BPMN}process", f"{BPMN}subProcess")]


def check_flows(root: etree._Element) -> Iterator[Problem]:
    """Findings about the flows of a file."""
    scopes = scopes_of(root)
    too_large = [problem for scope in scopes for problem in _check_size(scope)]
    if sum(len(scope.nodes) for scope in scopes) > MOST_STEPS_IN_ALL:
        too_large.append(finding("size", root, f"it has more than {MOST_STEPS_IN_ALL} elements", "Move a part into a process of its own and call it"))
    if too_large:
        # What is far too large is not gone through step by step.
        yield from too_large
        return
    ids = Counter(element.get("id") for element in root.iter(f"{BPMN}*") if element.get("id"))
    for element in root.iter(f"{BPMN}*"):
        if ids[element.get("id")] > 1 and element.get("id"):
            yield finding("id", element, f"the id {element.get('id')} is used {ids[element.get('id')]} times", "Give each element an id of its own")
    for scope in scopes:
        yield from _check_shape(scope)
        for node_id, node in scope.nodes.items():
            yield from _check_ends(scope, node_id, node)
            yield from _check_gateway(scope, node_id, node)
            yield from _check_boundary(scope, node)
        for flow in scope.flows:
            yield from _check_flow(scope, flow)
        yield from _check_rings(scope)


def _check_shape(scope: Scope) -> Iterator[Problem]:
    starts = [node for node in scope.nodes.values() if kind(node) == "startEvent"]
    ends = [node for node in scope.nodes.values() if kind(node) == "endEvent"]
    if len(starts) != 1:
        yield finding("start", scope.container, f"it has {len(starts)} start events", "Draw exactly one")
    if not ends:
        yield finding("end", scope.container, "it has no end event", "Draw at least one")


def _check_size(scope: Scope) -> Iterator[Problem]:
    if len(scope.flows) > MOST_FLOWS_IN_ONE:
        yield finding("size", scope.container, f"it has more than {MOST_FLOWS_IN_ONE} flows", "Move a part into a process of its own and call it")
    if len(scope.nodes) > MOST_STEPS_IN_ONE:
        yield finding("size", scope.container, f"it has more than {MOST_STEPS_IN_ONE} elements", "Move a part into a process of its own and call it")
    if sum(1 for around in scope.container.iterancestors(f"{BPMN}subProcess")) >= DEEPEST_SUB_PROCESSES:
        yield finding(
            "size", scope.container, f"sub-processes are more than {DEEPEST_SUB_PROCESSES} deep inside one another", "Call a process instead"
        )


def _check_ends(scope: Scope, node_id: str, node: etree._Element) -> Iterator[Problem]:
    what, incoming, outgoing = kind(node), scope.entering(node_id), scope.leaving(node_id)
    if not node_id:
        yield finding("id", node, f"a {what} has no id", "Give it one")
    if what == "endEvent" and outgoing:
        yield finding("flow", node, "a flow leaves an end event", "Remove the flow")
    if what in ("startEvent", "boundaryEvent") and incoming:
        yield finding("flow", node, "a flow leads to where a path begins", "Remove the flow")
    if what != "endEvent" and not outgoing:
        yield finding("flow", node, "no flow leaves it, so the path stops here", "Lead it to the next step or to an end event")
    if what not in ("startEvent", "boundaryEvent") and not incoming:
        yield finding("flow", node, "no flow leads to it, so it never happens", "Lead a flow to it or remove it")
    if what not in GATEWAYS and len(outgoing) > 1:
        yield finding("implicit-split", node, f"{len(outgoing)} flows leave it", "Put a gateway behind it: exclusive to choose, parallel to do both")


def _check_gateway(scope: Scope, node_id: str, node: etree._Element) -> Iterator[Problem]:
    outgoing = scope.leaving(node_id)
    if kind(node) in CHOICES and len(outgoing) > 1:
        chosen = [flow for flow in outgoing if flow.get("id") == node.get("default")]
        if not chosen:
            yield finding("default", node, "it has no default flow, so a case could be stuck here", "Mark one of its flows as the default")
        for flow in outgoing:
            conditioned = flow.find(f"{BPMN}conditionExpression") is not None
            if flow in chosen and conditioned:
                yield finding(
                    "default", flow, "the default flow has a condition, which is never asked", "Remove the condition or choose another default"
                )
            if flow not in chosen and not conditioned:
                yield finding("condition", flow, "the flow has no condition", "Write when this way is taken")
    elif kind(node) in CHOICES and outgoing and outgoing[0].find(f"{BPMN}conditionExpression") is not None:
        yield finding("condition", outgoing[0], "there is a condition on the only way out", "Remove the condition, or draw the other way")
    if kind(node) == "eventBasedGateway":
        yield from _check_race(scope, node, outgoing)


def _check_race(scope: Scope, node: etree._Element, outgoing: list[etree._Element]) -> Iterator[Problem]:
    targets = [scope.nodes.get(flow.get("targetRef", "")) for flow in outgoing]
    if len(targets) < 2 or any(target is None or kind(target) != "intermediateCatchEvent" for target in targets):
        yield finding("race", node, "it must lead to two or more catch events", "Draw a timer or message event at the end of each of its flows")
    if any(target is not None and len(scope.entering(target.get("id", ""))) > 1 for target in targets):
        yield finding("race", node, "a catch event behind it has another flow into it", "Let only this gateway lead to it")
    refs = [each.get("messageRef") for target in targets if target is not None for each in target.iter(f"{BPMN}messageEventDefinition")]
    if len(set(refs)) < len(refs):
        yield finding("race", node, "two of its events wait for the same message", "Let each wait for a message of its own")


def _check_boundary(scope: Scope, node: etree._Element) -> Iterator[Problem]:
    if kind(node) != "boundaryEvent":
        return
    host = scope.nodes.get(node.get("attachedToRef", ""))
    if host is None or kind(host) not in CAN_BE_INTERRUPTED:
        yield finding("boundary", node, "it is not on a step that waits", "Put it on a user task, a sub-process or a call of a process")


def _check_flow(scope: Scope, flow: etree._Element) -> Iterator[Problem]:
    source, target = scope.nodes.get(flow.get("sourceRef", "")), scope.nodes.get(flow.get("targetRef", ""))
    if source is None or target is None:
        yield finding("flow", flow, "the flow does not join two elements of the same process or sub-process", "Draw it again")
        return
    if flow.find(f"{BPMN}conditionExpression") is not None and kind(source) not in CHOICES:
        yield finding("condition", flow, "the condition would be ignored", "Put an exclusive gateway in front of the flow")
    same = [each for each in scope.leaving(source.get("id", "")) if each.get("targetRef") == flow.get("targetRef")]
    if len(same) > 1 and same[0] is flow:
        yield finding("flow", flow, f"{len(same)} flows join the same two elements", "Keep one")


def _check_rings(scope: Scope) -> Iterator[Problem]:
    passing = {each for each, node in scope.nodes.items() if not _waits(node)}
    ring = ring_in({each: [after for after in scope.next_ids(each) if after in passing] for each in passing})
    if ring:
        names = " → ".join(f"“{scope.nodes[each].get('name') or each}”" for each in ring)
        message = f"the loop {names} has no step that waits, so it would never end"
        yield finding("ring", scope.nodes[ring[0]], message, "Put a person's task, a timer or a message into it")


def _waits(node: etree._Element) -> bool:
    if kind(node) == "subProcess":
        return any(kind(inner) in WAITING for inner in node.iter(f"{BPMN}*"))
    return kind(node) in WAITING


def ring_in(graph: Mapping[str, list[str]]) -> list[str]:
    """A circle in a directed graph, as its nodes in order; empty when there is none."""
    done: set[str] = set()
    for first in graph:
        path: list[str] = []
        stack = [(first, iter(graph[first]))] if first not in done else []
        if stack:
            path.append(first)
        while stack:
            current, following = stack[-1]
            after = next(following, None)
            if after is None:
                done.add(current)
                stack.pop()
                path.pop()
            elif after in path:
                return path[path.index(after) :]
            elif after in graph and after not in done:
                stack.append((after, iter(graph[after])))
                path.append(after)
    return []
