"""The look of each morning: an inspection is opened when the day of the next visit comes near, once, and not for closed premises."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Inspection, InspectionKind, Job, clock
from tests.support import planting_inspections as planting
from tests.support.planting_inspections import FINAL, INSPECTOR, MANAGER
from workflows.enqueue import Tools
from workflows.jobs import visits_due


def closed(session: Session) -> planting.Walk:
    """An inspection that ended well; the next visit is due by 8 September 2026."""
    walk = planting.graded(session)
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", FINAL, MANAGER)
    walk.do("close-inspection", {"closing_note": "Nothing."}, INSPECTOR)
    return walk


def kinds(session: Session) -> list[InspectionKind]:
    """The kinds of the inspections there are, the oldest first."""
    return list(session.scalars(select(Inspection.kind).order_by(Inspection.created_at)))


@pytest.mark.parametrize(("day", "opened"), [("2026-08-07", 0), ("2026-08-11", 1)])
def test_a_visit_is_opened_twenty_working_days_before_it_is_due(session: Session, day: str, opened: int) -> None:
    closed(session)
    clock.hold(clock.read_instant(f"{day} 05:30"))

    visits_due.open_due(session, Tools())
    visits_due.open_due(session, Tools())

    assert kinds(session)[1:] == [InspectionKind.ROUTINE] * opened


def test_closed_premises_are_not_visited_again(session: Session) -> None:
    walk = closed(session)
    walk.premises.closed_on = date(2026, 6, 1)
    session.flush()
    clock.hold(clock.read_instant("2026-09-01 05:30"))

    visits_due.open_due(session, Tools())

    assert len(kinds(session)) == 1


def test_each_look_asks_for_the_next_in_summer_time_too(session: Session) -> None:
    clock.hold(clock.read_instant("2026-03-28 06:00"))

    visits_due.open_due(session, Tools())

    job = session.scalars(select(Job).where(Job.name == "visits.due").order_by(Job.run_at.desc())).first()
    assert job is not None
    assert job.run_at == clock.read_instant("2026-03-29 05:30")
