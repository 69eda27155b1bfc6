"""Backup and restore, drilled: made while people work, proved before it is used, brought back whole, and never over anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Answer, Case, Document
from models.session import make_engine, new_session, transaction
from tests.support import drills, invariants
from tests.support.databases import Database
from webapp import backups
from webapp.backups import BackupRefused, postgresql
from webapp.commands import main
from webapp.settings import Settings
from workflows import storage
from workflows.jobs.alone import Alone


@dataclass
class Drill:
    """A service with some cases, and a second, empty place of the same kind."""

    ring: drills.rounds.Ring
    here: Settings
    there: Settings

    @property
    def engine(self) -> drills.Engine:
        """The database that is backed up."""
        return self.ring.database.engine


@pytest.fixture
def drill(database: Database, tmp_path: Path) -> Iterator[Drill]:
    """Eleven cases with a document."""
    here = drills.settings_of(database.url, tmp_path / "here")
    ring = drills.fill(database, here.uploads, 11)
    with drills.empty(database.kind, tmp_path) as url:
        yield Drill(ring, here, drills.settings_of(url, tmp_path / "there"))


def rows(settings: Settings) -> tuple[list[str], set[str]]:
    """The references of all cases, and the tasks that were answered."""
    engine = make_engine(settings.database_url)
    with new_session(engine, writes=False) as session:
        found = sorted(session.scalars(select(Case.reference))), {task_id.hex for task_id in session.scalars(select(Answer.task_id))}
    engine.dispose()
    return found


@pytest.mark.parametrize("name", ["copy", "copy.tar", "copy.tar.gz"])
def test_what_was_backed_up_comes_back(drill: Drill, tmp_path: Path, name: str) -> None:
    made = backups.make(drill.here, tmp_path / name)

    restored = backups.restore(drill.there, tmp_path / name)

    assert restored.ok, [each.first for each in restored.invariants]
    assert (made.rows["case"], len(made.documents)) == (11, 1)
    assert rows(drill.there) == rows(drill.here)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_made_while_people_work_holds_all_they_were_told_of_before(drill: Drill, tmp_path: Path) -> None:
    with drills.at_work(drill.engine, drill.ring, drill.here.uploads) as acknowledged:
        while len(acknowledged) < 3:
            pass
        before = list(acknowledged)
        made = backups.make(drill.here, tmp_path / "copy")

    restored = backups.restore(drill.there, tmp_path / "copy")

    assert restored.ok, [each.first for each in restored.invariants]
    assert set(before) <= rows(drill.there)[1] <= set(acknowledged) | rows(drill.here)[1]
    assert made.documents.keys() == {each.name for each in storage.kept(drill.there.documents)}
    assert invariants.broken(drill.engine, uploads=drill.here.documents) == []


def test_nothing_is_written_over(drill: Drill, tmp_path: Path) -> None:
    backups.make(drill.here, tmp_path / "copy")
    backups.restore(drill.there, tmp_path / "copy")
    before = rows(drill.there)

    for given, words in (("", "Not empty"), ("elsewhere", "not elsewhere")):
        with pytest.raises(BackupRefused, match=words):
            backups.restore(drill.there, tmp_path / "copy", replace=given)
    with pytest.raises(BackupRefused, match="is there already"):
        backups.make(drill.here, tmp_path / "copy")

    assert rows(drill.there) == before


def test_what_is_there_is_put_aside_when_its_name_is_typed(drill: Drill, tmp_path: Path) -> None:
    backups.make(drill.here, tmp_path / "copy")
    name = backups.restoring.database_name(drill.here.database_url)
    with transaction(drill.engine) as session:
        drills.one_case(session, drill.ring, 100, drill.here.uploads)

    restored = backups.restore(drill.here, tmp_path / "copy", replace=name)

    assert restored.ok, [each.first for each in restored.invariants]
    assert len(rows(drill.here)[0]) == 11
    assert len(restored.put_aside) >= 2
    assert any(tmp_path.glob("here/var/uploads.before-*/??/*"))


def test_a_running_service_is_not_replaced(drill: Drill, tmp_path: Path) -> None:
    backups.make(drill.here, tmp_path / "copy")
    runner = Alone(drill.engine, drill.here.lock_file)
    assert runner.take()
    try:
        with pytest.raises(BackupRefused, match="stop it first"):
            backups.restore(drill.here, tmp_path / "copy", replace=backups.restoring.database_name(drill.here.database_url))
    finally:
        runner.let_go()


@pytest.mark.parametrize("harm", ["database", "document", "gone", "manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(drill: Drill, tmp_path: Path, harm: str) -> None:
    made = backups.make(drill.here, tmp_path / "copy")
    place = {"database": made.database, "manifest": "manifest.json"}.get(harm, f"documents/{next(iter(made.documents))}")
    path = tmp_path / "copy" / place
    path.unlink() if harm == "gone" else path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(BackupRefused, match="damaged|not a whole"):
        backups.restore(drill.there, tmp_path / "copy")

    assert not drill.there.uploads.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"), [("revision", "9999_later", "later version"), ("kind", "oracle", "oracle database"), ("format", 2, "format 2")]
)
def test_a_backup_that_does_not_fit_is_refused(drill: Drill, tmp_path: Path, field: str, value: object, words: str) -> None:
    backups.make(drill.here, tmp_path / "copy")
    manifest = tmp_path / "copy" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), field: value}))

    with pytest.raises(BackupRefused, match=words):
        backups.restore(drill.there, tmp_path / "copy")


def test_a_document_that_is_missing_stops_the_backup(drill: Drill, tmp_path: Path) -> None:
    with new_session(drill.engine, writes=False) as session:
        (drill.here.uploads / session.scalars(select(Document.stored_as)).first()).unlink()  # type: ignore[operator]

    with pytest.raises(BackupRefused, match="is missing"):
        backups.make(drill.here, tmp_path / "copy")

    assert not (tmp_path / "copy").exists()


def test_a_change_that_the_restore_made_is_found(drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backups.make(drill.here, tmp_path / "copy")
    keep = backups.restoring._put_database

    def and_lose(settings: Settings, copy: Path) -> None:
        keep(settings, copy)
        engine = make_engine(settings.database_url)
        with transaction(engine) as session:
            session.query(Answer).delete()
        engine.dispose()

    monkeypatch.setattr(backups.restoring, "_put_database", and_lose)

    restored = backups.restore(drill.there, tmp_path / "copy")

    assert not restored.ok
    assert [each.number for each in restored.invariants if not each.ok] == [1]


def test_programs_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(postgresql, "USUAL_PLACES", ())

    with pytest.raises(BackupRefused, match="postgresql-client"):
        postgresql.program("pg_dump")


def test_the_commands_say_what_they_did(
    drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("DPS_SECRET_KEY", "k" * 40), ("DPS_DATABASE_URL", drill.here.database_url), ("DPS_UPLOADS", str(drill.here.uploads))):
        monkeypatch.setenv(name, value)
    assert main(["backup", str(tmp_path / "copy.tar")]) == 0
    monkeypatch.setenv("DPS_DATABASE_URL", drill.there.database_url)
    monkeypatch.setenv("DPS_UPLOADS", str(drill.there.uploads))

    assert main(["restore", str(tmp_path / "copy.tar")]) == 0
    assert main(["restore", str(tmp_path / "copy.tar")]) == 1

    said = capsys.readouterr()
    assert "11 cases" in said.out
    assert "0 minutes old" in said.out
    assert "The audit trail ends where it did" in said.out
    assert "Restore into an empty place" in said.err
