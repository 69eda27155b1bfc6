"""Figure R7: a worker that stood still for an hour does what fell due meanwhile: all of it, once, and in the order it fell due.

The process is stopped in the middle of a job. The hour is made by a clock that is held an hour ago while cases are started and jobs
are asked for, so that everything is overdue when the process goes on. `python -m tests.figures.r7_worker_stopped_long` does it with
a thousand of each on every engine.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from models import AuditEvent, Case, ProcessInstance, Timer, clock
from models.session import Jobs, new_session, transaction
from tests.support import databases, invariants, many_timers, marking, rounds
from tests.support.databases import Database
from tests.support.engines import ENGINES, STALLED, Place, eventually, place
from workflows.actions import audit
from workflows.enqueue import enqueue

COUNT = 30
HOUR = timedelta(hours=1)
LONGEST = 60.0


@dataclass(frozen=True)
class Behind:
    """What fell due: the chain of each timer's case and the word of each job, in the order they fell due."""

    chains: list[str]
    words: list[str]


@dataclass(frozen=True)
class Outcome:
    """How many timers and jobs were lost, done twice, or done before one that was due earlier; seconds until all was done."""

    lost: int
    twice: int
    out_of_order: int
    seconds: float
    broken: list[str]


def main(count: int = COUNT, engines: Sequence[tuple[Jobs, str]] = ENGINES[-1:]) -> int:
    """Print the figure's lines for each engine; 1 when any is short."""
    good = True
    for jobs, kind in engines:
        if kind not in databases.available():
            print(f"R7 {jobs}_{kind} none without {kind} short")
            return 1
        with tempfile.TemporaryDirectory() as folder, rounds.quiet():
            marking.folder = Path(folder)
            with place(jobs, kind, marking.folder) as made:
                outcome = stand_still(made, count)
        good = told(f"{jobs}_{kind}", count, outcome) and good
    return 0 if good else 1


def told(name: str, count: int, outcome: Outcome) -> bool:
    """Print what became of it; whether all is as it should be."""
    wrong = outcome.lost + outcome.twice
    lines = (
        (f"of_{count}_timers_and_{count}_jobs_lost_or_twice", wrong, "count", 0, wrong == 0),
        ("out_of_due_order", outcome.out_of_order, "count", 0, outcome.out_of_order == 0),
        ("caught_up_in", round(outcome.seconds, 1), "s", LONGEST, outcome.seconds < LONGEST),
        ("invariants_broken", len(outcome.broken), "invariants", 0, not outcome.broken),
    )
    for what, value, unit, goal, met in lines:
        print(f"R7 {name}_{what} {value} {unit} {goal} {'ok' if met else 'short'}", flush=True)
    for words in outcome.broken[:5]:
        print(f"  {words}", file=sys.stderr)
    return all(met for *_, met in lines)


def stand_still(made: Place, count: int) -> Outcome:
    """Stop a worker's process in the middle of a job, let it fall behind by an hour, and let it go on."""
    process = made.start_process(f"folder={marking.folder}", "threads=1")
    present = made.ask("marking.outside", args={"word": "present", "seconds": 1.0})
    eventually(lambda: marking.tries() == ["present"])
    process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    behind = fall_behind(made, count)
    # So long that its own heart seems to have stopped.
    time.sleep(max(0.0, stopped + 1.5 * STALLED - time.monotonic()))
    outcome = catch_up(made, behind, lambda: process.send_signal(signal.SIGCONT))
    eventually(lambda: made.is_done(present))
    assert marking.effects(made.engine).count("present") == 1
    return outcome


def fall_behind(made: Place, count: int, seed: int = 7) -> Behind:
    """So many timers and jobs that fell due in the hour before now, made in another order than they fell due."""
    began, dice = clock.now() - HOUR, random.Random(seed)
    moments = [began + number * HOUR / (count + 1) for number in range(1, count + 1)]
    shuffled = dice.sample(moments, count)
    with clock.held(began - timedelta(minutes=1)):
        said = [moment.isoformat(timespec="seconds") for moment in shuffled]
        instances = many_timers.wait_for(Database(made.kind, made.url, made.engine), said)
        with transaction(made.engine) as session:
            for moment in shuffled:
                enqueue(session, "marking.mark", {"word": _word(moment)}, at=moment)
    return Behind(list(_chains(made, instances)), [_word(moment) for moment in moments])


def _word(moment: datetime) -> str:
    return f"due-{moment:%H%M%S}"


def _chains(made: Place, instances: dict[uuid.UUID, datetime]) -> Iterator[str]:
    with new_session(made.engine, writes=False) as session:
        for instance_id in sorted(instances, key=instances.__getitem__):
            case_id = session.get_one(ProcessInstance, instance_id).case_id
            yield audit.chain_of(session.get_one(Case, case_id))


def catch_up(made: Place, behind: Behind, go_on: Callable[[], object]) -> Outcome:
    """Let the work go on, wait until nothing is left, and say how it went."""
    began = time.monotonic()
    go_on()
    until = began + LONGEST
    while time.monotonic() < until and _is_left(made, behind):
        time.sleep(0.05)
    took = time.monotonic() - began
    with new_session(made.engine, writes=False) as session:
        firing = select(AuditEvent.chain).where(AuditEvent.kind == "timer:fired").order_by(AuditEvent.at)
        fired = list(session.scalars(firing))
    effects = Counter(marking.effects(made.engine))
    done = [word for word in marking.tries() if word in set(behind.words)]
    return Outcome(
        lost=len(set(behind.chains) - set(fired)) + sum(effects[word] != 1 for word in behind.words),
        twice=len(fired) - len(set(fired)) + len(done) - len(set(done)),
        out_of_order=out_of_order(behind.chains, fired) + out_of_order(behind.words, done),
        seconds=took,
        broken=invariants.broken(made.engine, is_worked=True),
    )


def _is_left(made: Place, behind: Behind) -> bool:
    if not set(behind.words) <= set(marking.effects(made.engine)):
        return True
    with new_session(made.engine, writes=False) as session:
        return session.scalar(select(Timer.id).limit(1)) is not None


def out_of_order(wanted: Sequence[str], done: Sequence[str]) -> int:
    """How many were done after one that was to come later."""
    place_of = {word: number for number, word in enumerate(wanted)}
    places = [place_of[word] for word in done if word in place_of]
    return sum(place < max(places[:number], default=-1) for number, place in enumerate(places))


if __name__ == "__main__":
    sys.exit(main())
