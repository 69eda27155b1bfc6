"""What an inspection finds holds placements back at once: the case that decides about it is opened by what the inspection announces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Case, clock
from models.session import new_session
from tests.support import databases, factories, planting_lists
from tests.support import planting_inspections as planting
from tests.support.planting_inspections import COMMISSIONER, FINAL, MANAGER, TRIAGE

MONDAY = "2026-03-02 09:30"


@pytest.fixture(scope="module")
def town_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with databases.fresh("sqlite") as database, clock.held(clock.read_instant(MONDAY)):
        planting.council(database.engine, tmp_path_factory.mktemp("library"), "suspension")
        yield database.engine


@pytest.fixture
def session(town_hall: Engine) -> Iterator[Session]:
    clock.hold(clock.read_instant(MONDAY))
    with new_session(town_hall) as session:
        yield session
        session.rollback()


def a_member(session: Session) -> planting.Premises:
    """Premises of a provider that is on the list."""
    place = planting.premises_of_a_provider(session)
    by = factories.person(session, COMMISSIONER)
    planting_lists.member(session, place.provider, planting_lists.open_list(session, by), by)
    return place


def suspensions(session: Session) -> list[Case]:
    """The cases that decide about holding placements back."""
    return list(session.scalars(select(Case).where(Case.kind == "suspension")))


def test_placements_stop_when_the_manager_says_so_at_the_triage(session: Session) -> None:
    walk = planting.begin(session, a_member(session))

    walk.do("triage", {**TRIAGE, "risk": "high", "immediate_embargo": "yes"}, MANAGER)

    assert len(suspensions(session)) == 1
    assert walk.waiting() == {"plan-visit"}


def test_placements_stop_on_a_critical_finding_before_any_report(session: Session) -> None:
    walk = planting.graded(session, a_member(session), severities={"protection-1": "critical"})

    assert len(suspensions(session)) == 1
    assert walk.inspection.finalised_at is None


def test_a_red_grade_stops_placements_and_a_green_one_does_not(session: Session) -> None:
    green = planting.graded(session, a_member(session))
    green.do("comment-on-draft", {"has_comments": "no"}, "provider")
    green.do("finalise-report", FINAL, MANAGER)
    assert suspensions(session) == []

    clock.hold(clock.read_instant("2026-04-13 09:30"))
    red = planting.begin(session, green.premises)
    assert red.premises.graded_at is not None
    red.do("triage", TRIAGE, MANAGER)
    red.plan(date(2026, 4, 21))
    red.to_the_visit()
    red.mark()
    red.visit()
    for line in ("protection-1", "protection-2", "protection-3"):
        red.find(line, "major")
    red.grade()
    red.do("comment-on-draft", {"has_comments": "no"}, "provider")
    red.do("finalise-report", FINAL, MANAGER)

    assert red.inspection.consequence == "embargo"
    assert len(suspensions(session)) == 1
