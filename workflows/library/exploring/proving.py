"""Proofs about a net: that a case can always come to an end, and that every rule holds on every path; else the path that breaks it."""

from __future__ import annotations

import enum
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from workflows.engine.problems import Problem
from workflows.library.exploring.laws import Rule, Watcher, watcher_of
from workflows.library.exploring.moving import Move, Mover, State
from workflows.library.exploring.net import SCOPES, Net
from workflows.library.exploring.reducing import reduced

MOST_STATES = 60_000
MOST_SECONDS = 30.0
MOST_FOR_A_WAY = 2_000  # states of the whole diagram looked at for the full way to a fault that the smaller one has
MOST_ALIKE = 3  # tokens in one place; more means that nothing bounds their number


class Verdict(enum.Enum):
    """A search that was cut short proves nothing: it says so, and never that all is well."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_PROVEN = "not_proven"


@dataclass(frozen=True)
class Proof:
    """What a search found: the verdict, the findings, the number of states looked at, and for each finding the elements on the way to it."""

    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    states: int = 0
    paths: tuple[tuple[str, ...], ...] = ()


@dataclass
class _Search:
    """Every state that can be reached, each with the value of a watcher, and how it was reached first."""

    mover: Mover
    came: dict[tuple[State, int], tuple[tuple[State, int] | None, Move]] = field(default_factory=dict)
    after: dict[tuple[State, int], list[tuple[State, int]]] = field(default_factory=dict)
    is_cut_short: bool = False
    overfull: list[tuple[State, int]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def run(
        self, watch: Callable[[int, State, Move], int | None], *, most: int, until: Callable[[], bool], note: bool = False
    ) -> tuple[State, int] | None:
        """Look at every state, the nearest first. The first one for which the watcher says None breaks the rule and is given."""
        todo: deque[tuple[State, int]] = deque()
        for parent, value, move in ((None, 0, move) for move in self.mover.begin()):
            broken = self._reach(parent, (), value, move, watch, todo, note=note)
            if broken is not None:
                return broken
        while todo:
            # What nothing bounds has been found at fault already, and would fill any memory.
            if len(self.came) > most or self.overfull or until():
                self.is_cut_short = True
                return None
            here = todo.popleft()
            self.after[here] = []
            for move in self.mover.moves(here[0]):
                broken = self._reach(here, here[0], here[1], move, watch, todo, note=note)
                if broken is not None:
                    return broken
        return None

    def _reach(
        self, parent: tuple[State, int] | None, before: State, value: int, move: Move, watch: Callable[[int, State, Move], int | None],
        todo: deque[tuple[State, int]], *, note: bool,
    ) -> tuple[State, int] | None:  # fmt: skip
        if note:
            self.seen.update(move.trail)
        then = watch(value, before, move)
        node = (move.state, -1 if then is None else then)
        if parent is not None:
            self.after[parent].append(node)
        if node not in self.came:
            self.came[node] = (parent, move)
            if max(Counter(move.state).values(), default=0) > MOST_ALIKE:
                self.overfull.append(node)
            else:
                todo.append(node)
        return node if then is None else None

    def path(self, node: tuple[State, int], look: Callable[[int, State, Move], int | None] | None = None) -> tuple[str, ...]:
        """The elements passed on the way to a state, each once in a row, and `>flow` for the flows between them.

        With the `look` of a watcher that this state breaks, the way ends at the step that breaks it.
        """
        moves: list[Move] = []
        here: tuple[State, int] | None = node
        while here is not None:
            here, move = self.came[here]
            moves.append(move)
        if look:
            moves[0] = self._until_broken(node, moves[0], look)
        trail = [each.lstrip("+") for move in reversed(moves) for each in move.trail]
        return tuple(key for place, key in enumerate(trail) if place == 0 or trail[place - 1] != key)


    def _until_broken(self, node: tuple[State, int], move: Move, look: Callable[[int, State, Move], int | None]) -> Move:
        parent = self.came[node][0]
        before, value = parent if parent is not None else ((), 0)
        for count in range(1, len(move.trail)):
            part = replace(move, trail=move.trail[:count], state=())
            if look(value, before, part) is None:
                return part
        return move


def explored(mover: Mover, *, most: int = MOST_STATES, seconds: float = MOST_SECONDS) -> set[State]:
    """Every state that a case can come to rest in, as far as the bounds allow."""
    search = _Search(mover)
    search.run(lambda value, _before, _move: value, most=most, until=_clock(seconds))
    return {state for state, _ in search.came}


def explored_whole(mover: Mover, *, most: int = MOST_STATES, seconds: float = MOST_SECONDS) -> set[State] | None:
    """Every state that a case can come to rest in; None when there are more than the bounds allow."""
    search = _Search(mover)
    search.run(lambda value, _before, _move: value, most=most, until=_clock(seconds))
    return None if search.is_cut_short or search.overfull else {state for state, _ in search.came}


def prove_sound(net: Net, *, most: int = MOST_STATES, seconds: float = MOST_SECONDS) -> Proof:
    """Whether a case can always end, never stands still, does no step twice at once and leaves no step out.

    Conditions are free choices, a step for each of a list is done for none, one and two, and a timer may fire at any time. A case
    must be able to end without being broken off: an interrupting event on a whole sub-process does not count as a way out of it.
    """
    until = _clock(seconds)
    small = reduced(net, silent=Mover(net).silent)
    proof = _prove_sound(small.net, net, small.everything, most, until)
    if proof.verdict is Verdict.BROKEN:
        # The whole diagram shows the way to a fault step by step; the smaller one only that there is one.
        whole = _prove_sound(net, net, set, min(most, MOST_FOR_A_WAY), until)
        return whole if whole.verdict is Verdict.BROKEN else proof
    return proof


def prove_unreduced(net: Net, *, most: int = MOST_STATES, seconds: float = MOST_SECONDS) -> Verdict:
    """The same verdict by looking at every state of the diagram as it is drawn: slower, and what the reduction is tested against."""
    return _prove_sound(net, net, set, most, _clock(seconds)).verdict


def _prove_sound(net: Net, drawn: Net, everything: Callable[[set[str]], set[str]], most: int, until: Callable[[], bool]) -> Proof:
    """The proof on a net that stands for the one that is drawn; `everything` gives what nodes of the drawn one some nodes stand for."""
    mover = Mover(net)
    search = _Search(mover)
    search.run(lambda value, _before, _move: value, most=most, until=until, note=True)
    still = [*_twice(net, search), *_standing_still(net, search)]
    # What stands still does not end either: that is said once.
    found = [*still, *(() if still else _never_ending(net, search)), *_never_reached(net, drawn, search, everything)]
    good = Verdict.NOT_PROVEN if search.is_cut_short else Verdict.HOLDS
    told = tuple(replace(each, path=_drawn_way(net, path)) for each, path in found)
    return Proof(Verdict.BROKEN if found else good, told, len(search.came), tuple(_steps(path) for _, path in found))


Found = tuple[Problem, tuple[str, ...]]


def _standing_still(net: Net, search: _Search) -> Iterable[Found]:
    for node, after in search.after.items():
        if not after and not search.mover.is_over(node[0]):
            left = [token for token in node[0] if token[0] not in "?"]
            key = _place(net, left[0])
            fix = "Check that every way that is opened is also closed, and that a join waits only for ways that were taken"
            yield _problem(net, "deadlock", "a case can come to stand still here, with nothing that could move it on", key, fix), search.path(node)
            return


def _twice(net: Net, search: _Search) -> Iterable[Found]:
    reported = set()
    for node in [*search.came]:
        for token, count in Counter(node[0]).items():
            if count > 1 and token[0] != "?" and token not in reported:
                reported.add(token)
                fix = "Close parallel ways with a parallel gateway before it"
                yield _problem(net, "twice", "this can be open twice at once in one case", _place(net, token), fix), search.path(node)
                if len(reported) == MOST_ALIKE:
                    return


def _never_ending(net: Net, search: _Search) -> Iterable[Found]:
    """A state from which no end can be reached without breaking a whole sub-process off."""
    before: dict[tuple[State, int], list[tuple[State, int]]] = {}
    broken_off = {key for key, node in net.nodes.items() if node.kind == "boundaryEvent" and node.interrupts and net.nodes[node.host].kind in SCOPES}
    for node in search.after:
        for move in search.mover.moves(node[0]):
            if not broken_off.intersection(move.trail):
                before.setdefault((move.state, 0), []).append(node)
    # What was not looked at gets the benefit of the doubt; the verdict says that the search was cut short.
    fine = {node for node in search.came if search.mover.is_over(node[0]) or node not in search.after}
    todo = deque(fine)
    while todo:
        for earlier in before.get(todo.popleft(), ()):
            if earlier not in fine:
                fine.add(earlier)
                todo.append(earlier)
    lost = next((node for node in search.after if node not in fine and search.after[node]), None)
    if lost is not None:
        fix = "Draw a way from here to an end event"
        yield _problem(net, "endless", "from here a case can never come to an end by itself", _place(net, lost[0][0]), fix), search.path(lost)


def _never_reached(net: Net, drawn: Net, search: _Search, everything: Callable[[set[str]], set[str]]) -> Iterable[Found]:
    if search.is_cut_short:
        return
    arrived = {_place(net, each) for each in search.seen if each[0] == ">"}
    passed = {each.lstrip("+") for each in search.seen if each[0] != ">"} | arrived | _after_silent(net, search.mover.silent)
    reached = {drawn.nodes[key].id for key in everything(passed)}
    for key, node in drawn.nodes.items():
        if node.id not in reached and "#" not in key:
            yield _problem(drawn, "dead", "no case can ever get here", key, "Connect it, or remove it"), ()


def _after_silent(net: Net, silent: Iterable[str]) -> set[str]:
    found, todo = set(silent), list(silent)
    while todo:
        for flow in net.nodes[todo.pop()].outs:
            if flow.target not in found:
                found.add(flow.target)
                todo.append(flow.target)
    return found


def prove_rules(net: Net, rules: Sequence[Rule], *, most: int = MOST_STATES, seconds: float = MOST_SECONDS) -> list[tuple[Rule, Proof]]:
    """For each rule whether it holds on every path; a broken one comes with the path. One that names no step of the net is broken."""
    until = _clock(seconds)
    return [(rule, _prove(net, rule, most, until)) for rule in rules]


def _prove(net: Net, rule: Rule, most: int, until: Callable[[], bool]) -> Proof:
    unknown = rule.unknown_in(net)
    if unknown:
        return _broken(net, rule, f"this rule names “{unknown[0]}”, which is no step, operation or flow of the process", (), 0)
    watcher = watcher_of(rule, net)
    if not isinstance(watcher, Watcher):
        return Proof(Verdict.HOLDS) if not watcher else _broken(net, rule, watcher, (), 0)
    watched = frozenset(key for name in rule.names for key in net.named(name))
    small = reduced(net, keep=watched | {rule.unless}, silent=Mover(net, watched=watched).silent)
    proof = _watch(small.net, rule, watcher, watched, most, until)
    if proof.verdict is Verdict.BROKEN:
        whole = _watch(net, rule, watcher, watched, min(most, MOST_FOR_A_WAY), until)
        return whole if whole.verdict is Verdict.BROKEN else proof
    return proof


def _watch(net: Net, rule: Rule, watcher: Watcher, watched: frozenset[str], most: int, until: Callable[[], bool]) -> Proof:
    mover = Mover(net, watched=watched)
    search = _Search(mover)
    broken = search.run(watcher.look, most=most, until=until)
    look = watcher.look if broken is not None else None
    if broken is None and watcher.must_end_at_rest:
        broken = next((node for node in search.came if mover.is_over(node[0]) and node[1] == watcher.WAITING), None)
    if broken is not None:
        return _broken(net, rule, watcher.says, search.path(broken, look), len(search.came))
    return Proof(Verdict.NOT_PROVEN if search.is_cut_short or search.overfull else Verdict.HOLDS, states=len(search.came))


def _broken(net: Net, rule: Rule, says: str, path: tuple[str, ...], states: int) -> Proof:
    steps = _steps(path)
    # A rule about people or teams has no way: it is broken at the step that it speaks of last.
    named = [*rule.people[-1:], *(rule.parts[part] for part in ("a",) if part in rule.parts)]
    at = steps[-1] if steps else next((key for name in named for key in sorted(net.named(name))), "")
    found = replace(_problem(net, "law", f"{rule.id}: {says} ({rule.legal})", at, rule.because), path=_drawn_way(net, path))
    return Proof(Verdict.BROKEN, (found,), states, (steps,))


def _problem(net: Net, code: str, message: str, key: str, fix: str) -> Problem:
    node = net.nodes.get(key)
    return Problem(code, message, node.id if node else "", node.name if node else "", fix)


def _drawn_way(net: Net, path: Sequence[str]) -> tuple[str, ...]:
    """The way to a fault as ids of the diagram, steps and flows, as a person follows it."""
    flows = {flow.key: flow.id for node in net.nodes.values() for flow in node.outs}
    ids = [flows.get(key[1:], "") if key[0] == ">" else net.nodes[key].id for key in path if key[0] == ">" or key in net.nodes]
    return tuple(each for place, each in enumerate(ids) if each and (place == 0 or ids[place - 1] != each))


def _steps(path: Sequence[str]) -> tuple[str, ...]:
    """The steps of a way without the flows, each once in a row."""
    steps = [key for key in path if key[0] != ">"]
    return tuple(key for place, key in enumerate(steps) if place == 0 or steps[place - 1] != key)


def _place(net: Net, token: str) -> str:
    if token[0] != ">":
        return token.lstrip("?")
    return next(flow.target for node in net.nodes.values() for flow in node.outs if flow.key == token[1:])


def _clock(seconds: float) -> Callable[[], bool]:
    """Whether the time for a search is over; the time of the machine, which no held clock may stop."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() > ends
