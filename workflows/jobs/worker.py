"""A distributed worker: one of any number of processes that fire timers and do jobs from the queue in PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, exceptions
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models import clock
from models.session import ALIVE
from workflows.enqueue import TASK, Tools
from workflows.jobs import tickets
from workflows.jobs.alone import Alone
from workflows.jobs.planning import Routine
from workflows.jobs.runner import LONGEST_AFTER_TROUBLE, SHORTEST_SLEEP, next_timer
from workflows.jobs.sweeping import sweep_timers

LONGEST_SLEEP = 1.0
SECONDS_TO_FINISH = 45.0
LONG_JOBS_AT_ONCE = 1
TROUBLES = (SQLAlchemyError, psycopg.Error, PoolTimeout, exceptions.ConnectorException, OSError)
# Their own lines tell of every job; what is worth knowing of ours stands in its row.
QUIET = ("procrastinate", "psycopg.pool")

log = logging.getLogger("dps.worker")


class Worker:
    """Fires what is due and does what was asked for, beside any number of its like on other machines.

    `threads` short jobs are done at once, and one that takes minutes beside them. The heart of a worker beats every `heartbeat`
    seconds; what one was doing that was not heard of for `stalled` seconds is done again by another. When the database stays
    away for `patience` seconds the worker gives up, for a supervisor to start it again.
    """

    def __init__(
        self, engine: Engine, tools: Tools, *, threads: int = 4, heartbeat: float = 5.0, stalled: float = 20.0, patience: float = 60.0
    ) -> None:
        self.engine = engine
        self.tools = tools
        self.threads = threads
        self.heartbeat = heartbeat
        self.stalled = stalled
        self.patience = patience
        self.is_serving = threading.Event()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._alone = Alone(engine, None, shared=True)
        self._routine = Routine(engine)
        self._thread: threading.Thread | None = None
        self._rescued_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_serving = asyncio.Event()

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 60.0) -> None:
        """Finish what is being done, and end."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(seconds)

    def ask_to_stop(self) -> None:
        """Have the worker finish what is being done and end, without waiting for it; may be called from a signal."""
        self._stopping.set()
        self._wake.set()
        self._serve_no_longer()

    def _serve_no_longer(self) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has just ended by itself
                loop.call_soon_threadsafe(self._stop_serving.set)

    def run(self) -> bool:
        """Work until stopped (True), or until the database has been away for too long (False)."""
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        looking = threading.Thread(target=self._look_until_stopped, name="worker-look", daemon=True)
        looking.start()
        try:
            return self._serve_until_stopped()
        finally:
            self.ask_to_stop()
            looking.join(self.stalled)
            self._alone.let_go()

    def _serve_until_stopped(self) -> bool:
        well_at, troubles = time.monotonic(), 0
        while not self._stopping.is_set():
            if self._serve_once():
                well_at, troubles = time.monotonic(), 0
            if self._stopping.is_set():
                break
            troubles += 1
            away = time.monotonic() - well_at
            if away > self.patience:
                log.error("The database has been away for %.0f s: this worker gives up", away)
                return False
            pause = min(LONGEST_AFTER_TROUBLE, 0.5 * 2.0**troubles, max(0.5, self.patience - away))
            log.warning("This worker does no jobs now; it tries again in %.1f s", pause)
            self._stopping.wait(pause)
        return True

    def _serve_once(self) -> bool:
        """Do jobs until stopped or until the database goes; whether it was there at all."""
        try:
            if not self._alone.take():
                log.warning("An embedded runner works on this database: this worker waits until it is stopped")
                return True
            tickets.put_back_left_behind(self.engine)
            asyncio.run(self._serve())
        except TROUBLES as error:
            log.warning("The worker could not reach the database: %s", type(error).__name__)
        finally:
            was_there = self.is_serving.is_set()
            self.is_serving.clear()
            self._loop = None
        return was_there

    async def _serve(self) -> None:
        """Do jobs until stopped, or until the library's workers leave because the database has gone."""
        self._loop, self._stop_serving = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_default_executor(ThreadPoolExecutor(self.threads + LONG_JOBS_AT_ONCE + 1, "job"))
        app = self._app()
        async with app.open_async():
            lanes = [asyncio.create_task(self._lane(app, lane, jobs)) for lane, jobs in (("short", self.threads), ("long", LONG_JOBS_AT_ONCE))]
            stopped = asyncio.create_task(self._stop_serving.wait())
            self.is_serving.set()
            if self._stopping.is_set():  # asked for before there was a loop to tell
                self._stop_serving.set()
            await asyncio.wait([*lanes, stopped], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await _end(lanes)

    def _app(self) -> App:
        address = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = PsycopgConnector(
            conninfo=address, kwargs={**ALIVE}, min_size=1, max_size=self.threads + 4, timeout=5.0, pool_factory=_pool_that_trusts
        )
        app = App(connector=connector)

        @app.task(name=TASK, pass_context=True)
        def do(context: JobContext, job: str) -> None:
            assert context.job.id is not None
            tickets.do_ticket(self.engine, self.tools, uuid.UUID(job), context.job.id, context.job.queue)

        return app

    async def _lane(self, app: App, lane: str, at_once: int) -> None:
        await app.run_worker_async(
            queues=[lane], name=lane, concurrency=at_once, fetch_job_polling_interval=LONGEST_SLEEP, delete_jobs="always",
            shutdown_graceful_timeout=SECONDS_TO_FINISH, install_signal_handlers=False, update_heartbeat_interval=self.heartbeat,
            stalled_worker_timeout=self.stalled,
        )  # fmt: skip

    def _look_until_stopped(self) -> None:
        while not self._stopping.is_set():
            pause = LONGEST_SLEEP
            if self.is_serving.is_set():
                try:
                    pause = self._look()
                except SQLAlchemyError as error:
                    log.warning("A look could not reach the database: %s", type(error).__name__)
            self._wake.wait(pause)
            self._wake.clear()

    def _look(self) -> float:
        """Fire what is due, hand jobs over whose time has come, and give the seconds until the next look."""
        if not self._alone.take():
            # The lock's own connection was lost, and an embedded runner was faster.
            self._serve_no_longer()
            return LONGEST_SLEEP
        self._routine.go()
        if time.monotonic() - self._rescued_at > self.stalled / 4:
            tickets.put_back_stalled(self.engine, timedelta(seconds=self.stalled))
            self._rescued_at = time.monotonic()
        while not self._stopping.is_set():
            now = clock.now()
            if tickets.hand_over_due(self.engine, now) + sweep_timers(self.engine, now) == 0:
                break
        due = [moment for moment in (next_timer(self.engine), tickets.next_due(self.engine)) if moment is not None]
        if not due or clock.is_held():
            return LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, (min(due) - clock.now()).total_seconds()))


def _pool_that_trusts(**options: Any) -> AsyncConnectionPool:
    """A pool that asks no connection whether it lives before each use: one that does not makes the worker begin anew anyway."""
    return AsyncConnectionPool(**{**options, "check": None})


async def _end(lanes: Sequence[asyncio.Task[Any]]) -> None:
    """Let both lanes finish what they do. One that cannot, because the database is gone, is let go."""
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)
