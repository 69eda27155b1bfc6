"""Figure P14: how many people one machine carries, how many three carry, and what about 150 authorities on one service would need.

Measured costs go into a simulation of queues; what is taken for granted stands in ASSUMED and in docs/scaling.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.support import capacity, databases, service_times
from tests.support.capacity import Kind, Result
from tests.support.service_times import Cost

# Each value with where it comes from stands in docs/scaling.md too, and a test compares them.
ASSUMED: dict[str, float] = {
    "pages_an_hour_for_one_person": 60,
    "completions_an_hour_for_one_person": 6,
    "jobs_for_one_completion": 2,
    "timers_for_one_completion": 0.5,
    "busiest_minute_against_the_hour": 2,
    "milliseconds_to_make_a_commit_durable": 2,
    "people_at_work_at_once_in_an_authority": 150,
    "authorities": 150,
    "busiest_share": 0.7,
    "seconds_for_95_of_100_pages": 0.5,
}
PAGE, COMPLETION, JOB, TIMER = "page", "completion", "job", "timer"
LARGEST = 1_000_000


@dataclass(frozen=True)
class Shape:
    """Processes that answer, processes that do jobs, and processors of the database; `is_one` when one process does everything."""

    web: int
    workers: int
    database: int
    is_one: bool = False

    def servers(self) -> dict[str, int]:
        """How many work side by side at each station."""
        return {"web": self.web, "worker": self.workers, "database": self.database}


ONE_MACHINE = Shape(web=1, workers=1, database=1, is_one=True)
THREE_MACHINES = Shape(web=6, workers=2, database=4)


def kinds(people: int, costs: Mapping[str, Cost], shape: Shape) -> list[Kind]:
    """What so many people at work ask for in a second of the busiest minute."""
    each = people * ASSUMED["busiest_minute_against_the_hour"] / 3_600
    completions = each * ASSUMED["completions_an_hour_for_one_person"]
    rates = {
        PAGE: each * ASSUMED["pages_an_hour_for_one_person"], COMPLETION: completions,
        JOB: completions * ASSUMED["jobs_for_one_completion"], TIMER: completions * ASSUMED["timers_for_one_completion"],
    }  # fmt: skip
    return [Kind(name, rate, _path(name, costs[name], shape)) for name, rate in rates.items()]


def _path(name: str, cost: Cost, shape: Shape) -> list[tuple[str, float]]:
    durable = 0.0 if name == PAGE else ASSUMED["milliseconds_to_make_a_commit_durable"] / 1_000
    if shape.is_one:
        return [("web", cost.ours + cost.database + durable)]
    return [("web" if name in (PAGE, COMPLETION) else "worker", cost.ours), ("database", cost.database + durable)]


def run(people: int, costs: Mapping[str, Cost], shape: Shape) -> Result:
    """One simulation."""
    return capacity.simulate(kinds(people, costs, shape), shape.servers())


def is_enough(people: int, costs: Mapping[str, Cost], shape: Shape) -> bool:
    """Whether so many people are served as they should be: nothing too busy, pages and completions in time."""
    loads = dict.fromkeys(shape.servers(), 0.0)
    for kind in kinds(people, costs, shape):
        for station, seconds in kind.path:
            loads[station] += kind.a_second * seconds / shape.servers()[station]
    if max(loads.values()) > ASSUMED["busiest_share"]:
        return False
    result = run(people, costs, shape)
    return max(result.p95[PAGE], result.p95[COMPLETION]) <= ASSUMED["seconds_for_95_of_100_pages"]


def most_people(costs: Mapping[str, Cost], shape: Shape) -> int:
    """The largest number of people at work at once that a shape carries, to one part in a hundred."""
    low, high = 0, 1
    while is_enough(high, costs, shape) and high < LARGEST:
        low, high = high, high * 2
    while high - low > max(1, low // 100):
        middle = (low + high) // 2
        low, high = (middle, high) if is_enough(middle, costs, shape) else (low, middle)
    return low


def needed(people: int, costs: Mapping[str, Cost]) -> Shape:
    """The smallest shape for so many people: what the shares ask for, and more of whatever is the busiest until pages are in time."""
    loads = {"web": 0.0, "worker": 0.0, "database": 0.0}
    for kind in kinds(people, costs, THREE_MACHINES):
        for station, seconds in kind.path:
            loads[station] += kind.a_second * seconds
    least = {name: max(1, -int(-load // ASSUMED["busiest_share"])) for name, load in loads.items()}
    shape = Shape(least["web"], least["worker"], least["database"])
    while not is_enough(people, costs, shape):
        busiest = max(loads, key=lambda name: loads[name] / shape.servers()[name])
        servers = shape.servers() | {busiest: shape.servers()[busiest] + 1}
        shape = Shape(servers["web"], servers["worker"], servers["database"])
    return shape


def main() -> int:
    """Measure, simulate, and print; 1 when one machine does not carry one authority, or three do not carry five."""
    good = True
    authority = int(ASSUMED["people_at_work_at_once_in_an_authority"])
    costs = {kind: service_times.measure(kind) for kind in databases.available()}
    for kind, measured in costs.items():
        for name, cost in measured.items():
            print(f"P14 {kind}_{name} {cost.ours * 1_000:.1f}+{cost.database * 1_000:.1f} ms_of_processor(ours+database) measured ok")
    one = most_people(costs["sqlite"], ONE_MACHINE)
    good = _say("people_at_once_on_one_machine_sqlite", one, "people", authority, one >= authority)
    if "postgresql" not in costs:
        return 0 if good else 1
    three = most_people(costs["postgresql"], THREE_MACHINES)
    good = _say("people_at_once_on_three_machines_postgresql", three, "people", 5 * authority, three >= 5 * authority) and good
    shape = needed(authority * int(ASSUMED["authorities"]), costs["postgresql"])
    for name, count in shape.servers().items():
        _say(f"150_authorities_{name}", count, "processors" if name == "database" else "processes", "any", True)
    return 0 if good else 1


def _say(what: str, value: object, unit: str, goal: object, met: bool) -> bool:
    print(f"P14 {what} {value} {unit} {goal} {'ok' if met else 'short'}", flush=True)
    return met


if __name__ == "__main__":
    sys.exit(main())
