"""Many cases that each wait for one moment, and what becomes of them while the clock is turned: fired, lost, twice, early, late."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from models import AuditEvent, CandidateGroup, GroupKind, Timer, clock
from models.session import new_session, transaction
from tests.support import factories
from tests.support.databases import Database
from tests.support.turned_clock import TurnedClock, turned
from tests.unit.engine.drawing import catch, chain, definitions, end, on_date, process, start
from workflows.actions import definitions as deploying
from workflows.actions import instances
from workflows.enqueue import Tools
from workflows.jobs import sweeping
from workflows.jobs.runner import LONGEST_SLEEP, Runner, next_timer
from workflows.library import definitions as library

LONDON = ZoneInfo("Europe/London")
BEGAN = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
LAST_DAY = date(2028, 12, 31)
# On both nights when clocks change, at the end of a year, and on a day that not every year has.
REMARKABLE = (
    "2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30", "2027-03-28T01:00",
    "2027-03-28T17:00", "2027-10-31T01:59:59", "2027-10-31T17:00", "2028-02-29T17:00", "2028-02-29", "2026-12-31T23:59:59", "2027-12-31T23:59:59",
    "2028-03-26T01:30", "2028-10-29T01:30",
)  # fmt: skip
TURNS = tuple(
    (datetime(2026, 2, 10, 9, tzinfo=UTC) + timedelta(days=120 * number), by)
    for number, by in enumerate(
        (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1), timedelta(hours=-2), timedelta(hours=1), timedelta(days=1))
    )
)


@dataclass
class Outcome:
    """What became of the timers. `late` are the seconds of true time from when each was due, or its time was jumped over, to its firing."""

    wanted: int
    lost: int = 0
    twice: int = 0
    early: int = 0
    wrong_moment: int = 0
    late: list[float] = field(default_factory=list)

    def p99(self) -> float:
        """The lateness that one in a hundred exceeds."""
        return sorted(self.late)[int(len(self.late) * 0.99)] if self.late else 0.0

    def most(self) -> float:
        """The greatest lateness."""
        return max(self.late, default=0.0)


def moments(count: int, seed: int) -> list[str]:
    """What the diagrams say: moments of London time over three years, many at the end of a working day, some remarkable, some with a zone."""
    dice = random.Random(seed)
    days = (LAST_DAY - BEGAN.date()).days
    found = list(REMARKABLE[:count])
    while len(found) < count:
        day = BEGAN.date() + timedelta(days=dice.randrange(1, days))
        at = dice.choice(["T17:00", "T09:00", "", f"T{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}"])
        found.append(f"{day}{at}{dice.choice(['', '', '+00:00']) if at else ''}")
    return found


def due(said: str) -> datetime:
    """The moment that is meant, worked out without any code of the service: the later of two, and where there is none the end of the gap."""
    read = datetime.fromisoformat(said) if "T" in said else datetime.combine(date.fromisoformat(said), time_of_day())
    if read.tzinfo:
        return read.astimezone(UTC)
    ahead = [read.replace(tzinfo=UTC) - timedelta(hours=hours) for hours in (0, 1)]
    meant = [moment for moment in ahead if moment.astimezone(LONDON).replace(tzinfo=None) == read]
    return max(meant, default=datetime.combine(read.date(), time_of_day(1), UTC))


def wait_for(database: Database, said: Sequence[str]) -> dict[uuid.UUID, datetime]:
    """Start a case for each of these moments; when each instance is really due."""
    library.forget()
    needs = '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="needs" value="due_on" /></spiffworkflow:properties></extensionElements>'
    drawn = process("p", needs, start(), catch("wait", on_date("due_on")), end(), chain("start", "wait", "end"))
    with transaction(database.engine) as session:
        session.add(CandidateGroup(key="waiting", name="Waiting", kind=GroupKind.TEAM, manager_key=None))
        owner = factories.officer(session, "Ann Field", "waiting")
        deploying.deploy(session, "p", {"process.bpmn": definitions(drawn)})
    found: dict[uuid.UUID, datetime] = {}
    for begin in range(0, len(said), 100):
        with transaction(database.engine) as session:
            for number, each in enumerate(said[begin : begin + 100], begin):
                case = factories.case(session, session.merge(owner), reference=f"KD-{number}")
                found[instances.start(session, case, "p", data={"due_on": each}, by=None).id] = due(each)
    return found


def live_through(database: Database, count: int, *, workers: int, seed: int = 1) -> Outcome:
    """Let three years pass over so many timers with the clock turned seven times, by one runner or by several workers at once."""
    with turned(BEGAN) as watch:
        wanted = wait_for(database, moments(count, seed))
        outcome = Outcome(count, wrong_moment=_wrong_moments(database, wanted))
        fired = _Fired(watch)
        before = sweeping._fire
        sweeping._fire = fired.around(before)
        try:
            _pass_years(database, watch, workers)
        finally:
            sweeping._fire = before
        _judge(database, outcome, wanted, fired, watch)
    return outcome


def _wrong_moments(database: Database, wanted: dict[uuid.UUID, datetime]) -> int:
    with new_session(database.engine, writes=False) as session:
        return sum(wanted[row.instance_id] != row.due_at for row in session.execute(select(Timer.instance_id, Timer.due_at)))


class _Fired:
    """Every firing that was kept: which instance, at what true time, and what the clock showed."""

    def __init__(self, watch: TurnedClock) -> None:
        self.watch = watch
        self.kept: list[tuple[uuid.UUID, float]] = []
        self._lock = threading.Lock()

    def around(self, fire: Callable[..., int]) -> Callable[..., int]:
        def noted(engine: Any, instance_id: uuid.UUID, now: datetime) -> int:
            count = fire(engine, instance_id, now)
            with self._lock:
                self.kept += [(instance_id, self.watch.true())] * count
            return count

        return noted


def _pass_years(database: Database, watch: TurnedClock, workers: int) -> None:
    """The runner looks, waits as long as its look says, and looks again: what it waits is skipped, and so is a wait with nothing in it."""
    runner = Runner(database.engine, Tools())
    turns = list(TURNS)
    pool = ThreadPoolExecutor(workers)
    try:
        while True:
            for _ in pool.map(lambda _: _look_until_nothing(database), range(workers)):
                pass
            upcoming = next_timer(database.engine)
            if upcoming is None:
                return
            if turns and upcoming > turns[0][0]:
                _sleep_until(watch, turns[0][0])
                # The sleep that it is turned in lasts as long as it would have, for the machine's own watch knows nothing of it.
                watch.turn(turns.pop(0)[1])
                watch.wait(LONGEST_SLEEP)
                continue
            _sleep_until(watch, upcoming - timedelta(seconds=LONGEST_SLEEP))
            watch.wait(runner._seconds_until(upcoming))
    finally:
        pool.shutdown()


def _look_until_nothing(database: Database) -> None:
    while sweeping.sweep_timers(database.engine, clock.now()):
        pass


def _sleep_until(watch: TurnedClock, moment: datetime) -> None:
    """Whole sleeps, one after the other, none of which finds anything to do."""
    whole = max(0.0, (moment - watch.now()).total_seconds()) // LONGEST_SLEEP
    watch.wait(whole * LONGEST_SLEEP)


def _judge(database: Database, outcome: Outcome, wanted: dict[uuid.UUID, datetime], fired: _Fired, watch: TurnedClock) -> None:
    times = Counter(instance_id for instance_id, _ in fired.kept)
    outcome.lost = sum(times[instance_id] == 0 for instance_id in wanted)
    with new_session(database.engine, writes=False) as session:
        told = session.execute(select(AuditEvent.chain, func.count()).where(AuditEvent.kind == "timer:fired").group_by(AuditEvent.chain)).all()
    outcome.twice = max(sum(count > 1 for count in times.values()), sum(row[1] > 1 for row in told))
    for instance_id, true in fired.kept:
        outcome.early += watch.shows(true) < wanted[instance_id]
        outcome.late.append(true - watch.first_showed(wanted[instance_id]))
