"""The two engines that do jobs, set up in the same way, so that one suite of tests holds for both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text, update

from models import Job, JobStatus, Timer, clock
from models.session import PROCRASTINATE, Jobs, make_engine, new_session, transaction
from tests.support import databases
from workflows.enqueue import Tools, enqueue
from workflows.jobs.runner import Runner
from workflows.jobs.worker import Worker

ROOT = Path(__file__).parents[2]
ENGINES = (("embedded", "sqlite"), ("embedded", "postgresql"), ("procrastinate", "postgresql"))
HEARTBEAT, STALLED = 0.3, 1.5
DoesJobs = Runner | Worker


@dataclass
class Place:
    """A database and the engine that does its jobs; `runs` are those that were started in this process."""

    jobs: Jobs
    kind: str
    url: str
    engine: Engine
    lock: Path
    runs: list[DoesJobs] = field(default_factory=list)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def is_distributed(self) -> bool:
        return self.jobs == PROCRASTINATE

    def start(self, *, tools: Tools | None = None, threads: int = 4, wait: bool = True) -> DoesJobs:
        """Start a runner or a worker in this process."""
        one: DoesJobs
        if self.is_distributed:
            one = Worker(self.engine, tools or Tools(), threads=threads, heartbeat=HEARTBEAT, stalled=STALLED, patience=20)
        else:
            one = Runner(self.engine, tools or Tools(), lock_file=self.lock)
        self.runs.append(one)
        one.start()
        if wait and isinstance(one, Worker):
            assert one.is_serving.wait(30)
        return one

    def start_process(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one in a process of its own, which can be killed."""
        command = [sys.executable, "-m", "tests.support.job_process", self.jobs, self.url, str(self.lock), *arguments]
        process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
        self.processes.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    def stop_all(self) -> None:
        """End everything that was started."""
        for one in self.runs:
            one.stop()
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()

    def ask(self, name: str, **options: Any) -> uuid.UUID:
        """Enqueue a job in a transaction of its own."""
        args = options.pop("args", {})
        with transaction(self.engine) as session:
            return enqueue(session, name, args, **options).id

    def job(self, job_id: uuid.UUID) -> Job:
        """A job as it stands."""
        with new_session(self.engine, writes=False) as session:
            return session.get_one(Job, job_id)

    def is_done(self, *job_ids: uuid.UUID) -> bool:
        """Whether all these are done."""
        return all(self.job(each).status is JobStatus.DONE for each in job_ids)

    def wait_no_longer(self, job_id: uuid.UUID) -> None:
        """Let a job that waits for its next try be due now, as the passing of time would."""
        with transaction(self.engine) as session:
            session.execute(update(Job).where(Job.id == job_id, Job.status == JobStatus.TODO).values(run_at=clock.now() - timedelta(seconds=1)))

    def tickets(self) -> int:
        """How many rows the queue of the distributed workers holds."""
        with self.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)

    def timers(self) -> list[Timer]:
        """The timers that run."""
        with new_session(self.engine, writes=False) as session:
            return list(session.scalars(select(Timer)))


@contextmanager
def place(jobs: Jobs, kind: str, folder: Path) -> Iterator[Place]:
    """A fresh database with an engine of this sort; everything started in it is ended afterwards. NoServer without PostgreSQL."""
    with databases.fresh(kind) as database:
        engine = make_engine(database.url, jobs=jobs)
        made = Place(jobs, kind, database.url, engine, folder / "runner.lock")
        try:
            yield made
        finally:
            made.stop_all()
            engine.dispose()


def eventually(check: Callable[[], Any], seconds: float = 30.0, *, what: str = "") -> None:
    """Wait until something holds. AssertionError when it does not in time."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, what or "it did not happen in time"
        time.sleep(0.02)
