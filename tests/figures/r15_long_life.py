"""Figure R15: a case of 1,500 rounds, a list of 1,000, and a hundred calls deep."""

from __future__ import annotations

import statistics
import sys
import time

from tests.unit.engine import models
from tests.unit.engine.drawing import call, chain, definitions, end, instances, process, start, user
from workflows import engine

ALONE = True

ROUNDS, ITEMS, CALLS = 1_500, 1_000, 100
MEBIBYTE = 1 << 20
SLOWEST = 5.0


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    largest, slower, only_one = rounds()
    left, seconds = items()
    lines = [
        ("state_bytes", largest, MEBIBYTE, largest < MEBIBYTE),
        ("last_round_to_tenth", round(slower, 2), SLOWEST, slower <= SLOWEST),
        ("rounds_with_one_open_task", only_one, ROUNDS, only_one == ROUNDS),
        (f"instances_left_of_{ITEMS}_in_{seconds:.0f}s", left, 0, left == 0),
        ("calls_refused", int(refused()), 1, refused()),
    ]
    for what, value, goal, good in lines:
        print(f"R15 {what} {value} {goal} {'ok' if good else 'short'}")
    return 0 if all(good for *_, good in lines) else 1


def rounds(count: int = ROUNDS) -> tuple[int, float, int]:
    """The largest state, how much slower the last rounds are than those around the tenth, and in how many one task was open."""
    spec = engine.read("p", {"process.bpmn": models.ASKING_LOOP})
    run = engine.start(spec, {"rounds": 0}, perform=lambda call: None)
    run.advance()
    stored, largest, took, only_one = run.dump(), 0, list[float](), 0
    for _ in range(count):
        began = time.perf_counter()
        run = engine.load(spec, stored, perform=lambda call: None)
        waiting = run.waiting_tasks()
        only_one += len(waiting) == 1
        run.complete(waiting[0].id, {})
        stored = run.dump()
        took.append(time.perf_counter() - began)
        largest = max(largest, len(stored))
    return largest, statistics.median(took[-20:]) / statistics.median(took[5:25]), only_one


def items(count: int = ITEMS) -> tuple[int, float]:
    """How many instances of a long list are left when each was done, loaded afresh after every hundredth; and the seconds."""
    diagram = models.one(start(), user("visit", inner=instances("homes", "home")), end(), chain("start", "visit", "end"))
    spec = engine.read("p", {"process.bpmn": diagram})
    began = time.perf_counter()
    run = engine.start(spec, {"homes": list(range(count))}, perform=lambda call: None)
    run.advance()
    for number in range(count):
        if number % 100 == 0:
            run = engine.load(spec, run.dump(), perform=lambda call: None)
            ids = [task.id for task in run.waiting_tasks()]
        run.complete(ids[number % 100], {})
    return len(run.waiting_tasks()) + (not run.finished), time.perf_counter() - began


def refused() -> bool:
    """Whether a hundred processes that call one another are refused in words."""
    called = {f"p{depth}": _calls(f"p{depth}", f"p{depth + 1}") for depth in range(CALLS)}
    called[f"p{CALLS}"] = definitions(process(f"p{CALLS}", start(), end(), chain("start", "end")))
    top = {"process.bpmn": models.one(start(), call("next", "p0"), end(), chain("start", "next", "end"))}
    found = engine.check(
        "p", top, {key: {"process.bpmn": text} for key, text in called.items()}, known_operations=(), known_groups=(), known_forms={}
    )
    return any("more than 10 deep" in str(problem) for problem in found)


def _calls(key: str, other: str) -> str:
    return definitions(process(key, start(), call("next", other), end(), chain("start", "next", "end")))


if __name__ == "__main__":
    sys.exit(main())
