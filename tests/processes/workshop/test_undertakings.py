"""Long pieces of work: asked for, done in the background with their progress kept, stopped, failed in words, begun again after a crash."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from models import Incident, Undertaking, UndertakingStatus, clock
from models.session import new_session, transaction
from tests.processes.workshop.change_room import Room
from workflows.actions import undertakings
from workflows.enqueue import Tools
from workflows.errors import NotFound, Refused
from workflows.jobs.runner import run_once


class Counting:
    """The work of the tests: five steps, and what happens at one of them."""

    at_step: dict[int, Callable[[Engine, uuid.UUID], None]] = {}


@undertakings.undertaking("tests.count")
def count(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
    with new_session(engine, writes=False) as session:
        done = undertakings.find(session, row_id).done
    for number in range(done + 1, 6):
        undertakings.go_on(engine, row_id)
        if number in Counting.at_step:
            Counting.at_step[number](engine, row_id)
        with transaction(engine) as session:
            undertakings.step(session, row_id, number, {"what": f"Step {number}", "ok": number != 2, "words": "Counted"}, summary={"last": number})


@pytest.fixture(autouse=True)
def nothing_special() -> None:
    Counting.at_step = {}


def ask(room: Room, kind: str = "tests.count") -> uuid.UUID:
    with room.session() as session:
        return undertakings.ask(session, kind, "Count to five", {"to": 5}, 5, by=room.who(session, "owner")).id


def read(room: Room, row_id: uuid.UUID) -> Undertaking:
    with room.session() as session:
        return undertakings.find(session, row_id)


def work(room: Room) -> None:
    run_once(room.engine, Tools(), clock.now())


def test_it_is_done_in_the_background_and_keeps_a_line_for_each_step(room: Room) -> None:
    row_id = ask(room)
    assert read(room, row_id).status is UndertakingStatus.WAITING
    work(room)
    row = read(room, row_id)

    assert (row.status, row.done, row.total, row.summary) == (UndertakingStatus.DONE, 5, 5, {"last": 5})
    assert [(each["what"], each["ok"], each["href"]) for each in row.results][:2] == [("Step 1", True, ""), ("Step 2", False, "")]
    assert row.began_at is not None and row.ended_at is not None


def test_it_stops_after_the_step_it_is_at(room: Room) -> None:
    row_id = ask(room)

    def stop(engine: Engine, row_id: uuid.UUID) -> None:
        with room.session() as session:
            undertakings.stop(session, row_id, by=room.who(session, "owner"))

    Counting.at_step = {3: stop}
    work(room)
    row = read(room, row_id)

    assert (row.status, row.done, len(row.results)) == (UndertakingStatus.STOPPED, 3, 3)


def test_stopped_before_it_began_it_never_begins(room: Room) -> None:
    row_id = ask(room)
    with room.session() as session:
        undertakings.stop(session, row_id, by=room.who(session, "owner"))
    work(room)

    assert (read(room, row_id).status, read(room, row_id).done) == (UndertakingStatus.STOPPED, 0)


def test_only_who_started_it_stops_it_and_only_while_it_goes(room: Room) -> None:
    row_id = ask(room)
    with room.session() as session, pytest.raises(Refused, match="Only the person who started"):
        undertakings.stop(session, row_id, by=room.who(session, "second"))
    work(room)
    with room.session() as session, pytest.raises(Refused, match="ended already"):
        undertakings.stop(session, row_id, by=room.who(session, "owner"))
    with room.session() as session, pytest.raises(NotFound):
        undertakings.stop(session, uuid.uuid4(), by=room.who(session, "owner"))


def test_a_refusal_is_told_in_its_own_words(room: Room) -> None:
    def refuse(engine: Engine, row_id: uuid.UUID) -> None:
        raise Refused("The draft was changed meanwhile")

    Counting.at_step = {4: refuse}
    row_id = ask(room)
    work(room)
    row = read(room, row_id)

    assert (row.status, row.error, row.done) == (UndertakingStatus.FAILED, "The draft was changed meanwhile", 3)
    with room.session() as session:
        assert session.scalars(select(Incident)).all() == []


def test_what_nobody_foresaw_opens_an_incident_and_is_not_begun_again(room: Room) -> None:
    def break_down(engine: Engine, row_id: uuid.UUID) -> None:
        raise ZeroDivisionError("secret")

    Counting.at_step = {2: break_down}
    row_id = ask(room)
    work(room)
    work(room)
    row = read(room, row_id)

    assert row.status is UndertakingStatus.FAILED
    assert "secret" not in row.error and row.done == 1
    with room.session() as session:
        assert [each.element_name for each in session.scalars(select(Incident))] == ["undertaking"]


def test_after_a_crash_it_goes_on_where_it_was(room: Room) -> None:
    row_id = ask(room)
    with room.session() as session:
        assert undertakings.begin(session, row_id)
        undertakings.step(session, row_id, 2, {"what": "Step 1"})
    work(room)
    row = read(room, row_id)

    assert (row.status, [each["what"] for each in row.results]) == (UndertakingStatus.DONE, ["Step 1", "Step 3", "Step 4", "Step 5"])


def test_a_kind_is_registered_once() -> None:
    def other(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
        """Another function of the same kind."""

    with pytest.raises(ValueError, match="twice"):
        undertakings.undertaking("tests.count")(other)
    with pytest.raises(LookupError):
        undertakings.work_of("tests.unknown")
