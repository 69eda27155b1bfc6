"""One suite for both engines that do jobs: the runner inside a process, on both databases, and distributed workers on PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from models import Incident, Job, JobStatus, clock
from models.session import PROCRASTINATE, make_engine, new_session, transaction
from tests.support import databases, job_contract, marking
from tests.support.engines import ENGINES, STALLED, Place, eventually, place
from workflows import enqueue
from workflows.jobs import alone, planning, tickets, working_off
from workflows.jobs.runner import Runner

pytestmark = pytest.mark.timeout(180)


def engine_of(jobs: Any, kind: str, folder: Path) -> Iterator[Place]:
    marking.folder = folder
    try:
        with place(jobs, kind, folder) as made:
            yield made
    except databases.NoServer as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    finally:
        clock.release()


@pytest.fixture(params=[pytest.param(each, id="-".join(each), marks=[pytest.mark.postgresql] if each[1] == "postgresql" else []) for each in ENGINES])
def jobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield from engine_of(*request.param, tmp_path)


@pytest.fixture
def distributed(tmp_path: Path) -> Iterator[Place]:
    yield from engine_of(PROCRASTINATE, "postgresql", tmp_path)


def test_what_was_rolled_back_is_never_done(jobs: Place) -> None:
    assert job_contract.nothing_of_what_was_rolled_back(jobs) == []


def test_a_job_is_not_done_before_its_time(jobs: Place) -> None:
    assert job_contract.not_before_its_time(jobs) == []


def test_what_is_urgent_is_done_first(jobs: Place) -> None:
    assert job_contract.in_order_of_priority(jobs) == []


def test_two_do_each_job_once(jobs: Place) -> None:
    assert job_contract.done_once_by_two(jobs) == []


def test_what_a_killed_process_was_doing_is_done_again_and_counts_once(jobs: Place) -> None:
    assert job_contract.done_again_after_a_kill(jobs) == []


def test_long_jobs_hold_up_no_short_one(jobs: Place) -> None:
    assert job_contract.the_short_pass_the_long(jobs) == []


def test_a_standing_job_is_planned_once_by_many(jobs: Place) -> None:
    assert job_contract.planned_once_by_many(jobs) == []


def test_a_failing_job_leaves_nothing_waits_longer_each_time_and_is_given_up_with_an_incident(jobs: Place) -> None:
    jobs.start()
    job_id = jobs.ask("marking.fail", args={"word": "never"})
    waits = []

    for number in (1, 2, 3):
        eventually(lambda number=number: jobs.job(job_id).tries == number and jobs.job(job_id).status is not JobStatus.DOING)
        row = jobs.job(job_id)
        assert row.started_at is not None
        waits.append(row.run_at - row.started_at)
        jobs.wait_no_longer(job_id)

    row = jobs.job(job_id)
    assert (row.status, row.ticket, row.last_error) == (JobStatus.FAILED, None, "RuntimeError: the register did not answer")
    assert timedelta(seconds=9) < waits[0] < waits[1] / 3
    assert marking.effects(jobs.engine) == []
    with new_session(jobs.engine, writes=False) as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.message, incident.tries, incident.job_id) == ("RuntimeError: the register did not answer", 3, job_id)


def test_a_job_that_this_version_does_not_know_waits_for_one_that_does(jobs: Place) -> None:
    jobs.start()
    job_id = jobs.ask("tests.never_registered")

    eventually(lambda: jobs.job(job_id).tries == 1 and jobs.job(job_id).status is JobStatus.TODO)

    assert "There is no job named tests.never_registered" in jobs.job(job_id).last_error


def test_a_job_that_talks_to_the_world_is_done(jobs: Place) -> None:
    jobs.start()
    job_id = jobs.ask("marking.outside", args={"word": "out"})

    eventually(lambda: jobs.is_done(job_id))

    assert marking.effects(jobs.engine) == ["out"]


def test_one_that_is_told_to_end_finishes_what_it_does(jobs: Place) -> None:
    process = jobs.start_process(f"folder={marking.folder}")
    job_id = jobs.ask("marking.slow", args={"word": "present", "seconds": 1.5})
    waiting = jobs.ask("marking.mark", args={"word": "next"}, at=clock.now() + timedelta(days=1))
    eventually(lambda: marking.tries() == ["present"])

    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert jobs.is_done(job_id) and jobs.job(waiting).status is JobStatus.TODO
    assert marking.tries() == ["present"]


def test_a_held_clock_holds_the_jobs_for_later(jobs: Place) -> None:
    clock.hold(clock.read_instant("2026-03-02 09:00"))
    jobs.start()
    job_id = jobs.ask("marking.mark", args={"word": "tomorrow"}, at=clock.now() + timedelta(days=1))
    time.sleep(1.5)
    assert marking.tries() == []

    clock.hold(clock.now() + timedelta(days=1))

    eventually(lambda: jobs.is_done(job_id))


# What only distributed workers promise.


@pytest.mark.postgresql
def test_what_a_silent_worker_was_doing_is_done_by_another_and_counts_once_when_it_wakes(distributed: Place) -> None:
    assert job_contract.a_paused_one_does_not_count(distributed) == []


@pytest.mark.postgresql
def test_a_worker_whose_lock_was_lost_takes_it_again_or_leaves_to_who_has_it(distributed: Place) -> None:
    worker = distributed.start()
    runner = alone.Alone(distributed.engine, None)
    of_this_database = "locktype = 'advisory' AND objid = :number AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"

    def holders() -> set[int]:
        with distributed.engine.connect() as connection:
            return set(connection.scalars(text(f"SELECT pid FROM pg_locks WHERE {of_this_database}"), {"number": alone.NUMBER}))

    def lose() -> set[int]:
        lost = holders()
        with distributed.engine.connect() as connection:
            for pid in lost:
                connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        return lost

    def is_taken_from_the_worker() -> bool:
        lose()
        return runner.take()

    try:
        lost = lose()
        eventually(lambda: bool(holders() - lost))
        assert not runner.take()

        eventually(is_taken_from_the_worker)
        eventually(lambda: not worker.is_serving.is_set())
    finally:
        runner.let_go()


@pytest.mark.postgresql
def test_workers_hear_of_a_job_at_its_commit(distributed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without the notification the next look would come in ten minutes.
    monkeypatch.setattr("workflows.jobs.worker.LONGEST_SLEEP", 600.0)
    distributed.start()
    for number in range(3):
        job_id = distributed.ask("marking.mark", args={"word": f"w{number}"})
        eventually(lambda job_id=job_id: distributed.is_done(job_id))


@pytest.mark.postgresql
def test_a_finished_job_leaves_no_ticket(distributed: Place) -> None:
    distributed.start()
    done, failed = distributed.ask("marking.mark", args={"word": "done"}), distributed.ask("marking.fail", args={"word": "failed"})

    eventually(lambda: distributed.is_done(done) and distributed.job(failed).tries == 1 and distributed.tickets() == 0)

    assert distributed.job(done).ticket is None and distributed.job(failed).ticket is None


@pytest.mark.postgresql
def test_a_job_of_a_process_that_does_not_know_of_the_queue_is_found(distributed: Place) -> None:
    plain = make_engine(distributed.url)
    with transaction(plain) as session:
        job_id = enqueue.enqueue(session, "marking.mark", {"word": "found"}).id
    plain.dispose()
    assert distributed.job(job_id).ticket is None

    distributed.start()

    eventually(lambda: distributed.is_done(job_id))


@pytest.mark.postgresql
def test_a_job_whose_ticket_was_lost_is_done_all_the_same(distributed: Place) -> None:
    job_id = distributed.ask("marking.mark", args={"word": "lost"})
    with transaction(distributed.engine) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))

    distributed.start()

    eventually(lambda: distributed.is_done(job_id))


@pytest.mark.postgresql
def test_a_ticket_that_a_killed_worker_left_for_a_job_that_is_done_goes_away(distributed: Place) -> None:
    with transaction(distributed.engine) as session:
        enqueue.issue_ticket(session, uuid.uuid4(), lane="short", priority=0)
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))

    distributed.start()

    eventually(lambda: distributed.tickets() == 0)


@pytest.mark.postgresql
def test_two_tickets_for_one_job_do_it_once(distributed: Place) -> None:
    job_id = distributed.ask("marking.mark", args={"word": "twice"})
    with transaction(distributed.engine) as session:
        enqueue.issue_ticket(session, job_id, lane="short", priority=9)
    distributed.start()

    eventually(lambda: distributed.is_done(job_id) and distributed.tickets() == 0)

    assert marking.tries() == ["twice"]


@pytest.mark.postgresql
def test_a_long_job_in_the_short_lane_is_put_into_its_own(distributed: Place) -> None:
    row = Job(
        id=uuid.uuid4(), name="marking.hold_long", args={"word": "long"}, run_at=clock.now(), enqueued_at=clock.now(), started_at=None, finished_at=None
    )
    with transaction(distributed.engine) as session:
        row.ticket = enqueue.issue_ticket(session, row.id, lane="short", priority=0)
        session.add(row)
    distributed.start(threads=1)
    eventually(lambda: marking.tries() == ["long"])

    with transaction(distributed.engine) as session:
        lanes = session.scalars(text("SELECT queue_name FROM procrastinate_jobs")).all()
    (marking.folder / "go").touch()

    assert lanes == ["long"]
    eventually(lambda: distributed.is_done(row.id))


@pytest.mark.postgresql
def test_what_a_runner_left_behind_is_done_after_the_change_to_workers(distributed: Place) -> None:
    job_id = distributed.ask("marking.mark", args={"word": "left"})
    with transaction(distributed.engine) as session:
        session.execute(update(Job).where(Job.id == job_id).values(status=JobStatus.DOING, ticket=None, tries=1))

    distributed.start()

    eventually(lambda: distributed.is_done(job_id))


@pytest.mark.postgresql
def test_a_runner_waits_while_workers_are_there_and_a_worker_while_a_runner_is(distributed: Place, tmp_path: Path) -> None:
    worker = distributed.start()
    runner = Runner(distributed.engine, enqueue.Tools(), lock_file=tmp_path / "lock")
    runner.start()
    time.sleep(1)
    assert not runner._is_only_one
    worker.stop()
    eventually(lambda: runner._is_only_one)

    late = distributed.start(wait=False)
    time.sleep(1)
    assert not late.is_serving.is_set()  # type: ignore[union-attr]
    runner.stop()

    assert late.is_serving.wait(20)  # type: ignore[union-attr]


@pytest.mark.postgresql
def test_a_worker_lives_through_a_restart_of_the_database(distributed: Place) -> None:
    distributed.start()
    before = distributed.ask("marking.mark", args={"word": "before"})
    eventually(lambda: distributed.is_done(before))

    control("restart")

    after = distributed.ask("marking.mark", args={"word": "after"})
    eventually(lambda: distributed.is_done(after), 60)
    assert marking.effects(distributed.engine) == ["after", "before"]


@pytest.mark.postgresql
def test_a_worker_leaves_with_an_error_when_the_database_stays_away(distributed: Place) -> None:
    process = distributed.start_process(f"folder={marking.folder}", "patience=2")
    control("stop")
    try:
        assert process.wait(60) == 1
    finally:
        control("start")


def control(verb: str) -> None:
    """Have the private server of this test run stop at once, start, or both."""
    folder = databases.server()
    command = [*databases._as_user(), str(databases._programs() / "pg_ctl"), "-D", str(folder / "data"), "-s", "-w", "-l", str(folder / "log")]
    command += ["-m", "immediate"] if verb != "start" else []
    subprocess.run([*command, *(["-o", databases.options(folder)] if verb != "stop" else []), verb], check=True, cwd="/", stdout=subprocess.DEVNULL)


# Each check finds the fault that it is there for.


def test_a_job_asked_for_outside_the_transaction_is_found(jobs: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if jobs.kind == "sqlite":
        pytest.skip("SQLite has one writer: no second transaction can be begun inside the first")

    def apart(_session: Session, name: str, args: Any) -> Job:
        with transaction(jobs.engine) as own:
            return enqueue.enqueue(own, name, args)

    monkeypatch.setattr(job_contract, "enqueue", apart)

    assert job_contract.nothing_of_what_was_rolled_back(jobs) == ["ghost was done", "part was done"]


@pytest.mark.postgresql
def test_workers_without_a_rescue_are_found(distributed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "put_back_stalled", lambda *_: 0)

    assert job_contract.done_again_after_a_kill(distributed, seconds=3 * STALLED) == ["it was not done again"]


def test_a_runner_that_puts_nothing_back_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.jobs.runner.put_back_unfinished", lambda _engine: 0)

    for made in engine_of("embedded", "sqlite", tmp_path):
        assert job_contract.done_again_after_a_kill(made, seconds=4) == ["it was not done again"]


@pytest.mark.postgresql
def test_tickets_that_do_not_take_the_job_are_found(distributed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def take(session: Session, job_id: uuid.UUID, ticket: int, lane: str) -> working_off.Taken:
        row = session.get_one(Job, job_id, with_for_update=True)
        row.status, row.tries = JobStatus.DOING, row.tries + 1
        return working_off.Taken(job_id, row.name, dict(row.args), row.tries, False)

    issue = enqueue.issue_ticket

    def issue_twice(session: Session, job_id: uuid.UUID, **more: Any) -> int:
        issue(session, job_id, **more)
        return issue(session, job_id, **more)

    monkeypatch.setattr(tickets, "_take", take)
    monkeypatch.setattr(enqueue, "issue_ticket", issue_twice)

    assert job_contract.done_once_by_two(distributed, count=20, seconds=5) != []


@pytest.mark.postgresql
def test_plans_that_do_not_wait_for_one_another_are_found(distributed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, line = planning._is_asked, threading.Barrier(8)

    def slowly(session: Session, name: str) -> bool:
        found = asked(session, name)
        with suppress(threading.BrokenBarrierError):
            line.wait(2)
        return found

    monkeypatch.setattr(planning, "_is_asked", slowly)
    monkeypatch.setattr(planning, "LOCK_STATEMENT", "SELECT :number")

    assert job_contract.planned_once_by_many(distributed) != []


@pytest.mark.postgresql
def test_a_sleeper_that_counts_is_found(distributed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_again = tickets.do_ticket

    def without_a_number(engine: Engine, tools: Any, job_id: uuid.UUID, ticket: int, lane: str) -> None:
        taken_again(engine, tools, job_id, ticket, lane)
        with transaction(engine) as session:
            session.get_one(Job, job_id).tries += 1

    monkeypatch.setattr(tickets, "do_ticket", without_a_number)

    assert job_contract.a_paused_one_does_not_count(distributed) != []
