"""Figure R13 with P3: random processes walked at random, stored and loaded after every step, against a token oracle and the stock serializer."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models import clock
from tests.support.random_models import Armed, Block, Maker, Node, Oracle, Wait, draw
from tests.support.stock_serializer import StockWalk
from tests.unit.engine.walking import Walk
from workflows import engine

MODELS, WALKS = 30, 30
MOST_STEPS = 60
BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
LISTS = {f"list_{count}": list(range(count)) for count in range(4)}


class Different(AssertionError):
    """The engine and the oracle, or ours and the stock serializer, do not agree; the text names the seeds."""


def main(models: int = MODELS, walks: int = WALKS) -> int:
    """Print the two figures' lines; 1 when any walk differed."""
    began, failures, steps, compared = time.process_time(), list[str](), 0, 0
    for model in range(models):
        block = Maker(model).process()
        spec = spec_of(block)
        for number in range(walks):
            try:
                # A second case kept by the stock serializer costs ten times the first, so each model has it on a few walks.
                walk = RandomWalk(spec, block, seed=model * 10_000 + number, stock=number < 2)
                steps += walk.to_the_end()
                compared += walk.compared
            except Exception as error:
                failures.append(f"model {model}, walk {number}: {type(error).__name__}: {error}")
    seconds = time.process_time() - began
    print(f"R13 walks_wrong {len(failures)} of_{models * walks}_walks_{steps}_steps_{seconds:.0f}s 0 {'short' if failures else 'ok'}")
    print(f"P3 differences_to_stock_serializer {len(failures)} of_{compared}_states 0 {'short' if failures else 'ok'}")
    for line in failures[:5]:
        print(f"  {line}", file=sys.stderr)
    return 1 if failures else 0


def spec_of(block: Block) -> engine.Spec:
    """The engine's spec of a random block."""
    main_file, called = draw(block)
    return engine.read("p", {"process.bpmn": main_file}, {key: {"process.bpmn": text} for key, text in called.items()})


class RandomWalk:
    """One walk through one model."""

    def __init__(self, spec: engine.Spec, block: Block, *, seed: int, stock: bool) -> None:
        self.random = random.Random(seed)
        self.now = BEGIN
        self.compared = 0
        self.branches = {f"{node.id}-ask": len(node.inner) for node in nodes_of(block)}
        with clock.held(self.now):
            self.cases: list[Walk] = [Walk(spec, **LISTS), *([StockWalk(spec, **LISTS)] if stock else [])]
        self.oracle = Oracle(self.now)
        self.oracle.play(block)

    def to_the_end(self) -> int:
        """Walk until the process is over; the number of steps it took. Different when anything differs on the way."""
        self._compare("start")
        for number in range(MOST_STEPS * 20):
            if self.oracle.finished:
                return number
            self.now += timedelta(minutes=self.random.randint(1, 240))
            with clock.held(self.now):
                did = self._step(leave=number > MOST_STEPS)
            self._compare(f"step {number}: {did}")
        raise Different("the walk did not end")

    def _step(self, *, leave: bool) -> str:
        edges, due = self.oracle.waiting_edges, [each for each in self.oracle.waiting_edges if each.due_at is not None]
        messages = [each for each in edges if each.due_at is None]
        if any(each.due_at <= self.now for each in due if each.due_at) or (due and not leave and self.random.random() < 0.15):
            return self._fire(min(each.due_at for each in due if each.due_at))
        if messages and not leave and self.random.random() < 0.2:
            return self._deliver(self.random.choice(messages))
        return self._complete(self.random.choice(self.oracle.open), leave)

    def _fire(self, due_at: datetime) -> str:
        self.now = max(self.now, due_at)
        clock.hold(self.now)
        expected = self.oracle.fire_due(self.now)
        for case in self.cases:
            fired = case.fire(self.now)
            if Counter(fired) != Counter(expected):
                raise Different(f"fired {fired}, the oracle {expected}")
        return f"fire {expected}"

    def _deliver(self, armed: Armed) -> str:
        self.oracle.now = self.now
        self.oracle.trigger(armed)
        for case in self.cases:
            if not case.deliver(armed.edge.id, armed.items):
                raise Different(f"nobody took {armed.edge.id}")
        return f"deliver {armed.edge.id}"

    def _complete(self, wait: Wait, leave: bool) -> str:
        name = wait.id.removesuffix("-ask")
        answer = self._answer(wait.id, leave)
        self.oracle.now = self.now
        self.oracle.complete(wait, answer)
        for case in self.cases:
            run = case.run
            task = next((task for task in run.waiting_tasks() if (task.bpmn_id, items_of(task.data)) == (wait.id, dict(wait.items))), None)
            if task is None:
                raise Different(f"{wait.id} {wait.items} is not offered")
            run.complete(task.id, {f"answer_{name.replace('-', '_')}": answer, "all": {"last": wait.id, "at": self.now.isoformat()}})
            case._keep(run)
        return f"complete {wait.id} {answer}"

    def _answer(self, step_id: str, leave: bool) -> Any:
        if step_id.startswith("loop"):
            return 0 if leave else self.random.choice((0, 1))
        if step_id.startswith("some"):
            return [place for place in range(self.branches[step_id]) if self.random.random() < 0.5]
        return self.random.randrange(self.branches[step_id]) if step_id.startswith("choice") else self.random.randint(0, 9)

    def _compare(self, when: str) -> None:
        runs = [case.run for case in self.cases]
        offered = Counter((wait.id, tuple(sorted(wait.items.items()))) for wait in self.oracle.open)
        edges = Counter((each.edge.id, each.due_at) for each in self.oracle.waiting_edges)
        for run in runs:
            found = Counter((task.bpmn_id, tuple(sorted(items_of(task.data).items()))) for task in run.waiting_tasks())
            if found != offered:
                raise Different(f"{when}: offered {dict(found - offered)}, the oracle {dict(offered - found)} besides")
            waiting = Counter([*((timer.bpmn_id, timer.due_at) for timer in run.timers()), *((each.name, None) for each in run.messages())])
            if waiting != edges:
                raise Different(f"{when}: waits for {dict(waiting - edges)}, the oracle for {dict(edges - waiting)} besides")
            if run.finished != self.oracle.finished:
                raise Different(f"{when}: finished is {run.finished}")
            if not (run.finished or found or waiting):
                raise Different(f"{when}: nothing is open and it is not over")
        if len(runs) > 1:
            self.compared += 1
            ours, stock = (snapshot(run) for run in runs)
            if ours != stock:
                raise Different(f"{when}: ours {ours}, stock {stock}")


def nodes_of(block: Block) -> Iterator[Node]:
    """Every node of a block, the inner ones too."""
    for node in block:
        yield node
        for inner in node.inner:
            yield from nodes_of(inner)


def items_of(data: Mapping[str, Any]) -> dict[str, int]:
    """The items of the instances around a task."""
    return {name: value for name, value in data.items() if name.startswith("item_")}


def snapshot(run: engine.Run) -> Any:
    """Everything that a person or a rule could see of a run."""
    tasks = sorted(
        (task.bpmn_id, sorted(items_of(task.data).items()), task.path, task.instance_label, repr(sorted(task.data.items())))
        for task in run.waiting_tasks()
    )
    return tasks, sorted(run.live), repr(sorted(run.data.items()))


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:3])))
