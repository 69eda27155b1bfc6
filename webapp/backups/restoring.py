"""Bringing a backup back into an empty place: proved before, moved in wholly, and looked at afterwards."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, make_url

from models import clock
from models.migrations import knows, upgrade
from models.session import make_engine, new_session
from webapp.backups import manifest, postgresql
from webapp.backups.manifest import DOCUMENTS, BackupRefused, Manifest
from webapp.settings import Settings
from workflows import storage
from workflows.actions import verifying
from workflows.actions.verifying import Invariant
from workflows.jobs import alone
from workflows.storage import Bucket


@dataclass(frozen=True)
class Restored:
    """What was brought back, what was put aside for it, the twelve invariants afterwards, and whether the audit trail ends where it did."""

    manifest: Manifest
    put_aside: list[str]
    invariants: list[Invariant]
    same_audit: bool

    @property
    def ok(self) -> bool:
        """Whether everything is as it was when the backup was made."""
        return self.same_audit and all(each.ok for each in self.invariants)


def restore(settings: Settings, place: Path, *, replace: str = "") -> Restored:
    """Bring a backup back to where the settings say that the database and the documents are.

    Both must be empty, unless `replace` is the name of the database that is to give way: what is there is then put aside, never erased.
    BackupRefused when the backup is damaged, of another kind of database or of a later version, or the place is not empty or in use.
    """
    with _opened(place) as folder:
        made = manifest.read(folder)
        _prove(folder, made)
        _check_fits(settings, made)
        engine = make_engine(settings.database_url)
        try:
            aside = _make_room(settings, engine, replace)
            for name in made.documents:
                storage.put_as(settings.documents, name, (folder / DOCUMENTS / name).read_bytes())
            _put_database(settings, folder / made.database)
            upgrade(settings.database_url)
            with new_session(engine, writes=False) as session:
                same = manifest.audit_head(session) == made.audit
            found = verifying.verify(engine, uploads=settings.documents, is_worked=False)
        finally:
            engine.dispose()
    return Restored(made, aside, found, same)


def database_name(url: str) -> str:
    """What the database is called: the name in its address, or that of its file."""
    return Path(str(make_url(url).database)).name


@contextmanager
def _opened(place: Path) -> Iterator[Path]:
    """The folder of a backup; that of a file is a temporary one."""
    if place.is_dir():
        yield place
        return
    if not place.is_file():
        raise BackupRefused(f"There is no backup at {place}")
    with tempfile.TemporaryDirectory(prefix="dps-restore-") as folder:
        try:
            with tarfile.open(place) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BackupRefused(f"{place.name} is not a whole archive") from error
        yield Path(folder)


def _prove(folder: Path, made: Manifest) -> None:
    """Compare every file of the backup with its digest before anything is touched."""
    wanted = {made.database: made.database_digest, **{f"{DOCUMENTS}/{name}": digest for name, digest in made.documents.items()}}
    for name, digest in wanted.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise BackupRefused(f"The backup is damaged: {name} is missing")
        if manifest.digest_of(path) != digest:
            raise BackupRefused(f"The backup is damaged: {name} is not what was copied")


def _check_fits(settings: Settings, made: Manifest) -> None:
    kind = "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"
    if kind != made.kind:
        raise BackupRefused(f"This backup is of a {made.kind} database, and DPS_DATABASE_URL names a {kind} one")
    if not knows(made.revision):
        raise BackupRefused(f"This backup was made by a later version (its tables are at {made.revision}): install that version first")


def _make_room(settings: Settings, engine: Engine, replace: str) -> list[str]:
    """See that both places are empty, or put aside what is there; the places of what was put aside."""
    full = [] if _is_empty(settings, engine) else [f"the database {database_name(settings.database_url)}"]
    full += [] if _has_no_documents(settings) else [storage.where(settings.documents)]
    if not full:
        return []
    name = database_name(settings.database_url)
    if not replace:
        raise BackupRefused(f"Not empty: {' and '.join(full)}. Restore into an empty place, or add --replace {name} to put aside what is there")
    if replace != name:
        raise BackupRefused(f"The database here is called {name}, not {replace}: nothing was changed")
    if alone.is_worked(engine, settings.lock_file):
        raise BackupRefused("The service is running: stop it first")
    return _put_aside(settings, engine)


def _is_empty(settings: Settings, engine: Engine) -> bool:
    if engine.dialect.name == "postgresql":
        return postgresql.is_empty(engine)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    return not path.exists() or path.stat().st_size == 0 or not inspect(engine).get_table_names()


def _has_no_documents(settings: Settings) -> bool:
    return next(storage.kept(settings.documents), None) is None


def _put_aside(settings: Settings, engine: Engine) -> list[str]:
    stamp, moved = f"{clock.wall():%Y%m%d-%H%M%S}", []
    if engine.dialect.name == "postgresql":
        moved.append(f"schema {postgresql.put_aside(engine)}")
    else:
        # What is still in the file beside it belongs to the database: closing the last connection writes it in.
        engine.dispose()
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            if each.exists():
                moved.append(str(each.rename(each.with_name(each.name.replace(path.name, f"{path.name}.before-{stamp}")))))
    if not isinstance(settings.documents, Bucket) and settings.documents.exists():
        moved.append(str(settings.documents.rename(settings.documents.with_name(f"{settings.documents.name}.before-{stamp}"))))
    return moved


def _put_database(settings: Settings, copy: Path) -> None:
    if settings.database_url.startswith("postgresql"):
        postgresql.load(settings.database_url, copy)
        return
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.restoring")
    shutil.copyfile(copy, part)
    part.chmod(0o600)
    for beside in ("-wal", "-shm"):
        path.with_name(f"{path.name}{beside}").unlink(missing_ok=True)
    part.rename(path)
