"""Figure R4: web processes and workers are killed at random moments while people work; everything that was acknowledged is there once.

The time to be back up is from the kill until a page is answered and a runner or worker lives. A process that its parent brings back is
timed as it is; one that a supervisor starts again is started with the modules read already.
"""

from __future__ import annotations

import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import databases, invariants, killing, rounds
from tests.support.databases import Database

ALONE = True
KILLS = 30
LONGEST_BACK_UP = 3.0
SEED = 20_261_125


@dataclass
class Outcome:
    """What came of the kills: how many of each, the seconds until back up, and what was wrong."""

    killed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    acknowledged: int = 0
    broken: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def p99(self) -> float:
        """The time that 99 of 100 kills were over within."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


    def add(self, other: Outcome) -> None:
        """Count what came of more kills."""
        self.killed += other.killed
        self.seconds += other.seconds
        self.acknowledged += other.acknowledged
        self.broken += other.broken
        self.lost += other.lost
        self.faults += other.faults


def main(count: int = KILLS, *, only: str = "", at_a_time: int = KILLS) -> int:
    """Print the figure's lines for each database, or for one only, in towns that are made anew after so many kills; 1 when any is short."""
    good = True
    for kind in databases.available():
        if only not in ("", kind):
            continue
        outcome = Outcome()
        for first in range(0, count, at_a_time):
            with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
                outcome.add(kill(database, Path(folder), min(at_a_time, count - first), seed=SEED + first))
        for what, value, unit, goal, met in (
            (f"{kind}_kills", len(outcome.killed), "kills", count, len(outcome.killed) == count),
            (f"{kind}_acknowledged", outcome.acknowledged, "actions", count, outcome.acknowledged >= count),
            (f"{kind}_acknowledged_and_not_there_once", len(outcome.lost), "actions", 0, not outcome.lost),
            (f"{kind}_invariants_broken", len(outcome.broken), "invariants", 0, not outcome.broken),
            (f"{kind}_answers_of_our_fault", len(outcome.faults), "answers", 0, not outcome.faults),
            (f"{kind}_back_up_p99", round(outcome.p99(), 2), "s", LONGEST_BACK_UP, outcome.p99() < LONGEST_BACK_UP),
        ):
            print(f"R4 {what} {value} {unit} {goal} {'ok' if met else 'short'}", flush=True)
            good = good and met
        for words in (outcome.broken + outcome.lost + outcome.faults)[:10]:
            print(f"  {words}", file=sys.stderr)
    return 0 if good else 1


def kill(database: Database, folder: Path, count: int, *, fault: str = "", seed: int = SEED) -> Outcome:
    """Kill `count` times and look at all invariants after each; `fault` is code that the service is made worse with."""
    outcome, dice = Outcome(), random.Random(seed)
    with killing.running(database, folder, fault=fault) as (service, people):
        for _ in range(count):
            outcome.killed.append(killing.at_random(service, dice))
            outcome.seconds.append(service.wait(service.is_ready))
            outcome.broken += invariants.broken(database.engine, uploads=service.settings.documents, is_worked=True)
        for person in people:
            person.stopping.set()
        for person in people:
            person.join()
        records = [person.record for person in people]
        outcome.lost = killing.missing_or_twice(database.engine, records)
        outcome.broken += invariants.broken(database.engine, uploads=service.settings.documents, is_worked=True)
        outcome.acknowledged = sum(len(record.rounds) + len(record.files) for record in records)
        outcome.faults = [words for record in records for words in record.faults]
    return outcome


if __name__ == "__main__":
    sys.exit(main())
