"""PostgreSQL's own programs for copying a database, found and called without a password in sight."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from models import clock
from webapp.backups.manifest import BackupRefused

USUAL_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin", "usr/local/bin")
LONGEST_ERROR = 500


def dump(url: str, file: Path, *, snapshot: str) -> None:
    """Copy the database as it stands in an exported snapshot into a file. BackupRefused with the program's own words when it cannot be."""
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--extension=plpgsql", f"--snapshot={snapshot}", f"--file={file}")


def load(url: str, file: Path) -> None:
    """Bring a copy back into an empty database, wholly or not at all."""
    _run(url, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(file))


def is_empty(engine: Engine) -> bool:
    """Whether there is no table at all where ours would be."""
    with engine.connect() as connection:
        tables = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
        return not connection.scalar(text(tables))


def put_aside(engine: Engine) -> str:
    """Rename the schema with everything in it and make an empty one in its place; the new name of the old one."""
    aside = f"before_{clock.wall():%Y%m%d_%H%M%S}"
    with engine.begin() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
        connection.exec_driver_sql(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"')
        connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    return aside


def program(name: str) -> str:
    """Where a program of PostgreSQL is: on the path, or in the newest of the usual places. BackupRefused with what to install."""
    on_path = shutil.which(name)
    found = [on_path] if on_path else sorted(str(path) for place in USUAL_PLACES for path in Path("/").glob(f"{place}/{name}"))
    if not found:
        raise BackupRefused(f"{name} was not found: install the client programs of PostgreSQL (on Debian: apt install postgresql-client)")
    return found[-1]


def _run(url: str, name: str, *arguments: str) -> None:
    address = make_url(url)
    environment = {**os.environ, **({"PGPASSWORD": str(address.password)} if address.password else {})}
    shown = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [program(name), f"--dbname={shown}", "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused(f"{name} failed: {done.stderr.strip()[-LONGEST_ERROR:]}")
