"""The background runner: what is due is done once, in order, soon; what fails is tried again and then given up in words."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, AuditSeal, CandidateGroup, GroupKind, Incident, Job, JobStatus, Timer, Undertaking, UndertakingStatus, User, clock
from models.session import new_session, transaction
from tests.support import invariants, rounds
from tests.support.databases import Database
from workflows.actions import audit, undertakings
from workflows.enqueue import Tools, enqueue, job
from workflows.jobs import nightly, planning
from workflows.jobs.passing import pass_time
from workflows.jobs.runner import Runner, run_once

TOOLS = Tools()
MORNING = clock.read_instant("2026-03-02 09:00")
calls: list[str] = []


@job("tests.note")
def note(session: Session, tools: Tools, *, word: str) -> None:
    """Write a word down in a list and a group of that name in the database."""
    calls.append(word)
    session.add(CandidateGroup(key=word, name=word, kind=GroupKind.TEAM, manager_key=None))


@job("tests.fail", most_tries=3)
def fail(session: Session, tools: Tools, *, word: str) -> None:
    """Begin the same and fail."""
    note(session, tools, word=word)
    session.flush()
    raise RuntimeError("the register did not answer")


@job("tests.outside", outside=True)
def outside(engine: Engine, tools: Tools, *, word: str) -> None:
    """Talk to the world: no transaction is open meanwhile."""
    with transaction(engine) as session:
        note(session, tools, word=word)


@pytest.fixture(autouse=True)
def nothing_called() -> Iterator[None]:
    calls.clear()
    yield
    clock.release()


def ask(database: Database, name: str, word: str, **kwargs: Any) -> uuid.UUID:
    with transaction(database.engine) as session:
        return enqueue(session, name, {"word": word}, **kwargs).id


def look(database: Database, job_id: uuid.UUID) -> Job:
    with new_session(database.engine, writes=False) as session:
        return session.get_one(Job, job_id)


def groups(database: Database) -> set[str]:
    with new_session(database.engine, writes=False) as session:
        return set(session.scalars(select(CandidateGroup.key)))


def eventually(check: Any, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_job_runs_once_and_is_done(database: Database) -> None:
    job_id = ask(database, "tests.note", "once")

    assert run_once(database.engine, TOOLS, clock.now()) == 1
    assert run_once(database.engine, TOOLS, clock.now()) == 0

    assert calls == ["once"]
    assert look(database, job_id).status is JobStatus.DONE


def test_a_job_of_a_transaction_that_was_rolled_back_never_runs(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction(database.engine) as session:
        enqueue(session, "tests.note", {"word": "ghost"})
        raise ZeroDivisionError

    assert run_once(database.engine, TOOLS, clock.now()) == 0


def test_jobs_run_by_priority_and_then_in_the_order_they_are_due(database: Database) -> None:
    clock.hold(MORNING)
    ask(database, "tests.note", "third", at=MORNING)
    ask(database, "tests.note", "second", at=MORNING - timedelta(minutes=1))
    ask(database, "tests.note", "first", priority=5)
    ask(database, "tests.note", "tomorrow", at=MORNING + timedelta(days=1))

    run_once(database.engine, TOOLS, MORNING)

    assert calls == ["first", "second", "third"]


def test_a_failing_job_leaves_nothing_is_tried_again_later_and_given_up_with_an_incident(database: Database) -> None:
    clock.hold(MORNING)
    job_id = ask(database, "tests.fail", "never")
    waits = []

    for _ in range(3):
        moment = look(database, job_id).run_at
        clock.hold(moment)
        run_once(database.engine, TOOLS, moment)
        waits.append(look(database, job_id).run_at - moment)

    assert look(database, job_id).status is JobStatus.FAILED
    assert waits[0] < waits[1]
    assert calls == ["never"] * 3
    assert groups(database) == set()
    with new_session(database.engine, writes=False) as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.message == "RuntimeError: the register did not answer"
        assert incident.tries == 3


def test_a_job_that_this_version_does_not_know_waits_for_one_that_does(database: Database) -> None:
    job_id = ask(database, "tests.unknown", "later")

    run_once(database.engine, TOOLS, clock.now())

    assert look(database, job_id).status is JobStatus.TODO
    assert "There is no job named tests.unknown" in look(database, job_id).last_error


def test_a_job_that_talks_to_the_world_opens_its_own_transactions(database: Database) -> None:
    job_id = ask(database, "tests.outside", "out")

    run_once(database.engine, TOOLS, clock.now())

    assert look(database, job_id).status is JobStatus.DONE
    assert groups(database) == {"out"}


def test_the_runner_takes_up_what_a_killed_one_was_doing(database: Database) -> None:
    job_id = ask(database, "tests.note", "again")
    with transaction(database.engine) as session:
        session.get_one(Job, job_id).status = JobStatus.DOING
    runner = Runner(database.engine, TOOLS)

    runner.start()
    eventually(lambda: look(database, job_id).status is JobStatus.DONE)
    runner.stop()

    assert calls == ["again"]


def test_a_commit_in_the_same_process_wakes_the_runner_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.jobs.runner.LONGEST_SLEEP", 600.0)
    runner = Runner(database.engine, TOOLS)
    runner.start()
    time.sleep(0.5)

    ask(database, "tests.note", "now")
    eventually(lambda: calls == ["now"])
    runner.stop()


def test_a_job_is_done_at_its_moment(database: Database) -> None:
    runner = Runner(database.engine, TOOLS)
    runner.start()

    moment = clock.now() + timedelta(seconds=1.2)
    job_id = ask(database, "tests.note", "soon", at=moment)
    eventually(lambda: look(database, job_id).status is JobStatus.DONE)
    runner.stop()

    started = look(database, job_id).started_at
    assert started is not None
    assert timedelta(0) <= started - moment < timedelta(seconds=1.5)


def test_a_second_runner_waits_until_the_first_is_gone(database: Database, tmp_path: Path) -> None:
    first = Runner(database.engine, TOOLS, lock_file=tmp_path / "lock")
    second = Runner(database.engine, TOOLS, lock_file=tmp_path / "lock")
    first.start()
    eventually(lambda: first._is_only_one)
    second.start()
    time.sleep(0.3)
    assert not second._is_only_one

    first.stop()
    second._wake.set()

    eventually(lambda: second._is_only_one)
    second.stop()


def test_a_stopped_runner_finishes_what_it_is_doing(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    @job("tests.slow")
    def slow(session: Session, tools: Tools) -> None:
        begun.set()
        go_on.wait(5)

    with transaction(database.engine) as session:
        job_id = enqueue(session, "tests.slow", {}).id
    runner = Runner(database.engine, TOOLS)
    runner.start()
    assert begun.wait(5)

    stopping = threading.Thread(target=runner.stop)
    stopping.start()
    go_on.set()
    stopping.join(10)

    assert look(database, job_id).status is JobStatus.DONE


def test_passing_time_does_everything_at_its_own_moment(database: Database) -> None:
    clock.hold(MORNING)
    first = ask(database, "tests.note", "one", at=MORNING + timedelta(days=1))
    second = ask(database, "tests.note", "two", at=MORNING + timedelta(days=2))
    later = ask(database, "tests.note", "three", at=MORNING + timedelta(days=9))

    assert pass_time(database.engine, TOOLS, until=MORNING + timedelta(days=5)) == 2

    assert look(database, first).finished_at == MORNING + timedelta(days=1)
    assert look(database, second).finished_at == MORNING + timedelta(days=2)
    assert look(database, later).status is JobStatus.TODO
    assert clock.now() == MORNING


def test_a_timer_fires_within_five_seconds_of_its_moment(database: Database) -> None:
    ring = rounds.build(database)
    before = ring.task()
    with new_session(database.engine, writes=False) as session:
        due = session.scalars(select(Timer.due_at)).one()
    runner = Runner(database.engine, TOOLS)
    runner.start()

    clock.hold(due)
    fell_due = time.monotonic()
    eventually(lambda: ring.task().id != before.id)
    took = time.monotonic() - fell_due
    runner.stop()

    assert took < 5
    assert invariants.broken(database.engine) == []


def test_timers_fire_in_the_order_they_fall_due_each_at_its_own_moment(database: Database) -> None:
    clock.hold(MORNING)
    first = rounds.build(database)
    with clock.held(MORNING + timedelta(hours=1)):
        second = rounds.another(first)

    assert pass_time(database.engine, TOOLS, until=MORNING + timedelta(days=2, hours=2)) >= 4

    with new_session(database.engine, writes=False) as session:
        fired = select(AuditEvent.at, AuditEvent.chain).where(AuditEvent.kind == "timer:fired").order_by(AuditEvent.at)
        assert [((at - MORNING).total_seconds() / 3600, chain) for at, chain in session.execute(fired)] == [
            (24, first.case_id.hex), (25, second.case_id.hex), (48, first.case_id.hex), (49, second.case_id.hex),
        ]  # fmt: skip
    assert invariants.broken(database.engine) == []


def test_the_night_seals_the_trail_and_asks_for_the_next_night(database: Database, tmp_path: Path) -> None:
    clock.hold(MORNING)
    planning.plan_one(database.engine, nightly.NAME)
    planning.plan_one(database.engine, nightly.NAME)

    pass_time(database.engine, Tools(uploads=tmp_path), until=MORNING + timedelta(days=2))

    with new_session(database.engine, writes=False) as session:
        assert [seal.sealed_on.isoformat() for seal in session.scalars(select(AuditSeal).order_by(AuditSeal.sealed_on))] == ["2026-03-02", "2026-03-03"]
        assert session.scalars(select(Job.run_at).where(Job.status == JobStatus.TODO)).all() == [clock.read_instant("2026-03-04 23:50")]
        assert audit.verify(session).ok


def test_what_takes_minutes_does_not_keep_the_rest_waiting(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
        begun.set()
        assert may_end.wait(20)

    undertakings.undertaking(f"tests.long_{database.kind}")(work)
    with transaction(database.engine) as session:
        by = User(email="a@example.gov.uk", name="A", password_hash=None, created_at=clock.now(), last_signed_in_at=None)
        session.add(by)
        session.flush()
        row_id = undertakings.ask(session, f"tests.long_{database.kind}", "A long one", {}, 1, by=by).id
    runner = Runner(database.engine, TOOLS)
    runner.start()
    try:
        assert begun.wait(20)
        with transaction(database.engine) as session:
            enqueue(session, "tests.note", {"word": "meanwhile"})
        deadline = time.monotonic() + 20
        while "meanwhile" not in calls and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "meanwhile" in calls
    finally:
        may_end.set()
        runner.stop()

    with new_session(database.engine, writes=False) as session:
        assert session.get_one(Undertaking, row_id).status is UndertakingStatus.DONE
