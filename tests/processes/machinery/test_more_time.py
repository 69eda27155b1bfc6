"""More time for one consultee: its own day, task and reminders follow, nobody else's do, and what a person has set stays."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, LocalClosure, OutboxMail, Timer, UserTask
from tests.processes.law.cases import come_to_advice, request_to
from tests.processes.library.conftest import council, town_hall
from tests.processes.library.council import Council
from workflows.actions import days_off, more_time, redating
from workflows.errors import Conflict, Invalid, Refused
from workflows.rules.calendar import Explanation, london_date

__all__ = ["council", "town_hall"]
DUE, LATER = date(2026, 3, 9), date(2026, 3, 16)
WHY = "They wait for the audit of the accounts"


def give(council: Council, *, until: date | None = LATER, because: str = WHY, by: str = "amara.osei", to: str = "legal") -> None:
    more_time.give(council.session, request_to(council, to), until=until, because=because, by=council.person(by))


def task_days(council: Council) -> dict[str, date]:
    rows = council.session.scalars(select(UserTask).where(UserTask.bpmn_id == "give-advice"))
    return {row.candidate_group: london_date(row.due_at) for row in rows}


def timers_by_day(council: Council) -> Counter[tuple[str, date]]:
    return Counter((each.bpmn_id, london_date(each.due_at)) for each in council.session.scalars(select(Timer)))


def test_one_consultee_has_another_day_and_the_others_keep_theirs(council: Council) -> None:
    come_to_advice(council)
    before = timers_by_day(council)

    give(council)

    days = task_days(council)
    assert days.pop("legal") == LATER and set(days.values()) == {DUE} and len(days) >= 2
    request = request_to(council, "legal")
    explained = Explanation.from_json(request.due_explanation or {})
    assert london_date(request.due_at) == LATER
    assert [(each.was, each.to, each.by, each.reason) for each in explained.changes] == [(DUE, LATER, "Amara Osei", WHY)]
    gone, new = before - timers_by_day(council), timers_by_day(council) - before
    assert {name for name, _ in new} == {name for name, _ in gone} and len(new) >= 3 and set(new.values()) == {1}
    assert max(day for _, day in gone) < max(day for _, day in new)
    event = council.session.scalars(select(AuditEvent).where(AuditEvent.kind == "consultation:more_time_given")).one()
    assert event.detail == {"consultee": "legal", "from": "2026-03-09", "to": "2026-03-16"} and event.text is not None and event.text.words == {"because": WHY}
    assert council.session.scalars(select(OutboxMail).where(OutboxMail.kind == "consultation:more_time_given")).all()


def test_a_day_that_a_person_has_set_does_not_follow_the_calendar(council: Council) -> None:
    come_to_advice(council)
    give(council)
    row = LocalClosure(day=date(2026, 3, 4), reason="Jubilee", kind="bank holiday", source="Royal proclamation")

    redating.move(council.session, council.case.id, days_off.days_with(council.session, row))

    days = task_days(council)
    assert days.pop("legal") == LATER and set(days.values()) == {date(2026, 3, 10)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"until": None}, "until"), ({"until": DUE}, "until"), ({"until": date(2026, 3, 15)}, "until"), ({"until": date(2026, 9, 15)}, "until"),
     ({"because": "Why not"}, "because")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(council: Council, changes: dict[str, object], field: str) -> None:
    come_to_advice(council)

    with pytest.raises(Invalid) as refused:
        give(council, **changes)  # type: ignore[arg-type]

    assert set(refused.value.errors) == {field}


def test_only_the_team_of_the_case_gives_it_and_only_while_an_answer_is_wanted(council: Council) -> None:
    come_to_advice(council)
    with pytest.raises(Refused):
        give(council, by="leah.stone")
    council.do("give-advice", {"response": "support", "implications": "None."}, of="legal")

    with pytest.raises(Conflict):
        give(council)
