"""Figure P8: finding the hundred timers that are due among a million, and workers that claim what is due, none twice."""

from __future__ import annotations

import statistics
import sys
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from models import Case, Timer, clock
from models.session import transaction
from tests.support import databases, rounds
from tests.support.databases import Database
from workflows.actions import timers

ALL, DUE, TO_CLAIM, WORKERS = 1_000_000, 100, 20_000, 4
MOST_MS, LEAST_A_SECOND = 5.0, 2_000
_NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, :count) AS numbers(n)",
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) SELECT n FROM numbers",
}
_UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def main(count: int = ALL, to_claim: int = TO_CLAIM) -> int:
    """Print the lines; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database:
            plant(database, count, to_claim)
            took = finding(database)
            good = told(f"P8 {kind}_finding_{DUE}_due_of_{count}", took, "ms", MOST_MS, took < MOST_MS) and good
            if kind == "postgresql":
                rate, twice = claiming(database, to_claim)
                good = told(f"P8 {kind}_claims_by_{WORKERS}_workers", rate, "per_s", LEAST_A_SECOND, rate >= LEAST_A_SECOND) and good
                good = told(f"P8 {kind}_claimed_twice_or_never", twice, "count", 0, twice == 0) and good
    return 0 if good else 1


def told(what: str, value: float, unit: str, goal: float, is_met: bool) -> bool:
    """Print one line; whether it is met."""
    print(f"{what} {value:.1f} {unit} {goal:g} {'ok' if is_met else 'short'}")
    return is_met


def plant(database: Database, count: int, instances: int) -> None:
    """So many timers in the years to come, each of one of so many instances, and a hundred that are due now."""
    ring = rounds.build(database)
    new_id = _UUID[database.kind]
    with transaction(database.engine) as session:
        case_id = session.get_one(Case, ring.case_id).id
        copied = "definition_id, revision, status, state, live, stuck_at, has_messages, started_at"
        copying = text(
            f"INSERT INTO process_instance (id, case_id, {copied}) SELECT {new_id}, one.case_id, {copied.replace('definition_id', 'one.definition_id')}"
            f" FROM process_instance one, ({_NUMBERS[database.kind]}) numbers WHERE one.case_id = :case"
        )
        session.execute(copying, {"count": instances, "case": str(case_id) if database.kind == "postgresql" else case_id.hex})
    _plant_timers(database, count, instances)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _plant_timers(database: Database, count: int, instances: int) -> None:
    now, new_id = clock.now(), _UUID[database.kind]
    columns = "(id, instance_id, engine_task_id, bpmn_id, name, due_at, next_try_at)"
    with transaction(database.engine) as session:
        session.execute(text("DELETE FROM timer"))
        moment = _moment(database.kind)
        numbered = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM process_instance"
        session.execute(
            text(
                f"INSERT INTO timer {columns} SELECT {new_id}, whose.id, {new_id}, 'wait', 'Wait', {moment}, {moment}"
                f" FROM ({_NUMBERS[database.kind]}) numbers JOIN ({numbered}) whose ON whose.n = 1 + numbers.n % :instances"
            ),
            {"count": count - DUE, "instances": instances, "now": now.replace(tzinfo=None) if database.kind == "sqlite" else now},
        )
    make_due(database, DUE)


def _moment(kind: str) -> str:
    """A day and more from now, a minute apart."""
    if kind == "postgresql":
        return "CAST(:now AS timestamptz) + interval '1 day' + numbers.n * interval '1 minute'"
    return "strftime('%Y-%m-%d %H:%M:%f000', :now, '+1 day', '+' || numbers.n || ' minutes')"


def make_due(database: Database, count: int) -> None:
    """A timer that has just fallen due for each of so many instances."""
    due_at = clock.now() - timedelta(minutes=1)
    with transaction(database.engine) as session:
        ids = session.execute(text("SELECT id FROM process_instance ORDER BY id LIMIT :count"), {"count": count}).scalars().all()
        rows = [
            {"id": uuid.uuid4(), "instance_id": uuid.UUID(str(each)), "engine_task_id": uuid.uuid4(), "bpmn_id": "due", "name": "Due",
             "due_at": due_at + timedelta(microseconds=number), "next_try_at": due_at + timedelta(microseconds=number)}
            for number, each in enumerate(ids)
        ]  # fmt: skip
        session.execute(Timer.__table__.insert(), rows)


def finding(database: Database, repeats: int = 15) -> float:
    """The median of milliseconds that it takes to find and hold what is due; what is held is let go again each time."""
    took = []
    for _ in range(repeats):
        with database.engine.connect() as connection, Session(connection) as session:
            session.execute(text("SELECT 1"))
            began = time.perf_counter()
            found = timers.due_instances(session, clock.now(), limit=DUE)
            took.append((time.perf_counter() - began) * 1000)
            assert len(found) == DUE, len(found)
            session.rollback()
    return statistics.median(took)


def claiming(database: Database, count: int) -> tuple[float, int]:
    """How many a second are claimed by workers at once, each batch in a transaction of its own, and how many twice or never."""
    with transaction(database.engine) as session:
        session.execute(text("DELETE FROM timer WHERE bpmn_id = 'due'"))
    make_due(database, count)
    claimed: list[uuid.UUID] = []
    line, lock = threading.Barrier(WORKERS + 1), threading.Lock()

    def work() -> None:
        line.wait()
        while True:
            with transaction(database.engine) as session:
                found = timers.due_instances(session, clock.now())
            if not found:
                return
            with lock:
                claimed.extend(found)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    line.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times = Counter(claimed)
    return len(claimed) / took, sum(value > 1 for value in times.values()) + (count - len(times))


if __name__ == "__main__":
    sys.exit(main())
