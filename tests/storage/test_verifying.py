"""`dps verify`: each of the twelve invariants finds what is planted against it, on both databases, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models import Case, Document, UserTask
from models.session import new_session, transaction
from tests.support import factories, rounds
from tests.support.databases import Database
from workflows.actions import documents, tasks, verifying
from workflows.actions.verifying import Invariant
from workflows.engine import Run
from workflows.storage import folder as folder_storage

MOMENT = timedelta(milliseconds=200)


def look(database: Database, uploads: Path, **given: object) -> dict[int, Invariant]:
    """The invariants that are broken, by number."""
    found = verifying.verify(database.engine, uploads=uploads, patience=MOMENT, **{"is_worked": False, **given})  # type: ignore[arg-type]
    assert [each.number for each in found] == list(range(1, 13))
    return {each.number: each for each in found if not each.ok}


def do(database: Database, *statements: str) -> None:
    """Do harm that the database's own guards would not allow."""
    with database.engine.connect() as connection:
        if database.kind == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
        if database.kind == "sqlite":
            connection.exec_driver_sql("COMMIT") if connection.connection.in_transaction else None  # type: ignore[attr-defined]
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            connection.commit()


@pytest.fixture
def ring(database: Database, tmp_path: Path) -> rounds.Ring:
    """A case with a completed task, an open one with a timer, a document, and nothing wrong."""
    made = rounds.build(database)
    with transaction(database.engine) as session:
        task = factories.open_task(session, session.get_one(Case, made.case_id), rounds.STEP)
        from_here(session, made, task, tmp_path)
    assert look(database, tmp_path, is_worked=True) == {}
    return made


def from_here(session: object, made: rounds.Ring, task: UserTask, uploads: Path) -> None:
    """Complete the first round and add a document."""
    by = made.user(0, session)  # type: ignore[arg-type]
    tasks.complete(session, task, answers={"note": "seen", "more": "yes"}, by=by)  # type: ignore[arg-type]
    documents.add(
        session, task.case, filename="plan.txt", content=b"A plan", kind="report", title="Plan", is_public=False, exempt_paragraphs="", by=by, folder=uploads,  # type: ignore[arg-type]
    )  # fmt: skip


SECOND = (
    "INSERT INTO audit_event (chain, sequence, kind, at, subject, detail, text_digest, previous_digest, digest) "
    "SELECT chain, 900, kind, at, subject, detail, text_digest, previous_digest, 'x' FROM audit_event WHERE kind = 'task:completed'"
)
PLANTS = [
    (1, ["DELETE FROM answer"], "has 0 answers"),
    (2, [SECOND], "has 2 events of its completion"),
    (3, ["DELETE FROM timer"], ""),
    (4, ["UPDATE process_instance SET status = 'completed'"], "is open and its process has ended"),
    (5, ["DELETE FROM user_task WHERE status = 'ready'"], "has 0 open rows"),
    (5, ["DELETE FROM timer"], "would never fire"),
    (5, ["UPDATE user_task SET assignee_id = (SELECT MIN(CAST(id AS CHAR(36))) FROM \"user\") WHERE status = 'ready'"], ""),
    (6, ["UPDATE audit_event SET kind = 'task:dreamt' WHERE sequence = 1"], "First bad row"),
    (6, ["DELETE FROM audit_event WHERE sequence = 1"], "events from 2 to"),
    (7, ["INSERT INTO outbox_mail {mail}"], "has 0 jobs"),
    (9, ["DELETE FROM \"user\" WHERE name = 'Cat Moor'"], "point with"),
    (10, ["UPDATE process_instance SET state = {nothing}"], "cannot be loaded"),
    (11, ["INSERT INTO timer (id, instance_id, engine_task_id, bpmn_id, name, due_at, next_try_at) "
          "SELECT {uuid}, id, {uuid}, 'late', 'Late', '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00' FROM process_instance"], "fire again"),
    (11, ["UPDATE timer SET due_at = '2020-01-01 00:00:00+00:00'"], "has not fired"),
]  # fmt: skip
MAIL = (
    "(id, to_address, kind, subject, body, link, why, about, sections, is_for_digest, tries, last_error, created_at, not_sent_because) "
    "VALUES ({uuid}, 'a@example.gov.uk', 'x', 'x', 'x', '', '', '', '[]', {no}, 0, '', '2026-01-01 00:00:00+00:00', '')"
)


def filled(kind: str, statement: str) -> str:
    """A statement with the values that each database writes in its own way."""
    no, nothing = ("0", "x'00'") if kind == "sqlite" else ("false", "'\\x00'::bytea")
    statement = statement.replace("{mail}", MAIL).replace("{no}", no).replace("{nothing}", nothing)
    while "{uuid}" in statement:
        made = uuid.uuid4()
        statement = statement.replace("{uuid}", f"'{made.hex if kind == 'sqlite' else made}'", 1)
    if kind == "postgresql":
        statement = statement.replace("(SELECT MIN(CAST(id AS CHAR(36))) FROM \"user\")", "(SELECT id FROM \"user\" LIMIT 1)")
    return statement


