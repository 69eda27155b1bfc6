"""The seam to what runs later: jobs are asked for by name in the transaction that wants them, and found by name when their time comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from models import Job, clock
from models.session import PROCRASTINATE, jobs_of
from workflows.storage import Place

JobFunction = Callable[..., None]
MOST_TRIES = 5
WANTED = "jobs_wanted"
# The id of the request that is being answered, or of the one that asked for the job that is being done: a job's log names it.
asked_in: ContextVar[str] = ContextVar("asked_in", default="")
TASK = "dps.job"
# Jobs that take minutes have a lane of their own, so that timers and mails do not wait for them.
Lane = Literal["short", "long"]

_ISSUE = text(
    "SELECT unnest(procrastinate_defer_jobs_v1("
    "ARRAY[ROW(:lane, :task, :priority, NULL, NULL, jsonb_build_object('job', CAST(:job AS text)), NULL)]::procrastinate_job_to_defer_v1[]))"
)


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
class System:
    """Another system of the council that is told what happens here: its address and the key that signs what it is sent.

    `inside` allows an address in the council's own network, and http there. An administrator of this installation sets it, nobody else.
    """

    name: str
    address: str
    secret: str
    inside: bool = False
    seconds: float = 15.0


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a job may use of the world outside the database. `public_url` has no slash at its end; `scanner` is HOST:PORT or unix:/PATH
    of a virus scanner, nothing where files are not scanned; `systems` are those that webhooks may go to, by name."""

    mail: MailServer = MailServer()
    public_url: str = ""
    council_name: str = ""
    uploads: Place = Path("var/uploads")
    scanner: str = ""
    systems: Mapping[str, System] = field(default_factory=dict)


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
    lane: Lane


_known: dict[str, KnownJob] = {}


def job(name: str, *, most_tries: int = MOST_TRIES, outside: bool = False, lane: Lane = "short") -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job with this name; `long` is for what takes minutes. ValueError when another function has the name already."""

    def register(function: JobFunction) -> JobFunction:
        before = _known.get(name)
        if before is not None and before.function.__qualname__ != function.__qualname__:
            raise ValueError(f"The job {name} is registered twice")
        _known[name] = KnownJob(name, function, most_tries, outside, lane)
        return function

    return register


def find(name: str) -> KnownJob:
    """The job with this name. LookupError when nobody registered it."""
    try:
        return _known[name]
    except KeyError as error:
        raise LookupError(f"There is no job named {name}") from error


def names_in(lane: Lane) -> frozenset[str]:
    """The names of the registered jobs of a lane."""
    return frozenset(name for name, known in _known.items() if known.lane == lane)


def lane_of(name: str) -> Lane:
    """The lane of a job; the short one where nobody has registered it in this process."""
    known = _known.get(name)
    return known.lane if known is not None else "short"


def enqueue(session: Session, name: str, args: Mapping[str, Any], *, at: datetime | None = None, priority: int = 0) -> Job:
    """Ask for a job in this transaction; it runs after the commit, not before `at` (aware), the highest priority first.

    `args` are plain JSON. The job's id is the key under which its effect counts only once. Where distributed workers do the jobs,
    one that may run now is handed to them in the same transaction; one for later is handed over when its time has come.
    """
    now = clock.now()
    row = Job(
        id=uuid.uuid4(), name=name, args=dict(args), priority=priority, run_at=at or now, enqueued_at=now, started_at=None,
        finished_at=None, ticket=None, request=asked_in.get(),
    )  # fmt: skip
    if row.run_at <= now and jobs_of(session.get_bind()) == PROCRASTINATE:
        row.ticket = issue_ticket(session, row.id, lane=lane_of(name), priority=priority)
    session.add(row)
    session.flush()
    session.info[WANTED] = True
    return row


def issue_ticket(session: Session, job_id: uuid.UUID, *, lane: Lane, priority: int) -> int:
    """Hand one job to the distributed workers in the session's own transaction; the id of the queue's row that stands for it.

    The queue's function is called on the session's connection: a rollback takes the ticket back, and workers hear of it at the commit.
    """
    found = session.execute(_ISSUE, {"lane": lane, "task": TASK, "priority": priority, "job": str(job_id)})
    return int(found.scalar_one())
