"""What every engine that does jobs must hold to, as checks that give a line for each promise that was broken."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from models import Job, JobStatus, clock
from models.session import new_session, transaction
from tests.support import marking
from tests.support.engines import Place, eventually
from workflows.enqueue import enqueue
from workflows.jobs import planning

A_WHILE = 1.6


def nothing_of_what_was_rolled_back(place: Place) -> list[str]:
    """A job of a transaction that was undone, or of a part of one, is neither kept nor done."""
    place.start()
    try:
        with transaction(place.engine) as session:
            enqueue(session, "marking.mark", {"word": "ghost"})
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with transaction(place.engine) as session:
        undone = session.begin_nested()
        enqueue(session, "marking.mark", {"word": "part"})
        undone.rollback()
        kept = enqueue(session, "marking.mark", {"word": "kept"}).id
    eventually(lambda: place.is_done(kept))
    time.sleep(A_WHILE)
    left = place.tickets() if place.is_distributed else 0
    found = [f"{word} was done" for word in marking.tries() if word != "kept"]
    return found + ([f"{left} tickets were left"] if left else [])


def done_once_by_two(place: Place, count: int = 60, seconds: float = 60) -> list[str]:
    """Of two runs, one does each job, once; what both started is done."""
    place.start()
    place.start(wait=place.is_distributed)
    with transaction(place.engine) as session:
        ids = [enqueue(session, "marking.mark", {"word": f"w{number:02}"}).id for number in range(count)]
    try:
        eventually(lambda: place.is_done(*ids), seconds)
    except AssertionError:
        return ["they were not all done"]
    return [f"{word} was tried {times} times" for word, times in Counter(marking.tries()).items() if times != 1]


def done_again_after_a_kill(place: Place, seconds: float = 30.0) -> list[str]:
    """What a killed process was doing is done again by the next, and its effect counts once."""
    killed = place.start_process(f"folder={marking.folder}")
    job_id = place.ask("marking.slow", args={"word": "again", "seconds": 600})
    eventually(lambda: marking.tries() == ["again"])
    killed.send_signal(signal.SIGKILL)
    killed.wait(20)
    with transaction(place.engine) as session:
        session.get_one(Job, job_id).args = {"word": "again", "seconds": 0}
    place.start()
    try:
        eventually(lambda: place.is_done(job_id), seconds)
    except AssertionError:
        return ["it was not done again"]
    tries, effects = marking.tries(), marking.effects(place.engine)
    return ([] if tries == ["again"] * 2 else [f"it was tried {len(tries)} times"]) + ([] if effects == ["again"] else [f"it left {effects}"])


def a_paused_one_does_not_count(place: Place) -> list[str]:
    """What a worker brings to its end after it was given up for dead is not counted a second time."""
    paused = place.start_process(f"folder={marking.folder}")
    job_id = place.ask("marking.slow", args={"word": "late", "seconds": 0.4})
    eventually(lambda: marking.tries() == ["late"])
    paused.send_signal(signal.SIGSTOP)
    place.start()
    # The second try stands behind the transaction that the first still holds; the first wakes up after it was begun.
    eventually(lambda: place.job(job_id).tries == 2 and len(marking.tries()) == 2)
    paused.send_signal(signal.SIGCONT)
    eventually(lambda: place.is_done(job_id))
    row, effects = place.job(job_id), marking.effects(place.engine)
    found = [] if effects == ["late"] else [f"it left {effects}"]
    return found + ([] if row.tries == 2 and not row.last_error else [f"it ended as try {row.tries}: {row.last_error or 'without an error'}"])


def planned_once_by_many(place: Place, many: int = 8) -> list[str]:
    """A standing job is asked for once, however many plan it at the same moment."""
    line = threading.Barrier(many)

    def plan() -> None:
        line.wait()
        planning.plan_one(place.engine, "nightly")

    threads = [threading.Thread(target=plan) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with new_session(place.engine, writes=False) as session:
        count = session.scalar(select(func.count()).where(Job.name == "nightly", Job.status == JobStatus.TODO))
    return [] if count == 1 else [f"it was asked for {count} times"]


def not_before_its_time(place: Place, seconds: float = 1.5) -> list[str]:
    """A job for later is not done before, and soon after."""
    place.start()
    moment = clock.now() + timedelta(seconds=seconds)
    job_id = place.ask("marking.mark", args={"word": "soon"}, at=moment)
    eventually(lambda: place.is_done(job_id))
    started = place.job(job_id).started_at
    assert started is not None
    late = (started - moment).total_seconds()
    return [f"it was begun {late:.1f} s after its time"] if not 0 <= late < 5 else []


def the_short_pass_the_long(place: Place) -> list[str]:
    """What takes minutes holds up nothing else."""
    place.start(threads=1)
    long = [place.ask("marking.hold_long", args={"word": f"long{number}"}) for number in range(3)]
    eventually(lambda: marking.tries()[:1] != [])
    short = place.ask("marking.mark", args={"word": "short"})
    try:
        eventually(lambda: place.is_done(short), 10)
    except AssertionError:
        return ["a short job waited for a long one"]
    finally:
        (marking.folder / "go").touch()
        eventually(lambda: place.is_done(*long))
    return []


def in_order_of_priority(place: Place) -> list[str]:
    """What is urgent is done first, and among equals what was due first."""
    now = clock.now()
    for word, priority, minutes in (("third", 0, 1), ("second", 0, 2), ("last", -1, 9), ("first", 5, 0)):
        # The time when each was asked for is the order of their tickets; those for earlier moments are asked for in that order.
        place.ask("marking.mark", args={"word": word}, priority=priority, at=now + timedelta(seconds=A_WHILE - minutes / 10))
    time.sleep(A_WHILE)
    place.start(threads=1)
    eventually(lambda: len(marking.effects(place.engine)) == 4)
    order = marking.tries()
    return [] if order == ["first", "second", "third", "last"] else [f"they were done as {order}"]
