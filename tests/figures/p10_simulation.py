"""Figure P10: a thousand cases of a shipped process simulated on the real engine, with every case over and the progress told on the way."""

from __future__ import annotations

import sys
import time

from tests.processes.library import shipped
from workflows.library import simulating, trying

CASES, MOST_SECONDS = 1_000, 60.0
# The longest process, which calls another, and the one whose cases take the most steps.
KEYS = ("key-decision", "provider-application")
A_DAY = 4.0


def main(cases: int = CASES) -> int:
    """Print a line for each process; 1 when it takes too long, or a case is not over in the end, or its progress was not told."""
    good = True
    for key in KEYS:
        seconds, over, told = simulate(key, cases)
        is_met = seconds < MOST_SECONDS and over == cases and told == cases
        print(f"P10 simulated_{cases}_cases_of_{key} {seconds:.1f} s {MOST_SECONDS:g} {'ok' if is_met else f'short ({over} over, {told} told)'}")
        good = good and is_met
    return 0 if good else 1


def simulate(key: str, cases: int) -> tuple[float, int, int]:
    """How long it took with reading the sample walks, how many cases came to an end, and how many times progress was told."""
    told: list[int] = []
    began = time.perf_counter()
    found = shipped.all_scenarios(key)
    results, _ = simulating.results_of(found, shipped.spec(key), shipped.surroundings(key))
    first = trying.samples(found)[0]
    plan = simulating.Plan(results=results, data=first.data, data_of=first.at, people=dict.fromkeys(shipped.groups(), 3), a_day=A_DAY)
    result = simulating.simulate(
        key, shipped.files(key), shipped.called(key), cases=cases, plan=plan, groups=shipped.groups(), progress=told.append
    )
    return time.perf_counter() - began, result.finished, len(told)


if __name__ == "__main__":
    sys.exit(main())
