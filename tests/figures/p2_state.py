"""Figure P2: what is stored of a case after 1,000 rounds of a loop against after 10, and whether 5,000 rounds come to their end."""

from __future__ import annotations

import sys

from tests.unit.engine import models
from workflows import engine

ROUNDS = 5_000
MOST = 2.0


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    sizes, live, finished = measure()
    bytes_ratio, live_ratio = sizes[1_000] / sizes[10], live[1_000] / live[10]
    print(f"P2 state_after_1000_to_10 {bytes_ratio:.2f} ratio {MOST} {'ok' if bytes_ratio <= MOST else 'short'}")
    print(f"P2 live_tasks_after_1000_to_10 {live_ratio:.2f} ratio {MOST} {'ok' if live_ratio <= MOST else 'short'}")
    print(f"P2 rounds_to_the_end {ROUNDS if finished else 0} rounds {ROUNDS} {'ok' if finished else 'short'}")
    return 0 if finished and max(bytes_ratio, live_ratio) <= MOST else 1


def measure(rounds: int = ROUNDS) -> tuple[dict[int, int], dict[int, int], bool]:
    """Bytes and engine tasks after each round, and whether the case ended after the last."""
    spec = engine.read("p", {"process.bpmn": models.ASKING_LOOP})
    run = engine.start(spec, {"rounds": 0}, perform=lambda call: None)
    run.advance()
    stored, sizes, live = run.dump(), dict[int, int](), dict[int, int]()
    for number in range(1, rounds + 1):
        run = engine.load(spec, stored, perform=lambda call: None)
        run.complete(run.waiting_tasks()[0].id, {})
        stored = run.dump()
        sizes[number], live[number] = len(stored), len(run.workflow.tasks)
    return sizes, live, run.finished


if __name__ == "__main__":
    sys.exit(main())
