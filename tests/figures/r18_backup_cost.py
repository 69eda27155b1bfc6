"""Figure R18, its cost: how much less is done while `dps backup` copies everything than in as long a time without it, by turns.

The backup runs as docs/deployment/dps-backup.service has it: whoever works goes first.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support import databases, drills, rounds
from tests.support.databases import Database

CLASS = "bench"
CASES, TURNS, MOST = 500, 3, 10.0
BACKUP = "import sys; from webapp import commands; sys.exit(commands.main(['backup', sys.argv[1]]))"
ROOT = Path(__file__).parents[2]


def main(count: int = CASES, turns: int = TURNS) -> int:
    """Print a line for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            cost, seconds = measure(database, Path(folder), count, turns)
        good = good and cost < MOST
        print(f"R18 {kind}_cost_of_a_backup_of_{count}_cases_in_{seconds:.1f}_s {cost:.1f} percent {MOST:g} {'ok' if cost < MOST else 'short'}", flush=True)
    return 0 if good else 1


def measure(database: Database, folder: Path, count: int, turns: int) -> tuple[float, float]:
    """How much less is done meanwhile, in hundredths, and the seconds of one backup; both the medians."""
    settings = drills.settings_of(database.url, folder / "here")
    ring = drills.fill(database, settings.documents, count)
    environ = {
        **os.environ, "DPS_SECRET_KEY": settings.secret_key, "DPS_DATABASE_URL": database.url, "DPS_UPLOADS": str(settings.uploads), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with drills.at_work(database.engine, ring, settings.documents, most=1_000_000) as acknowledged:
        return by_turns(acknowledged, lambda number: _back_up(folder / f"copy-{number}", environ), turns)


def _back_up(place: Path, environ: dict[str, str]) -> None:
    subprocess.run(["nice", "-n", "19", sys.executable, "-c", BACKUP, str(place)], cwd=place.parent, env=environ, check=True, capture_output=True)


def by_turns(acknowledged: Sequence[str], back_up: Callable[[int], None], turns: int) -> tuple[float, float]:
    """The same from what is acknowledged meanwhile: each backup is followed by as long a time without one."""
    ratios, took = [], []
    for number in range(turns):
        before, began = len(acknowledged), time.monotonic()
        back_up(number)
        seconds, between = time.monotonic() - began, len(acknowledged)
        time.sleep(seconds)
        ratios.append((between - before) / max(1, len(acknowledged) - between))
        took.append(seconds)
    return (1 - statistics.median(ratios)) * 100, statistics.median(took)


if __name__ == "__main__":
    sys.exit(main())
