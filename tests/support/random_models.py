"""Random block-structured processes: the same block drawn as a diagram for the engine, and played with tokens by a plain oracle."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.unit.engine import drawing as d

LARGEST = 14
DEEPEST = 3


@dataclass(frozen=True)
class Edge:
    """A timer or message on the edge of an activity, and the one step of its path."""

    id: str
    days: int
    interrupts: bool

    @property
    def is_timer(self) -> bool:
        return self.days > 0


@dataclass(frozen=True)
class Node:
    """A part of a block. `kind` is step, choice, some, together, loop, sub, call or many; `inner` are the blocks inside it."""

    kind: str
    id: str
    inner: tuple[tuple[Node, ...], ...] = ()
    edges: tuple[Edge, ...] = ()
    items: int = 0
    sequential: bool = False


Block = tuple[Node, ...]


class Maker:
    """Makes one random process from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def process(self) -> Block:
        """A block of a good size."""
        while True:
            self.count = 0
            made = self.block(0)
            if 3 <= self.count <= LARGEST:
                return made

    def block(self, depth: int) -> Block:
        return tuple(self.node(depth) for _ in range(self.random.randint(1, 3 if depth < 2 else 2)))

    def node(self, depth: int) -> Node:
        self.count += 1
        place = f"{self.count}"
        kinds = (
            ["step"] if depth >= DEEPEST or self.count > LARGEST else ["step", "choice", "some", "together", "loop", "sub", "call", "many", "many"]
        )
        kind = self.random.choice(kinds)
        if kind in ("choice", "some", "together"):
            branches = self.random.randint(2, 3)
            return Node(kind, f"{kind}{place}", tuple(self.block(depth + 1) for _ in range(branches)))
        if kind == "loop":
            return Node(kind, f"loop{place}", (self.block(depth + 1),))
        if kind in ("sub", "call"):
            return Node(kind, f"{kind}{place}", (self.block(depth + 1),), self.edges(f"{kind}{place}"))
        if kind == "many":
            inner = (self.block(depth + 1),) if self.random.random() < 0.7 else ()
            return Node(kind, f"many{place}", inner, self.edges(f"many{place}"), self.random.randint(0, 3), self.random.random() < 0.3)
        return Node("step", f"step{place}", (), self.edges(f"step{place}"))

    def edges(self, host: str) -> tuple[Edge, ...]:
        count = self.random.choice((0, 0, 0, 1, 2))
        return tuple(
            Edge(f"{host}-edge{place}", self.random.randint(1, 9) if self.random.random() < 0.5 else 0, self.random.random() < 0.5)
            for place in range(count)
        )


