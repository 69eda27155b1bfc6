"""The service as real processes that are killed at any moment, and people who work on it and keep their own record of what they were told."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from models import Answer, Case, Document, UserTask
from models.session import PROCRASTINATE, new_session
from tests.support import clients, rounds
from webapp import create_app
from webapp.commands import serving
from webapp.settings import Settings, from_environment
from workflows.jobs import alone

LONGEST = 60.0
LOOK = 0.01
# What the page says that comes while the database is away.
SAFE, KEPT = "Your saved work is safe", "what you typed is kept on this page"

# Stands in for the machine's supervisor: it has read the code once and starts what it is told to, each in a session of its own. What is
# started is the product's own command; only Python's reading of the modules is not done again at each start.
STARTER = """
import os, sys, signal, gc
from webapp import commands
import webapp, workflows.jobs.worker
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os._exit(commands.main(line.split()))
    print(pid, flush=True)
"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """`dps run`, and `dps worker` beside it where jobs are distributed, started again at once when they are killed, as a supervisor does."""

    environ: dict[str, str]
    folder: Path
    settings: Settings
    engine: Engine
    fault: str = ""
    starter: subprocess.Popen[str] = field(init=False)
    pids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        script = f"{self.fault}\n{STARTER}"
        with (self.folder / "log").open("a") as log:
            self.starter = subprocess.Popen(
                [sys.executable, "-c", script], cwd=self.folder, env={**os.environ, **self.environ}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log, text=True, start_new_session=True,
            )  # fmt: skip
        for name in self.names:
            self.start(name)
        self.wait(self.is_ready)

    @property
    def names(self) -> list[str]:
        """The processes of this service."""
        return ["run", "worker"] if self.settings.jobs == PROCRASTINATE else ["run"]

    def start(self, name: str) -> None:
        """Start one of them."""
        assert self.starter.stdin is not None and self.starter.stdout is not None
        self.starter.stdin.write(f"{name} --no-demo\n" if name == "run" else f"{name}\n")
        self.starter.stdin.flush()
        while not (line := self.starter.stdout.readline().strip()).isdigit():
            if not line and self.starter.poll() is not None:
                raise AssertionError("the starter ended; see its log")
        self.pids[name] = int(line)

    def kill(self, what: str) -> None:
        """Kill without a word: `page` is the process that answers and, embedded, does the jobs; `run` its parent too; or the worker."""
        if what == "page":
            for child in _children(self.pids["run"]):
                _kill(child)
        else:
            _kill_group(self.pids[what])
            if what == "run":
                self.wait(lambda: serving.is_free("127.0.0.1", self.settings.port))
            self.start(what)

    def end(self, name: str) -> None:
        """Tell one to end, wait until it has, and start it again, as an operator does."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGTERM)
        self.wait(lambda: not Path(f"/proc/{pid}").exists())
        self.start(name)

    def alive(self) -> set[int]:
        """The processes that are there now, those that were started by these too."""
        parents = {pid for pid in self.pids.values() if Path(f"/proc/{pid}").exists()}
        return parents.union(*(_children(pid) for pid in parents))

    def is_ready(self) -> bool:
        """Whether pages are answered and a runner or worker lives."""
        return self.answers("/health/ready") and alone.is_worked(self.engine, self.settings.lock_file)

    def answers(self, path: str) -> bool:
        """Whether a page is answered with 200 now."""
        line = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=2)
        try:
            line.request("GET", path)
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def wait(self, until: Callable[[], bool]) -> float:
        """Seconds until something is so; AssertionError with the log's end when it is not within a minute."""
        began = time.monotonic()
        while not until():
            if time.monotonic() - began > LONGEST:
                raise AssertionError(f"not back up: {(self.folder / 'log').read_text()[-3_000:]}")
            time.sleep(LOOK)
        return time.monotonic() - began

    def stop(self) -> None:
        """Kill everything that was started here."""
        for pid in self.pids.values():
            _kill_group(pid)
        self.starter.kill()
        self.starter.communicate()


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass
class Record:
    """What one person was told: the words of every round that was acknowledged, and of every file; and answers that were our fault.

    `away` counts the pages that say that the service is not available now, where those may come, and keep what was typed.
    """

    rounds: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    away: int = 0

    def acknowledged(self) -> int:
        """How much was acknowledged so far."""
        return len(self.rounds) + len(self.files)


