"""The seam to what runs later: jobs are asked for by name in the transaction that wants them, and found by name when their time comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Job, clock

JobFunction = Callable[..., None]
MOST_TRIES = 5
WANTED = "jobs_wanted"


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """How mail leaves. Without a host nothing is sent, and mails stay in the outbox for anyone to read there."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    starttls: bool = True
    sender: str = "no-reply@example.gov.uk"
    seconds: float = 20.0


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a job may use of the world outside the database. `public_url` has no slash at its end; `scanner` is HOST:PORT or unix:/PATH
    of a virus scanner, nothing where files are not scanned."""

    mail: MailServer = MailServer()
    public_url: str = ""
    council_name: str = ""
    uploads: Path = Path("var/uploads")
    scanner: str = ""


@dataclass(frozen=True)
class KnownJob:
    """A registered job, tried at most `most_tries` times.

    It is called as `function(session, tools, **args)` in a transaction of its own. One that is `outside` talks to the world and is
    called as `function(engine, tools, **args)`: it opens short transactions itself, so that no lock waits for a slow answer.
    """

    name: str
    function: JobFunction
    most_tries: int
    outside: bool


_known: dict[str, KnownJob] = {}


def job(name: str, *, most_tries: int = MOST_TRIES, outside: bool = False) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job with this name. ValueError when another function has the name already."""

    def register(function: JobFunction) -> JobFunction:
        before = _known.get(name)
        if before is not None and before.function.__qualname__ != function.__qualname__:
            raise ValueError(f"The job {name} is registered twice")
        _known[name] = KnownJob(name, function, most_tries, outside)
        return function

    return register


def find(name: str) -> KnownJob:
    """The job with this name. LookupError when nobody registered it."""
    try:
        return _known[name]
    except KeyError as error:
        raise LookupError(f"There is no job named {name}") from error


def enqueue(session: Session, name: str, args: Mapping[str, Any], *, at: datetime | None = None, priority: int = 0) -> Job:
    """Ask for a job in this transaction; it runs after the commit, not before `at` (aware), the highest priority first.

    `args` are plain JSON. The job's id is the key under which its effect counts only once.
    """
    now = clock.now()
    row = Job(
        name=name, args=dict(args), priority=priority, run_at=at or now, enqueued_at=now, started_at=None, finished_at=None
    )
    session.add(row)
    session.flush()
    session.info[WANTED] = True
    return row
