"""A process that is new: begun on a page, agreed by another person, live as version 1; and what its first page refuses."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import AuditEvent, ProcessDraft
from models.session import new_session
from tests.support.casebook import Casebook, open_casebook
from webapp.workshop import gate_first
from workflows.library import blank, gate
from workflows.library import definitions as library

NEW, KEY = "/processes/new", "site-visit"
DRAFT = f"/processes/{KEY}/draft"
OWNER, LEGAL, MONITORING, OFFICER = "service-improvement", "legal", "monitoring-officer", "children-commissioning"
GOOD = {"name": "Site visit", "key": KEY, "group": "children-commissioning"}


@pytest.fixture
def book(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Casebook:
    """The small council; the gate itself has tests of its own."""
    monkeypatch.setattr(gate_first.gate, "look", lambda *args, **kwargs: [])
    library.forget()
    return open_casebook(app)


def drafts(book: Casebook) -> int:
    with new_session(book.engine, writes=False) as session:
        return session.scalar(select(func.count()).select_from(ProcessDraft)) or 0


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found, page
    return found[1]


def test_a_new_process_goes_live_as_version_1_when_another_person_agreed(book: Casebook) -> None:
    owner, legal = book.browser(OWNER), book.browser(LEGAL)
    begun = owner.post(NEW, data=GOOD)
    assert begun.status_code == 303 and begun.location == f"{DRAFT}/outline"
    assert KEY in owner.get("/processes").text

    assert owner.post(f"{DRAFT}/review/send", data={"why": "We visit more often now"}).status_code == 303
    review = legal.get(f"{DRAFT}/review").text
    assert legal.post(f"{DRAFT}/review/agree", data={"digest": digest_on(review)}).status_code == 303
    sent = {"digest": digest_on(owner.get(f"{DRAFT}/deploy").text), "fate": "leave"}
    assert owner.post(f"{DRAFT}/deploy/now", data=sent).status_code == 303

    with new_session(book.engine, writes=False) as session:
        live = library.latest(session, KEY)
        assert (live.version, live.name) == (1, "Site visit")
        assert live.agreed_by is not None and live.deployed_by is not None and live.agreed_by.id != live.deployed_by.id
    assert "Not live yet" not in owner.get("/processes").text
    assert owner.get(f"/processes/{KEY}").status_code == 200


@pytest.mark.parametrize("page", ["", "/outline", "/forms", "/tables", "/problems", "/try", "/simulate", "/tests", "/upload", "/review"])
def test_every_page_of_a_draft_that_began_from_nothing_opens(book: Casebook, page: str) -> None:
    owner = book.browser(OWNER)
    owner.post(NEW, data=GOOD)

    answer = owner.get(f"{DRAFT}{page}")

    assert answer.status_code == 200 and "Site visit" in answer.text and f'href="/processes/{KEY}"' not in answer.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "Enter a name"),
        ({"name": "x" * 200}, "The name must be 120 characters or fewer"),
        ({"key": ""}, "Enter a key"),
        ({"key": "Site visit"}, "The key must be small letters and numbers"),
        ({"key": "../etc"}, "The key must be small letters and numbers"),
        ({"key": "new"}, "which is the address of another page"),
        ({"key": "errand"}, "There is a process with the key errand already"),
        ({"group": "nobody"}, "Select the team of the first step"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_begun(book: Casebook, changed: dict[str, str], words: str) -> None:
    answer = book.browser(OWNER).post(NEW, data={**GOOD, **changed})

    assert answer.status_code == 422 and words in answer.text and drafts(book) == 0
    kept = {**GOOD, **changed}["name"].strip()
    assert not kept or f'value="{kept}"' in answer.text


def test_a_second_draft_with_the_same_key_is_refused(book: Casebook) -> None:
    owner = book.browser(OWNER)
    owner.post(NEW, data=GOOD)

    answer = owner.post(NEW, data={**GOOD, "name": "Another visit"})

    assert answer.status_code == 422 and "There is a draft of a new process with the key site-visit already" in answer.text
    assert drafts(book) == 1


def test_a_discarded_one_can_be_taken_up_again_or_begun_anew(book: Casebook) -> None:
    owner = book.browser(OWNER)
    owner.post(NEW, data=GOOD)
    assert owner.post(f"{DRAFT}/discard").status_code == 303

    page = owner.get(DRAFT)
    assert page.status_code == 200 and "It was never deployed" in page.text and "Take it up again" in page.text and "Begin a draft" not in page.text
    assert owner.post(f"{DRAFT}/reopen").status_code == 303
    assert owner.get(f"{DRAFT}/outline").status_code == 200

    owner.post(f"{DRAFT}/discard")
    assert owner.post(NEW, data=GOOD).status_code == 303
    assert owner.get("/processes/nothing-here/draft").status_code == 404


def test_those_who_do_not_change_processes_cannot_begin_one(book: Casebook) -> None:
    for name in (MONITORING, OFFICER):
        browser = book.browser(name)
        assert browser.get(NEW).status_code == 403 and browser.post(NEW, data=GOOD).status_code == 403
    assert drafts(book) == 0
    with new_session(book.engine, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == "draft:opened")) == 0


def test_the_first_files_pass_the_whole_gate() -> None:
    found = gate.look(KEY, blank.files(KEY, "Site visit", group="legal", team="Legal"), {}, groups={"legal": "Legal"})

    assert [each for each in found if each.severity == "error"] == []
