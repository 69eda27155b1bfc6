"""Running cases moved to another version, one by one and many at once: what stays theirs, what is refused and why, and what can be undone."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import AuditEvent, CaseMove, Draft, ProcessDefinition, ProcessInstance, TaskStatus, Timer, Undertaking, UndertakingStatus, UserTask, clock
from tests.processes.workshop.change_room import Room
from tests.support import factories
from tests.unit.engine.drawing import after, boundary, chain, definitions, end, exclusive, flow, parallel, process, start, user
from workflows import engine
from workflows.actions import definitions as deploying
from workflows.actions import instances, moves, organisation, tasks, undertakings
from workflows.enqueue import Tools
from workflows.errors import Conflict, Refused
from workflows.jobs import moving_cases
from workflows.jobs.runner import run_once
from workflows.library import definitions as library
from workflows.library import moving

KEY = "look-round"
GROUP = "'commissioning_officer'"
PARAMETERS = """
parameters:
  - {key: task_days, label: Time for a task, value: 5, unit: working, calendar: EW, sentence: "A task is done within {count} working days"}
"""


def form(step: str, *more: str) -> str:
    questions = [{"type": "textfield", "key": key, "label": f"What about {key}?"} for key in ("note", *more)]
    return json.dumps({"type": "default", "schemaVersion": 19, "id": step, "components": questions})


def files(*elements: str, rules: str = "", questions: tuple[str, ...] = ()) -> dict[str, str]:
    text = definitions(process(KEY, *elements))
    forms = {f"forms/{step}.json": form(step, *questions) for step in ("look", "ask", "check", "sign")}
    return {"process.bpmn": text, **forms, **({"rules.yml": rules} if rules else {})}


LATE = boundary("late", "look", after("'P14D'"), interrupts=False)
CHASED = user("ask", GROUP) + end("asked") + chain("late", "ask", "asked")
ONE = files(start(), user("look", GROUP), LATE, CHASED, user("check", GROUP), end(), chain("start", "look", "check", "end"))


def two(*, label: str = "Look closely", questions: tuple[str, ...] = ("roof",)) -> dict[str, str]:
    """A label, a question and a later step more than the first version."""
    look = user("look", GROUP, helpText="Begin at the roof").replace('name="Look"', f'name="{label}"')
    return files(
        start(), look, LATE, CHASED, user("check", GROUP), user("sign", GROUP), end(), chain("start", "look", "check", "sign", "end"), questions=questions
    )  # fmt: skip


@pytest.fixture
def house(room: Room, tmp_path: Any) -> Room:
    (tmp_path / "parameters.yml").write_text(PARAMETERS)
    with room.session() as session:
        organisation.load_parameters(session, tmp_path / "parameters.yml")
        deploying.deploy(session, KEY, ONE)
    return room


def begin(room: Room) -> uuid.UUID:
    with room.session() as session:
        case = factories.case(session, room.who(session, "officer"), reference=f"LR-{uuid.uuid4().hex[:6]}")
        return instances.start(session, case, KEY, data={}, by=room.who(session, "officer")).id


def deploy(room: Room, content: dict[str, str]) -> uuid.UUID:
    with room.session() as session:
        made = deploying.deploy(session, KEY, content)
        assert made is not None
        return made.id


def step(session: Session, instance_id: uuid.UUID, bpmn_id: str) -> UserTask:
    wanted = (UserTask.instance_id == instance_id, UserTask.bpmn_id == bpmn_id, UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED]))
    return session.scalars(select(UserTask).where(*wanted)).one()


def do(room: Room, instance_id: uuid.UUID, bpmn_id: str, note: str = "seen") -> None:
    with room.session() as session:
        tasks.complete(session, step(session, instance_id, bpmn_id), answers={"note": note}, by=room.who(session, "officer"))


def move(room: Room, instance_id: uuid.UUID, to: uuid.UUID, by: str = "owner") -> uuid.UUID:
    with room.session() as session:
        instance, target = session.get_one(ProcessInstance, instance_id), session.get_one(ProcessDefinition, to)
        return moves.move(session, instance, target, by=room.who(session, by)).id


def kept(session: Session, instance_id: uuid.UUID) -> tuple[Any, ...]:
    """What a move may never change."""
    task = step(session, instance_id, "look")
    timers = [(each.bpmn_id, each.due_at) for each in session.scalars(select(Timer).where(Timer.instance_id == instance_id))]
    drafts = [(each.user_id, each.values) for each in session.scalars(select(Draft).where(Draft.task_id == task.id))]
    return task.id, task.assignee_id, task.status, task.due_at, task.revision, task.created_at, timers, drafts


def claimed_with_draft(room: Room, instance_id: uuid.UUID) -> None:
    with room.session() as session:
        task, by = step(session, instance_id, "look"), room.who(session, "officer")
        tasks.claim(session, task, by=by)
        session.add(Draft(task_id=task.id, user_id=by.id, values={"note": "half a thou"}, saved_at=clock.now()))


def test_people_drafts_due_dates_and_timers_stay_and_the_new_form_is_asked(house: Room) -> None:
    instance_id = begin(house)
    claimed_with_draft(house, instance_id)
    to = deploy(house, two())
    with house.session() as session:
        before = kept(session, instance_id)
    with clock.held(clock.now() + timedelta(days=3)):
        move(house, instance_id, to)

    with house.session() as session:
        task = step(session, instance_id, "look")
        assert kept(session, instance_id) == before
        assert (task.name, task.properties["helpText"], task.definition_id) == ("Look closely", "Begin at the roof", to)
        assert session.get_one(ProcessInstance, instance_id).definition_id == to
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "process:moved")).one()
        assert (event.detail["from"], event.detail["to"]) == (1, 2)
    for each in ("look", "check", "sign"):
        do(house, instance_id, each)
    with house.session() as session:
        assert session.get_one(ProcessInstance, instance_id).ended_as == "end"


def test_answers_given_before_stay_on_the_form_they_were_given_on(house: Room) -> None:
    instance_id = begin(house)
    do(house, instance_id, "look", "a fire door")
    move(house, instance_id, deploy(house, two()))

    with house.session() as session:
        done = session.scalars(select(UserTask).where(UserTask.instance_id == instance_id, UserTask.bpmn_id == "look")).one()
        assert (done.name, done.definition.version) == ("Look", 1)


def test_a_move_can_be_undone_and_what_was_written_since_stays(house: Room) -> None:
    instance_id = begin(house)
    move_id = move(house, instance_id, deploy(house, two()))
    claimed_with_draft(house, instance_id)
    with house.session() as session:
        before = kept(session, instance_id)
        moves.undo(session, move_id, by=house.who(session, "second"))

    with house.session() as session:
        task, instance = step(session, instance_id, "look"), session.get_one(ProcessInstance, instance_id)
        assert kept(session, instance_id) == before
        assert (task.name, task.definition.version, instance.definition.version) == ("Look", 1, 1)
        with pytest.raises(Refused, match="undone already"):
            moves.undo(session, move_id, by=house.who(session, "second"))
    do(house, instance_id, "look")
    do(house, instance_id, "check")
    with house.session() as session:
        assert session.get_one(ProcessInstance, instance_id).ended_as == "end"


def test_a_case_that_has_gone_on_cannot_be_moved_back(house: Room) -> None:
    instance_id = begin(house)
    move_id = move(house, instance_id, deploy(house, two()))
    do(house, instance_id, "look")

    with house.session() as session, pytest.raises(Conflict, match="gone on since"):
        moves.undo(session, move_id, by=house.who(session, "owner"))


def test_a_case_that_went_on_while_it_was_looked_at_is_not_moved(house: Room) -> None:
    instance_id, to = begin(house), deploy(house, two())
    with house.session() as session:
        seen = session.get_one(ProcessInstance, instance_id).revision
    do(house, instance_id, "look")

    with house.session() as session, pytest.raises(Conflict, match="gone on since"):
        instance, target = session.get_one(ProcessInstance, instance_id), session.get_one(ProcessDefinition, to)
        moves.move(session, instance, target, by=house.who(session, "owner"), expected=seen)


def test_only_process_owners_legal_and_administrators_move_cases(house: Room) -> None:
    instance_id, to = begin(house), deploy(house, two())

    for name in ("officer", "monitoring"):
        with pytest.raises(Refused, match="Only process owners, Legal and system administrators"):
            move(house, instance_id, to, by=name)


def test_a_case_that_has_ended_or_is_there_already_is_refused(house: Room) -> None:
    instance_id, to = begin(house), deploy(house, two())
    move(house, instance_id, to)
    with pytest.raises(Refused, match="on version 2 already"):
        move(house, instance_id, to)
    for each in ("look", "check", "sign"):
        do(house, instance_id, each)
    with pytest.raises(Refused, match="has ended"):
        move(house, instance_id, to)


# What stays, and why


def why(room: Room, instance_id: uuid.UUID, to: uuid.UUID) -> str:
    with room.session() as session:
        target = session.get_one(ProcessDefinition, to)
        found = moving.preview(session, moving.version_of(session, target), to_id=to)
        [line] = [each for each in found.lines if each.instance_id == instance_id]
        assert not line.moves
    with pytest.raises(Refused) as refused:
        move(room, instance_id, to)
    assert line.why in str(refused.value)
    return line.why


def test_one_token_before_a_new_parallel_join_stays(house: Room) -> None:
    instance_id = begin(house)
    do(house, instance_id, "look")
    beside = (parallel("both"), parallel("joined"), user("check", GROUP), user("sign", GROUP))
    to = deploy(
        house,
        files(
            start(), user("look", GROUP), *beside, end(), chain("start", "look", "both", "check", "joined", "end"), chain("both", "sign", "joined")
        ),
    )

    assert why(house, instance_id, to) == "from where it stands, it could come to stand still at “joined”"


CHOICE = (
    start(), user("look", GROUP, routes="roof"), user("check", GROUP), exclusive("leaks", default="end"), user("sign", GROUP), end(), end("signed"),
    chain("start", "look", "check", "leaks"), flow("leaks", "end"), flow("leaks", "sign", "roof == 'leaks'"), flow("sign", "signed"),
)  # fmt: skip


def test_a_case_past_the_step_that_gives_a_value_read_ahead_stays(house: Room) -> None:
    past, before = begin(house), begin(house)
    do(house, past, "look")
    to = deploy(house, files(*CHOICE, questions=("roof",)))

    assert why(house, past, to) == "it is past the changed step: “Leaks?” needs the value roof, which “Look” gives"
    move(house, before, to)


RULES = "rules: [{id: ask-first, rule: ask before sign, legal: Standing order 4, because: Nobody signs unheard}]"


def test_a_case_that_could_break_a_rule_of_the_new_version_stays(house: Room) -> None:
    past, before = begin(house), begin(house)
    do(house, past, "look")
    asked = (start(), user("look", GROUP), user("ask", GROUP), user("check", GROUP), user("sign", GROUP), end())
    to = deploy(house, files(*asked, chain("start", "look", "ask", "check", "sign", "end"), rules=RULES))

    assert why(house, past, to) == "it is past the changed step: “sign” can be reached without “ask” (Standing order 4)"
    move(house, before, to)


# Many at once


def ask_for(room: Room, kind: str, args: dict[str, Any], total: int) -> uuid.UUID:
    with room.session() as session:
        return undertakings.ask(session, kind, "Move cases", args, total, by=room.who(session, "owner")).id


def done(room: Room, row_id: uuid.UUID) -> Undertaking:
    run_once(room.engine, Tools(), clock.now())
    with room.session() as session:
        row = undertakings.find(session, row_id)
        assert row.status is UndertakingStatus.DONE, row.error
        return row


def test_many_cases_move_one_line_each_and_can_be_moved_back(house: Room) -> None:
    going, past = [begin(house) for _ in range(3)], begin(house)
    do(house, past, "look")
    without_check = files(start(), user("look", GROUP), LATE, CHASED, user("sign", GROUP), end(), chain("start", "look", "sign", "end"))
    to = deploy(house, without_check)

    row = done(house, first := ask_for(house, moving_cases.MOVE, {"to": str(to), "instances": [str(each) for each in (*going, past)]}, 4))

    assert (row.summary["moved"], row.summary["stayed"], row.summary["href"]) == (3, 1, f"/processes/{KEY}/migrate")
    assert [each["ok"] for each in row.results] == [True, True, True, False]
    assert row.results[-1]["words"].endswith("“Check”, where it stands, is no longer there")
    do(house, going[0], "look")
    row = done(house, ask_for(house, moving_cases.UNDO, {"undertaking": str(first)}, 3))
    assert (row.summary["moved"], row.summary["stayed"]) == (2, 1)
    with house.session() as session:
        versions = [session.get_one(ProcessInstance, each).definition.version for each in (*going, past)]
        assert sorted(versions) == [1, 1, 1, 2]
        assert len(session.scalars(select(CaseMove).where(CaseMove.undone_at.is_not(None))).all()) == 2


def test_a_case_that_moves_on_at_the_same_moment_is_never_half_moved(house: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    instance_id, to = begin(house), deploy(house, two())

    def fails(*args: Any) -> None:
        raise Conflict("Someone was faster")

    monkeypatch.setattr(moves.waiting, "keep_timers", fails)
    with pytest.raises(Conflict):
        move(house, instance_id, to)
    monkeypatch.undo()

    with house.session() as session:
        instance, task = session.get_one(ProcessInstance, instance_id), step(session, instance_id, "look")
        assert (instance.definition.version, task.definition.version, task.name) == (1, 1, "Look")
        assert session.scalar(select(CaseMove.id)) is None


def test_moved_and_worked_on_at_the_same_moment_a_case_is_whole_on_one_version(house: Room) -> None:
    cases, to = [begin(house) for _ in range(8)], deploy(house, two())

    def attempt(what: Callable[[], object]) -> None:
        with contextlib.suppress(Conflict, Refused, OperationalError):
            what()

    for instance_id in cases:
        both = (lambda: move(house, instance_id, to), lambda: do(house, instance_id, "look"))  # noqa: B023
        threads = [threading.Thread(target=attempt, args=(each,)) for each in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for instance_id in cases:
        with house.session() as session:
            instance = session.get_one(ProcessInstance, instance_id)
            rows = session.scalars(
                select(UserTask).where(UserTask.instance_id == instance_id, UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED]))
            )
            run = engine.load(library.spec_of(session, instance.definition), instance.state, perform=lambda call: None)
            assert {(row.engine_task_id, row.name, row.definition_id) for row in rows} == {
                (task.id, task.name, instance.definition_id) for task in run.waiting_tasks()
            }
            moved = session.scalars(select(CaseMove).where(CaseMove.instance_id == instance_id)).all()
            assert len(moved) == (instance.definition.version == 2)
