"""How long a page, a completion, a job and a timer take, as seconds of processor: in our process, and in PostgreSQL's."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from models import Case, OutboxMail, clock
from models.session import new_session, transaction
from tests.support import databases, rounds
from tests.support.clients import Browser
from tests.support.databases import Database
from workflows.actions import mail
from workflows.enqueue import Tools
from workflows.jobs import sweeping, working_off

TIMES = 60


@dataclass(frozen=True)
class Cost:
    """Seconds of processor for one piece of work: of our own process, and of the database's where it has processes of its own."""

    ours: float
    database: float


def measure(kind: str, times: int = TIMES) -> dict[str, Cost]:
    """The mean cost of each kind of work on a database of a kind, taken over so many of each."""
    with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
        ring = rounds.build(database)
        with rounds.site(ring, Path(folder)) as app:
            browser = rounds.rivals(app, ring, 1)[0]
            with new_session(database.engine, writes=False) as session:
                reference = session.get_one(Case, ring.case_id).reference
            return {
                "page": _mean(database, times, lambda number: _page(browser, ring, reference, number)),
                "completion": _mean(database, times, lambda number: _complete(browser, ring, number)),
                "job": _jobs(database, times),
                "timer": _timers(database, ring, times),
            }


def _page(browser: Browser, ring: rounds.Ring, reference: str, number: int) -> None:
    address = ("/work", f"/cases/{reference}", f"/tasks/{ring.task().id}")[number % 3]
    if browser.get(address).status_code != 200:
        raise RuntimeError(f"{address} was not answered")


def _complete(browser: Browser, ring: rounds.Ring, number: int) -> None:
    task = ring.task()
    form = {"note": f"seen {number}", "more": "yes", "revision": str(task.revision), "form_key": f"capacity-{number}"}
    if browser.post(f"/tasks/{task.id}", data=form).status_code != 303:
        raise RuntimeError("a completion was refused")


def _mean(database: Database, times: int, do: Callable[[int], None]) -> Cost:
    for number in range(-3, 0):
        do(number)
    return _cost(database.engine, times, lambda: [do(number) for number in range(times)])


def _jobs(database: Database, times: int) -> Cost:
    """Jobs that mail somebody, with no mail server set."""
    with transaction(database.engine) as session:
        for _ in range(times):
            mail.to_address(session, "a@example.gov.uk", kind="task:given", subject="A task", link="", body="")
        assert session.query(OutboxMail).count() >= times
    return _cost(database.engine, times, lambda: working_off.work_off(database.engine, Tools(), clock.now() + timedelta(hours=1), most=times))


def _timers(database: Database, ring: rounds.Ring, times: int) -> Cost:
    for _ in range(times):
        rounds.another(ring)
    with clock.held(clock.now() + timedelta(days=1, minutes=5)):
        return _cost(database.engine, times, lambda: sweeping.sweep_timers(database.engine, clock.now()))


def _cost(engine: Engine, times: int, do: Callable[[], object]) -> Cost:
    theirs, ours = _of_backends(engine), time.process_time()
    do()
    return Cost((time.process_time() - ours) / times, max(0.0, _of_backends(engine) - theirs) / times)


def _of_backends(engine: Engine) -> float:
    """The seconds of processor that PostgreSQL's processes for this database have had so far."""
    if engine.dialect.name == "sqlite":
        return 0.0
    with engine.connect() as connection:
        pids = connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")).all()
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9
