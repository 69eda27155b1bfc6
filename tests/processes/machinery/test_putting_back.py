"""Putting a case back to an earlier step: what is withdrawn, what stays, what stands in the way, and undoing it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Answer, AuditEvent, Incident, InstanceStatus, TaskStatus, Timer, UserTask, clock
from tests.processes.machinery import roundabout
from tests.processes.machinery.roundabout import EACH, WHOLE, begin, deploy, do, instance_of, open_steps
from tests.processes.workshop.change_room import Room
from tests.support.invariants import broken
from workflows.actions import returns, tasks
from workflows.errors import Conflict, Invalid, NotFound, Refused

WHY = "The check was made on the wrong papers"


def done_task(room: Room, instance_id: uuid.UUID, step: str) -> uuid.UUID:
    with room.session() as session:
        wanted = (UserTask.instance_id == instance_id, UserTask.bpmn_id == step, UserTask.status == TaskStatus.COMPLETED)
        return session.scalars(select(UserTask.id).where(*wanted).order_by(UserTask.completed_at.desc()).limit(1)).one()


def put_back(room: Room, instance_id: uuid.UUID, step: str, by: str = "admin") -> uuid.UUID:
    task_id = done_task(room, instance_id, step)
    with room.session() as session:
        return returns.put_back(session, instance_of(session, instance_id), task_id, because=WHY, by=room.who(session, by)).id


def why_not(room: Room, instance_id: uuid.UUID) -> dict[str, str]:
    with room.session() as session:
        return {each.task.bpmn_id: each.why_not for each in returns.steps_behind(session, instance_of(session, instance_id))}


def test_a_case_goes_back_and_then_all_the_way_to_its_end(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check", "left")

    put_back(room, case, "look")

    assert open_steps(room, case) == ["look"]
    assert not broken(room.engine)
    with room.session() as session:
        assert [each.bpmn_id for each in session.scalars(select(Timer).where(Timer.instance_id == case))]
        assert len(session.scalars(select(Answer)).all()) == 3
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "case:put_back")).one()
        assert event.detail["step"] == "look" and event.text is not None and event.text.words == {"because": WHY}
    do(room, case, "look", "check", "right", "left", "inner", "sign", "ask")
    with room.session() as session:
        assert instance_of(session, case).status is InstanceStatus.COMPLETED
    assert not broken(room.engine)


def test_the_preview_says_what_would_be_withdrawn_undone_and_done_again_and_changes_nothing(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check", "left")
    task_id = done_task(room, case, "look")

    with room.session() as session:
        found = returns.preview(session, instance_of(session, case), task_id)

        assert found.target.why_not == ""
        assert [each.bpmn_id for each in found.withdrawn] == ["right"]
        assert [each.bpmn_id for each in found.undone] == ["look", "check", "left"]
        assert found.again == ("Tell",)
        assert found.due_at > clock.now()
        assert not session.dirty and not session.new
    assert open_steps(room, case) == ["right"]


def test_the_step_begins_with_what_was_known_when_it_began(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room, before="known")
    do(room, case, "look", note="first")

    put_back(room, case, "look")

    with room.session() as session:
        row = session.scalars(select(UserTask).where(UserTask.instance_id == case, UserTask.status == TaskStatus.READY)).one()
        assert row.variables.get("before") == "known" and "note" not in row.variables


def test_branches_and_inner_parts_are_refused_in_words(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check", "left", "right", "inner")

    said = why_not(room, case)

    assert said["look"] == said["check"] == ""
    assert "beside other steps that must be open at the same time" in said["left"] and said["right"]
    assert "inside a part of the process that can only be begun as a whole" in said["inner"]
    with pytest.raises(Refused, match="at the same time"):
        put_back(room, case, "left")


def test_one_for_each_of_a_list_is_refused(room: Room) -> None:
    deploy(room, EACH)
    case = begin(room)
    do(room, case, "look", "look")

    assert "each of a list" in why_not(room, case)["look"]


def test_what_was_signed_stands(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check", "left", "right", "inner", "sign")

    said = why_not(room, case)

    assert all("was signed on" in each for each in said.values()) and "“Sign”" in said["look"]
    with pytest.raises(Refused, match="was signed on"):
        put_back(room, case, "look")


def test_what_was_published_stands(room: Room) -> None:
    deploy(room, {**WHOLE, "process.bpmn": WHOLE["process.bpmn"].replace('name="significant" value="yes"', 'name="page" value="publication"')})
    case = begin(room)
    do(room, case, "look", "check", "left", "right", "inner", "sign")

    assert "“Sign” was published on" in why_not(room, case)["look"]


def test_a_rule_that_would_be_broken_stands_in_the_way(room: Room) -> None:
    rules = "rules:\n  - {id: once, rule: check at most once, legal: Act 1, because: It is checked once.}\n"
    deploy(room, {**WHOLE, "rules.yml": rules})
    case = begin(room)
    do(room, case, "look", "check")

    said = why_not(room, case)["look"]

    assert said.startswith("The case cannot go back there: the law stands in the way") and "(Act 1)" in said


def test_it_is_undone_while_the_case_stands_there(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check")
    with room.session() as session:
        wanted = (UserTask.instance_id == case, UserTask.bpmn_id == "left", UserTask.status == TaskStatus.READY)
        tasks.claim(session, session.scalars(select(UserTask).where(*wanted)).one(), by=room.who(session, "officer"))
        before = [(each.id, each.status, each.assignee_id) for each in session.scalars(select(UserTask).order_by(UserTask.created_at, UserTask.id))]
        state = instance_of(session, case).state
    kept = put_back(room, case, "look")

    with room.session() as session:
        returns.undo(session, kept, by=room.who(session, "admin"))

    with room.session() as session:
        rows = {each.id: (each.id, each.status, each.assignee_id) for each in session.scalars(select(UserTask))}
        assert [rows[each[0]] for each in before] == before
        assert instance_of(session, case).state == state
    assert open_steps(room, case) == ["left", "right"] and not broken(room.engine)
    with room.session() as session, pytest.raises(Refused, match="already"):
        returns.undo(session, kept, by=room.who(session, "admin"))


def test_it_is_not_undone_once_the_case_has_gone_on(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look", "check")
    kept = put_back(room, case, "look")
    do(room, case, "look")

    with room.session() as session, pytest.raises(Conflict, match="gone on"):
        returns.undo(session, kept, by=room.who(session, "admin"))


def test_a_case_that_stands_still_is_put_back_and_its_incident_is_over(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundabout, "broken", {"tell"})
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look")

    kept = put_back(room, case, "look")

    assert open_steps(room, case) == ["look"]
    with room.session() as session:
        assert session.scalars(select(Incident)).one().closed_at is not None and instance_of(session, case).stuck_at == ""
        returns.undo(session, kept, by=room.who(session, "admin"))
    with room.session() as session:
        assert instance_of(session, case).stuck_at == "tell"
        assert [each.closed_at is None for each in session.scalars(select(Incident).order_by(Incident.opened_at))] == [False, True]


def test_what_was_looked_at_must_still_stand(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look")
    task_id = done_task(room, case, "look")
    with room.session() as session:
        revision = instance_of(session, case).revision
    do(room, case, "check")

    with room.session() as session, pytest.raises(Conflict):
        returns.put_back(session, instance_of(session, case), task_id, because=WHY, by=room.who(session, "admin"), expected=revision)


def test_only_those_who_may_and_only_with_a_reason_and_only_this_cases_steps(room: Room) -> None:
    deploy(room, WHOLE)
    case, other = begin(room), begin(room)
    do(room, case, "look")
    task_id = done_task(room, case, "look")

    with room.session() as session:
        admin, instance = room.who(session, "admin"), instance_of(session, case)
        with pytest.raises(Refused):
            returns.put_back(session, instance, task_id, because=WHY, by=room.who(session, "officer"))
        with pytest.raises(Invalid):
            returns.put_back(session, instance, task_id, because="no", by=admin)
        with pytest.raises(NotFound):
            returns.put_back(session, instance_of(session, other), task_id, because=WHY, by=admin)


def test_a_timer_at_the_step_begins_anew(room: Room) -> None:
    deploy(room, WHOLE)
    case = begin(room)
    do(room, case, "look")
    later = clock.now() + timedelta(days=10)

    with clock.held(later):
        put_back(room, case, "look")

    with room.session() as session:
        timer = session.scalars(select(Timer).where(Timer.instance_id == case)).one()
        assert timer.due_at > later + timedelta(days=13)
