"""Deploying an agreed draft and moving running cases: four clicks, what stays and why, the job page, and undoing it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import ProcessDefinition, ProcessInstance, User, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook, open_casebook
from webapp.workshop import gate_first
from workflows.actions import agreeing, process_drafts
from workflows.enqueue import Tools
from workflows.jobs.runner import run_once
from workflows.library import definitions as library

DEPLOY, MIGRATE = "/processes/errand/draft/deploy", "/processes/errand/migrate"
OWNER, LEGAL = "service-improvement", "legal"


@pytest.fixture(autouse=True)
def quick_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate itself has tests of its own."""
    monkeypatch.setattr(gate_first.gate, "look", lambda *args, **kwargs: [])


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council with three errands: two at their first step, one past it, and an agreed draft in which the pause after it is another."""
    library.forget()
    book = open_casebook(app)
    references = [book.errand() for _ in range(3)]
    book.complete(references[2], "propose", by="children-commissioning", note="the minutes")
    agreed(book, lambda xml: xml.replace('"wait"', '"pause"').replace(">wait<", ">pause<"))
    return book


def agreed(book: Casebook, change: object) -> None:
    """A draft with the diagram changed, sent by the owner and agreed by Legal."""
    with transaction(book.engine) as session:
        by, other = (session.get_one(User, book.people[name].id) for name in (OWNER, LEGAL))
        draft = process_drafts.open_draft(session, "errand", by=by)
        files = process_drafts.files_of(session, draft)
        text = change(files["process.bpmn"])  # type: ignore[operator]
        revision = process_drafts.revision_of(session, draft, "process.bpmn")
        process_drafts.save_file(session, draft, "process.bpmn", text, based_on=revision, by=by)
        agreeing.send(session, draft, why="A pause", found=[], by=by)
        agreeing.agree(session, draft, digest=process_drafts.digest_of(session, draft), found=[], by=other)


def hidden(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name in ("digest", "fate", "form_key")}


def versions(book: Casebook) -> list[int]:
    query = select(ProcessDefinition.version).join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
    with new_session(book.engine, writes=False) as session:
        return sorted(session.scalars(query))


def deploy(book: Casebook, **choice: object) -> TestResponse:
    browser = book.browser(OWNER)
    check = browser.post(DEPLOY, data={**hidden(browser.get(DEPLOY).text), **choice})
    assert check.status_code == 200, check.text
    cases = re.findall(r'name="case" value="([^"]*)"', check.text)
    return browser.post(f"{DEPLOY}/now", data={**hidden(check.text), "case": cases})


def test_the_page_names_who_stays_and_why(book: Casebook) -> None:
    page = book.browser(OWNER).get(DEPLOY).text

    assert "What should happen to the 3 open cases?" in page
    assert "Move the 2 that can move" in page
    assert "“Two weeks have passed”, where it stands, is no longer there" in page


def test_four_clicks_to_live_and_the_job_reports_who_moved(book: Casebook) -> None:
    answer = deploy(book, fate="move")
    assert answer.status_code == 303 and answer.location.startswith("/jobs/")
    run_once(book.engine, Tools(), clock.now())

    page = book.browser(OWNER).get(answer.location).text
    assert page.count("Moved to version 2") == 2
    assert page.count("stays on version 1") == 1
    assert versions(book) == [1, 2, 2]


def test_leaving_all_only_deploys(book: Casebook) -> None:
    answer = deploy(book, fate="leave")

    assert answer.location == "/processes/errand"
    assert versions(book) == [1, 1, 1]


def test_a_choice_must_be_made(book: Casebook) -> None:
    browser = book.browser(OWNER)
    nothing = browser.post(DEPLOY, data={})
    none_chosen = browser.post(DEPLOY, data={"fate": "choose"})

    assert nothing.status_code == none_chosen.status_code == 422
    assert 'href="#fate"' in nothing.text and nothing.text.count("Choose what happens to open cases") == 2
    assert 'href="#case"' in none_chosen.text and none_chosen.text.count("Choose at least one case, or leave them all") == 2


def test_only_the_chosen_cases_move_and_foreign_ids_are_nobody(book: Casebook) -> None:
    page = book.browser(OWNER).get(DEPLOY).text
    first = re.findall(r'name="case" type="checkbox" value="([^"]*)"', page)[0]
    answer = deploy(book, fate="choose", case=[first, "11111111-1111-1111-1111-111111111111", "nonsense"])
    run_once(book.engine, Tools(), clock.now())

    assert answer.status_code == 303
    assert versions(book) == [1, 1, 2]


def test_later_cases_are_moved_from_their_own_page_and_moved_back(book: Casebook) -> None:
    deploy(book, fate="leave")
    browser = book.browser(OWNER)
    page = browser.get(MIGRATE).text
    assert "2 that can move" in page and "1 that must finish on its own version" in page
    assert browser.post(MIGRATE, data={}).status_code == 422
    chosen = re.findall(r'name="case" type="checkbox" value="([^"]*)"', page)
    browser.post(MIGRATE, data={"case": chosen})
    run_once(book.engine, Tools(), clock.now())
    assert versions(book) == [1, 2, 2]

    job = re.findall(r'name="job" value="([^"]*)"', browser.get(MIGRATE).text)[0]
    assert browser.post(f"{MIGRATE}/undo", data={"job": "nonsense"}).status_code == 404
    answer = browser.post(f"{MIGRATE}/undo", data={"job": job})
    run_once(book.engine, Tools(), clock.now())
    assert browser.get(answer.location).text.count("Moved back to version 1") == 2
    assert versions(book) == [1, 1, 1]
    assert "Not possible any more" in browser.get(MIGRATE).text


def test_who_may_not(book: Casebook) -> None:
    monitoring = book.browser("monitoring-officer")

    assert monitoring.get(DEPLOY).location == "/processes/errand/draft/review"
    assert monitoring.post(DEPLOY, data={"fate": "leave"}).status_code == 403
    assert monitoring.post(f"{DEPLOY}/now", data={"fate": "leave"}).status_code == 403
    assert monitoring.post(MIGRATE, data={}).status_code == 403
    assert "Move the chosen cases" not in monitoring.get(MIGRATE).text
    assert book.browser("children-commissioning").get(MIGRATE).status_code == 403


def test_the_review_says_how_many_can_move_and_who_stays(book: Casebook) -> None:
    page = book.browser(OWNER).get("/processes/errand/draft/review").text

    assert "2 can move to this change, 1 must stay." in page and "1 that must finish on its own version" in page
    assert "“Two weeks have passed”, where it stands, is no longer there" in page