class Person(threading.Thread):
    """Works on a case of their own without a pause: two rounds and a file, again and again. What gets no answer is sent again as it was."""

    def __init__(self, service: Service, ring: rounds.Ring, browser: clients.Browser, number: int, *, may_be_away: bool = False) -> None:
        super().__init__(name=f"person-{number}")
        self.service, self.ring, self.number, self.may_be_away = service, ring, number, may_be_away
        self.token = browser.token()
        self.cookie = f"dps={browser.get_cookie('dps').value}"  # type: ignore[union-attr]
        with new_session(service.engine, writes=False) as session:
            self.reference = session.get_one(Case, ring.case_id).reference
        self.record = Record()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until told to stop."""
        count = 0
        while not self.stopping.is_set():
            count += 1
            words = f"{self.number}-{count}"
            self._file(words) if count % 3 == 0 else self._round(words)

    def _round(self, words: str) -> None:
        task = self._task()
        form = {"note": words, "more": "yes", "revision": str(task.revision), "form_key": f"{words}-{uuid.uuid4().hex}", "csrf_token": self.token}
        if self._post(f"/tasks/{task.id}", urlencode(form).encode(), "application/x-www-form-urlencoded", words):
            self.record.rounds.append(words)

    def _file(self, words: str) -> None:
        fields = {"title": words, "kind": "other", "form_key": f"{words}-{uuid.uuid4().hex}", "csrf_token": self.token}
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        content = f"{words} " * 2_000
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{words}.txt"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n')
        body = "".join([*parts, f"--{edge}--\r\n"]).encode()
        if self._post(f"/cases/{self.reference}/documents", body, f"multipart/form-data; boundary={edge}", words):
            self.record.files.append(words)

    def _task(self) -> UserTask:
        """The task of this round, which the person has open already; so the database may be away when we ask it."""
        while True:
            try:
                return self.ring.task()
            except OperationalError:
                if not self.may_be_away:
                    raise
                time.sleep(LOOK)

    def _post(self, path: str, body: bytes, kind: str, words: str) -> bool:
        """Send until there is an answer; whether it says that it is done. Anything but that, or a page that keeps the words, is a fault of ours."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            line = http.client.HTTPConnection("127.0.0.1", self.service.settings.port, timeout=20)
            try:
                line.request("POST", path, body, {"Content-Type": kind, "Cookie": self.cookie})
                answer = line.getresponse()
                page = answer.read().decode()
            except (OSError, http.client.HTTPException):
                time.sleep(LOOK)
                continue
            finally:
                line.close()
            if answer.status == 303:
                return True
            if self.may_be_away and answer.status == 503 and SAFE in page and KEPT in page and words in page:
                self.record.away += 1
                until = time.monotonic() + LONGEST
                time.sleep(LOOK)
                continue
            self.record.faults.append(f"{path} was answered {answer.status}")
            return False
        self.record.faults.append(f"{path} was never answered")
        return False


def missing_or_twice(engine: Engine, records: list[Record]) -> list[str]:
    """What people were told that is not stored exactly once, by their own record."""
    with new_session(engine, writes=False) as session:
        notes = Counter(values.get("note") for values in session.scalars(select(Answer.values)))
        files = Counter(session.scalars(select(Document.title)))
    found = [f"round {words} is stored {notes[words]} times" for each in records for words in each.rounds if notes[words] != 1]
    found += [f"file {words} is stored {files[words]} times" for each in records for words in each.files if files[words] != 1]
    twice = {words for counted in (notes, files) for words, count in counted.items() if count > 1}
    return found + [f"{words} is stored twice" for words in sorted(map(str, twice))]


@contextmanager
def running(
    database: rounds.Database, folder: Path, *, people: int = 3, fault: str = "", may_be_away: bool = False
) -> Iterator[tuple[Service, list[Person]]]:
    """The service on a database with the small process, and people at work on cases of their own.

    When the database `may_be_away` meanwhile, people send again what was answered with a page that says so and keeps what they typed.
    """
    ring = rounds.build(database)
    library = folder / "library"
    library.mkdir(parents=True)
    (library / "organisation.yml").write_text("groups: []\n")
    (library / "parameters.yml").write_text("parameters: []\n")
    environ = {
        "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": database.url, "DPS_LIBRARY": str(library), "DPS_UPLOADS": str(folder / "uploads"),
        "DPS_PORT": str(free_port()), "DPS_CHEAP_PASSWORDS": "1", "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "DPS_JOBS": PROCRASTINATE if database.kind == "postgresql" else "embedded",
    }  # fmt: skip
    settings = from_environment(environ, folder=folder)
    app = create_app(settings)
    rings = [rounds.another(ring) for _ in range(people)]
    browsers = rounds.rivals(app, ring, people)
    app.extensions["dps_engine"].dispose()
    service = Service(environ, folder, settings, database.engine, fault)
    at_work = [Person(service, rings[number], browsers[number], number, may_be_away=may_be_away) for number in range(people)]
    for person in at_work:
        person.start()
    try:
        yield service, at_work
    finally:
        for person in at_work:
            person.stopping.set()
        for person in at_work:
            person.join()
        service.stop()


def at_random(service: Service, dice: random.Random) -> str:
    """Kill something at a random moment of the next third of a second; what it was."""
    time.sleep(dice.uniform(0.02, 0.35))
    what = dice.choices(["page", *service.names], weights=[3, 1, *([2] if len(service.names) > 1 else [])])[0]
    service.kill(what)
    return what