class Drawing:
    """A block as BPMN: elements of one process, and the called processes beside it."""

    def __init__(self) -> None:
        self.called: dict[str, str] = {}
        self.messages: list[str] = []

    def file(self, block: Block) -> str:
        elements = self.scope(block, "p")
        return d.definitions(*(d.message(name) for name in self.messages), d.process("p", *elements))

    def scope(self, block: Block, name: str) -> list[str]:
        """A start, the block, and an end."""
        parts, last = self.draw(block, f"{name}-start")
        return [d.start(f"{name}-start"), *parts, d.end(f"{name}-end"), d.flow(last, f"{name}-end")]

    def draw(self, block: Block, before: str) -> tuple[list[str], str]:
        parts: list[str] = []
        for node in block:
            drawn, before = getattr(self, f"draw_{node.kind}")(node, before)
            parts += drawn
        return parts, before

    def draw_step(self, node: Node, before: str) -> tuple[list[str], str]:
        return self.with_edges(node, before, d.user(node.id))

    def draw_choice(self, node: Node, before: str) -> tuple[list[str], str]:
        return self.gateways(node, before, d.exclusive, lambda place: f"answer_{node.id} == {place}")

    def draw_some(self, node: Node, before: str) -> tuple[list[str], str]:
        return self.gateways(node, before, d.inclusive, lambda place: f"{place} in answer_{node.id}")

    def gateways(self, node: Node, before: str, gateway: Callable[..., str], when: Callable[[int], str]) -> tuple[list[str], str]:
        split, join, ask = f"{node.id}-split", f"{node.id}-join", f"{node.id}-ask"
        default = f"{node.id}-pass-0"
        parts = [d.user(ask), gateway(split, default=default), gateway(join), d.chain(before, ask, split)]
        for place, block in enumerate(node.inner):
            first = f"{node.id}-pass-{place}"
            drawn, last = self.draw(block, first)
            parts += [d.script(first, "pass_by = 1"), d.flow(split, first, when(place) if place else None), *drawn, d.flow(last, join)]
        return parts, join

    def draw_together(self, node: Node, before: str) -> tuple[list[str], str]:
        split, join = f"{node.id}-split", f"{node.id}-join"
        parts = [d.parallel(split), d.parallel(join), d.flow(before, split)]
        for block in node.inner:
            drawn, last = self.draw(block, split)
            parts += [*drawn, d.flow(last, join)]
        return parts, join

    def draw_loop(self, node: Node, before: str) -> tuple[list[str], str]:
        merge, ask, again, out = (f"{node.id}-{part}" for part in ("merge", "ask", "again", "out"))
        drawn, last = self.draw(node.inner[0], merge)
        ends = [d.chain(before, merge), d.chain(last, ask, again), d.flow(again, merge, f"answer_{node.id} == 1"), d.flow(again, out)]
        return [d.exclusive(merge), *drawn, d.user(ask), d.exclusive(again, default=out), d.script(out, "pass_by = 1"), *ends], out

    def draw_sub(self, node: Node, before: str) -> tuple[list[str], str]:
        return self.with_edges(node, before, d.sub(node.id, *self.scope(node.inner[0], f"{node.id}-in")))

    def draw_call(self, node: Node, before: str) -> tuple[list[str], str]:
        return self.with_edges(node, before, d.call(node.id, self.call(node)))

    def draw_many(self, node: Node, before: str) -> tuple[list[str], str]:
        each = (f"list_{node.items}", f"item_{node.id}")
        if node.inner:
            return self.with_edges(node, before, d.call(node.id, self.call(node), each=each, sequential=node.sequential))
        return self.with_edges(node, before, d.user(node.id, inner=d.instances(*each, sequential=node.sequential)))

    def call(self, node: Node) -> str:
        key = f"{node.id}-called"
        self.called[key] = ""
        drawing = self.scope(node.inner[0], key)
        self.called[key] = d.process(key, *drawing)
        return key

    def with_edges(self, node: Node, before: str, drawn: str) -> tuple[list[str], str]:
        parts, merge = [drawn, d.flow(before, node.id)], f"{node.id}-after"
        for edge in node.edges:
            if not edge.is_timer:
                self.messages.append(edge.id)
            what = d.after(f"'P{edge.days}D'") if edge.is_timer else d.on_message(edge.id)
            parts += [d.boundary(edge.id, node.id, what, interrupts=edge.interrupts), d.user(f"{edge.id}-step"), d.chain(edge.id, f"{edge.id}-step")]
            parts += [d.flow(f"{edge.id}-step", merge)] if edge.interrupts else [d.end(f"{edge.id}-end"), d.flow(f"{edge.id}-step", f"{edge.id}-end")]
        return [*parts, d.exclusive(merge), d.flow(node.id, merge)], merge


def draw(block: Block) -> tuple[str, dict[str, str]]:
    """The main file, and the called processes by key, each a file of its own. Messages are declared in every file."""
    drawing = Drawing()
    main = drawing.file(block)
    messages = [d.message(name) for name in drawing.messages]
    return main, {key: d.definitions(*messages, process) for key, process in drawing.called.items()}


@dataclass
class Frame:
    """Something that is going on and may be interrupted as a whole."""

    around: Frame | None
    alive: bool = True

    @property
    def lives(self) -> bool:
        return self.alive and (self.around is None or self.around.lives)


@dataclass
class Wait:
    """An open step."""

    id: str
    items: Mapping[str, int]
    frame: Frame
    then: Callable[[Any], None]


@dataclass
class Armed:
    """An edge that waits."""

    edge: Edge
    items: Mapping[str, int]
    frame: Frame
    due_at: datetime | None
    then: Callable[[], None]


@dataclass
class Scope:
    """A process, sub-process or instance: it is over when no token is left in it."""

    frame: Frame
    items: Mapping[str, int]
    over: Callable[[], None]
    tokens: int = 1

    def token_ends(self) -> None:
        self.tokens -= 1
        if not self.tokens:
            self.over()


