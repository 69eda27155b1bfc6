"""Call-in: the rules for everyone, the request for scrutiny councillors, in time and late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import CallIn, CallInStatus, DecisionState, User, clock
from models.session import new_session
from tests.support.clients import Browser, client_for
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import main, problems, section, words
from tests.web.public.test_representations import hidden

Plant = Callable[[Callable[..., Any]], Any]
PAGE = "/decisions/okd99-20-21/call-in"
ANSWERS = {
    "requesters": "Nadia Farouk\r\n\r\n Peter  Hollis \r\nNadia Farouk",
    "grounds": "People who should have been asked were not",
    "reasons": "Young people in care were not asked.",
}


@pytest.fixture
def councillor(plant: Plant) -> User:
    found: User = plant(lambda session: factories.someone(session, "Nadia Farouk", group="scrutiny"))
    return found


def requests(app: Flask) -> list[CallIn]:
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return list(session.scalars(select(CallIn)))


def test_everyone_reads_the_rules_and_which_are_not_confirmed(public: Browser, plant: Plant) -> None:
    plant(factories.approved)
    plant(factories.parameters)

    page = public.get(PAGE)
    said = words(main(page))

    assert "until 11:59pm on Monday 23 November 2020." in said
    assert "The call-in period is 7 working days after the decision is published. Not confirmed" in said
    assert "It ends at 11:59pm on the last day. Not confirmed" in said
    assert "At least 4 councillors who are not in the cabinet must ask. Not confirmed" in said
    assert "No request has been made." in said
    assert "Sign in to request call-in" in said
    assert "<form" not in main(page)


def test_confirmed_rules_carry_no_mark(public: Browser, plant: Plant) -> None:
    plant(factories.approved)
    plant(lambda session: factories.parameters(session, confirmed=True))

    assert "Not confirmed" not in words(main(public.get(PAGE))).partition("The rules")[2]


def test_before_the_decision_there_is_nothing_to_call_in(app: Flask, public: Browser, plant: Plant, councillor: User) -> None:
    plant(factories.noticed)

    page = client_for(app, councillor).get(PAGE)
    tried = client_for(app, councillor).post(PAGE, data={**ANSWERS, "step": "send"})

    assert "No decision has been published that could be called in." in words(main(page))
    assert "<form" not in main(page)
    assert tried.status_code == 403


def test_an_urgent_decision_says_why_it_cannot_be_called_in(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session, state=DecisionState.IN_EFFECT)
        record = factories.record_of(session, decision)
        record.can_be_called_in, record.not_callable_because = False, "It was agreed to be too urgent to wait for call-in"

    plant(build)

    assert "This decision cannot be called in. It was agreed to be too urgent to wait for call-in." in words(main(public.get(PAGE)))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("requesters", " \r\n", "Enter the councillors who ask for call-in, one on each line"),
        ("requesters", "\n".join(f"Councillor {number}" for number in range(51)), "Enter 50 councillors or fewer"),
        ("requesters", "n" * 101, "Each councillor's name must be 100 characters or fewer"),
        ("reasons", "", "Enter why the decision should be looked at again"),
        ("reasons", "x" * 4001, "Reasons must be 4,000 characters or fewer"),
    ],
)
def test_each_mistake_is_told_and_the_rest_is_kept(app: Flask, plant: Plant, councillor: User, field: str, value: str, message: str) -> None:
    plant(factories.approved)

    answer = client_for(app, councillor).post(PAGE, data={**ANSWERS, field: value, "step": "check"})

    assert answer.status_code == 422
    assert problems(answer) == [message]
    assert "<title>Error: Call-in" in answer.text
    assert 'value="People who should have been asked were not" checked' in answer.text
    assert requests(app) == []


def test_a_request_is_shown_once_more_before_it_is_sent(app: Flask, plant: Plant, councillor: User) -> None:
    plant(factories.approved)

    check = client_for(app, councillor).post(PAGE, data={**ANSWERS, "step": "check"})

    said = words(main(check))
    assert "Councillors who ask (2) Nadia Farouk Peter Hollis" in said
    assert "People who should have been asked were not" in said
    assert requests(app) == []


def test_a_request_after_the_effective_day_is_recorded_as_late(app: Flask, public: Browser, plant: Plant, councillor: User) -> None:
    plant(lambda session: factories.approved(session, state=DecisionState.IN_EFFECT))
    browser = client_for(app, councillor)

    with clock.held(on("2020-11-24 09:00")):
        browser = client_for(app, councillor)
        page = browser.get(PAGE)
        check = browser.post(PAGE, data={**ANSWERS, "step": "check"})
        sent = browser.post(PAGE, data=hidden(check.text, "send"))
        again = browser.post(PAGE, data=hidden(check.text, "send"))
        done = browser.get(sent.location)
        decision = public.get("/decisions/okd99-20-21")

    late = "The call-in period ended at 11:59pm on Monday 23 November 2020. You can still send a request. It is recorded as late."
    assert late in words(main(page))
    assert late in words(main(check))
    assert again.location == sent.location
    (request,) = requests(app)
    assert (request.is_late, request.status) == (True, CallInStatus.INVALID)
    assert request.requesters == ["Nadia Farouk", "Peter Hollis"]
    assert "It is recorded as late and changes nothing." in words(main(done))
    assert f"{request.reference}, received on 24 November 2020, after the deadline: it was turned down." in section(decision, "call-in")


def test_the_confirmation_is_for_the_sender_alone(app: Flask, public: Browser, plant: Plant, councillor: User) -> None:
    plant(lambda session: factories.call_in(session, factories.approved(session)))
    (request,) = requests(app)

    for browser in (public, client_for(app, councillor)):
        assert browser.get(f"/decisions/okd99-20-21/call-in/sent?reference={request.reference}").status_code == 404


def test_only_scrutiny_councillors_can_ask(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.approved)
    officer: User = plant(lambda session: factories.someone(session, "Tom Birch"))

    refused = client_for(app, officer).post(PAGE, data={**ANSWERS, "step": "send"})
    signed_out = public.post(PAGE, data={**ANSWERS, "step": "send"})

    assert refused.status_code == 403
    assert "Only scrutiny councillors" in refused.text
    assert "<form" not in main(client_for(app, officer).get(PAGE))
    assert signed_out.status_code == 401
    assert requests(app) == []


def test_the_reasons_of_a_request_stay_with_the_council(public: Browser, plant: Plant) -> None:
    plant(lambda session: factories.call_in(session, factories.approved(session, state=DecisionState.CALLED_IN)))

    for path in ("/decisions/okd99-20-21", PAGE, "/decisions"):
        assert factories.CANARIES["premises"] not in public.get(path).text
