"""Which way a case took, told from the steps it went through: gateways and calls leave no trace of their own in the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workflows.library.exploring import Net
from workflows.library.exploring.net import AUTOMATIC
from workflows.library.legal.history import Doing

BEGIN = ""
LEFT = "/left"  # added to the id of a sub-process: the place behind it
# Kinds whose every passing is recorded, or told from what is inside them.
OTHERS = frozenset({"userTask", "endEvent", "intermediateCatchEvent", "boundaryEvent", "callActivity"})
RECORDED = (AUTOMATIC - {"startEvent", "intermediateThrowEvent"}) | OTHERS
Ways = dict[str, list[tuple[str, str]]]


@dataclass
class Roads:
    """A diagram as roads between steps that leave a trace: `outs` gives from an element each way out, with its flow and where it leads."""

    outs: Mapping[str, Sequence[tuple[str, str]]]
    ins: Mapping[str, Sequence[tuple[str, str]]]
    recorded: frozenset[str]
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)

    def taken(self, flow: str, doings: Sequence[Doing]) -> int | None:
        """The place at which a flow was first taken, None when no step tells that it was.

        A step tells it when the last step done before it leads to it by this flow and by no other way.
        """
        if flow not in self.ends:
            return None
        source, target = self.ends[flow]
        places = [each.begun for each in doings if each.step in self._reached(target) and self._came_by(each, doings, flow, source)]
        return min(places, default=None)

    def leading_to(self, element: str, *, itself: bool = False) -> set[str]:
        """The recorded steps from which an element is reached without passing another."""
        if itself and element in self.recorded:
            return {element}
        return self._search(element, lambda here: [source for _, source in self.ins.get(here, ())])

    def _came_by(self, doing: Doing, doings: Sequence[Doing], flow: str, source: str) -> bool:
        last = self._last_before(doing, doings, self.leading_to(doing.step))
        return last in self.leading_to(source, itself=True) and doing.step not in self._reached(last, without=flow, onward=True)

    def caller(self, calls: Collection[str], begun: Doing, doings: Sequence[Doing]) -> str:
        """Which of some calls began with this doing inside it: the one that the step done last leads to."""
        found: list[tuple[int, str]] = []
        for call in sorted(calls):
            places = [place for step in self.leading_to(call) if (place := _place_before(step, begun, doings)) is not None]
            found.append((max(places, default=-1), call))
        return max(found)[1] if found else ""

    def _last_before(self, doing: Doing, doings: Sequence[Doing], steps: Collection[str]) -> str:
        found = [(place, step) for step in steps if (place := _place_before(step, doing, doings)) is not None]
        return max(found)[1] if found else BEGIN

    def _reached(self, element: str, *, without: str = "", onward: bool = False) -> set[str]:
        """The recorded steps that are reached from an element without passing another; itself when it is one, unless asked for those after it."""
        if element in self.recorded and not onward:
            return {element}
        return self._search(element, lambda here: [target for key, target in self.outs.get(here, ()) if key != without])

    def _search(self, element: str, next_of: Callable[[str], Iterable[str]]) -> set[str]:
        found, seen, todo = set[str](), {element}, list(next_of(element))
        while todo:
            here = todo.pop()
            if here in self.recorded or here == BEGIN:
                found.add(here)
            elif here not in seen:
                seen.add(here)
                todo += next_of(here)
        return found


def _place_before(step: str, doing: Doing, doings: Sequence[Doing]) -> int | None:
    """Where a step was last done before another began; the beginning comes before everything."""
    if step == BEGIN:
        return 0
    places = [each.over for each in doings if each.step == step and each.is_done and each.over is not None]
    return max((place for place in places if place < doing.begun), default=None)


def roads_of(net: Net) -> Roads:
    """The roads of a diagram; a sub-process is entered at its beginning and left from each of its ends, and its edge from wherever it stands."""
    id_of = {key: node.id for key, node in net.nodes.items()}
    outs: Ways = defaultdict(list)
    ends: dict[str, tuple[str, str]] = {}
    for key, node in net.nodes.items():
        leaves = node.id + LEFT if key in net.starts else node.id
        for flow in node.outs:
            outs[leaves].append((flow.id, id_of[flow.target]))
            ends[flow.id] = (leaves, id_of[flow.target])
        outs[node.id] += [("", id_of[guard]) for guard in node.guards]
        if node.kind == "endEvent" and node.scope:
            outs[node.id].append(("", id_of[node.scope] + LEFT))
    for scope, starts in net.starts.items():
        here = id_of[scope] if scope else BEGIN
        outs[here] += [("", id_of[start]) for start in starts]
    ins: Ways = defaultdict(list)
    for source, ways in outs.items():
        for key, target in ways:
            ins[target].append((key, source))
    return Roads(outs, ins, frozenset(node.id for node in net.nodes.values() if node.kind in RECORDED), ends)
