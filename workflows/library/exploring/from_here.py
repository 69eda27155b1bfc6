"""Proofs from where a case stands, not from its beginning: that it can still come to an end, and that the rules still hold on every way ahead."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from workflows.engine import reading
from workflows.engine.places import Place
from workflows.library.exploring.laws import Rule, Watcher, watcher_of
from workflows.library.exploring.moving import Move, Mover, State, _Case
from workflows.library.exploring.net import AUTOMATIC, BPMN, SCOPES, Flow, Net, Node, _is_for_each, _kind, _Reader
from workflows.library.exploring.reducing import reduced

MOST_STATES = 20_000
NOT_PROVEN = "that it can still come to an end could not be proven in the time there is"
Files = Mapping[str, str]


def containers(folders: Iterable[Files]) -> dict[str, etree._Element]:
    """Every process and sub-process of some folders by its id."""
    return {
        each.get("id", ""): each
        for folder in folders
        for root in reading.diagrams(folder).values()
        for each in root.iter(f"{BPMN}process", f"{BPMN}subProcess")
    }


def scope_net(container: etree._Element, *, open_sub_processes: bool = False) -> Net:
    """The net of one process or sub-process, in which what is inside its steps is left out: each takes its time and ends.

    With `open_sub_processes` embedded ones that are done once are drawn in.
    """
    net = Net(container.get("id", ""))
    _Reader(net, {}, {}).read(container, scope="", prefix="")
    several = {each.get("id", "") for each in container.iter(f"{BPMN}*") if _kind(each) and _is_for_each(each)}
    opens = {key for key, node in net.nodes.items() if open_sub_processes and node.kind == "subProcess"}
    closed = several | {key for key, node in net.nodes.items() if node.kind in SCOPES and key not in opens}
    inside = {key for key in net.nodes if any(scope in closed or "#" in scope for scope in net.scope_lines[key])}
    nodes = {key: _closed(node) if key in closed else node for key, node in net.nodes.items() if key not in inside}
    return Net(net.key, nodes, {scope: starts for scope, starts in net.starts.items() if scope == "" or (scope in nodes and scope not in closed)})


def _closed(node: Node) -> Node:
    return replace(node, kind="userTask", copies=())


def shape(net: Net) -> frozenset[tuple[object, ...]]:
    """What decides where cases can go: the kinds of the nodes, what sits on what, and the flows with what is taken when."""
    nodes = {(key, node.kind, node.host, node.interrupts, node.event, node.ends_all, node.default) for key, node in net.nodes.items()}
    return frozenset(nodes | {(flow.source, flow.target) for node in net.nodes.values() for flow in node.outs})


def trouble_from(net: Net, place: Place) -> str:
    """Why a case that stands at a place of this net could not go on to an end as it should; empty when it can."""
    found = _standing(net, place)
    if isinstance(found, str):
        return found
    net, state = found
    silent = Mover(net).silent
    small = reduced(net, keep=_stood_on(net, state), silent=silent).net
    return _trouble(small, tuple(token for token in state if token.lstrip("?") not in silent), net)


def _standing(net: Net, place: Place) -> tuple[Net, State] | str:
    """The state of the net at a place, in which steps that failed are taken as waiting."""
    nodes = dict(net.nodes)
    for key in place.open:
        if key in nodes and nodes[key].kind in AUTOMATIC:
            nodes[key] = replace(nodes[key], kind="userTask")
    net = Net(net.key, nodes, net.starts)
    flows = {(flow.source, flow.target): flow for node in nodes.values() for flow in node.outs}
    missing = [key for key in place.open if key not in nodes] + [came for came in place.arrived if came not in flows]
    if missing:
        return "what it stands on is drawn in another way"
    silent = Mover(net).silent
    tokens = [*place.open, *(f">{flows[came].key}" for came in place.arrived)]
    tokens += [f"?{key}" for key in place.events if key in nodes and not nodes[key].interrupts and key not in silent]
    return net, tuple(sorted(tokens))


def _stood_on(net: Net, state: State) -> set[str]:
    """The nodes and flows that must stay in a smaller net, for the case stands on them."""
    arrivals = {token[1:] for token in state if token[0] == ">"}
    flows = [flow for node in net.nodes.values() for flow in node.outs if flow.key in arrivals]
    return {token.lstrip("?") for token in state if token[0] != ">"} | {flow.id for flow in flows} | {flow.target for flow in flows}


def _trouble(net: Net, state: State, drawn: Net) -> str:
    mover = Mover(net)
    if {move.state for move in settled(mover, state)} != {state}:
        return "it would go on by itself without anyone doing anything"
    already = Counter(state)
    before: dict[State, list[State]] = {state: []}
    todo, fine = deque([state]), list[State]()
    while todo:
        here = todo.popleft()
        moves = mover.moves(here)
        if mover.is_over(here):
            fine.append(here)
        elif not moves:
            return f"it could come to stand still at “{_name(drawn, net, here)}”"
        for move in moves:
            twice = [token for token, count in Counter(move.state).items() if count > max(1, already[token]) and token[0] != "?"]
            if twice:
                return f"“{_name(drawn, net, (twice[0],))}” could be open twice at once"
            if move.state not in before:
                before[move.state] = []
                todo.append(move.state)
            before[move.state].append(here)
        if len(before) > MOST_STATES:
            return NOT_PROVEN
    return "" if len(_back_from(fine, before)) == len(before) else "it could come to a place from which it can never end"


def _back_from(fine: list[State], before: Mapping[State, list[State]]) -> set[State]:
    """Every state from which one of the fine ones can be reached."""
    found, todo = set(fine), deque(fine)
    while todo:
        for earlier in before[todo.popleft()]:
            if earlier not in found:
                found.add(earlier)
                todo.append(earlier)
    return found


def _name(drawn: Net, net: Net, state: State) -> str:
    token = next((each for each in state if each[0] != "?"), state[0])
    flows: dict[str, Flow] = {flow.key: flow for node in net.nodes.values() for flow in node.outs}
    key = flows[token[1:]].target if token[0] == ">" else token.lstrip("?")
    return drawn.nodes[key].name if key in drawn.nodes else key


def broken_from(net: Net, place: Place, rules: Sequence[Rule], passed: Sequence[str]) -> dict[str, str]:
    """The rules that a case at a place could still break, or has broken, with the words for each, by the rule's id.

    `passed` are the elements that the case has completed, in their order. A rule that names what is not in the net is left out.
    """
    found = _standing(net, place)
    if isinstance(found, str):
        return {}
    net, state = found
    broken = {}
    for rule in rules:
        watcher = None if rule.unknown_in(net) else watcher_of(rule, net)
        if isinstance(watcher, Watcher):
            says = _watch(net, state, rule, watcher, passed)
            if says:
                broken[rule.id] = says
    return broken


def _watch(net: Net, state: State, rule: Rule, watcher: Watcher, passed: Sequence[str]) -> str:
    """What a rule says about the ways ahead, given what the case has done and what it has open."""
    value: int | None = 0
    opened = [f"+{token}" for token in state if token[0] not in ">?"]
    for each in [*passed, *opened]:
        value = watcher.look(value or 0, (), Move((each,), state if each in opened else ()))
        if value is None:
            return watcher.says
    watched = frozenset(key for name in rule.names for key in net.named(name))
    mover = Mover(reduced(net, keep=watched | {rule.unless} | _stood_on(net, state)).net, watched=watched)
    return _search(mover, state, watcher, value or 0)


def _search(mover: Mover, state: State, watcher: Watcher, value: int) -> str:
    seen = {(state, value)}
    todo = deque(seen)
    while todo and len(seen) <= MOST_STATES:
        here, so_far = todo.popleft()
        for move in mover.moves(here):
            then = watcher.look(so_far, here, move)
            if then is None or (watcher.must_end_at_rest and mover.is_over(move.state) and then == Watcher.WAITING):
                return watcher.says
            if (move.state, then) not in seen:
                seen.add((move.state, then))
                todo.append((move.state, then))
    return ""


def settled(mover: Mover, state: State) -> tuple[Move, ...]:
    """The rests that a state comes to by itself."""
    return tuple(mover._settle(_Case(list(state), [])))