@pytest.mark.parametrize(("number", "harm", "words"), [plant for plant in PLANTS if plant[0] != 3])
def test_each_invariant_finds_what_is_planted(
    database: Database, ring: rounds.Ring, tmp_path: Path, number: int, harm: list[str], words: str
) -> None:
    do(database, *(filled(database.kind, statement) for statement in harm))

    found = look(database, tmp_path, is_worked=True)

    assert number in found
    assert any(words in each for each in found[number].first), found[number].first


def test_a_case_that_waits_for_nothing_is_found(database: Database, ring: rounds.Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for waits in ("waiting_tasks", "timers", "messages"):
        monkeypatch.setattr(Run, waits, lambda self: [])
    do(database, "DELETE FROM timer", "DELETE FROM user_task WHERE status = 'ready'")

    assert "waits for nobody" in look(database, tmp_path)[3].first[0]


def test_what_was_acknowledged_and_is_not_there_is_found(database: Database, ring: rounds.Ring, tmp_path: Path) -> None:
    with new_session(database.engine, writes=False) as session:
        done = session.scalars(text("SELECT id FROM user_task WHERE status = 'completed'")).one()
    there, lost = uuid.UUID(str(done)).hex, uuid.uuid4().hex

    assert look(database, tmp_path, acknowledged=[there]) == {}
    assert look(database, tmp_path, acknowledged=[there, lost])[1].first == [f"task {lost} was acknowledged and has no answer"]


@pytest.mark.parametrize("harm", ["changed", "gone", "orphan"])
def test_files_that_are_not_those_that_were_added_are_found(database: Database, ring: rounds.Ring, tmp_path: Path, harm: str) -> None:
    with new_session(database.engine, writes=False) as session:
        place = tmp_path / session.query(Document).one().stored_as
    if harm == "orphan":
        folder_storage.put(tmp_path, f"ab/ab{'0' * 30}", b"nobody's")
        assert look(database, tmp_path) == {}, "a transaction that runs now may be about to name it"
        long_ago = time.time() - 3 * 24 * 3600
        os.utime(tmp_path / f"ab/ab{'0' * 30}", (long_ago, long_ago))
    else:
        place.unlink() if harm == "gone" else place.write_bytes(b"a Plan")

    words = {"changed": "is not the one that was added", "gone": "is missing", "orphan": "belongs to no document"}[harm]

    assert words in look(database, tmp_path)[8].first[0]


def test_damage_inside_the_database_is_found(database: Database, ring: rounds.Ring, tmp_path: Path) -> None:
    if database.kind == "postgresql":
        do(database, "CREATE EXTENSION amcheck")
        assert look(database, tmp_path) == {}
        do(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_user_task_inbox_group'::regclass")
        assert "ix_user_task_inbox_group is not valid" in look(database, tmp_path)[9].first[0]
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql("UPDATE sqlite_master SET sql = replace(sql, 'candidate_group, status', 'candidate_group, name') WHERE name = 'ix_user_task_inbox_group'")
        connection.commit()
    database.engine.dispose()
    assert any("SQLite says" in each for each in look(database, tmp_path)[9].first)


@contextmanager
def held_open(database: Database) -> Iterator[None]:
    """A transaction that somebody began and does not end."""
    with database.engine.connect() as connection:
        connection.execute(text("UPDATE timer SET name = name"))
        time.sleep(2 * MOMENT.total_seconds())
        yield
        connection.rollback()


def test_an_old_transaction_is_found(database: Database, ring: rounds.Ring, tmp_path: Path) -> None:
    with held_open(database):
        found = look(database, tmp_path)

    assert list(found) == [12]
    assert look(database, tmp_path) == {}


def test_the_command_says_it_in_lines_and_as_json_and_by_its_exit_code(database: Database, ring: rounds.Ring, tmp_path: Path) -> None:
    environ = {**os.environ, "DPS_DATABASE_URL": database.url, "DPS_UPLOADS": str(tmp_path), "DPS_SECRET_KEY": "k" * 40}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from webapp.commands import main; sys.exit(main())", "verify", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    whole = run()
    do(database, "DELETE FROM answer")
    broken = run("--json")

    assert whole.returncode == 0, whole.stderr
    assert [line.split()[0] for line in whole.stdout.splitlines()] == [f"I{number}" for number in range(1, 13)]
    assert broken.returncode == 1
    assert [each["number"] for each in json.loads(broken.stdout) if not each["ok"]] == [1]
