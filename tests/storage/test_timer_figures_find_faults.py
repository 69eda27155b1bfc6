"""The figures of timers and jobs are short when timers are lost, fire twice, early, late or at a wrong moment, and when jobs are slow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from models import Timer, clock
from models.session import EMBEDDED, PROCRASTINATE, new_session
from tests.figures import m2_jobs, p8_timers, r7_worker_stopped, r10_timers
from tests.support import databases, marking, rounds
from tests.support.engines import place
from tests.support.many_timers import BEGAN, Outcome, due, live_through
from tests.support.turned_clock import TurnedClock, turned
from workflows.actions import timers
from workflows.engine import timers as engine_timers
from workflows.jobs import sweeping

FEW = 20


def lived(kind: str = "sqlite", workers: int = 1) -> Outcome:
    with databases.fresh(kind) as database:
        return live_through(database, FEW, workers=workers)


def is_good(outcome: Outcome) -> bool:
    return r10_timers.told("planted", outcome)


def test_a_few_timers_live_through_three_years() -> None:
    outcome = lived()

    assert (outcome.lost, outcome.twice, outcome.early, outcome.wrong_moment, len(outcome.late)) == (0, 0, 0, 0, FEW)
    assert is_good(outcome)


def test_a_timer_that_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fire, left = timers.fire, iter([True])

    def losing(session: Any, instance_id: Any, now: datetime) -> list[str]:
        if next(left, False):
            session.execute(delete(Timer).where(Timer.instance_id == instance_id))
            return []
        return fire(session, instance_id, now)

    monkeypatch.setattr(timers, "fire", losing)

    assert lived().lost == 1


def test_a_timer_that_counts_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fire = sweeping._fire

    monkeypatch.setattr(sweeping, "_fire", lambda *given: 2 * fire(*given))

    outcome = lived()
    assert outcome.twice == FEW and not is_good(outcome)


def test_a_timer_before_its_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty(session: Any, now: datetime, *, limit: int = 100) -> Sequence[Any]:
        return session.scalars(select(Timer.instance_id).where(Timer.due_at <= now + timedelta(minutes=10)).order_by(Timer.due_at).limit(limit)).all()

    fire = timers.fire
    monkeypatch.setattr(timers, "due_instances", hasty)
    monkeypatch.setattr(timers, "fire", lambda session, instance_id, now: fire(session, instance_id, now + timedelta(minutes=10)))
    # It is looked for earlier too: the wait ends where such a timer would be found.
    monkeypatch.setattr("tests.support.many_timers.next_timer", lambda engine: _earliest(engine, timedelta(minutes=10)))

    outcome = lived()
    assert outcome.early > 0 and not is_good(outcome)


def _earliest(engine: Any, by: timedelta) -> datetime | None:
    with new_session(engine, writes=False) as session:
        found = timers.next_due(session)
        return found - by if found else None


def test_a_timer_long_after_its_time_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.many_timers.next_timer", lambda engine: _earliest(engine, -timedelta(minutes=3)))

    outcome = lived()
    assert outcome.p99() > r10_timers.LATEST and not is_good(outcome)


def test_a_moment_worked_out_with_the_offset_of_the_start_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = engine_timers.due_moment

    def with_the_offset_of_now(value: Any, *, since: datetime) -> datetime:
        words = str(value)
        return right(words if "+" in words or "T" not in words else f"{words}+00:00", since=since)

    monkeypatch.setattr(engine_timers, "due_moment", with_the_offset_of_now)

    outcome = lived()
    assert outcome.wrong_moment > 0 and not is_good(outcome)


def test_the_clock_of_the_figure_knows_when_it_first_showed_a_moment() -> None:
    with turned(BEGAN) as watch:
        watch.wait(3600)
        watch.turn(timedelta(days=1))
        jumped = watch.true()
        watch.wait(3600)
        watch.turn(timedelta(hours=-2))
        watch.wait(7 * 3600)

        assert clock.now() == watch.now() or abs((clock.now() - watch.now()).total_seconds()) < 1
        assert watch.first_showed(BEGAN + timedelta(minutes=30)) == pytest.approx(1800, abs=1)
        assert watch.first_showed(BEGAN + timedelta(hours=5)) == pytest.approx(jumped, abs=1)
        assert watch.first_showed(BEGAN + timedelta(days=1, hours=1.5)) == pytest.approx(5400, abs=1)
        assert watch.first_showed(BEGAN + timedelta(days=1, hours=4)) == pytest.approx(6 * 3600, abs=2)
    assert TurnedClock(BEGAN).first_showed(BEGAN) == 0


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-29T01:30", "2026-03-29T01:00"), ("2026-10-25T01:30", "2026-10-25T01:30"), ("2027-03-28T17:00", "2027-03-28T16:00"),
        ("2027-10-31T17:00", "2027-10-31T17:00"), ("2028-02-29", "2028-02-29T00:00"), ("2027-07-01", "2027-06-30T23:00"),
    ],
)  # fmt: skip
def test_the_moments_of_the_figure_are_those_of_london(said: str, meant: str) -> None:
    assert due(said) == datetime.fromisoformat(f"{meant}+00:00")


def test_what_a_late_worker_loses_or_does_in_another_order_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = timers.due_instances
    marking.folder = tmp_path
    with place(EMBEDDED, "sqlite", tmp_path) as made, rounds.quiet():
        behind = r7_worker_stopped.fall_behind(made, 5)
        with made.engine.begin() as connection:
            connection.execute(text("DELETE FROM timer WHERE due_at = (SELECT max(due_at) FROM timer)"))
        monkeypatch.setattr(timers, "due_instances", lambda *given, **named: find(*given, **named)[::-1])

        outcome = r7_worker_stopped.catch_up(made, behind, made.start)

    assert (outcome.lost, outcome.twice, outcome.out_of_order) == (1, 0, 3)
    assert not r7_worker_stopped.told("planted", 5, outcome)


@pytest.mark.postgresql
def test_a_claim_that_does_not_hold_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(session: Any, now: datetime, *, limit: int = 100) -> Sequence[Any]:
        rows = session.execute(text("SELECT instance_id FROM timer WHERE bpmn_id = 'due' AND next_try_at <= now() ORDER BY next_try_at LIMIT 20")).scalars().all()
        time.sleep(0.05)
        session.execute(text("UPDATE timer SET next_try_at = now() + interval '1 minute' WHERE instance_id = ANY(:ids)"), {"ids": list(rows)})
        return rows

    with databases.fresh("postgresql") as database, rounds.quiet():
        p8_timers.plant(database, 300, 200)
        _, twice = p8_timers.claiming(database, 200)
        assert twice == 0

        monkeypatch.setattr(timers, "due_instances", look)
        _, twice = p8_timers.claiming(database, 200)

    assert twice > 0


def test_a_slow_search_is_found(database: databases.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    find = timers.due_instances

    def slow(*given: Any, **named: Any) -> Any:
        time.sleep(p8_timers.MOST_MS / 1000)
        return find(*given, **named)

    monkeypatch.setattr(timers, "due_instances", slow)
    with rounds.quiet():
        p8_timers.plant(database, 300, 200)

    assert p8_timers.finding(database, 3) > p8_timers.MOST_MS


@pytest.mark.postgresql
@pytest.mark.long
def test_slow_jobs_are_found(tmp_path: Path) -> None:
    marking.folder = tmp_path
    with place(PROCRASTINATE, "postgresql", tmp_path) as made:
        # A job that takes a tenth of a second keeps its thread for that long: eight threads do eighty a second.
        assert m2_jobs.measure(made, 200, name="marking.slow_nothing") < m2_jobs.LEAST
