"""Making a backup while the service runs: the database at one moment, and every document that it names."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from models import clock
from models.session import make_engine, new_session
from webapp.backups import manifest, postgresql
from webapp.backups.manifest import DOCUMENTS, BackupRefused, Manifest, Snapshot
from webapp.settings import Settings
from workflows import storage
from workflows.actions import documents
from workflows.storage import Place

SUFFIXES = (".tar", ".tar.gz", ".tgz")


def make(settings: Settings, place: Path) -> Manifest:
    """Copy the database and all documents into a folder, or into a file when the name ends with .tar, .tar.gz or .tgz.

    The place appears only when it is whole. BackupRefused when it is there already, or when something cannot be read.
    """
    if place.exists():
        raise BackupRefused(f"{place} is there already: a backup never writes over anything")
    place.parent.mkdir(parents=True, exist_ok=True)
    is_file = place.name.endswith(SUFFIXES)
    work = place.with_name(f".{place.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        made = _fill(settings, work)
        if is_file:
            _pack(work, place)
        else:
            work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def _fill(settings: Settings, folder: Path) -> Manifest:
    engine = make_engine(settings.database_url)
    try:
        with new_session(engine, writes=False) as session:
            before = frozenset(documents.needed(session))
        # What is removed after the copy of the database is erased soon: whatever is there now is taken first.
        digests = _take(settings.documents, folder / DOCUMENTS, before, must=False)
        made_at = clock.wall()
        kind, name, snapshot = _copy(engine, settings.database_url, folder)
    finally:
        engine.dispose()
    digests |= _take(settings.documents, folder / DOCUMENTS, snapshot.documents - set(digests), must=True)
    for extra in set(digests) - snapshot.documents:
        (folder / DOCUMENTS / extra).unlink()
        del digests[extra]
    made = _manifest(made_at, kind, name, folder, snapshot, digests)
    made.write(folder)
    return made


def _manifest(made_at: datetime, kind: str, name: str, folder: Path, snapshot: Snapshot, digests: dict[str, str]) -> Manifest:
    return Manifest(
        format=manifest.FORMAT, made_at=made_at, product=manifest.product(), revision=snapshot.revision, kind=kind, database=name,
        database_digest=manifest.digest_of(folder / name), rows=snapshot.rows, audit=snapshot.audit, documents=digests,
    )  # fmt: skip


def _take(place: Place, folder: Path, names: frozenset[str] | set[str], *, must: bool) -> dict[str, str]:
    """Copy documents; the digest of each. One that is gone is refused if it `must` be there."""
    taken = {}
    for name in sorted(names):
        try:
            content = storage.read(place, name)
        except FileNotFoundError as error:
            if must:
                raise BackupRefused(f"The file {name} of a document is missing: dps verify says which") from error
            continue
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy.write_bytes(content)
        taken[name] = manifest.digest_of(copy)
    return taken


def _copy(engine: Engine, url: str, folder: Path) -> tuple[str, str, Snapshot]:
    """Copy the database: its kind, the name of the copy, and what is in it."""
    if engine.dialect.name == "sqlite":
        return "sqlite", "database.sqlite3", _copy_sqlite(Path(url.removeprefix("sqlite:///")), folder / "database.sqlite3")
    with _held_snapshot(engine) as (exported, snapshot):
        postgresql.dump(url, folder / "database.dump", snapshot=exported)
    return "postgresql", "database.dump", snapshot


def _copy_sqlite(source: Path, copy: Path) -> Snapshot:
    """All pages in one reading, which keeps no writer waiting; then what the copy itself says is in it."""
    if not source.exists():
        raise BackupRefused(f"There is no database at {source}")
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there, closing(sqlite3.connect(copy)) as here:
        there.backup(here, pages=-1)
        here.execute("PRAGMA journal_mode=DELETE")
    engine = make_engine(f"sqlite:///{copy}")
    try:
        with new_session(engine, writes=False) as session:
            snapshot = manifest.look(session)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(copy)) as here:
        here.execute("PRAGMA journal_mode=DELETE")
    copy.chmod(0o600)
    return snapshot


@contextmanager
def _held_snapshot(engine: Engine) -> Iterator[tuple[str, Snapshot]]:
    """A moment of the database that pg_dump can be told of, and what was in it."""
    same = engine.execution_options(isolation_level="REPEATABLE READ")
    with new_session(same, writes=False) as session:
        session.execute(text("SET LOCAL application_name = 'pg_dump'"))
        exported = str(session.scalar(text("SELECT pg_export_snapshot()")))
        yield exported, manifest.look(session)


def _pack(folder: Path, file: Path) -> None:
    """Write a folder into one archive that only its owner can read; it appears under its name when it is whole."""
    part = file.with_name(f".{file.name}.tmp")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with tarfile.open(part, "w:" if file.name.endswith(".tar") else "w:gz") as archive:
            for path in sorted(folder.rglob("*")):
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
