"""The page of absences: dates and delegate with errors at the field, loops refused in words, warnings, and ending early."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models import Delegation, User, clock
from models.session import new_session, transaction
from tests.support import factories
from tests.support.clients import client_for
from tests.web.conftest import person
from tests.web.work import factories as tasks
from workflows.actions import delegations

PAGE = "/settings/out-of-office"
DAYS = {
    "starts_on-day": "2", "starts_on-month": "3", "starts_on-year": "2026", "ends_on-day": "6", "ends_on-month": "3", "ends_on-year": "2026",
    "message": "Ring Legal.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def monday(app: Flask) -> None:
    clock.hold(clock.read_instant("2026-03-02 09:30"))


@pytest.fixture
def rowan(app: Flask) -> User:
    return person(app, "Rowan Ashdown")


@pytest.fixture
def sam(app: Flask) -> User:
    return person(app, "Sam Reed")


def absences(app: Flask) -> list[Delegation]:
    """Every absence there is."""
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return list(session.scalars(select(Delegation)))


def test_somebody_goes_away_and_the_page_says_who_acts_and_until_when(app: Flask, rowan: User, sam: User) -> None:
    browser = client_for(app, rowan)

    page = browser.post(PAGE, data={**DAYS, "delegate": str(sam.id)}, follow_redirects=True).text

    assert "Sam Reed will act for you from 2 March 2026 to 6 March 2026" in page
    assert "<strong>Sam Reed acts for you</strong>" in page
    assert "until midnight" in page
    assert "Ring Legal." in client_for(app, sam).get(PAGE).text
    assert "Sam Reed acts for you from 2 March 2026 to 6 March 2026" in browser.get("/settings").text


def test_what_stays_is_named_with_the_reason(app: Flask, rowan: User, sam: User) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        owner = session.get_one(User, rowan.id)
        for number in (1, 2):
            rules = {"differentFrom": "check"} if number == 2 else {}
            case = factories.case(session, owner, reference=f"KD-2026-000{number}")
            task = tasks.task(session, case, group="commissioning_officer", assignee=owner, bpmn_id="check", properties={})
            if number == 2:
                task.status, task.completed_at, task.completed_by_id = task.status.COMPLETED, clock.now(), sam.id
                tasks.task(session, case, name="Sign it off", group="commissioning_officer", assignee=owner, bpmn_id="sign", properties=rules)

    page = client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(sam.id)}, follow_redirects=True).text

    assert "1 of your open tasks is on their list" in page
    assert "Sam Reed completed “Check the insurance” in this case." in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on-day": ""}, "starts_on"),
        ({"ends_on-month": "13"}, "ends_on"),
        ({"ends_on-day": "1"}, "ends_on"),
        ({"delegate": ""}, "delegate"),
        ({"message": "x" * 1_001}, "message"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(app: Flask, rowan: User, sam: User, change: dict[str, str], field: str) -> None:
    answer = client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(sam.id), **change})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert absences(app) == []
    if field not in ("message", "delegate"):
        assert "Ring Legal." in answer.text
        assert f'value="{sam.id}" selected' in answer.text


def test_a_loop_is_refused_in_words(app: Flask, rowan: User, sam: User) -> None:
    client_for(app, sam).post(PAGE, data={**DAYS, "delegate": str(rowan.id)})

    answer = client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(sam.id)})

    assert answer.status_code == 422
    assert "Sam Reed cannot act for you: you act for them from 2 March 2026 to 6 March 2026. Select someone else" in answer.text


def test_a_delegate_who_is_away_themselves_is_warned_about(app: Flask, rowan: User, sam: User) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        val = factories.officer(session, "Val Stone", "commissioning_officer")
        away = session.get_one(User, sam.id)
        delegations.add(session, away, to=val, starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 9), by=away)

    page = client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(sam.id)}, follow_redirects=True).text

    assert "Sam Reed is away themselves from 5 March 2026 to 9 March 2026. On those days your work falls to the others of your teams" in page


def test_while_the_delegate_is_away_the_page_does_not_claim_that_they_have_the_work(app: Flask, rowan: User, sam: User) -> None:
    browser = client_for(app, rowan)
    browser.post(PAGE, data={**DAYS, "delegate": str(sam.id)})
    assert "What Sam Reed does for you" in browser.get(PAGE).text
    with transaction(app.extensions["dps_engine"]) as session:
        val, away = factories.officer(session, "Val Stone", "commissioning_officer"), session.get_one(User, sam.id)
        delegations.add(session, away, to=val, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2), by=away)

    page = browser.get(PAGE).text

    assert "Sam Reed is away too. On those days your work falls to the others of your teams" in page
    assert "What Sam Reed does for you" not in page


def test_it_can_be_ended_early_by_its_own_person_only(app: Flask, rowan: User, sam: User) -> None:
    client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(sam.id)})
    (absence,) = absences(app)

    assert client_for(app, sam).post(f"{PAGE}/{absence.id}/end").status_code == 404
    assert client_for(app, rowan).post(f"{PAGE}/{absence.id}/end").status_code == 303
    assert absences(app)[0].ended_at is not None


def test_people_of_providers_have_no_such_page(app: Flask) -> None:
    browser = client_for(app, person(app, "Amy Lowe", role="provider"))

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, data=DAYS).status_code == 403
    assert PAGE not in browser.get("/settings").text


def test_neither_auditors_nor_providers_can_be_named(app: Flask, rowan: User) -> None:
    others = [person(app, "Una Watts", role="auditor"), person(app, "Amy Lowe", role="provider")]

    page = client_for(app, rowan).get(PAGE).text

    assert not [other.name for other in others if other.name in page]
    assert client_for(app, rowan).post(PAGE, data={**DAYS, "delegate": str(others[0].id)}).status_code == 422
