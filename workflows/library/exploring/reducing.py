"""Making a net smaller without changing whether it is sound: what goes one after the other, beside one another or round and round
without anything between becomes one step (T. Murata's rules for Petri nets: series, parallel and self-loop places and transitions)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from workflows.library.exploring.net import SCOPES, Flow, Net, Node

AUTOMATIC = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "intermediateThrowEvent"})
WAITING = frozenset({"userTask", "intermediateCatchEvent", "callActivity"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
Branch = tuple[Flow, ...]


@dataclass
class Reduced:
    """A smaller net, and for each node of it the nodes of the whole that went into it."""

    net: Net
    within: dict[str, set[str]] = field(default_factory=dict)

    def everything(self, keys: Collection[str]) -> set[str]:
        """The keys of these nodes and of all that went into them."""
        found: set[str] = set()
        todo = list(keys)
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self.within.get(key, ())
        return found


def reduced(net: Net, *, keep: Collection[str] = frozenset(), silent: Collection[str] = frozenset()) -> Reduced:
    """The same process, smaller. Nodes and flows in `keep` (by node key and flow id) stay as they are; `silent` are the keys of
    boundary events that only do something by themselves and end: they go into the step they sit on."""
    copy = Net(net.key, {key: _fresh(node) for key, node in net.nodes.items()}, {scope: list(starts) for scope, starts in net.starts.items()})
    flows = {flow.key: replace(flow) for node in net.nodes.values() for flow in node.outs}
    for key, node in net.nodes.items():
        copy.nodes[key].outs = [flows[flow.key] for flow in node.outs]
        copy.nodes[key].ins = [flows[flow.key] for flow in node.ins]
    work = _Reducer(Reduced(copy), frozenset(keep))
    for key in silent:
        work.take_in_silent(key)
    work.run()
    return work.result


def _fresh(node: Node) -> Node:
    return replace(node, outs=[], ins=[], guards=list(node.guards))


class _Reducer:
    """Applies the rules until none fits any more."""

    def __init__(self, result: Reduced, keep: frozenset[str]) -> None:
        self.result, self.net, self.nodes, self.keep = result, result.net, result.net.nodes, keep

    def run(self) -> None:
        """Apply every rule to every node until nothing changes."""
        rules: tuple[Callable[[Node], bool], ...] = (
            self._each, self._whole, self._guard, self._series, self._twin_branch, self._side_branch, self._round_again,
        )  # fmt: skip
        changed = True
        while changed:
            changed = False
            for key in list(self.nodes):
                for rule in rules:
                    while key in self.nodes and rule(self.nodes[key]):
                        changed = True

    def take_in_silent(self, key: str) -> None:
        """A silent event and all that follows it go into the step it sits on."""
        guard = self.nodes[key]
        self.nodes[guard.host].guards.remove(key)
        todo = [key]
        while todo:
            node = self.nodes[todo.pop()]
            todo += [flow.target for flow in node.outs]
            self._absorb(guard.host, node.key)

    # The rules; each says whether it changed anything

    def _each(self, node: Node) -> bool:
        """A task done for each of a list takes its time like any other."""
        if not node.copies or any(key in self.keep or self.nodes[key].kind not in WAITING or key in self.net.starts for key in node.copies):
            return False
        for key in node.copies:
            self._absorb(node.key, key)
        node.copies, node.kind = (), "userTask"
        return True

    def _whole(self, node: Node) -> bool:
        """A sub-process that holds no more than a beginning, at most one step, and an end is one step itself."""
        if node.kind not in SCOPES or node.key not in self.net.starts or node.copies:
            return False
        inside = [each for each in self.nodes.values() if each.scope == node.key]
        kinds = sorted(each.kind for each in inside if not self._is_step(each))
        if kinds != ["endEvent", "startEvent"] or any(each.ends_all or each.key in self.keep for each in inside):
            return False
        for each in inside:
            self._absorb(node.key, each.key)
        del self.net.starts[node.key]
        node.kind = "userTask"
        return True

    def _guard(self, node: Node) -> bool:
        """An event that takes over from a step and comes to where the step itself goes is another way to do the step."""
        if node.kind not in WAITING or node.key in self.net.starts or len(node.outs) != 1:
            return False
        for key in node.guards:
            guard = self.nodes[key]
            if not guard.interrupts or len(guard.outs) != 1 or key in self.keep:
                continue
            ways = [self._branch(flow) for flow in (guard.outs[0], node.outs[0])]
            if self._end_of(ways[0]) == self._end_of(ways[1]) and self._merges(ways[0]) and self._may_go(ways[0]):
                node.guards.remove(key)
                self._drop(ways[0], into=node.key)
                self._absorb(node.key, key)
                return True
        return False

    def _series(self, node: Node) -> bool:
        """Two steps of which one simply follows the other are one."""
        if not self._is_step(node):
            return False
        [flow] = node.outs
        then = self.nodes[flow.target]
        if then.key == node.key or not self._is_step(then) or flow.id in self.keep:
            return False
        if then.kind in WAITING:
            node.kind = "userTask"
        elif node.kind not in WAITING:
            node.kind = "serviceTask"
        node.outs = then.outs
        for index, out in enumerate(node.outs):
            self._redirect(node, index, out)
        self._absorb(node.key, then.key)
        return True

    def _redirect(self, node: Node, index: int, out: Flow) -> None:
        """Let a flow begin at another node."""
        moved = replace(out, source=node.key)
        node.outs[index] = moved
        target = self.nodes[out.target]
        target.ins[target.ins.index(out)] = moved

    def _twin_branch(self, node: Node) -> bool:
        """Of two ways from the same split to the same join, one says all that both say."""
        if node.kind not in ("exclusiveGateway", "parallelGateway") or len(node.outs) < 2:
            return False
        met: dict[str, Branch] = {}
        for flow in node.outs:
            way = self._branch(flow)
            end = self._end_of(way)
            join = self.nodes[end]
            if join.kind != node.kind or end == node.key:
                continue
            if end in met:
                # The one that waits stays, so that the time it takes is still seen.
                stays, goes = (way, met[end]) if self._waits(way) and not self._waits(met[end]) else (met[end], way)
                if not self._may_go(goes):
                    stays, goes = goes, stays
                if self._may_go(goes):
                    self._drop(goes, into=node.key)
                    return True
            met[end] = way
        return False

    def _side_branch(self, node: Node) -> bool:
        """A way beside others that comes to an end of its own holds nothing up but the end of the whole."""
        if node.kind != "parallelGateway" or len(node.outs) < 2:
            return False
        for flow in node.outs:
            way = self._branch(flow)
            end = self.nodes[self._end_of(way)]
            if end.kind == "endEvent" and len(end.ins) == 1 and not end.ends_all and end.key not in self.keep and self._may_go(way):
                self._drop(way, into=node.key)
                self._absorb(node.key, end.key)
                return True
        return False

    def _round_again(self, node: Node) -> bool:
        """A way back that changes nothing, out of a circle that can be left."""
        if node.kind != "exclusiveGateway" or len(node.outs) < 2:
            return False
        for flow in node.outs:
            back = self._branch(flow)
            join = self.nodes[self._end_of(back)]
            if join.kind != "exclusiveGateway" or not self._may_go(back):
                continue
            if join.key == node.key or (len(join.outs) == 1 and len(join.ins) > 1 and self._end_of(self._branch(join.outs[0])) == node.key):
                self._drop(back, into=node.key)
                return True
        return False

    # What the rules ask and do

    def _is_step(self, node: Node) -> bool:
        """Whether a node has one way in and one way out, nothing sits on it, and it may be merged."""
        plain = node.kind in AUTOMATIC | WAITING | GATEWAYS and node.key not in self.net.starts
        return plain and len(node.ins) == len(node.outs) == 1 and not node.guards and node.key not in self.keep and not self._is_instance(node)

    def _is_instance(self, node: Node) -> bool:
        return bool(node.copies) or "#" in node.key.rpartition("/")[2]

    def _branch(self, flow: Flow) -> Branch:
        """A way: one flow, or one flow into a step and the flow out of it."""
        step = self.nodes[flow.target]
        return (flow, step.outs[0]) if self._is_step(step) else (flow,)

    def _end_of(self, way: Branch) -> str:
        return way[-1].target

    def _merges(self, way: Branch) -> bool:
        return self.nodes[way[-1].target].kind == "exclusiveGateway"

    def _waits(self, way: Branch) -> bool:
        return len(way) > 1 and self.nodes[way[0].target].kind in WAITING

    def _may_go(self, way: Branch) -> bool:
        return not any(flow.id in self.keep for flow in way)

    def _drop(self, way: Branch, *, into: str) -> None:
        """Take a way out of the net; the step on it went into `into`."""
        for flow in way:
            self.nodes[flow.source].outs.remove(flow)
            self.nodes[flow.target].ins.remove(flow)
        if len(way) > 1:
            self._absorb(into, way[0].target)

    def _absorb(self, into: str, key: str) -> None:
        """Remember that a node went into another, and forget it."""
        if key != into:
            self.result.within.setdefault(into, set()).add(key)
            self.nodes.pop(key, None)
