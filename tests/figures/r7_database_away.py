"""Figure R7, the database: it is away for a minute; nobody's words are lost, no thread stays stuck, and the worker tries again ever more seldom."""

from __future__ import annotations

import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import databases, invariants, killing, rounds
from tests.support.databases import Database
from webapp.commands.serving import THREADS
from workflows.jobs.runner import LONGEST_AFTER_TROUBLE

CLASS = "long"
SECONDS, PEOPLE = 60.0, 2
LONGEST_ANSWER, LONGEST_PAGES_BACK = 2.0, 5.0
# The longest pause between two tries, and what one try may take.
LONGEST_WORKER_BACK = LONGEST_AFTER_TROUBLE + 5.0
PAUSE = re.compile(r"tries again in ([\d.]+) s")


@dataclass
class Outcome:
    """What came of it; times in seconds."""

    answers: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    away: int = 0
    pauses: list[float] = field(default_factory=list)
    pages_back: float = 0.0
    worker_back: float = 0.0
    at_once: int = 0


def main(seconds: float = SECONDS) -> int:
    """Print the figure's lines; 1 when any is short."""
    if "postgresql" not in databases.available():
        print("R7 database_away none without postgresql short")
        return 1
    with databases.fresh("postgresql") as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
        found = be_away(database, Path(folder), seconds)
    good = True
    for what, value, unit, goal, met in (
        ("slowest_answer_meanwhile", round(max(found.answers), 2), "s", LONGEST_ANSWER, max(found.answers) < LONGEST_ANSWER),
        ("longest_pause_of_the_worker", max(found.pauses, default=0.0), "s", LONGEST_AFTER_TROUBLE, 0 < max(found.pauses, default=0.0) <= LONGEST_AFTER_TROUBLE),
        ("pauses_shorter_than_the_one_before", _shorter(found.pauses), "pauses", 0, _shorter(found.pauses) == 0),
        ("pages_back_in", round(found.pages_back, 2), "s", LONGEST_PAGES_BACK, found.pages_back < LONGEST_PAGES_BACK),
        ("worker_back_in", round(found.worker_back, 2), "s", LONGEST_WORKER_BACK, found.worker_back < LONGEST_WORKER_BACK),
        ("threads_that_answer_at_once", found.at_once, "threads", THREADS, found.at_once == THREADS),
        (f"lost_twice_or_broken_after_{found.away}_pages_that_keep_the_words", len(found.wrong), "count", 0, not found.wrong),
    ):
        print(f"R7 database_away_{seconds:.0f}_s_{what} {value} {unit} {goal:g} {'ok' if met else 'short'}", flush=True)
        good = good and met
    for words in found.wrong[:10]:
        print(f"  {words}", file=sys.stderr)
    return 0 if good else 1


def _shorter(pauses: list[float]) -> int:
    # The last one before a worker gives up is cut so that it gives up in time.
    return sum(later < earlier for earlier, later in zip(pauses, pauses[1:-1], strict=False))


def be_away(database: Database, folder: Path, seconds: float) -> Outcome:
    """Take the database away for so long while people work, and look at everything when it is back."""
    found = Outcome()
    with killing.running(database, folder, people=PEOPLE, may_be_away=True) as (service, people):
        service.wait(lambda: all(person.record.acknowledged() for person in people))
        with databases.server_away():
            _stay_away(service, found, seconds)
        back = time.monotonic()
        found.pauses = [float(each) for each in PAUSE.findall((folder / "log").read_text())]
        service.wait(lambda: service.answers("/health/ready"))
        found.pages_back = time.monotonic() - back
        service.wait(lambda: _supervise(service) or service.is_ready())
        found.worker_back = time.monotonic() - back
        found.at_once = _answered_at_once(service)
        for person in people:
            person.stopping.set()
        for person in people:
            person.join()
        records = [person.record for person in people]
        found.away = sum(each.away for each in records)
        found.wrong = killing.missing_or_twice(database.engine, records) + [words for each in records for words in each.faults]
        found.wrong += invariants.broken(database.engine, uploads=service.settings.documents, is_worked=True)
    return found


def _stay_away(service: killing.Service, found: Outcome, seconds: float) -> None:
    """Ask for a page every second: each is answered soon, whether it needs the database or not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/health", "/health/ready"):
            began = time.monotonic()
            if service.answers(path) != (path == "/health"):
                found.wrong.append(f"{path} was not answered as it must be")
            found.answers.append(time.monotonic() - began)
        _supervise(service)
        time.sleep(1.0)


def _supervise(service: killing.Service) -> bool:
    """Start a worker again that gave up, as its supervisor does; false, for it is never ready at that moment."""
    if service.pids["worker"] not in service.alive():
        service.start("worker")
    return False


def _answered_at_once(service: killing.Service) -> int:
    """How many of as many requests as there are threads are answered side by side: a stuck one would keep one waiting."""
    answered: list[bool] = []
    threads = [threading.Thread(target=lambda: answered.append(service.answers("/health/ready"))) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered)


if __name__ == "__main__":
    sys.exit(main())
