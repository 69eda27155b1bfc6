"""A case that can never move again is found and named; one that only waits is not."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, select, update

from models import AuditEvent, Incident, OutboxMail, TaskStatus, Timer, UserTask, clock
from tests.processes.machinery import roundabout
from tests.processes.machinery.roundabout import WAITING, WHOLE, begin, deploy, do, instance_of, open_steps
from tests.processes.workshop.change_room import Room
from workflows.actions import dead_ends, mending, messages
from workflows.enqueue import Tools
from workflows.jobs import watching_cases
from workflows.jobs.runner import run_once


def open_incidents(room: Room) -> list[tuple[uuid.UUID | None, str]]:
    with room.session() as session:
        return [(each.instance_id, each.message) for each in session.scalars(select(Incident).where(Incident.closed_at.is_(None)))]


def lose_task(room: Room, instance_id: uuid.UUID) -> None:
    """What a fault in a database, or a hand in it, can do: the task is gone and the process still waits for it."""
    with room.session() as session:
        session.execute(update(UserTask).where(UserTask.instance_id == instance_id).values(status=TaskStatus.CANCELLED))
        session.execute(delete(Timer).where(Timer.instance_id == instance_id))


def test_a_planted_one_is_found_in_one_look_and_named_once(room: Room) -> None:
    deploy(room, WHOLE)
    sound, lost = begin(room), begin(room)
    lose_task(room, lost)

    assert watching_cases.look(room.engine) == 1
    assert watching_cases.look(room.engine) == 0

    [(found, words)] = open_incidents(room)
    assert found == lost and found != sound
    assert "no task or timer was kept for it" in words and "“Look”" in words
    with room.session() as session:
        assert [each.detail["name"] for each in session.scalars(select(AuditEvent).where(AuditEvent.kind == "incident:opened"))] == [dead_ends.NAME]


def test_trying_again_makes_the_lost_task_anew_and_the_incident_is_over(room: Room) -> None:
    deploy(room, WHOLE)
    lost = begin(room)
    with room.session() as session:
        session.execute(delete(UserTask).where(UserTask.instance_id == lost))
        session.execute(delete(Timer).where(Timer.instance_id == lost))
    watching_cases.look(room.engine)

    with room.session() as session:
        incident = session.scalars(select(Incident)).one()
        assert mending.retry(session, incident, by=room.who(session, "admin"))

    assert open_steps(room, lost) == ["look"] and open_incidents(room) == []


def test_a_case_that_waits_for_a_message_is_no_dead_end_and_is_looked_at_once(room: Room) -> None:
    deploy(room, WAITING)
    waits = begin(room)
    do(room, waits, "look")

    assert watching_cases.look(room.engine) == 0
    with room.session() as session:
        assert list(dead_ends.suspects(session)) == []
        messages.send_to_case(session, instance_of(session, waits).case, "News", {}, message_id="m1")
    assert watching_cases.look(room.engine) == 0 and open_incidents(room) == []


def test_a_case_with_an_incident_of_its_own_is_not_named_twice(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundabout, "broken", {"tell"})
    deploy(room, WHOLE)
    stuck = begin(room)
    do(room, stuck, "look")
    with room.session() as session:
        session.execute(delete(Timer).where(Timer.instance_id == stuck))

    assert watching_cases.look(room.engine) == 0
    assert [each for each, _ in open_incidents(room)] == [stuck]


def test_a_case_that_ended_is_left_alone(room: Room) -> None:
    deploy(room, WAITING)
    ended = begin(room)
    do(room, ended, "look")
    with room.session() as session:
        messages.send_to_case(session, instance_of(session, ended).case, "News", {}, message_id="m2")

    assert watching_cases.look(room.engine) == 0


def test_one_that_can_move_again_is_named_no_longer(room: Room) -> None:
    deploy(room, WHOLE)
    lost = begin(room)
    lose_task(room, lost)
    watching_cases.look(room.engine)
    with room.session() as session:
        session.execute(update(UserTask).where(UserTask.instance_id == lost).values(status=TaskStatus.READY))

    watching_cases.look(room.engine)

    assert open_incidents(room) == []


def test_administrators_hear_of_it_once_and_of_the_next_ones_together(room: Room) -> None:
    deploy(room, WHOLE)
    with clock.held(clock.read_instant("2026-03-02 09:00")):
        for minute, count in ((0, 1), (1, 2), (20, 0)):
            clock.hold(clock.read_instant(f"2026-03-02 09:{minute:02d}"))
            for _ in range(count):
                lose_task(room, begin(room))
            watching_cases.look(room.engine)
            run_once(room.engine, Tools(), clock.now())

    with room.session() as session:
        wanted = (OutboxMail.kind == "incident:opened", OutboxMail.to_address == "admin@example.gov.uk")
        subjects = list(session.scalars(select(OutboxMail.subject).where(*wanted).order_by(OutboxMail.created_at)))
    assert len(subjects) == 2
    assert subjects[0].endswith("cannot continue at “Nothing can move this case”") and subjects[1] == "2 cases or jobs cannot continue"
