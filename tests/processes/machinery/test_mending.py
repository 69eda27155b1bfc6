"""Incidents: tried again, or gone past with a reason where the process can truly go on; jobs that were given up too."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Incident, Job, JobStatus, clock
from models.session import transaction
from tests.processes.machinery import roundabout
from tests.processes.machinery.roundabout import NEEDED, WHOLE, begin, deploy, do, instance_of, open_steps
from tests.processes.workshop.change_room import Room
from workflows import enqueue
from workflows.actions import mending
from workflows.enqueue import Tools, job
from workflows.errors import Conflict, Invalid, Refused
from workflows.jobs.runner import run_once

WHY = "The other system is being replaced this week"
RULES = """
rules:
  - id: told-before
    rule: tell before sign
    legal: Constitution
    because: People are told before anybody signs.
"""
tries: list[str] = []


@job("roundabout.work", most_tries=1)
def work(session: Any, tools: Tools) -> None:
    tries.append("tried")
    if "job" in roundabout.broken:
        raise RuntimeError("the disk is full")


@pytest.fixture(autouse=True)
def everything_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundabout, "broken", {"send", "tell", "job"})
    tries.clear()


def incident(session: Any) -> Incident:
    return session.scalars(select(Incident)).one()  # type: ignore[no-any-return]


def test_a_step_is_gone_past_with_a_reason_and_the_case_goes_on(room: Room) -> None:
    deploy(room, WHOLE)
    stuck = begin(room)
    do(room, stuck, "look")
    assert open_steps(room, stuck) == []

    with room.session() as session:
        assert mending.why_not_skip(session, incident(session)) == ""
        mending.skip(session, incident(session), because=WHY, by=room.who(session, "admin"))

    assert open_steps(room, stuck) == ["check"]
    with room.session() as session:
        found = incident(session)
        assert found.closed_at is not None and found.skipped_because == WHY and instance_of(session, stuck).stuck_at == ""
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "incident:skipped")).one()
        assert event.text is not None and event.text.words == {"because": WHY} and event.by_id == room.ids["admin"]


def test_a_step_whose_value_is_needed_further_on_is_not_gone_past(room: Room) -> None:
    deploy(room, NEEDED)
    stuck = begin(room)
    do(room, stuck, "look")

    with room.session() as session:
        why = mending.why_not_skip(session, incident(session))
        assert why == "“Send” would have given the value sent, which “Way?” needs"
        with pytest.raises(Refused, match="would have given"):
            mending.skip(session, incident(session), because=WHY, by=room.who(session, "admin"))
    with room.session() as session:
        assert instance_of(session, stuck).stuck_at == "send"


def test_a_step_that_the_law_names_is_not_gone_past(room: Room) -> None:
    deploy(room, {**WHOLE, "rules.yml": RULES})
    do(room, begin(room), "look")

    with room.session() as session:
        assert mending.why_not_skip(session, incident(session)) == "“Tell” cannot be left out: People are told before anybody signs. (Constitution)"


@pytest.mark.parametrize("because", ["", "too short", "x" * 1_001])
def test_a_reason_is_needed(room: Room, because: str) -> None:
    deploy(room, WHOLE)
    do(room, begin(room), "look")

    with room.session() as session, pytest.raises(Invalid):
        mending.skip(session, incident(session), because=because, by=room.who(session, "admin"))


def test_others_may_not(room: Room) -> None:
    deploy(room, WHOLE)
    do(room, begin(room), "look")

    with room.session() as session:
        for act in (lambda: mending.skip(session, incident(session), because=WHY, by=room.who(session, "officer")),
                    lambda: mending.retry(session, incident(session), by=room.who(session, "officer"))):  # fmt: skip
            with pytest.raises(Refused):
                act()


def test_trying_again_goes_on_once_it_works(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(room, WHOLE)
    stuck = begin(room)
    do(room, stuck, "look")
    with room.session() as session:
        assert not mending.retry(session, incident(session), by=room.who(session, "admin"))
        assert incident(session).tries == 2
    monkeypatch.setattr(roundabout, "broken", set())

    with room.session() as session:
        assert mending.retry(session, incident(session), by=room.who(session, "admin"))

    assert open_steps(room, stuck) == ["check"]


def given_up(room: Room) -> None:
    with transaction(room.engine) as session:
        enqueue.enqueue(session, "roundabout.work", {})
    run_once(room.engine, Tools(), clock.now())


def test_a_job_that_was_given_up_is_done_again_and_its_incident_closes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up(room)
    monkeypatch.setattr(roundabout, "broken", set())

    with room.session() as session:
        assert not mending.retry(session, incident(session), by=room.who(session, "admin"))
    run_once(room.engine, Tools(), clock.now())

    with room.session() as session:
        assert session.scalars(select(Job).where(Job.name == "roundabout.work")).one().status is JobStatus.DONE
        assert incident(session).closed_at is not None and len(tries) == 2
        assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "job:retried")).one().by_id == room.ids["admin"]


def test_one_that_fails_again_is_named_again(room: Room) -> None:
    given_up(room)
    with room.session() as session:
        mending.retry(session, incident(session), by=room.who(session, "admin"))
    run_once(room.engine, Tools(), clock.now())

    with room.session() as session:
        assert incident(session).closed_at is None and incident(session).message == "RuntimeError: the disk is full"


def test_a_job_is_given_up_with_a_reason(room: Room) -> None:
    given_up(room)

    with room.session() as session:
        mending.skip(session, incident(session), because=WHY, by=room.who(session, "admin"))
    run_once(room.engine, Tools(), clock.now())

    with room.session() as session:
        assert incident(session).closed_at is not None and incident(session).skipped_because == WHY and tries == ["tried"]


def test_a_job_that_is_done_is_not_done_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundabout, "broken", set())
    given_up(room)

    with room.session() as session, pytest.raises(Conflict):
        mending.try_job_again(session, session.scalars(select(Job).where(Job.name == "roundabout.work")).one(), by=room.who(session, "admin"))
