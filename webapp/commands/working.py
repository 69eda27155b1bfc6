"""`dps worker` and `dps timers`: what fires timers and does jobs, by itself, and the clock moved on for a demonstration."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from models import clock
from models.session import PROCRASTINATE, make_engine
from webapp.commands import database
from webapp.settings import Settings
from workflows.enqueue import MailServer, Tools
from workflows.errors import Refused
from workflows.jobs import passing
from workflows.jobs.runner import Runner
from workflows.jobs.worker import Worker


def add_commands(commands: Any) -> None:
    """Add `dps worker` and `dps timers`."""
    work = commands.add_parser("worker", help="fire timers and work off jobs until stopped, without serving pages")
    work.set_defaults(carry_out=work_until_stopped)
    timers = commands.add_parser("timers", help="hold the clock at a moment and fire what is due by then; for demonstrations")
    timers.add_argument("--at", required=True, help="a date or a time such as 2020-11-01 or 2020-11-01 09:30")
    timers.set_defaults(carry_out=fire_at)


def start(settings: Settings) -> Runner:
    """A runner in a thread of this process; the caller stops it."""
    runner = _runner(settings)
    runner.start()
    return runner


def _runner(settings: Settings) -> Runner:
    return Runner(make_engine(settings.database_url), _tools(settings), lock_file=settings.lock_file)


def _tools(settings: Settings) -> Tools:
    mail = settings.mail
    return Tools(
        mail=MailServer(host=mail.host, port=mail.port, user=mail.user, password=mail.password, starttls=mail.starttls, sender=mail.sender),
        public_url=(settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/"),
        council_name=settings.council_name,
        uploads=settings.documents,
        scanner=settings.clamav,
        systems=settings.systems,
    )


def work_until_stopped(settings: Settings, _wanted: Namespace) -> int:
    """Run until the process is told to end; the exit code is 1 when the database has been away for too long, so that a
    supervisor starts it again."""
    database.make_ready(settings)
    if settings.jobs == PROCRASTINATE:
        return _work_distributed(settings)
    runner = start(settings)
    stop = threading.Event()
    _when_told_to_end(stop.set)
    stop.wait()
    runner.stop()
    return 0


def _work_distributed(settings: Settings) -> int:
    engine = make_engine(settings.database_url, jobs=settings.jobs)
    worker = Worker(engine, _tools(settings), threads=settings.worker_threads)
    _when_told_to_end(worker.ask_to_stop)
    return 0 if worker.run() else 1


def _when_told_to_end(do: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: do())


def fire_at(settings: Settings, wanted: Namespace) -> None:
    """Do everything that is due by a moment, each timer and job at its own time. Refused in production."""
    if settings.production:
        raise Refused("The clock cannot be moved in production")
    try:
        moment = clock.read_instant(wanted.at)
    except ValueError as error:
        raise Refused(f"{wanted.at} is not a date or a time such as 2020-11-01 09:30") from error
    engine = make_engine(settings.database_url)
    total = passing.pass_time(engine, _tools(settings), until=moment)
    print(f"{total} timers and jobs were due by {moment:%-d %B %Y %H:%M}")
