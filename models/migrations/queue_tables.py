"""The tables of the job queue that distributed workers share, as the installed release of procrastinate makes them."""

from __future__ import annotations

import re
from importlib import metadata, resources

from sqlalchemy import Connection

MARK = re.compile(r"^procrastinate (\d+)\.(\d+)\.(\d+)$")
FILE = re.compile(r"^(\d\d)\.(\d\d)\.(\d\d)_\d\d_.*\.sql$")
Release = tuple[int, ...]


class QueueNewer(Exception):
    """The queue's tables were made by a newer release than the installed one."""


def bring_up(connection: Connection) -> None:
    """Make the queue's tables, or change those of an older release, in the caller's transaction. Nothing on SQLite.

    The release that made them is kept as the comment on its first table. QueueNewer when they are ahead of this installation.
    """
    if connection.dialect.name != "postgresql":
        return
    there, installed = _there(connection), installed_release()
    if there == installed:
        return
    if there is not None and there > installed:
        raise QueueNewer(f"The job queue in this database is of release {_dotted(there)}; this installation has {_dotted(installed)}")
    # The driver is asked directly: these files hold many statements, and percent signs that are no parameters.
    raw = connection.connection.driver_connection
    assert raw is not None
    for statements in [_text("schema.sql")] if there is None else changes_after(there):
        raw.execute(statements.encode())
    raw.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {_dotted(installed)}'".encode())


def difference(connection: Connection) -> list[str]:
    """How the queue's tables differ from what this installation needs; empty when they do not, and on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    there, installed = _there(connection), installed_release()
    if there == installed:
        return []
    return [f"the job queue is of release {_dotted(there) if there else 'none'}, not {_dotted(installed)}"]


def is_ours(name: str) -> bool:
    """Whether a table is one of our own, which the models describe, and not one of the queue's."""
    return not name.startswith("procrastinate_")


def installed_release() -> Release:
    """The release of procrastinate that is installed here."""
    return tuple(int(part) for part in metadata.version("procrastinate").split(".")[:3])


def changes_after(release: Release) -> list[str]:
    """The statements of every later change of the queue's tables, oldest first."""
    folder = resources.files("procrastinate.sql") / "migrations"
    names = sorted(each.name for each in folder.iterdir() if FILE.match(each.name))
    return [_text(f"migrations/{name}") for name in names if _release_of(name) > release]


def _release_of(name: str) -> Release:
    found = FILE.match(name)
    assert found is not None
    return tuple(int(part) for part in found.groups())


def _there(connection: Connection) -> Release | None:
    words = connection.exec_driver_sql("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')").scalar_one()
    found = MARK.match(words or "")
    return tuple(int(part) for part in found.groups()) if found else None


def _dotted(release: Release) -> str:
    return ".".join(map(str, release))


def _text(path: str) -> str:
    return (resources.files("procrastinate.sql") / path).read_text(encoding="utf-8")
