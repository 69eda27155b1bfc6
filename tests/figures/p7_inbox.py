"""Figure P7: any page of an inbox of six groups among a million open tasks, found by its cursor and never by reading everything."""

from __future__ import annotations

import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from models import Case, GroupMembership, User, UserTask, clock
from models.session import new_session, transaction
from tests.support import databases, factories, rounds
from tests.support.databases import Database
from workflows.queries import inbox
from workflows.queries.inbox import Desk, Place

FEW, MANY, GROUPS, A_CASE = 1_000, 1_000_000, 6, 4
MOST_MS, MOST_COUNT_MS, MOST_TIMES, REPEATS = 5.0, 20.0, 3.0, 21
NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, :count) AS numbers(n)",
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) SELECT n FROM numbers",
}
NEW_ID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
MOMENT = {
    "postgresql": "CAST(:now AS timestamptz) + (CAST(numbers.n AS bigint) * 518400 / {count}) * interval '1 second'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', :now, '+' || (numbers.n * 518400 / {count}) || ' seconds')",
}
FULL_SCAN = re.compile(r"Seq Scan on user_task|\bSCAN user_task(?! USING)\b")


@dataclass(frozen=True)
class Measured:
    """Milliseconds: the slowest kind of page, the counts; and what the plans say that reads every task."""

    page: float
    counts: float
    scans: list[str]


def main(many: int = MANY) -> int:
    """Print the lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        few, lots = (_measured(kind, count) for count in (FEW, many))
        for what, value, unit, goal, met in (
            (f"slowest_page_of_{many}", lots.page, "ms", MOST_MS, lots.page < MOST_MS),
            (f"slowest_page_against_{FEW}", lots.page / few.page, "ratio", MOST_TIMES, lots.page <= MOST_TIMES * few.page),
            ("capped_counts", lots.counts, "ms", MOST_COUNT_MS, lots.counts < MOST_COUNT_MS),
            ("full_scans", len(lots.scans), "plans", 0, not lots.scans),
        ):
            print(f"P7 {kind}_{what} {value:.1f} {unit} {goal:g} {'ok' if met else 'short'}", flush=True)
            good = good and met
        for line in lots.scans[:3]:
            print(f"  {line}", file=sys.stderr)
    return 0 if good else 1


def _measured(kind: str, count: int) -> Measured:
    with databases.fresh(kind) as database:
        plant(database, count)
        return measure(database)


def plant(database: Database, count: int) -> None:
    """So many open tasks in seven groups, six of them of one reader, due over six days, one of a thousand the reader's own; eleven cases are theirs."""
    ring = rounds.build(database)
    with transaction(database.engine) as session:
        for number in range(GROUPS + 1):
            factories.group(session, f"group-{number}")
        reader = factories.officer(session, "Rae Reader", "group-0")
        for number in range(1, GROUPS):
            session.add(GroupMembership(user_id=reader.id, group_key=f"group-{number}", starts_on=clock.today() - timedelta(days=9), ends_on=None))
        session.flush()
        case_id = session.get_one(Case, ring.case_id).id
        _plant_cases(session, database.kind, count // A_CASE, case_id)
        own = 'UPDATE "case" SET owner_id = :reader WHERE reference LIKE \'KD-P7-1%\' AND length(reference) <= 8'
        session.execute(text(own), {"reader": str(reader.id) if database.kind == "postgresql" else reader.id.hex})
        columns = [column.name for column in UserTask.__table__.columns]
        is_mine = "numbers.n % 1000 = 0"
        mine = f"CASE WHEN {is_mine} THEN {'CAST(:reader AS uuid)' if database.kind == 'postgresql' else ':reader'} END"
        values = {
            "id": NEW_ID[database.kind], "engine_task_id": NEW_ID[database.kind], "candidate_group": f"'group-' || (numbers.n % {GROUPS + 1})",
            "status": f"CASE WHEN {is_mine} THEN 'claimed' ELSE 'ready' END", "assignee_id": mine, "due_at": MOMENT[database.kind].format(count=count),
            "case_id": "cases.whose",
        }  # fmt: skip
        wanted = ", ".join(values.get(name, f"one.{name}") for name in columns)
        whose = f"(SELECT id AS whose, row_number() OVER (ORDER BY id) - 1 AS place FROM \"case\") cases ON cases.place = numbers.n % {count // A_CASE}"
        copying = (
            f"INSERT INTO user_task ({', '.join(columns)}) SELECT {wanted} FROM user_task one, ({NUMBERS[database.kind]}) numbers JOIN {whose}"
            " WHERE one.case_id = :case"
        )
        ids = {"case": case_id, "reader": reader.id}
        now = clock.now() - timedelta(days=1)
        plain = {name: str(value) if database.kind == "postgresql" else value.hex for name, value in ids.items()}
        session.execute(text(copying), {"count": count, **plain, "now": now.replace(tzinfo=None) if database.kind == "sqlite" else now})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.kind == "sqlite" else "VACUUM ANALYZE"))


def _plant_cases(session: Session, kind: str, count: int, like: uuid.UUID) -> None:
    """So many cases like one."""
    columns = [column.name for column in Case.__table__.columns]
    values = {"id": NEW_ID[kind], "reference": "'KD-P7-' || numbers.n"}
    wanted = ", ".join(values.get(name, f"one.{name}") for name in columns)
    copying = f'INSERT INTO "case" ({", ".join(columns)}) SELECT {wanted} FROM "case" one, ({NUMBERS[kind]}) numbers WHERE one.id = :case'
    session.execute(text(copying), {"count": count, "case": str(like) if kind == "postgresql" else like.hex})


def measure(database: Database) -> Measured:
    """The medians, and the plans of everything that was asked."""
    with new_session(database.engine, writes=False) as session:
        reader = session.query(User).filter_by(name="Rae Reader").one()
        desk = Desk.of(session, reader)
        middle = Place(clock.now() + timedelta(days=2), reader.id)
        asked: list[Callable[[], Any]] = [
            lambda: inbox.page(session, desk, "unassigned"),
            lambda: inbox.page(session, desk, "unassigned", after=middle),
            lambda: inbox.page(session, desk, "unassigned", before=middle),
            lambda: inbox.page(session, desk, "team", after=middle),
            lambda: inbox.page(session, desk, "mine"),
            lambda: inbox.page(session, desk, "waiting"),
        ]
        assert len(inbox.page(session, desk, "unassigned", after=middle).items) in range(1, inbox.PAGE + 1)
        pages = max(_median(each) for each in asked)
        counts = _median(lambda: inbox.counts(session, desk))
        with _plans(session) as plans:
            for each in [*asked, lambda: inbox.counts(session, desk)]:
                each()
    return Measured(pages, counts, [line for line in plans if FULL_SCAN.search(line)])


def _median(ask: Callable[[], Any]) -> float:
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1_000)
    return statistics.median(took[3:])


@contextmanager
def _plans(session: Session) -> Iterator[list[str]]:
    """The lines of the plan of every statement that is asked meanwhile."""
    lines: list[str] = []
    connection = session.connection()
    before = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "

    def explain(here: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(before.strip()):
            return
        own = cursor.connection.cursor()
        own.execute(before + statement, parameters)
        lines.extend(" ".join(map(str, row)) for row in own.fetchall())
        own.close()

    event.listen(connection, "before_cursor_execute", explain)
    try:
        yield lines
    finally:
        event.remove(connection, "before_cursor_execute", explain)


if __name__ == "__main__":
    sys.exit(main())
