"""What the editors of the workshop ask of the server: their pages, saving, joining, the preview of a form and the examples of a table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.casebook import Casebook, open_casebook
from workflows.library import definitions as library

OWNER, LEGAL, MONITORING, OFFICER = "service-improvement", "legal", "monitoring-officer", "children-commissioning"
DRAFT = "/processes/errand/draft"


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council with a draft of its errand."""
    library.forget()
    book = open_casebook(app)
    assert book.browser(OWNER).post(f"{DRAFT}/open").status_code == 303
    return book


def config_of(page: TestResponse) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="editor-config">(.*?)</script>', page.text, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def told(answer: TestResponse) -> Any:
    """What an answer says as JSON."""
    return json.loads(answer.text)


def save(book: Casebook, text: str, *, by: str = OWNER, based_on: Any = 0, path: str = "README.md") -> TestResponse:
    return book.browser(by).post(f"{DRAFT}/files", json={"path": path, "text": text, "based_on": based_on})


def test_without_a_draft_the_page_offers_to_begin_one(app: Flask) -> None:
    library.forget()
    book = open_casebook(app)

    assert "Begin a draft" in book.browser(OWNER).get(DRAFT).text
    assert "Begin a draft" not in book.browser(MONITORING).get(DRAFT).text
    assert book.browser(OFFICER).get(DRAFT).status_code == 403
    assert book.browser(MONITORING).post(f"{DRAFT}/open").status_code == 403


def test_the_diagram_page_brings_what_can_be_chosen(book: Casebook) -> None:
    page = book.browser(OWNER).get(DRAFT)

    config = config_of(page)
    assert "<bpmn:definitions" in config["text"] and config["revision"] == 0
    assert {"value": "propose", "label": "propose"} in config["forms"]
    assert {"value": "legal", "label": "Legal"} in config["groups"]
    assert config["operations"] and config["tables"]
    assert "editor-diagram" in page.text and "editor-form" not in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_file_is_saved_with_its_revision_and_the_time(book: Casebook) -> None:
    first = save(book, "# One\n")
    second = save(book, "# Two\n", based_on=told(first)["revision"])

    assert (told(first)["revision"], told(second)["revision"]) == (1, 2)
    assert told(first)["words"].startswith("Draft saved ")


def test_a_file_that_somebody_else_saved_is_not_written_over(book: Casebook) -> None:
    save(book, "# Theirs\n", by=LEGAL)

    answer = save(book, "# Mine\n")

    assert answer.status_code == 409
    assert told(answer)["theirs"] == "# Theirs\n" and told(answer)["revision"] == 1 and told(answer)["by"]
    assert save(book, "# Mine\n", based_on=1).status_code == 200


@pytest.mark.parametrize("based_on", [None, "0", True, -1, 7])
def test_a_revision_that_is_none_is_a_conflict(book: Casebook, based_on: Any) -> None:
    assert save(book, "# Mine\n", based_on=based_on).status_code == 409


def test_rules_and_strange_paths_are_refused_in_words(book: Casebook) -> None:
    assert "Only Legal" in told(save(book, "rules: []\n", path="rules.yml"))["words"]
    assert save(book, "x", path="../secret.yml").status_code == 422
    assert save(book, "# Mine\n", by=MONITORING).status_code == 403


def test_saving_needs_the_form_token(book: Casebook) -> None:
    answer = book.browser(OWNER).post_raw(f"{DRAFT}/files", json={"path": "README.md", "text": "x", "based_on": 0})

    assert answer.status_code == 400


def test_changes_in_different_places_can_be_joined(book: Casebook) -> None:
    body = {"path": "README.md", "base": "a\nb\nc\nd", "mine": "A\nb\nc\nd", "theirs": "a\nb\nc\nD"}

    assert told(book.browser(OWNER).post(f"{DRAFT}/join", json=body)) == {"joined": "A\nb\nc\nD"}
    assert told(book.browser(OWNER).post(f"{DRAFT}/join", json=body | {"theirs": "X\nb\nc\nd"})) == {"joined": None}


def test_the_preview_is_our_own_form(book: Casebook) -> None:
    form = {"components": [{"type": "radio", "key": "way", "label": "Which way?", "values": [{"value": "a", "label": "By <b>bus</b>"}]}]}

    shown = told(book.browser(OWNER).post(f"{DRAFT}/forms/preview", json={"text": json.dumps(form)}))["html"]

    assert "govuk-radios" in shown and "Which way?" in shown and "<b>bus" not in shown


@pytest.mark.parametrize("text", ["", "[]", '{"components": [{"type": "button"}]}', '{"components": [{"type": "radio", "values": [1]}]}'])
def test_a_form_that_cannot_be_shown_says_why(book: Casebook, text: str) -> None:
    answer = book.browser(OWNER).post(f"{DRAFT}/forms/preview", json={"text": text})

    assert answer.status_code == 200 and "cannot be shown" in told(answer)["html"]


def test_a_form_can_be_added_and_is_listed(book: Casebook) -> None:
    browser = book.browser(OWNER)

    assert "must begin with a small letter" in browser.post(f"{DRAFT}/forms", data={"name": "Not So"}).text
    assert "already" in browser.post(f"{DRAFT}/forms", data={"name": "propose"}).text
    made = browser.post(f"{DRAFT}/forms", data={"name": "look-again"})
    assert made.status_code == 303 and browser.get(made.location).status_code == 200
    assert "look-again" in browser.get(f"{DRAFT}/forms").text


def test_examples_run_on_the_table_as_it_stands_in_the_editor(book: Casebook) -> None:
    browser = book.browser(OWNER)
    config = config_of(browser.get(f"{DRAFT}/tables/size"))

    answer = told(browser.post(f"{DRAFT}/tables/try", json={"text": config["text"], "examples": config["examples"]}))

    assert answer["columns"] and len(answer["rows"]) == len(config["examples"])
    assert answer["rows"][0]["rows"] and answer["rows"][0]["says"]
    assert "cannot be tried yet" in told(browser.post(f"{DRAFT}/tables/try", json={"text": "<no", "examples": [1]}))["problem"]


@pytest.mark.parametrize("place", ["forms/nothing", "tables/nothing"])
def test_a_file_that_is_not_there_is_not_found(book: Casebook, place: str) -> None:
    assert book.browser(OWNER).get(f"{DRAFT}/{place}").status_code == 404
