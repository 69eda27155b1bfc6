"""Random running cases put on a changed version of their random process: whoever may move keeps all they had, and always comes to an end."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models import clock
from tests.figures.r13_random_models import LISTS
from tests.support.random_models import Block, Edge, Maker, Node, draw
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.library import moving
from workflows.library.moving import Crossing, Version

BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
MODELS, CASES, MOST_STEPS = 60, 6, 400


def version(block: Block) -> Version:
    main, called = draw(block)
    return moving.version_from("p", {"process.bpmn": main}, {key: {"process.bpmn": text} for key, text in called.items()})


class Changer:
    """Changes a random process in one or two places, as a process owner might."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def change(self, block: Block) -> Block:
        for _ in range(self.random.randint(1, 2)):
            block = self._inside(block) or (self._new(),)
        return block

    def _inside(self, block: Block) -> Block:
        nested = [place for place, node in enumerate(block) if node.inner]
        if nested and self.random.random() < 0.5:
            place = self.random.choice(nested)
            node = block[place]
            which = self.random.randrange(len(node.inner))
            inner = self._inside(node.inner[which]) or (self._new(),)
            changed = replace(node, inner=(*node.inner[:which], inner, *node.inner[which + 1 :]))
            return (*block[:place], changed, *block[place + 1 :])
        return self._here(block)

    def _here(self, block: Block) -> Block:
        place = self.random.randrange(len(block))
        node = block[place]
        how = self.random.choice(("add", "add", "remove", "move", "beside", "branch", "edge"))
        if how == "add":
            return (*block[:place], self._new(), *block[place:])
        if how == "remove":
            return (*block[:place], *block[place + 1 :])
        if how == "move":
            return (*block[place:], *block[:place])
        if how == "beside":
            self.count += 1
            return (*block[:place], Node("together", f"together-new{self.count}", ((node,), (self._new(),))), *block[place + 1 :])
        if how == "branch" and node.kind in ("together", "choice", "some"):
            return (*block[:place], replace(node, inner=(*node.inner, (self._new(),))), *block[place + 1 :])
        return (*block[:place], self._other_edge(node), *block[place + 1 :])

    def _new(self) -> Node:
        self.count += 1
        return Node("step", f"new{self.count}")

    def _other_edge(self, node: Node) -> Node:
        if node.kind not in ("step", "sub", "call", "many"):
            return node
        if node.edges and self.random.random() < 0.5:
            return replace(node, edges=node.edges[1:])
        return replace(node, edges=(*node.edges, Edge(f"{node.id}-edge-new{self.count}", self.random.randint(1, 9), self.random.random() < 0.5)))


def walk_on(walk: Walk, chance: random.Random, steps: int, now: datetime) -> datetime:
    """Do some of what can be done, whatever it is."""
    for number in range(steps):
        run = walk.run
        if run.finished:
            break
        now += timedelta(minutes=chance.randint(1, 240))
        with clock.held(now):
            tasks, messages, due = run.waiting_tasks(), run.messages(), run.timers()
            if due and (due[0].due_at <= now or not tasks or chance.random() < 0.15):
                now = max(now, due[0].due_at)
                clock.hold(now)
                walk.fire(now)
            elif messages and (not tasks or chance.random() < 0.15) and number < MOST_STEPS / 2:
                walk.deliver(chance.choice(messages).name)
            else:
                assert tasks, "nothing is open, and the case is not over"
                task = chance.choice(tasks)
                name = task.bpmn_id.removesuffix("-ask")
                run.complete(task.id, {f"answer_{name.replace('-', '_')}": answer(task.bpmn_id, chance, leave=number > 30)})
                walk._keep(run)
            assert walk.stuck is None, walk.stuck
    return now


def answer(step: str, chance: random.Random, *, leave: bool) -> object:
    if step.startswith("loop"):
        return 0 if leave else chance.choice((0, 1))
    return [place for place in range(3) if chance.random() < 0.5] if step.startswith("some") else chance.randint(0, 3)


def had(run: engine.Run, there: set[str]) -> tuple[Counter[object], Counter[object]]:
    """The open tasks with their data, and the running timers of events that both versions have."""
    tasks = Counter((task.id, task.bpmn_id, repr(sorted(task.data.items())), task.instance_label) for task in run.waiting_tasks())
    timers = Counter((timer.bpmn_id, timer.due_at) for timer in run.timers() if timer.bpmn_id in there)
    return Counter(tasks), Counter(timers)


@pytest.mark.parametrize("part", range(6))
def test_whoever_moves_keeps_all_and_comes_to_an_end(part: int) -> None:
    moved = stayed = 0
    for model in range(part * MODELS // 6, (part + 1) * MODELS // 6):
        block = Maker(model).process()
        old, new = version(block), version(Changer(model).change(block))
        crossing = Crossing(old, new)
        both = {step.id for step in old.spec.steps} & {step.id for step in new.spec.steps}
        for number in range(CASES):
            chance = random.Random(model * 1000 + number)
            with clock.held(BEGIN):
                walk = Walk(old.spec, **LISTS)
            now = walk_on(walk, chance, chance.randint(0, 12), BEGIN)
            if walk.run.finished:
                continue
            with clock.held(now):
                found = crossing.verdict(walk.stored)
            if not found.moves:
                assert found.why
                stayed += 1
                continue
            moved += 1
            before = had(walk.run, both)
            walk.spec, walk.stored = new.spec, found.state
            after = had(walk.run, both)
            assert after[0] == before[0], (model, number)
            assert not before[1] - after[1] or found.notes, (model, number)
            walk_on(walk, chance, MOST_STEPS, now)
            assert walk.run.finished, (model, number, found)
    assert moved and stayed
