"""What happens by itself again and again: each standing job is asked for once, whoever asks, and again after it was given up."""

from __future__ import annotations

import logging
import time as stopwatch
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Job, JobStatus, clock
from models.session import new_session, transaction
from workflows.enqueue import enqueue
from workflows.rules import calendar

LOCK = 7_401_227
LOCK_STATEMENT = "SELECT pg_advisory_xact_lock(:number)"
SECONDS_BETWEEN_PLANS = 60.0

log = logging.getLogger("dps.runner")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A job that is asked for again and again. `next` gives the aware moment of the next time; `at_once` makes the first one now."""

    name: str
    next: Callable[[], datetime]
    priority: int = 0
    at_once: bool = False


_standing: dict[str, Standing] = {}
_looks: dict[str, tuple[float, Callable[[Engine], None]]] = {}


def daily(name: str, at: time, *, priority: int = 0, at_once: bool = False) -> None:
    """Have the job done each day at a time of day in London, also on the two nights a year when the clocks change."""

    def following() -> datetime:
        today = calendar.london_instant(clock.today(), at=at)
        return today if clock.now() < today else calendar.london_instant(clock.today() + timedelta(days=1), at=at)

    _standing[name] = Standing(name=name, next=following, priority=priority, at_once=at_once)


def every(name: str, span: timedelta, *, priority: int = 0) -> None:
    """Have the job done once in every whole span of time, counted from midnight UTC."""

    def following() -> datetime:
        now = clock.now()
        midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        return midnight + ((now - midnight) // span + 1) * span

    _standing[name] = Standing(name=name, next=following, priority=priority)


def look_every(seconds: float, name: str, look: Callable[[Engine], None]) -> None:
    """Have a quick look taken about every so many seconds by the runner, or by each worker.

    It leaves no row for each time, and must be harmless when two workers take it at once.
    """
    _looks[name] = (seconds, look)


def plan(session: Session, name: str) -> None:
    """Ask for the next time of a standing job in this transaction, unless that is asked for already; for the job itself."""
    standing = _standing[name]
    moment = standing.next()
    waiting = select(Job.id).where(Job.name == name, Job.status == JobStatus.TODO, Job.run_at >= moment).limit(1)
    if session.scalar(waiting) is None:
        enqueue(session, name, {}, at=moment, priority=standing.priority)


def plan_one(engine: Engine, name: str) -> None:
    """Ask for a standing job unless one waits or is being done: once, however many workers do this at the same moment."""
    standing = _standing[name]
    with new_session(engine, writes=False) as session:
        if _is_asked(session, name):
            return
    with transaction(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text(LOCK_STATEMENT), {"number": LOCK})
        if not _is_asked(session, name):
            enqueue(session, name, {}, at=None if standing.at_once else standing.next(), priority=standing.priority)


def _is_asked(session: Session, name: str) -> bool:
    return session.scalar(select(Job.id).where(Job.name == name, Job.status.in_([JobStatus.TODO, JobStatus.DOING])).limit(1)) is not None


def plan_all(engine: Engine) -> None:
    """The same for every standing job."""
    for name in sorted(_standing):
        plan_one(engine, name)


class Routine:
    """What a runner or a worker does by the watch beside its work: it plans each minute and takes the looks that are due."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._next: dict[str, float] = {}

    def go(self) -> None:
        """Do what is due by this machine's own watch, which no change of the clock disturbs."""
        if self._is_due("", SECONDS_BETWEEN_PLANS):
            plan_all(self.engine)
        for name, (seconds, look) in list(_looks.items()):
            if self._is_due(name, seconds):
                self._take(name, look)

    def _is_due(self, name: str, seconds: float) -> bool:
        now = stopwatch.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + seconds
        return True

    def _take(self, name: str, look: Callable[[Engine], None]) -> None:
        try:
            look(self.engine)
        except DBAPIError:
            raise
        except Exception:
            log.exception("The look %s failed", name)
