"""Migrations: they make what the models describe, on both databases, and the audit trail is guarded from the start."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from models import ProcessDefinition, ProcessInstance, clock, migrations
from models.migrations import check, head, upgrade
from models.session import make_engine, new_session, transaction
from tests.support.databases import Database
from workflows.actions import audit

HEAD = "0004"
A_TIME = "'2020-09-28 09:00:00'"
# Two versions of a process, the second not deployed by anyone, and a case on the first, as the tables were before.
OLD_ROWS = (
    f"INSERT INTO \"user\" (id, email, name, job_title, is_active, is_demo, preferences, created_at) VALUES ('{'1' * 32}', 'a@b.c', 'A', '', 1, 0, '{{}}', {A_TIME})",
    "INSERT INTO candidate_group (key, name, kind, role, email, phone) VALUES ('team', 'Team', 'team', '', '', '')",
    *(
        f"INSERT INTO process_definition (id, key, version, name, digest, files, calls, is_shipped, note, deployed_at)"
        f" VALUES ('{number * 32}', 'errand', {number}, 'Errand', 'd{number}', '{{}}', '{{}}', 1, '', {A_TIME})"
        for number in "12"
    ),
    f"INSERT INTO \"case\" (id, reference, kind, title, status, is_restricted, owner_id, team_key, outcome, opened_at)"
    f" VALUES ('{'3' * 32}', 'KD-1', 'errand', 'T', 'open', 0, '{'1' * 32}', 'team', '', {A_TIME})",
    f"INSERT INTO process_instance (id, case_id, definition_id, revision, status, state, live, stuck_at, has_messages, started_at)"
    f" VALUES ('{'4' * 32}', '{'3' * 32}', '{'1' * 32}', 0, 'running', x'00', '[]', '', 0, {A_TIME})",
)


def test_the_newest_migration_is_the_one_this_version_was_tested_with() -> None:
    assert head() == HEAD


def test_a_migrated_database_is_what_the_models_describe(database: Database) -> None:
    assert check(database.url) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    upgrade(database.url)

    assert check(database.url) == []


def test_a_column_that_is_missing_is_named(database: Database) -> None:
    with transaction(database.engine) as session:
        session.execute(text("ALTER TABLE comment DROP COLUMN body"))

    assert any("body" in line for line in check(database.url))


def test_an_audit_trail_without_its_guard_is_named(database: Database) -> None:
    with transaction(database.engine) as session:
        session.execute(text(f"DROP TRIGGER audit_event_no_update{' ON audit_event' if database.kind == 'postgresql' else ''}"))

    assert check(database.url) == ["the guard of the audit trail is off: its rows could be changed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET kind = 'nothing:happened'",
        "DELETE FROM audit_event",
        "UPDATE audit_seal SET digest = 'x'",
        "DELETE FROM audit_seal",
        "UPDATE audit_text SET words = '{}'",
    ],
)
def test_the_database_refuses_to_change_the_audit_trail(database: Database, statement: str) -> None:
    _one_event_and_its_seal(database)

    with pytest.raises(IntegrityError, match="only added to"), transaction(database.engine) as session:
        session.execute(text(statement))


def test_the_words_of_an_event_can_be_deleted(database: Database) -> None:
    _one_event_and_its_seal(database)

    with transaction(database.engine) as session:
        session.execute(text("DELETE FROM audit_text"))

    with new_session(database.engine, writes=False) as session:
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == 1


def test_an_event_cannot_be_replaced_by_another_at_its_place(database: Database) -> None:
    if database.kind != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    _one_event_and_its_seal(database)

    with pytest.raises(IntegrityError, match="only added to"), transaction(database.engine) as session:
        session.execute(text("INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event"))


def _one_event_and_its_seal(database: Database) -> None:
    with clock.held(clock.read_instant("2026-03-02 09:00")), transaction(database.engine) as session:
        audit.record(session, "case:opened", case=None, by=None, text={"title": "A case"})
        audit.seal_day(session)


def test_the_code_before_the_newest_version_can_still_write_into_its_tables(tmp_path: Path) -> None:
    """While web processes and workers are replaced one by one, the old ones leave out every column that they do not know."""
    url = f"sqlite:///{tmp_path}/rolling.sqlite3"
    engine = make_engine(url)
    with engine.begin() as connection:
        command.upgrade(migrations._config(connection), "0003")
        before = {table: {column["name"] for column in inspect(connection).get_columns(table)} for table in inspect(connection).get_table_names()}
    upgrade(url)
    with engine.connect() as connection:
        after = {table: inspect(connection).get_columns(table) for table in before}
    engine.dispose()

    gone = [f"{table}.{name}" for table in before for name in before[table] - {column["name"] for column in after[table]}]
    new = [(table, column) for table in before for column in after[table] if column["name"] not in before[table]]
    assert gone == []
    assert new
    assert [f"{table}.{column['name']}" for table, column in new if not column["nullable"] and column["default"] is None] == []


def test_versions_and_what_points_to_them_are_kept_when_the_workshop_comes() -> None:
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder}/old.sqlite3"
    engine = make_engine(url)
    with engine.begin() as connection:
        command.upgrade(migrations._config(connection), "0002")
        for statement in OLD_ROWS:
            connection.execute(text(statement))

    upgrade(url)

    with new_session(engine) as session:
        assert check(url) == []
        assert [row.version for row in session.scalars(select(ProcessDefinition).order_by(ProcessDefinition.version))] == [1, 2]
        assert session.scalars(select(ProcessInstance)).one().definition.version == 1
        with pytest.raises(IntegrityError):
            session.execute(text("DELETE FROM process_definition WHERE version = 1"))
    engine.dispose()
    shutil.rmtree(folder)
