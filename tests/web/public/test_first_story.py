"""The first demo decision, walked through the real process: its public page tells all that the published notice told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models import CallIn, DecisionState, KeyDecision, User, clock
from models.session import new_session, transaction
from tests.support.clients import Browser, client_for
from tests.web.public.conftest import on
from tests.web.public.pages import details, main, section, status_sentence, words
from tests.web.public.test_representations import hidden
from workflows.actions import catalogue, definitions  # noqa: F401  the operations that the diagrams name
from workflows.demo import people, stories, walking

LIBRARY = Path(__file__).parents[3] / "bpmn"
PAGE = "/decisions/okd99-20-21"
Walk = Callable[[str], None]


@pytest.fixture
def walk(app: Flask) -> Walk:
    """Walk the story up to a moment in London time."""
    engine = app.extensions["dps_engine"]
    with clock.held(on("2020-01-06 09:00")), transaction(engine) as session:
        definitions.deploy_library(session, LIBRARY)
        people.load_people(session)

    def until(moment: str) -> None:
        list(walking.walk(engine, stories.read_story("extension"), until=on(moment)))

    return until


def test_the_page_holds_every_fact_of_the_notice(public: Browser, walk: Walk) -> None:
    walk("2020-12-01")

    with clock.held(on("2020-12-01 09:00")):
        page = public.get(PAGE)
        record = words(main(public.get(f"{PAGE}/record")))
    found = details(page)

    assert status_sentence(page) == "Carried out on 30 November 2020."
    assert found["Decision type"].startswith("Key decision")
    assert found["Why it is key"].startswith("Spending of ")
    assert found["Areas affected"] == "All divisions"
    assert found["Notice first published"].startswith("Monday 28 September 2020 First day it could be decided: Tuesday 27 October 2020")
    assert found["Date of decision"] == "Thursday 12 November 2020 (was due November 2020)"
    assert found["Published"] == "Thursday 12 November 2020"
    assert found["In effect from"] == "Tuesday 24 November 2020"
    assert found["Carried out"] == "Monday 30 November 2020"
    assert found["Decision maker"] == "Executive Director, Children, Young People and Learning (officer)"
    assert found["Lead member"] == "None. This is a decision by an officer"
    assert found["Lead director"] == "Executive Director, Children, Young People and Learning"
    assert found["Contact"].startswith("Children's commissioning")
    assert found["Have your say"] == "Comments closed on 31 October 2020. 2 were received."
    assert found["Consultation"] == "Procurement: answered Legal: answered Finance: answered"
    assert found["Questions about this notice"].startswith("Democratic Services")
    assert found["Council plan priority"] == "Best start in life"
    assert (found["Current term ended"], found["Extension until"]) == ("March 2020", "March 2022")
    assert "the system runs until 31 March 2022" in section(page, "decision")
    assert section(page, "background-papers") == "None"
    assert "Helen Ashdown, Executive Director, Children, Young People and Learning" in record
    assert "Its words are those that were signed." in record


def test_nothing_said_inside_the_council_is_on_any_page(public: Browser, walk: Walk) -> None:
    walk("2020-12-01")
    inside = ("Keep the list open", "01632 960114", "R. Holloway", "office@harbourhomes.example.org", "some risk of challenge, which the decision maker",
              "Amara Osei", "Leah Stone", "Ines Marlow", "weigh")  # fmt: skip

    with clock.held(on("2020-12-01 09:00")):
        shown = {
            path: public.get(path).text
            for path in (PAGE, f"{PAGE}/record", f"{PAGE}/notice", f"{PAGE}/history", f"{PAGE}/call-in", "/decisions", "/")
        }

    assert {path: [word for word in inside if word in text] for path, text in shown.items() if any(word in text for word in inside)} == {}


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2020-10-01 09:00", "Due to be decided in November 2020. You can comment until 31 October 2020."),
        ("2020-11-02 09:00", "Due to be decided in November 2020. Comments closed on 31 October 2020."),
        ("2020-11-12 11:00", "Decided on 12 November 2020. The record is about to be published."),
        ("2020-11-25 09:00", "Approved on 12 November 2020, in effect since 24 November 2020."),
    ],
)
def test_the_sentence_follows_the_process(public: Browser, walk: Walk, moment: str, sentence: str) -> None:
    walk(moment)

    with clock.held(on(moment)):
        assert status_sentence(public.get(PAGE)) == sentence


def test_the_draft_is_hidden_until_its_notice(public: Browser, walk: Walk) -> None:
    walk("2020-09-20")

    with clock.held(on("2020-09-20 09:00")):
        assert public.get(PAGE).status_code == 404
        assert "No notice has been published yet." in public.get("/decisions").text


def test_a_councillor_calls_the_decision_in(app: Flask, public: Browser, walk: Walk) -> None:
    walk("2020-11-13")
    with clock.held(on("2020-11-16 11:00")):
        browser = client_for(app, councillor(app))
        check = browser.post(
            f"{PAGE}/call-in", data={"requesters": "Nadia Farouk\nA\nB\nC", "reasons": "Young people were not asked.", "step": "check"}
        )
        sent = browser.post(f"{PAGE}/call-in", data=hidden(check.text, "send"))
        again = browser.post(f"{PAGE}/call-in", data=hidden(check.text, "send"))
        done = browser.get(sent.location)
        page = public.get(PAGE)

    assert again.location == sent.location
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        (request,) = session.scalars(select(CallIn))
        decision = session.scalars(select(KeyDecision)).one()
    assert request.is_late is False
    assert decision.state is DecisionState.CALL_IN_OPEN
    assert "It came in time." in words(main(done))
    assert "A request to call it in is being checked, so it is on hold." in status_sentence(page)
    assert "it is being checked." in section(page, "call-in")
    assert "Young people were not asked." not in page.text


def councillor(app: Flask) -> User:
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return people.find_person(session, "nadia.farouk")
