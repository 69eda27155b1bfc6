"""Figure P1: the commits and SQL statements of one completed task, in the third round of a case and after a thousand; and of an inbox page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from models import User, UserTask
from models.session import new_session, transaction
from tests.support import databases, rounds
from tests.support.databases import Database
from workflows.actions import tasks
from workflows.queries import inbox
from workflows.queries import tasks as task_queries

MOST, MOST_FOR_A_PAGE, LATE = 14, 3, 1_000
NOT_STATEMENTS = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


def main(late: int = LATE) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, rounds.quiet():
            early, after_long, commits, page = measure(database, late)
        for what, value, goal in (
            ("statements_of_a_completion", early, MOST),
            (f"statements_after_{late}_rounds", after_long, early),
            ("commits_of_a_completion", commits, 1),
            ("statements_of_an_inbox_page", page, MOST_FOR_A_PAGE),
        ):
            print(f"P1 {kind}_{what} {value} count {goal} {'ok' if value <= goal else 'short'}")
            good = good and value <= goal
    return 0 if good else 1


def measure(database: Database, late: int) -> tuple[int, int, int, int]:
    """Statements of a completion in the third round and in round `late`, its commits, and the statements of an inbox page."""
    ring = rounds.build(database)
    _finish(ring, 2)
    early, commits = _count_one(ring)
    _finish(ring, late - 3)
    after_long, _ = _count_one(ring)
    with new_session(database.engine, writes=False) as session:
        reader = ring.user(0, session)
        desk = inbox.Desk(reader, ())
        reader_memberships = list(reader.memberships)
        assert reader_memberships
        with _counting(database.engine) as seen:
            inbox.page(session, desk, "mine")
    return early, after_long, commits, len(seen["statements"])


def _finish(ring: rounds.Ring, count: int) -> None:
    for _ in range(count):
        with transaction(ring.database.engine) as session:
            _complete(ring, session.get_one(User, ring.people[0]), session)


def _complete(ring: rounds.Ring, by: User, session: object) -> None:
    task = task_queries.open_tasks_of(session, ring.case_id)[0]  # type: ignore[arg-type]
    tasks.complete(session, task, answers={"note": "seen", "more": "yes"}, by=by)  # type: ignore[arg-type]


def _count_one(ring: rounds.Ring) -> tuple[int, int]:
    task_id = ring.task().id
    with new_session(ring.database.engine) as session:
        by = ring.user(0, session)
        list(by.memberships)
        with _counting(ring.database.engine) as seen:
            task = session.get_one(UserTask, task_id)
            tasks.complete(session, task, answers={"note": "seen", "more": "yes"}, by=by)
            session.commit()
    return len(seen["statements"]), len(seen["commits"])


@contextmanager
def _counting(engine: Engine) -> Iterator[dict[str, list[str]]]:
    seen: dict[str, list[str]] = {"statements": [], "commits": []}

    def statement(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
        if not text.lstrip().startswith(NOT_STATEMENTS):
            seen["statements"].append(text)

    def commit(_conn: object) -> None:
        seen["commits"].append("commit")

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


if __name__ == "__main__":
    sys.exit(main())
