"""Figure R10: timers over three years while the clock is turned, by the runner inside a process and by workers that share the work.

A clock goes an hour, a day and two hours forward and back, and over both nights on which clocks change; each timer says its moment in
London time. `python -m tests.figures.r10_timers_long` takes it with ten thousand.
"""

from __future__ import annotations

import sys

from tests.support import databases
from tests.support.many_timers import Outcome, live_through

ALONE = True
COUNT = 150
LATEST_P99, LATEST = 5.0, 60.0
WORKERS = {"embedded": ("sqlite", 1), "distributed": ("postgresql", 3)}


def main(count: int = COUNT, engines: tuple[str, ...] = tuple(WORKERS)) -> int:
    """Print the lines for each engine; 1 when any is short."""
    good = True
    for engine in engines:
        kind, workers = WORKERS[engine]
        if kind not in databases.available():
            print(f"R10 {engine} none without {kind} short")
            return 1
        with databases.fresh(kind) as database:
            good = told(engine, live_through(database, count, workers=workers)) and good
    return 0 if good else 1


def told(engine: str, outcome: Outcome) -> bool:
    """Print what became of the timers; whether all is as it should be."""
    wrong = (outcome.lost, outcome.twice, outcome.early, outcome.wrong_moment)
    p99, most = outcome.p99(), outcome.most()
    is_met = {"p99": p99 < LATEST_P99, "most": most < LATEST, "none": not any(wrong)}
    names = ["lost", "twice", "early", "at_a_wrong_moment"]
    print(f"R10 {engine}_of_{outcome.wanted}_timers_{'_'.join(names)} {sum(wrong)} count 0 {'ok' if is_met['none'] else 'short'}")
    print(f"R10 {engine}_lateness_p99 {p99:.2f} s {LATEST_P99:.0f} {'ok' if is_met['p99'] else 'short'}")
    print(f"R10 {engine}_lateness_after_a_jump_at_most {most:.2f} s {LATEST:.0f} {'ok' if is_met['most'] else 'short'}")
    return all(is_met.values())


if __name__ == "__main__":
    sys.exit(main())
