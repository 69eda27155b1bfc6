"""Figure R6: the database is restarted as after a crash while eight people work: nothing is lost, nothing is done twice, and nobody loses a word.

PostgreSQL is stopped at once and started, and no process of the service is. SQLite has no server: there the service itself is told
to end and is started again.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import databases, invariants, killing, rounds
from tests.support.databases import Database

CLASS = "long"
ALONE = True
COUNT, PEOPLE = 20, 8
LONGEST_BACK = 5.0
SEED = 20_261_125


@dataclass
class Outcome:
    """What came of the restarts: seconds until the service was ready and work went through, pages that said to wait, and what was wrong."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: int = 0
    away: int = 0
    started_again: int = 0
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main(count: int = COUNT, kinds: Sequence[str] = databases.KINDS) -> int:
    """Print the figure's lines for each kind of database; 1 when any is short."""
    good = True
    for kind in kinds:
        if kind not in databases.available():
            print(f"R6 {kind} none without {kind} short")
            return 1
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            outcome = restart(database, Path(folder), count)
        good = told(kind, count, outcome) and good
    return 0 if good else 1


def told(kind: str, count: int, outcome: Outcome) -> bool:
    """Print what became of it; whether all is as it should be."""
    what, most = "database" if kind == "postgresql" else "service", max(outcome.seconds)
    lines = (
        (f"{what}_restarts", len(outcome.seconds), "restarts", count, len(outcome.seconds) == count),
        (f"acknowledged_by_{PEOPLE}_people", outcome.acknowledged, "actions", count * PEOPLE, outcome.acknowledged >= count * PEOPLE),
        ("acknowledged_and_not_there_once", len(outcome.lost), "actions", 0, not outcome.lost),
        ("invariants_broken", len(outcome.broken), "invariants", 0, not outcome.broken),
        (f"answers_but_done_or_{outcome.away}_that_keep_the_words", len(outcome.faults), "answers", 0, not outcome.faults),
        ("ready_and_at_work_again_at_most", round(most, 2), "s", LONGEST_BACK, most < LONGEST_BACK),
        ("processes_started_again", outcome.started_again, "processes", 0, outcome.started_again == 0),
    )
    for name, value, unit, goal, met in lines:
        print(f"R6 {kind}_{name} {value} {unit} {goal} {'ok' if met else 'short'}", flush=True)
    for words in (outcome.lost + outcome.broken + outcome.faults)[:10]:
        print(f"  {words}", file=sys.stderr)
    return all(met for *_, met in lines)


def restart(database: Database, folder: Path, count: int, *, fault: str = "", seed: int = SEED) -> Outcome:
    """Restart `count` times at random moments; `fault` is code that the service is made worse with."""
    outcome, dice = Outcome(), random.Random(seed)
    with killing.running(database, folder, people=PEOPLE, fault=fault, may_be_away=True) as (service, people):
        service.wait(lambda: all(person.record.acknowledged() for person in people))
        for _ in range(count):
            time.sleep(dice.uniform(0.1, 0.6))
            there, began = service.alive(), time.monotonic()
            databases.restart_server() if database.kind == "postgresql" else service.end("run")
            before = [person.record.acknowledged() for person in people]
            service.wait(service.is_ready)
            service.wait(lambda before=before: any(_went_on(people, before)))
            outcome.seconds.append(time.monotonic() - began)
            service.wait(lambda before=before: all(_went_on(people, before)))
            outcome.started_again += len(service.alive() - there) if database.kind == "postgresql" else 0
        for person in people:
            person.stopping.set()
        for person in people:
            person.join()
        records = [person.record for person in people]
        outcome.lost = killing.missing_or_twice(database.engine, records)
        outcome.broken = invariants.broken(database.engine, uploads=service.settings.documents, is_worked=True)
    outcome.acknowledged, outcome.away = sum(each.acknowledged() for each in records), sum(each.away for each in records)
    outcome.faults = [words for record in records for words in record.faults]
    return outcome


def _went_on(people: Sequence[killing.Person], before: Sequence[int]) -> Iterator[bool]:
    """Of each whether something of theirs was acknowledged since."""
    return (person.record.acknowledged() > so_far for person, so_far in zip(people, before, strict=True))


if __name__ == "__main__":
    sys.exit(main())
