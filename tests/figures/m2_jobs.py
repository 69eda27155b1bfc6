"""Figure M2: how many jobs a second two worker processes do, each with its row, its ticket and its mark that it is done."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from models import Job, JobStatus
from models.session import PROCRASTINATE, new_session, transaction
from tests.support import databases, marking
from tests.support.engines import Place, place
from workflows.enqueue import enqueue

CLASS = "bench"
COUNT, LEAST, WORKERS = 4_000, 200.0, 2


def main(count: int = COUNT) -> int:
    """Print the line; 1 when it is short."""
    if "postgresql" not in databases.available():
        print("M2 jobs_a_second none without postgresql short")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        marking.folder = Path(folder)
        with place(PROCRASTINATE, "postgresql", marking.folder) as made:
            rate = measure(made, count)
    print(f"M2 jobs_by_{WORKERS}_workers {rate:.0f} per_s {LEAST:.0f} {'ok' if rate >= LEAST else 'short'}")
    return 0 if rate >= LEAST else 1


def measure(made: Place, count: int, name: str = "marking.nothing") -> float:
    """Jobs a second from the commit that asks for them to the last that is done, with the workers running already."""
    for _ in range(WORKERS):
        made.start_process(f"folder={marking.folder}")
    with transaction(made.engine) as session:
        for number in range(count):
            enqueue(session, name, {"number": number})
    began = time.monotonic()
    waiting = select(func.count()).where(Job.name == name, Job.status != JobStatus.DONE)
    while True:
        with new_session(made.engine, writes=False) as session:
            if not session.scalar(waiting):
                return count / (time.monotonic() - began)
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
