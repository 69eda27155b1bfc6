"""The start page and the questions before an account: what is open, who can apply, and a kind stop with the reason."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from models import Regime
from models.session import transaction
from tests.support import planting_apply as plant
from tests.support.clients import public_client
from tests.web.apply.conftest import Applicant

STOPS = [
    (1, "lives_there", "under_16", "This list is not for accommodation for children under 16"),
    (1, "lives_there", "none", "This list is only for young people aged 16 to 25"),
    (2, "registered", "no", "You need to register with Ofsted first"),
    (3, "offers", "care", "This list is for support, not for care"),
    (3, "offers", "home", "This list is for homes with support"),
    (4, "insured", "no", "You need to be insured before anyone moves in"),
]
GOES_ON = [(1, "lives_there", "16_17"), (2, "registered", "applied"), (3, "offers", "support"), (4, "insured", "will")]


def test_the_start_page_names_the_open_list_and_its_dates(library_app: Flask) -> None:
    page = public_client(library_app).get("/apply").text

    assert "Supported homes for young people" in page
    assert "Open now. The list runs until Tuesday 31 December 2030" in page
    assert "purchasing system (DPS)" in page
    assert "Start now" in page


def test_without_a_list_nobody_can_start(app: Flask) -> None:
    page = public_client(app).get("/apply").text

    assert "No list is open at the moment" in page
    assert "Start now" not in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"is_paused_because": "we are moving to a new list", "regime": Regime.PA23_DYNAMIC_MARKET}, "takes no applications at present: we are moving to a new list."),
        ({"valid_from": date(2029, 1, 1)}, "This list opens on Monday 1 January 2029."),
    ],
)
def test_a_list_that_takes_no_applications_says_why(app: Flask, values: dict[str, object], words: str) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        plant.open_list(session, **values)

    page = public_client(app).get("/apply").text

    assert words in page
    assert "Start now" not in page


def test_a_list_that_is_over_is_not_named(app: Flask) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        plant.open_list(session, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))

    assert "Supported homes for young people" not in public_client(app).get("/apply").text


@pytest.mark.parametrize(("number", "question", "answer"), GOES_ON)
def test_a_right_answer_leads_on(library_app: Flask, number: int, question: str, answer: str) -> None:
    found = public_client(library_app).post(f"/apply/eligibility/{number}", data={question: answer})

    assert found.location == (f"/apply/eligibility/{number + 1}" if number < 4 else "/apply/account?new=yes")


@pytest.mark.parametrize(("number", "question", "answer", "reason"), STOPS)
def test_an_answer_that_stops_says_why_and_what_to_do(library_app: Flask, number: int, question: str, answer: str, reason: str) -> None:
    browser = public_client(library_app)

    page = browser.post(f"/apply/eligibility/{number}", data={question: answer}, follow_redirects=True).text

    assert f'<h1 class="govuk-heading-l">{reason}</h1>' in page
    assert "Change your answer" in page
    assert "Ask us" in page
    assert page.count("<p class=\"govuk-body\">") >= 3


def test_the_words_of_a_stop_are_not_on_the_question_itself(library_app: Flask) -> None:
    page = public_client(library_app).get("/apply/eligibility/2").text

    assert "You need to register with Ofsted first" not in page


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_nothing_chosen_is_said_at_the_question(library_app: Flask, number: int) -> None:
    answer = public_client(library_app).post(f"/apply/eligibility/{number}", data={})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text


@pytest.mark.parametrize("path", ["/apply/eligibility/0", "/apply/eligibility/5"])
def test_there_are_four_questions(library_app: Flask, path: str) -> None:
    assert public_client(library_app).get(path).status_code == 404


def test_an_answer_that_nobody_offered_stops_nobody(library_app: Flask) -> None:
    answer = public_client(library_app).get("/apply/eligibility/1?answer=<script>")

    assert answer.status_code == 200
    assert "Can you apply?" in answer.text


def test_the_answer_is_there_again_on_the_way_back(library_app: Flask) -> None:
    browser = public_client(library_app)
    browser.post("/apply/eligibility/1", data={"lives_there": "16_25"})

    assert 'value="16_25" checked' in browser.get("/apply/eligibility/1").text


def test_an_organisation_has_one_application_to_a_list(applicant: Applicant) -> None:
    answer = applicant.browser.post("/apply/new", data={"list": "DPS-2026-0001", "categories": ["shared"]})

    assert answer.status_code == 422
    assert "There is no list that you could apply to now" in answer.text


def test_categories_have_to_be_chosen(applicant: Applicant, stranger: Applicant) -> None:
    answer = stranger.browser.post("/apply/new", data={"list": "DPS-2026-0001"})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text


def test_the_applications_of_an_organisation_are_its_own(applicant: Applicant, stranger: Applicant) -> None:
    assert applicant.reference in applicant.browser.get("/apply/applications").text
    assert applicant.reference not in stranger.browser.get("/apply/applications").text
    assert "You have not applied yet." in stranger.browser.get("/apply/applications").text
