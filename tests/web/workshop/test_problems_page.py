"""What stands against a draft: as one types, and on a page that draws the way to a fault on the diagram."""

from __future__ import annotations

import re

import pytest

from models import User
from models.session import transaction
from tests.support.casebook import ERRAND, Casebook
from workflows.actions import process_drafts

OWNER = "service-improvement"
RULES = """rules:
  - id: reviewed-in-time
    rule: review before fetch
    legal: "The Errands Act 1900, s. 1"
    because: Nothing is fetched that nobody looked at.
"""


@pytest.fixture
def draft(book: Casebook) -> Casebook:
    with transaction(book.engine) as session:
        process_drafts.open_draft(session, "errand", by=session.get_one(User, book.people[OWNER].id))
    return book


def save(book: Casebook, path: str, text: str, *, by: str) -> None:
    with transaction(book.engine) as session:
        person = session.get_one(User, book.people[by].id)
        made = process_drafts.going(session, "errand")
        process_drafts.save_file(session, made, path, text, based_on=process_drafts.revision_of(session, made, path), by=person)


def test_what_is_typed_is_looked_at_before_it_is_saved(draft: Casebook) -> None:
    browser = draft.browser(OWNER)

    answer = browser.post("/processes/errand/draft/lint", json={"path": "process.bpmn", "text": ERRAND.read_text().replace("startEvent", "transaction")})

    found = answer.get_json()["problems"]
    assert answer.status_code == 200
    assert ("element", "error") in [(each["code"], each["severity"]) for each in found]
    assert {"code", "message", "element_id", "element_name", "fix", "severity", "path", "line"} == set(found[0])


def test_the_saved_draft_is_looked_at_when_nothing_is_typed(draft: Casebook) -> None:
    found = draft.browser(OWNER).post("/processes/errand/draft/lint", json={}).get_json()["problems"]

    assert [each for each in found if each["severity"] == "error"] == []


def test_a_broken_file_is_a_finding_and_no_fault_of_ours(draft: Casebook) -> None:
    for text in ("", "<", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "\x00", "<a/>" * 30_000):
        answer = draft.browser(OWNER).post("/processes/errand/draft/lint", json={"path": "process.bpmn", "text": text})
        assert answer.status_code == 200
        assert answer.get_json()["problems"]


def test_the_page_says_what_is_wrong_and_draws_the_way_to_it(draft: Casebook) -> None:
    save(draft, "rules.yml", RULES, by="legal")
    browser = draft.browser(OWNER)

    page = browser.get("/processes/errand/draft/problems").text
    assert "reviewed-in-time" in page
    assert "Nothing is fetched that nobody looked at" in page

    number = re.search(r'show=(\d+)#way">Show the way', page)
    assert number
    shown = browser.get(f"/processes/errand/draft/problems?show={number[1]}").text
    assert shown.count('class="bpmn-flow is-way"') == 2
    assert re.search(r'is-fault"><title>Fetch it \(service task[^)]*\)\. Here', shown)
    assert re.search(r"<ol[^>]*>\s*<li>Errand wanted</li>\s*<li>Propose the errand</li>\s*<li>Fetch it</li>", shown)


def test_a_finding_without_a_way_is_shown_where_it_is(draft: Casebook) -> None:
    browser = draft.browser(OWNER)

    page = browser.get("/processes/errand/draft/problems").text
    assert "this is part of the process but is not drawn" in page
    assert browser.get("/processes/errand/draft/problems?show=99").status_code == 200
    assert browser.get("/processes/errand/draft/problems?show=x").status_code == 200


def test_there_is_no_page_without_a_draft(book: Casebook) -> None:
    assert book.browser(OWNER).get("/processes/errand/draft/problems").status_code in (302, 404)
