"""The outline of a draft: each change by plain forms alone, kept when something is wrong, and taken back with one press."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models import User
from models.session import new_session, transaction
from tests.processes.library import shipped
from tests.support.casebook import Casebook, open_casebook
from workflows.actions import definitions, process_drafts
from workflows.library import layout, outline

KEY = "site-visit"
PAGE = f"/processes/{KEY}/draft/outline"
OWNER = "service-improvement"


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council with a draft of the site visit."""
    book = open_casebook(app)
    with transaction(book.engine) as session:
        owner = session.get_one(User, book.people[OWNER].id)
        definitions.make_version(session, KEY, shipped.files(KEY), by=owner, note="First")
        process_drafts.open_draft(session, KEY, by=owner)
    return book


def answer(book: Casebook, path: str, *, by: str = OWNER, revision: str | None = None, **fields: str) -> TestResponse:
    """What answers a form of the outline, as it stands on its page now."""
    browser = book.browser(by)
    seen = re.search(r'name="revision" value="(\d+)"', browser.get(f"{PAGE}{path}").text)
    assert seen, path
    return browser.post(f"{PAGE}{path}", data={"revision": revision or seen[1], **fields})


def files(book: Casebook) -> dict[str, str]:
    """The files of the draft."""
    with new_session(book.engine, writes=False) as session:
        return process_drafts.files_of(session, process_drafts.going(session, KEY))


def read(book: Casebook) -> outline.Outline:
    """The draft as a list."""
    return outline.read_outline(files(book)["process.bpmn"])


def test_the_list_names_every_step_and_each_step_has_its_page(book: Casebook) -> None:
    browser = book.browser(OWNER)
    page = browser.get(PAGE).text

    for step in read(book).steps:
        assert f'href="{PAGE}/{step.id}"' in page
        assert browser.get(f"{PAGE}/{step.id}").status_code == 200
    assert browser.get(f"{PAGE}/nowhere").status_code == 404


def test_a_step_is_added_renamed_assigned_timed_connected_and_deleted(book: Casebook) -> None:
    added = answer(book, "/record-visit/add", kind="userTask", name="Read the notes")
    assert added.headers["Location"].endswith("/read-the-notes")
    assert "forms/read-the-notes.json" in files(book)

    assert answer(book, "/read-the-notes/name", name="Read all notes").status_code == 303
    assert answer(book, "/read-the-notes/who", lane="lane-safeguarding", group="").status_code == 303
    assert answer(book, "/read-the-notes/time", kind="on", on="visit_overdue_at").status_code == 303
    assert answer(book, "/was-abuse-disclosed/connect", to="read-the-notes", name="Unsure", condition='disclosure == "unsure"').status_code == 303

    step = read(book).by_id["read-the-notes"]
    assert (step.name, step.lane, step.properties["dueOn"]) == ("Read all notes", "Safeguarding", "visit_overdue_at")
    assert {way.source_id for way in step.before} == {"record-visit", "was-abuse-disclosed"}
    assert layout.problems(files(book)["process.bpmn"]) == []

    assert answer(book, "/read-the-notes/delete").status_code == 303
    assert "read-the-notes" not in read(book).by_id


def test_a_way_is_changed_and_taken_out(book: Casebook) -> None:
    way = "was-abuse-disclosed-to-refer-disclosure"
    assert answer(book, f"/ways/{way}/change", to="refer-disclosure", name="Yes, at once", condition='disclosure == "yes"').status_code == 303
    assert read(book).ways[way].name == "Yes, at once"

    assert answer(book, f"/ways/{way}/delete").status_code == 303
    assert way not in read(book).ways


def test_the_last_change_is_taken_back_with_its_form_and_only_once(book: Casebook) -> None:
    before = files(book)
    answer(book, "/record-visit/add", kind="userTask", name="Read the notes")
    page = book.browser(OWNER).get(PAGE).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision

    undone = book.browser(OWNER).post(f"{PAGE}/undo", data={"revision": revision[1]})

    assert (undone.status_code, files(book)) == (303, before)
    assert "Take back" not in book.browser(OWNER).get(PAGE).text
    assert book.browser(OWNER).post(f"{PAGE}/undo", data={"revision": "2"}).status_code == 409


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/record-visit/name", {"name": ""}, "Enter a name"),
        ("/record-visit/time", {"kind": "rule", "rule": ""}, "Select a rule"),
        ("/record-visit/who", {"lane": "nowhere"}, "Select a lane"),
        ("/record-visit/add", {"kind": "serviceTask", "name": "Send it"}, "Select the operation"),
        ("/was-abuse-disclosed/delete", {}, "Select the way that stays"),
        ("/record-visit/connect", {"to": "visit-recorded"}, "already leads to a step"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(book: Casebook, path: str, fields: dict[str, str], words: str) -> None:
    before = files(book)

    refused = answer(book, path, **fields)

    assert refused.status_code == 422
    assert words in refused.text
    assert files(book) == before


def test_a_change_made_meanwhile_is_not_written_over_and_what_was_typed_stays(book: Casebook) -> None:
    answer(book, "/record-visit/name", name="Write down the visit")

    late = answer(book, "/record-visit/name", revision="0", name="Note the visit")

    assert late.status_code == 422
    assert "while you were editing" in late.text
    assert 'value="Note the visit"' in late.text
    assert read(book).by_id["record-visit"].name == "Write down the visit"


def test_others_read_the_outline_and_cannot_change_it(book: Casebook) -> None:
    reader = book.browser("monitoring-officer")

    page = reader.get(f"{PAGE}/record-visit")

    assert page.status_code == 200
    assert "/record-visit/delete" not in page.text
    assert reader.get(f"{PAGE}/record-visit/delete").status_code == 403
    assert reader.post(f"{PAGE}/record-visit/delete", data={"revision": "0"}).status_code == 403
