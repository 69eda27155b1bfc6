"""The background runner: one thread of one process that fires timers and works off jobs until it is stopped."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import clock
from models.session import new_session
from workflows.actions import catalogue, timers
from workflows.enqueue import WANTED, Lane, Tools
from workflows.jobs import (
    digests,
    leaving,
    moving_cases,
    moving_dates,
    nightly,
    scanning,
    sending,
    simulating,
    standing_watch,
    telling_systems,
    undertaking,
    visits_due,
    watching_cases,
)
from workflows.jobs.alone import Alone
from workflows.jobs.planning import Routine
from workflows.jobs.sweeping import sweep_timers
from workflows.jobs.working_off import next_job_at, put_back_unfinished, work_off

LONGEST_SLEEP = 2.0
SHORTEST_SLEEP = 0.02
LONGEST_AFTER_TROUBLE = 30.0

log = logging.getLogger("dps.runner")

# The modules that register a job are named here, so that they are known before anything runs.
__all__ = [
    "Runner",
    "catalogue",
    "digests",
    "leaving",
    "moving_cases",
    "moving_dates",
    "next_moment",
    "nightly",
    "run_once",
    "scanning",
    "sending",
    "simulating",
    "standing_watch",
    "telling_systems",
    "undertaking",
    "visits_due",
    "watching_cases",
]


def run_once(engine: Engine, tools: Tools, now: datetime, *, lane: Lane | None = None) -> int:
    """Fire what is due at an aware moment and do the jobs of a lane that wait; how many things were done."""
    return sweep_timers(engine, now) + work_off(engine, tools, now, lane=lane)


def next_moment(engine: Engine, *, lane: Lane | None = None) -> datetime | None:
    """When the next timer or job of a lane is due; None when nothing waits."""
    with new_session(engine, writes=False) as session:
        moments = [moment for moment in (timers.next_due(session), next_job_at(session, lane=lane)) if moment is not None]
    return min(moments, default=None)


def next_timer(engine: Engine) -> datetime | None:
    """When the next timer wants to be looked at; None when none runs."""
    with new_session(engine, writes=False) as session:
        return timers.next_due(session)


class Runner:
    """Fires what is due and does what was asked for, as the only runner of its database.

    It looks every two seconds, at the moment the next timer is due, and at once after a commit of this process that asks for a job.
    A second runner waits until the first is gone; `lock_file` is what tells them apart on SQLite. What takes minutes is done in a
    second thread, one at a time, while everything else goes on.
    """

    def __init__(self, engine: Engine, tools: Tools, *, lock_file: Path | None = None) -> None:
        self.engine = engine
        self.tools = tools
        self._alone = Alone(engine, lock_file)
        self._wake = threading.Event()
        self._wake_long = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_only_one = False
        self._routine = Routine(engine)

    def start(self) -> None:
        """Begin in a thread of its own."""
        event.listen(Session, "after_commit", self._after_commit)
        self._thread = threading.Thread(target=self.run, name="runner", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish what is being done, let the next runner come, and end."""
        self._stopping.set()
        self._wake.set()
        self._wake_long.set()
        if self._thread is not None:
            self._thread.join(seconds)
        if event.contains(Session, "after_commit", self._after_commit):
            event.remove(Session, "after_commit", self._after_commit)

    def _after_commit(self, session: Session) -> None:
        if session.info.pop(WANTED, False):
            self._wake.set()
            self._wake_long.set()

    def run(self) -> None:
        """Work until stopped; for a process that does nothing else."""
        troubles = 0
        long = threading.Thread(target=self._run_long, name="runner-long", daemon=True)
        long.start()
        try:
            while not self._stopping.is_set():
                try:
                    pause, troubles = self._look(), 0
                except SQLAlchemyError as error:
                    troubles += 1
                    self._is_only_one = False
                    pause = min(LONGEST_AFTER_TROUBLE, LONGEST_SLEEP * 2.0**troubles)
                    log.warning("The runner could not reach the database: %s; it looks again in %.0f s", type(error).__name__, pause)
                self._wake.wait(pause)
                self._wake.clear()
        finally:
            # The next runner would begin again what this one still does.
            self._wake_long.set()
            long.join()
            self._alone.let_go()

    def _run_long(self) -> None:
        """Do what takes minutes, one after the other, while this runner is the only one."""
        while not self._stopping.is_set():
            try:
                done = work_off(self.engine, self.tools, clock.now(), lane="long", most=1) if self._is_only_one else 0
            except SQLAlchemyError as error:
                log.warning("A long job could not reach the database: %s", type(error).__name__)
                done = 0
            if not done:
                self._wake_long.wait(LONGEST_SLEEP)
                self._wake_long.clear()

    def _look(self) -> float:
        """Do everything that is due, and give the seconds until the next look."""
        if not self._alone.take():
            self._is_only_one = False
            return LONGEST_SLEEP
        if not self._is_only_one:
            put_back_unfinished(self.engine)
            self._is_only_one = True
        self._routine.go()
        while not self._stopping.is_set():
            due = next_moment(self.engine, lane="short")
            if due is None or due > clock.now():
                return self._seconds_until(due)
            if run_once(self.engine, self.tools, clock.now(), lane="short") == 0:
                return LONGEST_SLEEP
        return 0.0

    def _seconds_until(self, due: datetime | None) -> float:
        if due is None or clock.is_held():
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, (due - clock.now()).total_seconds()))
