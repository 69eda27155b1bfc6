"""Rules that cases broke: found when a case is moved or at night, written down once, closed by a person or when put right. Both databases.

A rule comes to hold for what has happened already when it was added after a case began, when a case is moved, or when data is brought in.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from models import AuditEvent, Breach, ProcessDefinition, ProcessInstance, TaskStatus, UserTask, clock
from tests.processes.workshop.change_room import Room
from tests.processes.workshop.test_moving_cases import GROUP, KEY, PARAMETERS, begin, deploy, do, files, house, move, step
from tests.support import town  # noqa: F401  registers the operation that is named here
from tests.unit.engine.drawing import after, boundary, chain, end, parallel, start, user
from workflows.actions import audit, breaches, moves, organisation
from workflows.actions import definitions as deploying
from workflows.enqueue import Tools, find
from workflows.errors import Conflict, Invalid, Refused
from workflows.jobs import nightly, rules_watch
from workflows.library import legal
from workflows.library.legal import State

__all__ = ["house"]

REASON = "The council decided again on 3 March, by somebody else."
SIDE_BY_SIDE = (
    start() + parallel("split") + user("look", GROUP) + user("ask", GROUP) + parallel("join") + user("check", GROUP) + user("sign", GROUP) + end()
    + boundary("late", "look", after("'P14D'"), interrupts=False) + end("chased") + chain("late", "chased")
    + chain("start", "split", "look", "join", "check", "sign", "end") + chain("split", "ask", "join")
)  # fmt: skip
EACH_FORM = {
    "sign before look": "“Look” was done",
    "check always followed by ask": "The process ended",
    "never look while ask is open": "“Look” was done",
    "different people: look, check": "“Check” was done",
    "check only by legal_officer": "“Check” was done",
    "check only after timer late": "“Check” was done",
    "look at most once": "“Look” was done",
}


def rules(*lines: str) -> str:
    return "rules:\n" + "".join(
        f'  - {{id: rule-{number}, rule: "{line}", legal: The Housing Act, because: So it is.}}\n' for number, line in enumerate(lines)
    )


def plant(room: Room, instance_id: uuid.UUID, content: Mapping[str, str]) -> None:
    """Let a case run on files that never passed the gate, as data that is brought in may."""
    with room.session() as session:
        made = deploying.make_version(session, KEY, content, by=None)
        assert made is not None
        session.execute(update(ProcessInstance).where(ProcessInstance.id == instance_id).values(definition_id=made.id))


def look_at_night(room: Room, tmp_path: Path) -> None:
    rules_watch.watch(room.engine, Tools(uploads=tmp_path, public_url="http://localhost", council_name="A council"))


def found(room: Room) -> list[tuple[str, str, bool]]:
    with room.session() as session:
        rows = session.scalars(select(Breach).order_by(Breach.rule_id)).all()
        return [(row.rule_id, row.happened, row.closed_at is None) for row in rows]


def kinds(room: Room) -> list[str]:
    with room.session() as session:
        return list(session.scalars(select(AuditEvent.kind).where(AuditEvent.kind.startswith("rule:")).order_by(AuditEvent.at, AuditEvent.sequence)))


def walk_through(room: Room) -> uuid.UUID:
    instance_id = begin(room)
    for name in ("look", "ask", "check", "sign"):
        do(room, instance_id, name)
    return instance_id


@pytest.fixture
def yard(room: Room, tmp_path: Path) -> Room:
    """The office with a process that does two things side by side and has no rules."""
    (tmp_path / "parameters.yml").write_text(PARAMETERS)
    with room.session() as session:
        organisation.load_parameters(session, tmp_path / "parameters.yml")
        deploying.deploy(session, KEY, files(SIDE_BY_SIDE))
    return room


def test_a_planted_unlawful_history_is_found_for_each_form(yard: Room, tmp_path: Path) -> None:
    instance_id = walk_through(yard)
    with yard.session() as session:
        done = session.scalars(select(UserTask).where(UserTask.instance_id == instance_id, UserTask.bpmn_id == "look")).one()
        again = {column.name: getattr(done, column.name) for column in UserTask.__table__.columns if column.name != "id"}
        session.add(UserTask(**{**again, "engine_task_id": uuid.uuid4()}))
    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules(*EACH_FORM)))

    look_at_night(yard, tmp_path)

    told = found(yard)
    assert [rule for rule, _, _ in told] == [f"rule-{number}" for number in range(7)]
    assert [happened.startswith(begins) for (_, happened, _), begins in zip(told, EACH_FORM.values(), strict=True)] == [True] * 7
    assert all("by Officer" in happened or "Officer did that last" in happened for _, happened, _ in told)


def test_a_lawful_case_of_the_same_rules_has_none(yard: Room, tmp_path: Path) -> None:
    lawful = ("look before sign", "check always followed by sign", "never check while ask is open", "look at most once", f"look only by {GROUP[1:-1]}")
    instance_id = walk_through(yard)
    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules(*lawful)))

    look_at_night(yard, tmp_path)

    with yard.session() as session:
        case_id = session.get_one(ProcessInstance, instance_id).case_id
        states = [line.judgement.state for line in legal.of_cases(session, [case_id], now=clock.now())[case_id].lines]
    assert (found(yard), states) == ([], [State.MET] * 5)


def test_a_breach_is_written_down_once_however_often_it_is_looked_at(yard: Room, tmp_path: Path) -> None:
    plant(yard, walk_through(yard), files(SIDE_BY_SIDE, rules=rules("sign before look")))

    look_at_night(yard, tmp_path)
    look_at_night(yard, tmp_path)

    assert [rule for rule, _, _ in found(yard)] == ["rule-0"]
    assert kinds(yard) == ["rule:breached"]


def test_the_night_asks_for_the_look(yard: Room, tmp_path: Path) -> None:
    with yard.session() as session:
        nightly.tidy(session, Tools(uploads=tmp_path, public_url="http://localhost", council_name="A council"))

    assert find(rules_watch.NAME).outside


def test_a_rule_added_after_a_case_began_is_judged_when_the_case_is_moved(house: Room) -> None:
    """The step goes to another team from the new version on, as its new rule says: whoever did it before was not of that team."""
    instance_id = begin(house)
    do(house, instance_id, "look")
    steps = start() + user("look", "'legal_officer'") + user("check", GROUP) + end() + chain("start", "look", "check", "end")
    to = deploy(house, files(steps, rules=rules("look only by legal_officer")))

    move(house, instance_id, to)

    [(rule, happened, is_open)] = found(house)
    assert (rule, is_open, kinds(house)) == ("rule-0", True, ["rule:breached"])
    assert happened.startswith("“Look” was done on ")
    assert happened.endswith("by Officer, as a task for commissioning_officer.")


def test_a_rule_added_after_a_case_began_is_told_as_a_risk_where_nothing_is_done_yet(house: Room) -> None:
    instance_id = begin(house)
    do(house, instance_id, "look")
    steps = start() + user("look", GROUP) + user("check", GROUP, differentFrom="look") + end() + chain("start", "look", "check", "end")
    to = deploy(house, files(steps, rules=rules("different people: look, check")))
    move(house, instance_id, to)
    with house.session() as session:
        task, officer = step(session, instance_id, "check"), house.who(session, "officer")
        task.status, task.assignee_id = TaskStatus.CLAIMED, officer.id
        case_id = task.case_id

    with house.session() as session:
        [line] = legal.of_cases(session, [case_id], now=clock.now())[case_id].lines

    assert (line.judgement.state, line.judgement.who, found(house)) == (State.AT_RISK, "Officer", [])


def test_what_happened_under_the_old_version_meets_a_rule_of_the_new_one(house: Room) -> None:
    """The operation of the step that was done stands in another place of the new version."""
    instance_id = begin(house)
    do(house, instance_id, "look")
    steps = start() + user("look", GROUP) + user("check", GROUP) + user("sign", GROUP) + end() + chain("start", "look", "check", "sign", "end")
    to = deploy(house, files(steps, rules=rules("look before sign", f"look only by {GROUP[1:-1]}")))

    move(house, instance_id, to)

    with house.session() as session:
        case_id = session.get_one(ProcessInstance, instance_id).case_id
        checklist = legal.of_cases(session, [case_id], now=clock.now())[case_id]
    assert [(line.version, line.judgement.state, line.judgement.who) for line in checklist.lines] == [(2, State.MET, "Officer")] * 2
    assert found(house) == []


def test_a_breach_that_was_put_right_closes_by_itself_and_opens_again_when_it_was_not(yard: Room, tmp_path: Path) -> None:
    instance_id = walk_through(yard)
    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules("sign before look")))
    look_at_night(yard, tmp_path)

    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules("look before sign")))
    look_at_night(yard, tmp_path)
    put_right = found(yard)
    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules("sign before look", "look before sign")))
    look_at_night(yard, tmp_path)

    assert [is_open for _, _, is_open in put_right] == [False]
    assert [is_open for _, _, is_open in found(yard)] == [True]
    assert kinds(yard) == ["rule:breached", "rule:kept", "rule:breached"]


def test_a_breach_of_a_rule_that_is_gone_stays_open(house: Room) -> None:
    instance_id = begin(house)
    do(house, instance_id, "look")
    steps = start() + user("look", "'legal_officer'") + user("check", GROUP) + end() + chain("start", "look", "check", "end")
    moved = move(house, instance_id, deploy(house, files(steps, rules=rules("look only by legal_officer"))))

    with house.session() as session:
        moves.undo(session, moved, by=house.who(session, "owner"))

    assert [is_open for _, _, is_open in found(house)] == [True]


def settle(room: Room, by: str, because: str = REASON) -> None:
    with room.session() as session:
        breaches.settle(session, session.scalars(select(Breach)).one(), because=because, by=room.who(session, by))


@pytest.mark.parametrize("by", ["legal", "monitoring"])
def test_legal_and_the_monitoring_officer_close_a_breach_for_good(yard: Room, tmp_path: Path, by: str) -> None:
    plant(yard, walk_through(yard), files(SIDE_BY_SIDE, rules=rules("sign before look")))
    look_at_night(yard, tmp_path)

    settle(yard, by)
    look_at_night(yard, tmp_path)

    with yard.session() as session:
        row = session.scalars(select(Breach)).one()
        assert (row.closed_because, row.closed_by_id) == (REASON, yard.ids[by])
    assert kinds(yard) == ["rule:breached", "rule:settled"]
    with pytest.raises(Conflict, match="dealt with already"):
        settle(yard, by)


@pytest.mark.parametrize("by", ["owner", "officer"])
def test_nobody_else_closes_a_breach(yard: Room, tmp_path: Path, by: str) -> None:
    plant(yard, walk_through(yard), files(SIDE_BY_SIDE, rules=rules("sign before look")))
    look_at_night(yard, tmp_path)

    with pytest.raises(Refused):
        settle(yard, by)
    with pytest.raises(Invalid):
        settle(yard, "legal", because="   all is well    ")
    assert [is_open for _, _, is_open in found(yard)] == [True]


def test_a_case_that_ended_long_ago_is_left_alone(yard: Room, tmp_path: Path) -> None:
    instance_id = walk_through(yard)
    plant(yard, instance_id, files(SIDE_BY_SIDE, rules=rules("sign before look")))
    long_ago = clock.now() - rules_watch.STILL - timedelta(days=1)
    with yard.session() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.id == instance_id).values(ended_at=long_ago))

    look_at_night(yard, tmp_path)

    assert found(yard) == []


def test_looking_at_many_cases_takes_a_few_statements(yard: Room, tmp_path: Path) -> None:
    content = files(SIDE_BY_SIDE, rules=rules("look before sign", "sign before look"))
    ids = [walk_through(yard) for _ in range(3)]
    plant(yard, ids[0], content)
    with yard.session() as session:
        made = session.scalars(select(ProcessDefinition.id).order_by(ProcessDefinition.version.desc()).limit(1)).one()
        session.execute(update(ProcessInstance).values(definition_id=made))
        cases = list(session.scalars(select(ProcessInstance.case_id)))
        breaches.worth_a_look(session, cases)

    counts = [_statements(yard, cases[:count]) for count in (1, 3)]

    assert counts[0] == counts[1] <= 5


def _statements(room: Room, case_ids: list[Any]) -> int:
    seen: list[str] = []

    def note(*executed: Any) -> None:
        seen.append(executed[2])

    event.listen(room.engine, "before_cursor_execute", note)
    with room.session() as session:
        assert breaches.worth_a_look(session, case_ids) == sorted(case_ids)
    event.remove(room.engine, "before_cursor_execute", note)
    return len([each for each in seen if each.startswith("SELECT")])



@pytest.mark.parametrize("was_moved", [True, False])
def test_an_operation_counts_that_another_step_carried_out_under_the_old_version(house: Room, was_moved: bool) -> None:
    before = start() + user("look", GROUP, operation="town.note_visit") + user("check", GROUP) + end() + chain("start", "look", "check", "end")
    later = start() + user("look", GROUP) + user("check", GROUP) + user("sign", GROUP, operation="town.note_visit") + end()
    later += chain("start", "look", "check", "sign", "end")
    deploy(house, files(before))
    instance_id = begin(house)
    for name in ("look", "check"):
        do(house, instance_id, name)
    plant(house, instance_id, files(later, rules=rules("town.note_visit before check")))
    with house.session() as session:
        case = session.get_one(ProcessInstance, instance_id).case
        if was_moved:
            audit.record(session, "process:moved", case=case, by=None, detail={"key": KEY, "from": 2, "to": 3, "instance": instance_id.hex})

    with house.session() as session:
        [line] = legal.of_cases(session, [case.id], now=clock.now())[case.id].lines

    assert line.judgement.state is (State.MET if was_moved else State.BREACHED)
