"""Reviewing a change, agreeing to it as another person, sending it back, and what nobody may do."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import DraftStatus, ProcessDraft, User, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook, errand_definition, open_casebook
from webapp.workshop import gate_first
from workflows.actions import process_drafts
from workflows.engine import Problem
from workflows.library import definitions as library

PAGE = "/processes/errand/draft/review"
OWNER, LEGAL, MONITORING = "service-improvement", "legal", "monitoring-officer"
WARNING = Problem("not-proven", "the search was cut short", "propose", "Propose", "Make it smaller", severity="warning")
ERROR = Problem("dead", "no case ever comes here", "review", "Review", "Draw a way to it")


class Gate:
    """What the gate says in these tests."""

    says: list[Problem] = []


@pytest.fixture(autouse=True)
def quick_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate itself has tests of its own; here it says at once what a test wants."""
    Gate.says = [WARNING]
    monkeypatch.setattr(gate_first.gate, "look", lambda *args, **kwargs: list(Gate.says))


SCENARIO = """
Fetched as asked:
  - starts: 2026-03-02 09:30
  - waits_for: {propose: children-commissioning}
"""


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council with a draft whose description is changed."""
    library.forget()
    book = open_casebook(app)
    save(book, OWNER, "README.md", "# Run an errand\n\nSomeone fetches it at once.\n")
    return book


def save(book: Casebook, name: str, path: str, text: str) -> None:
    with transaction(book.engine) as session:
        by = session.get_one(User, book.people[name].id)
        draft = process_drafts.open_draft(session, "errand", by=by)
        process_drafts.save_file(session, draft, path, text, based_on=process_drafts.revision_of(session, draft, path), by=by)


def draft_of(book: Casebook) -> ProcessDraft:
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(ProcessDraft).order_by(ProcessDraft.opened_at.desc())).first() or pytest.fail("no draft")


def send(book: Casebook, why: str = "Errands took too long") -> TestResponse:
    return book.browser(OWNER).post(f"{PAGE}/send", data={"why": why})


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_change_is_told_in_words_with_problems_and_open_cases(book: Casebook) -> None:
    book.errand()

    page = book.browser(OWNER).get(PAGE).text

    assert "Pat Service improvement" in page
    assert "the search was cut short" in page and "Warning" in page
    assert "1 open: 1 on version 1" in page and "1 can move to this change" in page
    assert "README" in page or "About" in page or "escription" in page
    assert "Send for agreement" in page and "Agree to this change" not in page


def test_from_sending_to_agreed_by_another_person(book: Casebook) -> None:
    answer = send(book)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert draft_of(book).status is DraftStatus.SENT
    assert "so another person must agree" in book.browser(OWNER).get(PAGE).text

    legal = book.browser(LEGAL)
    page = legal.get(PAGE).text
    assert "Errands took too long" in page and "Agree to this change" in page
    assert legal.post(f"{PAGE}/agree", data={"digest": digest_on(page)}).status_code == 303

    draft = draft_of(book)
    assert (draft.status, draft.agreed_by_id) == (DraftStatus.AGREED, book.people[LEGAL].id)
    assert "Pat Legal has agreed to exactly this change" in book.browser(OWNER).get(PAGE).text


def test_sending_without_a_reason_says_so_next_to_the_field(book: Casebook) -> None:
    answer = send(book, " ")

    assert answer.status_code == 422
    assert 'href="#why"' in answer.text and answer.text.count("Enter why this process is changed") == 2
    assert draft_of(book).status is DraftStatus.OPEN


def test_errors_stop_sending_agreeing_and_are_said(book: Casebook) -> None:
    Gate.says = [ERROR]
    page = book.browser(OWNER).get(PAGE).text
    assert "no case ever comes here" in page and "Send for agreement</button>" not in page

    answer = send(book)
    assert answer.status_code == 422 and "Mend the errors" in answer.text
    assert draft_of(book).status is DraftStatus.OPEN


def test_an_author_who_posts_agreement_anyway_is_refused(book: Casebook) -> None:
    send(book)
    answer = book.browser(OWNER).post(f"{PAGE}/agree", data={"digest": "x"})

    assert answer.status_code == 403 and "You changed something in this draft yourself" in answer.text


def test_agreement_to_a_page_that_is_old_is_a_conflict(book: Casebook) -> None:
    send(book)
    legal = book.browser(LEGAL)
    old = digest_on(legal.get(PAGE).text)
    save(book, OWNER, "README.md", "# Something else\n")
    send(book)

    answer = legal.post(f"{PAGE}/agree", data={"digest": old})

    assert answer.status_code == 409 and "changed after you opened the page" in answer.text
    assert draft_of(book).status is DraftStatus.SENT


def test_sent_back_with_a_reason(book: Casebook) -> None:
    send(book)
    legal = book.browser(LEGAL)
    assert legal.post(f"{PAGE}/hand-back", data={"because": ""}).status_code == 422
    legal.post(f"{PAGE}/hand-back", data={"because": "Say who fetches it"})

    assert draft_of(book).status is DraftStatus.OPEN
    assert "Say who fetches it" in book.browser(OWNER).get(PAGE).text


def test_changed_rules_wait_for_the_monitoring_officer(book: Casebook) -> None:
    save(book, LEGAL, "rules.yml", "rules: []\n")
    book.browser(LEGAL).post(f"{PAGE}/send", data={"why": "The law changed"})
    page = book.browser(MONITORING).get(PAGE).text

    assert "The rules of this process change" in page and "Agree to this change" in page
    assert book.browser(MONITORING).post(f"{PAGE}/agree", data={"digest": digest_on(page)}).status_code == 303


def test_someone_deployed_meanwhile(book: Casebook) -> None:
    with clock.held(clock.read_instant("2026-11-04 09:30")), transaction(book.engine) as session:
        session.add(errand_definition(version=2))
    page = book.browser(OWNER).get(PAGE).text
    assert "Version 2 was deployed after this draft began from version 1" in page

    book.browser(OWNER).post(f"{PAGE}/follow")

    with new_session(book.engine, writes=False) as session:
        assert process_drafts.going(session, "errand").base_id == library.latest(session, "errand").id
    assert "was deployed after" not in book.browser(OWNER).get(PAGE).text


def test_a_discarded_draft_is_offered_again(book: Casebook) -> None:
    owner = book.browser(OWNER)
    owner.post("/processes/errand/draft/discard")
    assert draft_of(book).status is DraftStatus.DISCARDED

    assert "Take it up again" in owner.get(PAGE).text
    owner.post("/processes/errand/draft/reopen")
    assert draft_of(book).status is DraftStatus.OPEN


@pytest.mark.parametrize("name", ["finance", "audit"])
def test_others_do_not_come_in(book: Casebook, name: str) -> None:
    assert book.browser(name).get(PAGE).status_code == 403


def test_administrators_read_and_change_nothing(book: Casebook) -> None:
    administrator = book.browser("administrators")
    page = administrator.get(PAGE).text
    assert "have not sent it for agreement" in page and "Discard" not in page

    for path in ("send", "agree", "hand-back", "follow"):
        assert administrator.post(f"{PAGE}/{path}", data={"why": "x", "because": "x", "digest": "x"}).status_code in {403, 409}
    assert draft_of(book).status is DraftStatus.OPEN


def test_a_draft_saved_while_the_gate_looks_is_not_sent_as_something_else(book: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **kwargs: object) -> list[Problem]:
        save(book, OWNER, "README.md", "# Saved meanwhile\n")
        return []

    monkeypatch.setattr(gate_first.gate, "look", slow)

    assert send(book).status_code == 409
    assert draft_of(book).status is DraftStatus.OPEN


def test_sending_twice_sends_once(book: Casebook) -> None:
    owner = book.browser(OWNER)
    for _ in range(2):
        owner.post(f"{PAGE}/send", data={"why": "Errands took too long", "form_key": "only-one"})

    with new_session(book.engine, writes=False) as session:
        assert process_drafts.going(session, "errand").status is DraftStatus.SENT


def test_an_older_version_is_brought_back_from_its_page(book: Casebook) -> None:
    owner = book.browser(OWNER)
    owner.post("/processes/errand/draft/discard")
    with clock.held(clock.read_instant("2026-11-04 09:30")), transaction(book.engine) as session:
        newer = errand_definition(version=2)
        newer.files = {**newer.files, "README.md": "# Another errand\n"}
        session.add(newer)
    assert "Bring back this version" in owner.get("/processes/errand/versions/1").text
    assert "Bring back this version" not in owner.get("/processes/errand/versions/2").text
    assert "Bring back this version" not in book.browser("finance").get("/processes/errand/versions/1").text

    answer = owner.post("/processes/errand/draft/bring-back", data={"version": "1"})

    assert answer.location == PAGE and "Back to version 1" in owner.get(PAGE).text
    assert owner.post("/processes/errand/draft/bring-back", data={"version": "²"}).status_code == 404


def test_the_tests_of_a_draft_are_walked_and_counted(book: Casebook) -> None:
    save(book, OWNER, "scenarios.yml", SCENARIO)
    page = book.browser(OWNER).get("/processes/errand/draft/tests").text

    assert "1 of 1 pass" in page and "Fetched as asked" in page and "Not walked by any test" in page
    assert "1 of 1 pass" in book.browser(OWNER).get(PAGE).text


def test_a_test_that_does_not_pass_stops_the_change(book: Casebook) -> None:
    save(book, OWNER, "scenarios.yml", SCENARIO.replace("propose:", "review:"))

    assert "Does not pass" in book.browser(OWNER).get("/processes/errand/draft/tests").text
    assert "the test “Fetched as asked” does not pass" in book.browser(OWNER).get(PAGE).text
    assert send(book).status_code == 422
    assert draft_of(book).status is DraftStatus.OPEN


@pytest.mark.parametrize("text", ["- a", "a: [", "x: [{starts: 2026-03-02}, {walks: y}]", "a: " + "x" * 200_001])
def test_tests_that_cannot_be_read_are_said_so(book: Casebook, text: str) -> None:
    save(book, OWNER, "scenarios.yml", text)

    assert "The tests cannot be run" in book.browser(OWNER).get("/processes/errand/draft/tests").text


def test_without_tests_the_page_leads_to_trying(book: Casebook) -> None:
    assert "No tests yet" in book.browser(OWNER).get("/processes/errand/draft/tests").text
