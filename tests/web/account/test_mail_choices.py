"""The page of mail choices: what is offered, what is fixed and why, and errors at the question."""

from __future__ import annotations

import pytest
from flask import Flask

from models import User
from models.session import new_session
from tests.support.clients import client_for
from tests.web.conftest import person

ALL = {"tasks": "at_once", "given": "at_once", "advice": "digest", "sign": "at_once", "answers": "never", "news": "digest"}


@pytest.fixture
def officer(app: Flask) -> User:
    return person(app, "Rowan Ashdown")


def kept(app: Flask, user: User) -> object:
    """What is stored for a person."""
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return session.get_one(User, user.id).preferences.get("mail")


def test_choices_are_kept_and_shown_again(app: Flask, officer: User) -> None:
    browser = client_for(app, officer)

    answer = browser.post("/settings/mail", data=ALL)

    assert (answer.status_code, answer.location) == (303, "/settings/mail")
    assert kept(app, officer) == ALL
    assert 'value="never" checked' in browser.get("/settings/mail").text


def test_what_cannot_be_switched_off_says_why(app: Flask, officer: User) -> None:
    page = client_for(app, officer).get("/settings/mail").text

    assert "These dates come from the law" in page
    assert "You would lose your way into the service" in page
    assert 'name="dates"' not in page


def test_a_wrong_answer_stands_at_its_question_and_the_others_are_not_lost(app: Flask, officer: User) -> None:
    answer = client_for(app, officer).post("/settings/mail", data={**ALL, "news": "hourly"})

    assert answer.status_code == 422
    assert 'href="#news"' in answer.text
    assert 'id="news-error"' in answer.text
    assert answer.text.count("checked") == len(ALL) - 1
    assert kept(app, officer) is None


def test_a_topic_without_a_choice_is_not_kept_even_when_it_is_sent(app: Flask, officer: User) -> None:
    client_for(app, officer).post("/settings/mail", data={**ALL, "dates": "never", "account": "never"})

    assert kept(app, officer) == ALL


def test_a_provider_chooses_only_what_providers_get(app: Flask) -> None:
    browser = client_for(app, person(app, "Amy Lowe", role="provider"))

    page = browser.get("/settings/mail").text

    assert 'name="provider_messages"' in page
    assert 'name="tasks"' not in page
    assert browser.post("/settings/mail", data={"provider_messages": "never"}).status_code == 422
