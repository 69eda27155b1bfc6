"""How a net moves: from one rest to the next by one thing that happens, with everything the system does by itself in between.

The engine runs all automatic steps in one transaction, so only the rests between them are states. A state is a sorted tuple of
tokens: a key where something waits or is open, `>flow` for an arrival a join has counted, `?boundary` for an event that may still fire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from workflows.library.exploring.net import SCOPES, Flow, Net, Node

State = tuple[str, ...]
MOST_WAYS = 6  # flows out of an inclusive gateway that are combined; more would be thousands of cases


@dataclass(frozen=True)
class Move:
    """One thing that happened, what passed by itself after it, and the rest it led to.

    `trail` names in their order `+key` for a step that began, `key` for one that was done, and `>flow` for a flow that was taken.
    """

    trail: tuple[str, ...]
    state: State
    cut: tuple[str, ...] = ()


@dataclass
class _Case:
    """A state on its way to rest: its tokens, the flows where something arrives, and what happened so far."""

    tokens: list[str]
    arriving: list[Flow]
    trail: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def copy(self) -> _Case:
        return _Case(list(self.tokens), list(self.arriving), list(self.trail), list(self.cut))

    def mark(self) -> tuple[State, tuple[str, ...], frozenset[str]]:
        """Where it stands and what it has passed: two ways that passed the same steps to the same place are one."""
        return tuple(sorted(self.tokens)), tuple(flow.key for flow in self.arriving), frozenset(self.trail)


class Mover:
    """Moves the states of one net. What it knows of a state it keeps, so that every rule is asked of the same states.

    Silent events, which only do something by themselves and end, are left out of the moves and listed in `silent`, unless they
    are among those `watched`.
    """

    def __init__(self, net: Net, *, watched: frozenset[str] = frozenset()) -> None:
        self.net, self.watched = net, watched
        self.silent = {key for key, node in net.nodes.items() if node.kind == "boundaryEvent" and not node.interrupts and self._is_silent(node)}
        self._flows = {flow.key: flow for node in net.nodes.values() for flow in node.outs}
        self._known: dict[State, tuple[Move, ...]] = {}
        self._later: dict[str, set[str]] = {}

    def begin(self) -> tuple[Move, ...]:
        """The rests a new case may come to."""
        case = _Case([], [])
        self._enter_scope(case, "")
        return tuple(self._settle(case))

    def moves(self, state: State) -> tuple[Move, ...]:
        """Everything that can happen in a state, with where it leads."""
        if state not in self._known:
            self._known[state] = tuple(move for case in self._happenings(state) for move in self._settle(case))
        return self._known[state]

    def is_over(self, state: State) -> bool:
        """Whether a case in this state has ended."""
        return not state

    def _is_silent(self, node: Node) -> bool:
        """Whether all that follows an event is done by the system and simply ends."""
        seen, waiting = set(), [flow.target for flow in node.outs]
        while waiting:
            key = waiting.pop()
            found = self.net.nodes[key]
            if key in self.watched or found.ends_all or found.kind not in ("serviceTask", "scriptTask", "businessRuleTask", "endEvent"):
                return False
            if len(found.ins) > 1 or key in seen:
                return False
            seen.add(key)
            waiting += [flow.target for flow in found.outs]
        return node.key not in self.watched

    # What can happen

    def _happenings(self, state: State) -> Iterator[_Case]:
        for token in dict.fromkeys(state):
            if token[0] == ">":
                continue
            node = self.net.nodes[token.lstrip("?")]
            if token[0] == "?":
                yield from self._fire_beside(state, node)
            elif not node.copies and (node.kind == "userTask" or self._is_closed_box(node)):
                yield self._done(state, node)
            elif node.kind == "intermediateCatchEvent":
                yield self._gone(state, node)
            elif node.kind == "eventBasedGateway":
                yield from (self._chosen(state, node, flow) for flow in node.outs)
            for guard in node.guards:
                if self.net.nodes[guard].interrupts:
                    yield self._interrupted(state, node, self.net.nodes[guard])

    def _fire_beside(self, state: State, node: Node) -> Iterator[_Case]:
        """A message may come again while the step is open, a time only once; one at a time stands for any number of messages."""
        again = node.event == "message"
        if node.host in state and not (again and self._is_under_way(state, node)):
            case = _Case(list(state), list(node.outs), [node.key])
            if not again:
                case.tokens.remove(f"?{node.key}")
            yield case

    def _is_under_way(self, state: State, node: Node) -> bool:
        """Whether something is still open of what an event beside a step began."""
        beyond = self._beyond(node)
        keys = {self._flows[token[1:]].target if token[0] == ">" else token.lstrip("?") for token in state}
        return any(key in beyond or beyond.intersection(self.net.scope_lines[key]) for key in keys)

    def _beyond(self, node: Node) -> set[str]:
        if node.key not in self._later:
            found, todo = set[str](), [flow.target for flow in node.outs]
            while todo:
                key = todo.pop()
                if key not in found:
                    found.add(key)
                    todo += [flow.target for each in (key, *self.net.nodes[key].guards) for flow in self.net.nodes[each].outs]
            self._later[node.key] = found
        return self._later[node.key]

    def _done(self, state: State, node: Node) -> _Case:
        case = _Case(list(state), [], [])
        self._leave(case, node)
        return case

    def _gone(self, state: State, node: Node) -> _Case:
        case = _Case(list(state), list(node.outs), [node.key])
        case.tokens.remove(node.key)
        return case

    def _chosen(self, state: State, node: Node, flow: Flow) -> _Case:
        event = self.net.nodes[flow.target]
        case = _Case(list(state), list(event.outs), [node.key, f">{flow.key}", event.key])
        case.tokens.remove(node.key)
        return case

    def _interrupted(self, state: State, node: Node, guard: Node) -> _Case:
        case = _Case(list(state), list(guard.outs), [guard.key])
        self._take_out(case, node)
        return case

    # What follows by itself

    def _settle(self, case: _Case) -> Iterator[Move]:
        seen: set[tuple[State, tuple[str, ...], frozenset[str]]] = set()
        todo = [case]
        while todo:
            current = todo.pop()
            mark = current.mark()
            if mark in seen:
                continue
            seen.add(mark)
            if current.arriving:
                todo += self._arrive(current)
            elif not self._close_up(current):
                yield Move(tuple(current.trail), tuple(sorted(current.tokens)), tuple(current.cut))
            else:
                todo.append(current)

    def _arrive(self, case: _Case) -> list[_Case]:
        """One arrival dealt with; several cases where the diagram leaves a choice."""
        flow = case.arriving.pop(0)
        node = self.net.nodes[flow.target]
        case.trail.append(f">{flow.key}")
        if node.kind == "exclusiveGateway":
            return [self._onward(case.copy(), node, [out]) for out in node.outs]
        if node.kind == "inclusiveGateway":
            return self._arrive_inclusive(case, node, flow)
        if node.kind == "parallelGateway":
            return [self._arrive_parallel(case, node, flow)]
        if node.kind == "endEvent":
            return [self._arrive_end(case, node)]
        if node.kind in ("intermediateCatchEvent", "eventBasedGateway"):
            case.trail.append(f"+{node.key}")
            case.tokens.append(node.key)
            return [case]
        if node.copies:
            return self._begin_each(case, node)
        if node.kind == "userTask" or node.kind in SCOPES:
            return [self._begin(case, node)]
        case.trail.append(f"+{node.key}")
        return [self._onward(case, node, node.outs)]

    def _onward(self, case: _Case, node: Node, flows: list[Flow]) -> _Case:
        case.trail.append(node.key)
        case.arriving += flows
        return case

    def _arrive_parallel(self, case: _Case, node: Node, flow: Flow) -> _Case:
        case.tokens.append(f">{flow.key}")
        if all(f">{each.key}" in case.tokens for each in node.ins):
            for each in node.ins:
                case.tokens.remove(f">{each.key}")
            return self._onward(case, node, node.outs)
        return case

    def _arrive_inclusive(self, case: _Case, node: Node, flow: Flow) -> list[_Case]:
        if len(node.ins) > 1:
            case.tokens.append(f">{flow.key}")
            return [case]
        return self._split(case, node)

    def _split(self, case: _Case, node: Node) -> list[_Case]:
        free = [flow for flow in node.outs if flow.key != node.default]
        chosen = [list(some) for count in range(1, len(free) + 1) for some in combinations(free[:MOST_WAYS], count)]
        chosen += [[flow] for flow in node.outs if flow.key == node.default]
        return [self._onward(case.copy(), node, some) for some in chosen]

    def _arrive_end(self, case: _Case, node: Node) -> _Case:
        case.trail.append(node.key)
        if node.ends_all:
            inside = [token for token in case.tokens if self._is_inside(token, node.scope)]
            case.cut += [token for token in inside if token[0] not in ">?"]
            case.tokens = [token for token in case.tokens if token not in inside]
            case.arriving = [flow for flow in case.arriving if not self._is_inside(flow.source, node.scope)]
        return case

    def _begin(self, case: _Case, node: Node) -> _Case:
        self._open(case, node)
        if node.key in self.net.starts:
            self._enter_scope(case, node.key)
        return case

    def _begin_each(self, case: _Case, node: Node) -> list[_Case]:
        """None, one or two instances of a step that is done for each of a list."""
        found = []
        for count in range(len(node.copies) + 1):
            each = case.copy()
            self._open(each, node)
            for copy in node.copies[:count]:
                self._begin(each, self.net.nodes[copy])
            found.append(each)
        return found

    def _open(self, case: _Case, node: Node) -> None:
        case.trail.append(f"+{node.key}")
        case.tokens.append(node.key)
        case.tokens += [f"?{guard}" for guard in node.guards if not self.net.nodes[guard].interrupts and guard not in self.silent]

    def _enter_scope(self, case: _Case, scope: str) -> None:
        for start in self.net.starts[scope]:
            case.trail.append(start)
            case.arriving += self.net.nodes[start].outs

    def _close_up(self, case: _Case) -> bool:
        """End what has nothing left inside, or let a join that waits for no one else go on; whether anything did."""
        for token in case.tokens:
            node = self.net.nodes.get(token)
            if node is not None and self._is_empty(case, node):
                self._leave(case, node)
                return True
        return any(self._join(case, node) for node in self._waiting_joins(case))

    def _is_empty(self, case: _Case, node: Node) -> bool:
        is_open = bool(node.copies) or (node.kind in SCOPES and not self._is_closed_box(node))
        return is_open and not any(self._is_inside(token, node.key) for token in case.tokens)

    def _is_closed_box(self, node: Node) -> bool:
        """Whether a step calls a process that is not here: it takes its time and ends."""
        return node.kind == "callActivity" and node.key not in self.net.starts

    def _waiting_joins(self, case: _Case) -> list[Node]:
        keys = {flow.target for token in case.tokens if token[0] == ">" for flow in [self._flows[token[1:]]]}
        return [self.net.nodes[key] for key in sorted(keys) if self.net.nodes[key].kind == "inclusiveGateway"]

    def _join(self, case: _Case, node: Node) -> bool:
        arrived = [flow for flow in node.ins if f">{flow.key}" in case.tokens]
        missing = [flow for flow in node.ins if flow not in arrived]
        # What may come to a flow that was heard of as well, as around a loop, is not waited for.
        if any(self._can_reach(token, missing, node) and not self._can_reach(token, arrived, node) for token in case.tokens):
            return False
        for flow in arrived:
            case.tokens.remove(f">{flow.key}")
        options = self._split(case.copy(), node) if len(node.outs) > 1 else [self._onward(case.copy(), node, node.outs)]
        # An inclusive gateway that joins and splits at once is not drawn by anyone; the first way stands for all.
        case.tokens, case.arriving, case.trail = options[0].tokens, options[0].arriving, options[0].trail
        return True

    def _can_reach(self, token: str, missing: list[Flow], join: Node) -> bool:
        """Whether what waits at a token may still come to one of the flows a join has not heard of (BPMN 2.0.2, 13.4.3)."""
        if token[0] == "?":
            return False
        start = self._flows[token[1:]].target if token[0] == ">" else token
        if start == join.key or self.net.nodes[start].scope != join.scope:
            return False
        seen, todo = {join.key}, [start]
        while todo:
            node = self.net.nodes[todo.pop()]
            for flow in [*node.outs, *(out for guard in node.guards for out in self.net.nodes[guard].outs)]:
                if flow in missing:
                    return True
                if flow.target not in seen:
                    seen.add(flow.target)
                    todo.append(flow.target)
        return False

    def _leave(self, case: _Case, node: Node) -> None:
        self._take_out(case, node)
        case.trail.append(node.key)
        case.arriving += node.outs

    def _take_out(self, case: _Case, node: Node) -> None:
        """Close a step: its token, its events, and everything open inside it."""
        case.tokens.remove(node.key)
        for guard in node.guards:
            if f"?{guard}" in case.tokens and node.key not in case.tokens:
                case.tokens.remove(f"?{guard}")
        if node.kind in SCOPES or node.copies:
            case.tokens = [token for token in case.tokens if not self._is_inside(token, node.key)]

    def _is_inside(self, token: str, scope: str) -> bool:
        if not scope:
            return True
        key = self._flows[token[1:]].target if token[0] == ">" else token.lstrip("?")
        return scope in self.net.scope_lines[key]