@dataclass
class Oracle:
    """A token game over the block, which knows nothing of the engine."""

    now: datetime
    waits: list[Wait] = field(default_factory=list)
    armed: list[Armed] = field(default_factory=list)
    finished: bool = False

    def play(self, block: Block) -> None:
        scope = Scope(Frame(None), {}, self._finish)
        self._block(block, 0, scope, scope.token_ends)

    def _finish(self) -> None:
        self.finished = True

    @property
    def open(self) -> list[Wait]:
        return [wait for wait in self.waits if wait.frame.lives]

    @property
    def waiting_edges(self) -> list[Armed]:
        return [each for each in self.armed if each.frame.lives]

    def complete(self, wait: Wait, answer: Any) -> None:
        self.waits.remove(wait)
        wait.then(answer)

    def trigger(self, armed: Armed) -> None:
        self.armed.remove(armed)
        armed.then()

    def fire_due(self, now: datetime) -> list[str]:
        """Fire what is due, the earliest first; edges armed meanwhile count from `now`."""
        self.now = now
        fired: list[str] = []
        while due := [each for each in self.waiting_edges if each.due_at is not None and each.due_at <= now]:
            first = min(due, key=lambda each: each.due_at or now)
            fired.append(first.edge.id)
            self.trigger(first)
        return fired

    def _block(self, block: Block, place: int, scope: Scope, then: Callable[[], None]) -> None:
        if place == len(block):
            then()
            return
        getattr(self, f"_{block[place].kind}")(block[place], scope, lambda: self._block(block, place + 1, scope, then))

    def _ask(self, step_id: str, frame: Frame, items: Mapping[str, int], then: Callable[[Any], None]) -> None:
        self.waits.append(Wait(step_id, items, frame, then))

    def _step(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        frame = self._begin(node, scope, then)
        self._ask(node.id, frame, scope.items, lambda answer: self._end(frame, then))

    def _choice(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        self._ask(f"{node.id}-ask", scope.frame, scope.items, lambda answer: self._block(node.inner[answer], 0, scope, then))

    def _some(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        def chosen(answer: list[int]) -> None:
            self._all([node.inner[place] for place in sorted(set(answer) - {0}) or [0]], scope, then)

        self._ask(f"{node.id}-ask", scope.frame, scope.items, chosen)

    def _together(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        self._all(list(node.inner), scope, then)

    def _all(self, blocks: list[Block], scope: Scope, then: Callable[[], None]) -> None:
        left = [len(blocks)]

        def arrive() -> None:
            left[0] -= 1
            if not left[0]:
                then()

        for block in blocks:
            self._block(block, 0, scope, arrive)

    def _loop(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        def judged(answer: int) -> None:
            if answer == 1:
                self._loop(node, scope, then)
            else:
                then()

        self._block(node.inner[0], 0, scope, lambda: self._ask(f"{node.id}-ask", scope.frame, scope.items, judged))

    def _sub(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        frame = self._begin(node, scope, then)
        inner = Scope(Frame(frame), scope.items, lambda: self._end(frame, then))
        self._block(node.inner[0], 0, inner, inner.token_ends)

    _call = _sub

    def _many(self, node: Node, scope: Scope, then: Callable[[], None]) -> None:
        if not node.items:
            then()
            return
        frame = self._begin(node, scope, then)
        left = list(range(node.items))
        running = [0]

        def one_over() -> None:
            running[0] -= 1
            if node.sequential and left:
                begin(left.pop(0))
            elif not running[0]:
                self._end(frame, then)

        def begin(item: int) -> None:
            running[0] += 1
            inner = Scope(Frame(frame), {**scope.items, f"item_{node.id}": item}, one_over)
            if node.inner:
                self._block(node.inner[0], 0, inner, inner.token_ends)
            else:
                self._ask(node.id, inner.frame, inner.items, lambda answer: inner.token_ends())

        for _ in range(1 if node.sequential else node.items):
            begin(left.pop(0))

    def _begin(self, node: Node, scope: Scope, then: Callable[[], None]) -> Frame:
        frame = Frame(scope.frame)
        for edge in node.edges:
            self._arm(edge, frame, scope, then)
        return frame

    def _end(self, frame: Frame, then: Callable[[], None]) -> None:
        frame.alive = False
        then()

    def _arm(self, edge: Edge, frame: Frame, scope: Scope, then: Callable[[], None]) -> None:
        due_at = self.now + timedelta(days=edge.days) if edge.is_timer else None
        self.armed.append(Armed(edge, scope.items, frame, due_at, lambda: self._happens(edge, frame, scope, then)))

    def _happens(self, edge: Edge, frame: Frame, scope: Scope, then: Callable[[], None]) -> None:
        if edge.interrupts:
            frame.alive = False
            self._ask(f"{edge.id}-step", scope.frame, scope.items, lambda answer: then())
            return
        scope.tokens += 1
        self._ask(f"{edge.id}-step", scope.frame, scope.items, lambda answer: scope.token_ends())
        if not edge.is_timer:
            self._arm(edge, frame, scope, then)
