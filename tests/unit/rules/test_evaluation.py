"""The clock of an evaluation: its warnings, its end, and what it says at a moment that was set before the day of the answer moved."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Application, ApplicationStatus, clock
from workflows.errors import Refused
from workflows.rules import calendar, evaluation
from workflows.rules.calendar import PCR

DUE = date(2026, 4, 15)


def at(text: str) -> datetime:
    return clock.read_instant(text)


def an_application(**changes: object) -> Application:
    values: dict[str, object] = {
        "case_id": uuid.uuid4(), "provider_id": uuid.uuid4(), "list_id": uuid.uuid4(), "status": ApplicationStatus.SENT, "evaluation_due_on": DUE,
        "sent_at": at("2026-03-30 10:00"), "decided_at": None, "extended_at": None,
    }  # fmt: skip
    return Application(**{**values, **changes})


def test_warnings_are_at_nine_on_the_working_days_before_the_end() -> None:
    assert evaluation.warnings(DUE, [2, 4], PCR) == [at("2026-04-09 09:00"), at("2026-04-13 09:00")]


def test_the_whole_day_of_the_answer_is_in_time() -> None:
    warned_at = evaluation.warnings(DUE, [4, 2], PCR)
    breach = evaluation.breach(DUE)

    assert breach == at("2026-04-16 00:00")
    before = evaluation.look(an_application(), looked_for=breach, warned_at=warned_at, now=breach - timedelta(microseconds=1))
    assert (before, evaluation.look(an_application(), looked_for=breach, warned_at=warned_at, now=breach)) == ("longer", "breached")


def test_a_decision_stops_the_clock_whatever_the_hour() -> None:
    decided = an_application(decided_at=at("2026-04-15 23:59"))

    assert evaluation.look(decided, looked_for=evaluation.breach(DUE), warned_at=[], now=at("2026-05-01 09:00")) == "decided"


def test_a_moment_that_was_a_warning_before_the_period_was_prolonged_warns_of_nothing() -> None:
    prolonged = an_application(evaluation_due_on=date(2026, 4, 22))
    warned_at = evaluation.warnings(date(2026, 4, 22), [4, 2], PCR)

    said = evaluation.look(prolonged, looked_for=at("2026-04-13 09:00"), warned_at=warned_at, now=at("2026-04-13 09:00"))

    assert said == "longer"
    assert evaluation.next_look(date(2026, 4, 22), warned_at=warned_at, now=at("2026-04-13 09:00")) == at("2026-04-16 09:00")


@given(due=st.dates(date(2020, 1, 1), date(2040, 12, 31)), hours=st.integers(-2000, 400))
def test_the_clock_is_always_looked_at_later_until_the_period_is_over(due: date, hours: int) -> None:
    now = evaluation.breach(due) + timedelta(hours=hours)
    warned_at = evaluation.warnings(due, [4, 2], PCR)

    following = evaluation.next_look(due, warned_at=warned_at, now=now)

    assert following > now or following == evaluation.breach(due)
    assert evaluation.look(an_application(evaluation_due_on=due), looked_for=following, warned_at=warned_at, now=following) in (
        "ends_soon",
        "breached",
    )


@given(day=st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_last_day_for_an_answer_leaves_two_working_days(day: date) -> None:
    due = calendar.working_day_on_or_after(day, PCR)

    last = evaluation.latest_reply(due, 2, PCR)

    assert calendar.is_working_day(last, PCR)
    assert calendar.working_days_between(last, due, PCR) == 2


@pytest.mark.parametrize("changes", [{}, {"status": ApplicationStatus.DRAFT, "evaluation_due_on": None}, {"extended_at": at("2026-04-01 09:00")}])
def test_whoever_is_not_the_head_of_procurement_is_refused_first(changes: dict[str, object]) -> None:
    with pytest.raises(Refused, match="Only the Head of Procurement"):
        evaluation.check_extension(an_application(**changes), by=None, because="x" * 40, now=at("2026-04-10 09:00"))
