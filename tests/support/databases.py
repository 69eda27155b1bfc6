"""Fresh databases for tests: a SQLite file, or a PostgreSQL database on a private server that lives as long as the test run."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from models.migrations import upgrade
from models.session import make_engine

KINDS = ("sqlite", "postgresql")
PROGRAMS = "/usr/lib/postgresql/*/bin"
TEMPLATE = "casework_template"


class NoServer(Exception):
    """The programs of a PostgreSQL server are not on this machine."""


@dataclass(frozen=True)
class Database:
    """A migrated, empty database: its kind, its address, and an engine on it."""

    kind: str
    url: str
    engine: Engine


@contextmanager
def fresh(kind: str) -> Iterator[Database]:
    """A migrated database of a kind, gone afterwards. NoServer when PostgreSQL is asked for and not installed."""
    url = _fresh_postgresql() if kind == "postgresql" else _fresh_sqlite()
    engine = make_engine(url)
    try:
        yield Database(kind, url, engine)
    finally:
        engine.dispose()
        _drop_postgresql(url) if kind == "postgresql" else shutil.rmtree(sqlite_file(url).parent)


def available() -> list[str]:
    """The kinds of database that can be had here; all of them are wanted where CI is set."""
    try:
        server()
    except NoServer:
        if os.environ.get("CI"):
            raise
        return ["sqlite"]
    return list(KINDS)


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same test on both databases. Without PostgreSQL the second is skipped, but fails where CI is set."""
    try:
        with fresh(request.param) as made:
            yield made
    except NoServer as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


def _fresh_sqlite() -> str:
    folder = Path(tempfile.mkdtemp(prefix="casework-"))
    shutil.copy(sqlite_template(), folder / "test.sqlite3")
    return f"sqlite:///{folder}/test.sqlite3"


def sqlite_file(url: str) -> Path:
    """Where a SQLite database lies, from its address."""
    return Path(url.removeprefix("sqlite:///"))


@functools.cache
def sqlite_template() -> Path:
    """A migrated, empty SQLite file to copy; made once in a process."""
    folder = Path(tempfile.mkdtemp(prefix="casework-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    upgrade(f"sqlite:///{folder}/template.sqlite3")
    return folder / "template.sqlite3"


def _fresh_postgresql() -> str:
    name = f"test_{uuid.uuid4().hex[:12]}"
    _run_sql(server(), f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return _url(server(), name)


@contextmanager
def without_tables() -> Iterator[str]:
    """The address of a PostgreSQL database that has no table at all, gone afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _run_sql(server(), f"CREATE DATABASE {name}")
    try:
        yield _url(server(), name)
    finally:
        _drop_postgresql(_url(server(), name))


def _drop_postgresql(url: str) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    _run_sql(server(), f"DROP DATABASE {name} WITH (FORCE)")


def _url(folder: Path, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def _run_sql(folder: Path, statement: str) -> None:
    engine = create_engine(_url(folder, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@functools.cache
def server() -> Path:
    """The folder of the one private server of this process, started at first use and stopped at its end; it listens on no port."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="casework-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _as_postgres(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    _control(programs, folder, "start")
    _stop_when_we_end(programs, folder)
    _run_sql(folder, f"CREATE DATABASE {TEMPLATE}")
    upgrade(_url(folder, TEMPLATE))
    return folder


def restart_server() -> None:
    """Stop the private server as a crash would, and start it: every connection is gone, and it looks first at what was not finished."""
    _control(_programs(), server(), "-m", "immediate", "restart")


@contextmanager
def server_away() -> Iterator[None]:
    """The private server is not there meanwhile."""
    _control(_programs(), server(), "-m", "immediate", "stop")
    try:
        yield
    finally:
        _control(_programs(), server(), "start")


def _control(programs: Path, folder: Path, *what: str) -> None:
    _as_postgres(programs / "pg_ctl", "-D", folder / "data", "-w", "-s", "-l", folder / "log", "-o", options(folder), *what)


def options(folder: Path) -> str:
    """How the private server in a folder is started."""
    return f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"


def _stop_when_we_end(programs: Path, folder: Path) -> None:
    """Leave a guardian that stops the server and clears up when this process is gone, however it went: the pipe to it closes then."""
    stop = [*_as_user(), str(programs / "pg_ctl"), "-D", f"{folder}/data", "-s", "-m", "immediate", "stop"]
    script = f"import shutil, subprocess, sys; sys.stdin.read(); subprocess.run({stop!r}, cwd='/'); shutil.rmtree({str(folder)!r}, ignore_errors=True)"
    guardian = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(guardian.communicate)


def _programs() -> Path:
    """Where initdb is: on the path, or where Debian keeps it. NoServer when nowhere."""
    on_path = shutil.which("initdb")
    found = [Path(on_path)] if on_path else sorted(Path("/").glob(f"{PROGRAMS.lstrip('/')}/initdb"))
    if not found:
        raise NoServer("No PostgreSQL server is installed on this machine")
    return found[-1].parent


def _as_postgres(*command: str | Path) -> None:
    subprocess.run([*_as_user(), *map(str, command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")


def _as_user() -> list[str]:
    # The server refuses to run as root; under root it runs as the user that its package made.
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
