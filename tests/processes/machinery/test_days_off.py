"""Days off added and taken away: which open dates move, which never do, what is said about it, and that it is done once (domain CAL-7, 12.18)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, LocalClosure, Timer, Undertaking, UndertakingStatus, UserTask, clock
from tests.processes.law.cases import come_to_advice, request_to
from tests.processes.library.conftest import council, town_hall
from tests.processes.library.council import COMPLETE, Council
from tests.processes.machinery.roundabout import WHOLE, begin, deploy
from tests.processes.workshop.change_room import Room
from workflows.actions import days_off, redating
from workflows.enqueue import Tools
from workflows.errors import Conflict, Invalid, Refused
from workflows.jobs.runner import run_once
from workflows.queries.parameters import closure_of
from workflows.rules.calendar import london_date

__all__ = ["council", "town_hall"]
JUBILEE = date(2026, 3, 4)
SOURCE = "Royal proclamation of 1 February 2026"


def the_day(**changes: object) -> LocalClosure:
    words = {"day": JUBILEE, "reason": "Jubilee", "kind": "bank holiday", "source": SOURCE, **changes}
    return LocalClosure(**words)


def timers(council: Council) -> dict[tuple[str, str], date]:
    rows = council.session.scalars(select(Timer).order_by(Timer.engine_task_id)).all()
    return {(each.bpmn_id, each.engine_task_id.hex): london_date(each.due_at) for each in rows}


def days_of(found: dict[tuple[str, str], date]) -> dict[str, set[date]]:
    said: dict[str, set[date]] = {}
    for (name, _), day in found.items():
        said.setdefault(name, set()).add(day)
    return said


def add(council: Council, row: LocalClosure) -> list[redating.Moved]:
    days = days_off.days_with(council.session, row)
    council.session.add(row)
    council.session.flush()
    return redating.move(council.session, council.case.id, days)


def test_a_bank_holiday_moves_dates_in_working_days_and_never_those_in_calendar_days(council: Council) -> None:
    come_to_advice(council)
    before, earliest = timers(council), council.decision.earliest_decision_on

    moved = add(council, the_day())

    advice = [each for each in moved if each.what.startswith("Advice of")]
    assert {(each.before, each.after) for each in advice} == {(date(2026, 3, 9), date(2026, 3, 10))} and len(advice) >= 3
    assert london_date(request_to(council, "legal").due_at) == date(2026, 3, 10)
    assert days_of(before) == {
        "remind-first": {date(2026, 3, 2)}, "remind-second": {date(2026, 3, 5)}, "manager-told-at": {date(2026, 3, 10)},
        "monitoring-officer-told-at": {date(2026, 3, 12)},
    }  # fmt: skip
    assert days_of(timers(council)) == {
        "remind-first": {date(2026, 3, 2)}, "remind-second": {date(2026, 3, 6)}, "manager-told-at": {date(2026, 3, 11)},
        "monitoring-officer-told-at": {date(2026, 3, 13)},
    }  # fmt: skip
    assert council.decision.earliest_decision_on == earliest
    tasks = council.session.scalars(select(UserTask).where(UserTask.bpmn_id == "give-advice")).all()
    assert {london_date(each.due_at) for each in tasks} == {date(2026, 3, 10)}


def test_clear_days_of_a_notice_are_calendar_days_and_stay(council: Council) -> None:
    come_to_advice(council)
    council.advise()
    council.do("complete-report", COMPLETE)
    council.do("sign-off", {"sign_off": "approve"}, of="section-151-officer")
    before = timers(council)
    assert set(days_of(before)) & {"comments-close", "first-lawful-day", "comments-close-timer", "first-lawful-day-timer"}

    moved = add(council, the_day(day=date(2026, 3, 18)))

    assert timers(council) == before
    assert not [each for each in moved if not each.what.startswith("Task")]


def test_the_call_in_period_moves_to_later_and_never_to_earlier(council: Council) -> None:
    council.come_to_call_in()
    before = timers(council)
    row = the_day(day=date(2026, 4, 8))

    [moved] = [each for each in add(council, row) if each.what == "Call-in"]

    assert (moved.after - moved.before).days >= 1
    assert timers(council) != before
    later = timers(council)
    days = days_off.days_without(council.session, row, "It was never proclaimed")
    council.session.delete(row)
    council.session.flush()
    assert [each for each in redating.move(council.session, council.case.id, days) if each.what == "Call-in"] == []
    assert timers(council) == later


def test_each_moved_date_is_on_the_timeline_with_the_reason(council: Council) -> None:
    come_to_advice(council)

    moved = add(council, the_day())

    events = council.session.scalars(select(AuditEvent).where(AuditEvent.kind.in_(["dates:moved", "task:due_moved"]))).all()
    assert len(events) == len(moved)
    assert {event.text.words["because"] for event in events if event.text} == {f"Jubilee on Wednesday 4 March 2026 is a bank holiday ({SOURCE})"}
    assert all(event.detail["from"] < event.detail["to"] for event in events)
    explanation = request_to(council, "legal").due_explanation
    assert explanation and "Moved from 9 March 2026: Jubilee" in explanation["notes"][0]
    assert any(left["reason"] == "bank holiday: Jubilee" for left in explanation["left_out"])


def test_doing_it_again_moves_nothing(council: Council) -> None:
    come_to_advice(council)
    row = the_day()
    days = days_off.days_with(council.session, row)
    add(council, row)
    before = timers(council)

    assert redating.move(council.session, council.case.id, days) == []
    assert timers(council) == before


def test_the_preview_says_the_same_and_changes_nothing(council: Council) -> None:
    come_to_advice(council)
    row = the_day()
    before = timers(council)

    previewed = redating.of_case(council.session, council.case, days_off.days_with(council.session, row))

    assert timers(council) == before and council.session.get(LocalClosure, JUBILEE) is None
    moved = add(council, row)
    assert [(each.what, each.before, each.after) for each in previewed] == [(each.what, each.before, each.after) for each in moved]


def test_taking_it_away_again_gives_the_dates_that_were(council: Council) -> None:
    come_to_advice(council)
    before = timers(council)
    row = the_day()
    add(council, row)

    days = days_off.days_without(council.session, row, "It was never proclaimed")
    council.session.delete(row)
    council.session.flush()
    moved = redating.move(council.session, council.case.id, days)

    assert all(each.is_earlier for each in moved) and timers(council) == before


def test_a_closure_of_the_offices_does_not_move_what_the_law_counts_in_its_own_calendar() -> None:
    assert closure_of(the_day(kind="council closure")).calendars == ("EW",)
    assert set(closure_of(the_day()).calendars) == {"EW", "PCR", "UK_ANY"}


# With the piece of work that does it, on both databases


def ask(room: Room, day: date) -> object:
    with room.session() as session:
        return days_off.add(session, day=day, kind="bank holiday", name="Jubilee", source=SOURCE, by=room.who(session, "admin")).id


def due(room: Room) -> list[date]:
    with room.session() as session:
        return [london_date(each) for each in session.scalars(select(UserTask.due_at).order_by(UserTask.created_at, UserTask.id))]


def test_all_open_cases_follow_with_a_line_each(room: Room) -> None:
    deploy(room, WHOLE)
    with clock.held(clock.read_instant("2026-03-02 09:00")):
        cases = [begin(room), begin(room)]
        asked = ask(room, JUBILEE)
        assert set(due(room)) == {date(2026, 3, 9)}

        run_once(room.engine, Tools(), clock.now())

        assert set(due(room)) == {date(2026, 3, 10)}
        with room.session() as session:
            row = session.get_one(Undertaking, asked)
            assert row.status is UndertakingStatus.DONE and len(row.results) == len(cases) and row.summary["moved"] == 2
            assert row.results[0]["words"] == "Task: Look: from Monday 9 March 2026 to Tuesday 10 March 2026"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"day": None}, "day"), ({"day": date(2026, 3, 2)}, "day"), ({"day": date(2026, 3, 7)}, "day"), ({"day": date(2026, 12, 25)}, "day"),
     ({"kind": "holiday"}, "kind"), ({"name": " "}, "name"), ({"source": ""}, "source")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(room: Room, changes: dict[str, object], field: str) -> None:
    words = {"day": JUBILEE, "kind": "bank holiday", "name": "Jubilee", "source": SOURCE, **changes}
    with clock.held(clock.read_instant("2026-03-02 09:00")), room.session() as session:
        with pytest.raises(Invalid) as refused:
            days_off.add(session, by=room.who(session, "admin"), **words)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field]


def test_past_days_are_locked_and_only_administrators_change_calendars(room: Room) -> None:
    with clock.held(clock.read_instant("2026-03-02 09:00")):
        ask(room, JUBILEE)
        with room.session() as session, pytest.raises(Refused):
            days_off.remove(session, JUBILEE, because="x" * 30, by=room.who(session, "owner"))
    with clock.held(clock.read_instant("2026-03-05 09:00")), room.session() as session, pytest.raises(Refused, match="locked"):
        days_off.remove(session, JUBILEE, because="x" * 30, by=room.who(session, "admin"))


def test_another_person_confirms(room: Room) -> None:
    with clock.held(clock.read_instant("2026-03-02 09:00")):
        ask(room, JUBILEE)
        with room.session() as session, pytest.raises(Refused, match="yourself"):
            days_off.confirm(session, JUBILEE, by=room.who(session, "admin"))
        with room.session() as session:
            days_off.confirm(session, JUBILEE, by=room.who(session, "owner"))
        with room.session() as session, pytest.raises(Conflict):
            days_off.confirm(session, JUBILEE, by=room.who(session, "second"))
