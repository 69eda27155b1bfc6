"""Figure R18, small: a thousand cases backed up while somebody works, brought back into an empty place, and looked at."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from models import Answer
from models.session import make_engine, new_session
from tests.support import databases, drills, rounds
from tests.support.databases import Database
from webapp import backups

CASES = 1_000
LONGEST = 60.0


@dataclass(frozen=True)
class Drilled:
    """What came of a drill; times in seconds, `missing` what was acknowledged before the backup began and is not in it."""

    cases: int
    missing: int
    broken: list[str]
    made_in: float
    restored_in: float


def main(count: int = CASES) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            drilled = drill(database, Path(folder), count)
        for what, value, unit, goal, met in (
            (f"{kind}_cases_brought_back", drilled.cases, "cases", count, drilled.cases == count),
            (f"{kind}_acknowledged_and_missing", drilled.missing, "actions", 0, drilled.missing == 0),
            (f"{kind}_invariants_broken", len(drilled.broken), "invariants", 0, not drilled.broken),
            (f"{kind}_backup_made_in", round(drilled.made_in, 1), "s", LONGEST, drilled.made_in < LONGEST),
            (f"{kind}_brought_back_and_looked_at_in", round(drilled.restored_in, 1), "s", LONGEST, drilled.restored_in < LONGEST),
        ):
            print(f"R18 {what} {value} {unit} {goal} {'ok' if met else 'short'}", flush=True)
            good = good and met
        for words in drilled.broken[:5]:
            print(f"  {words}", file=sys.stderr)
    return 0 if good else 1


def drill(database: Database, folder: Path, count: int) -> Drilled:
    """Fill, back up under work, restore, look."""
    here = drills.settings_of(database.url, folder / "here")
    ring = drills.fill(database, here.documents, count)
    with drills.at_work(database.engine, ring, here.documents) as acknowledged:
        while len(acknowledged) < 5:
            time.sleep(0.01)
        before, began = set(acknowledged), time.monotonic()
        backups.make(here, folder / "copy")
        made_in = time.monotonic() - began
    with drills.empty(database.kind, folder) as url:
        there, began = drills.settings_of(url, folder / "there"), time.monotonic()
        restored = backups.restore(there, folder / "copy")
        restored_in = time.monotonic() - began
        engine = make_engine(url)
        with new_session(engine, writes=False) as session:
            answered = {task_id.hex for task_id in session.scalars(select(Answer.task_id))}
        engine.dispose()
    broken = [words for each in restored.invariants for words in each.first] + ([] if restored.same_audit else ["the audit trail ends elsewhere"])
    return Drilled(restored.manifest.rows["case"], len(before - answered), broken, made_in, restored_in)


if __name__ == "__main__":
    sys.exit(main())
