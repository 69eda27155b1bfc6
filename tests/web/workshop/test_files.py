"""Files of a draft: up as a zip file or one by one, down again the same, and nothing hostile or unseen gets in."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models import User
from models.session import new_session, transaction
from tests.support.casebook import Casebook, errand_definition, open_casebook
from workflows.actions import process_drafts
from workflows.library import folders

PAGE = "/processes/errand/draft/upload"
OWNER, LEGAL = "service-improvement", "legal"
BASE = {path: str(text) for path, text in errand_definition().files.items()}


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council with a draft of its process."""
    book = open_casebook(app)
    with transaction(book.engine) as session:
        process_drafts.open_draft(session, "errand", by=session.get_one(User, book.people[OWNER].id))
    return book


def upload(book: Casebook, name: str, content: bytes, *, by: str = OWNER, revision: str | None = None) -> TestResponse:
    """What answers the upload of a file on the page as it stands now."""
    browser = book.browser(by)
    seen = re.search(r'name="revision" value="(\d+)"', browser.get(PAGE).text)
    assert seen
    return browser.post(PAGE, data={"file": (io.BytesIO(content), name), "revision": revision or seen[1]}, content_type="multipart/form-data")


def files(book: Casebook) -> dict[str, str]:
    """The files of the draft."""
    with new_session(book.engine, writes=False) as session:
        return process_drafts.files_of(session, process_drafts.going(session, "errand"))


def test_a_zip_becomes_the_draft_and_the_page_says_what_each_file_is(book: Casebook) -> None:
    wanted = {path: text for path, text in BASE.items() if path != "size.dmn"} | {"forms/more.json": '{"components": []}', "README.md": "# Ours\r\n"}

    answer = upload(book, "mine.zip", folders.pack(wanted, "anything"))
    page = book.browser(OWNER).get(PAGE).text

    assert (answer.status_code, files(book)) == (303, wanted)
    for path, state in {"size.dmn": "Removed", "forms/more.json": "New", "README.md": "Changed", "process.bpmn": "As it was"}.items():
        assert re.search(rf">{re.escape(path)}</th>.*?govuk-tag--\w+\">{state}<", page, re.DOTALL), path
    assert "A form with 0 questions" in page


def test_what_is_downloaded_and_uploaded_again_changes_nothing(book: Casebook) -> None:
    upload(book, "README.bpmn", b'\xef\xbb\xbf<?xml version="1.0"?>\r\n<definitions  odd = "yes"/>')
    before = files(book)

    down = book.browser(OWNER).get("/processes/errand/draft/files.zip")
    answer = upload(book, "again.zip", down.data)

    assert answer.status_code == 303
    assert files(book) == before
    assert before["process.bpmn"].startswith("\ufeff<?xml")


@pytest.mark.parametrize(("name", "place"), [("drawn elsewhere.bpmn", "process.bpmn"), ("fresh.dmn", "fresh.dmn"), ("ask.json", "forms/ask.json")])
def test_one_file_takes_its_place(book: Casebook, name: str, place: str) -> None:
    assert upload(book, name, b"<a/>").status_code == 303

    assert files(book) == BASE | {place: "<a/>"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.zip", b"no zip", "cannot be read"),
        ("a.exe", b"MZ", "no zip, .bpmn, .dmn or .json file"),
        ("a.bpmn", b"\xff\xfe<", "not text in UTF-8"),
        ("a.zip", folders.pack({"process.bpmn": " " * 2_000_001}, "a"), "larger than 2 MB"),
        ("", b"", "Select a file"),
    ],
)
def test_what_cannot_be_taken_says_so_at_the_field_and_the_draft_stays(book: Casebook, name: str, content: bytes, words: str) -> None:
    answer = upload(book, name, content)

    assert answer.status_code == 422
    assert answer.text.count(words) == 2
    assert 'id="file-error"' in answer.text
    assert files(book) == BASE


def test_a_path_out_of_the_folder_is_refused(book: Casebook) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("process.bpmn", "<a/>")
        archive.writestr("../../etc/evil.txt", "x")

    assert upload(book, "a.zip", out.getvalue()).status_code == 422
    assert files(book) == BASE


def test_only_legal_changes_rules_and_a_zip_without_them_keeps_them(book: Casebook) -> None:
    with_rules = folders.pack(BASE | {"rules.yml": "rules: []\n"}, "errand")

    refused = upload(book, "a.zip", with_rules)
    taken = upload(book, "a.zip", with_rules, by=LEGAL)
    without = upload(book, "a.zip", folders.pack(BASE, "errand"))

    assert (refused.status_code, taken.status_code, without.status_code) == (422, 303, 303)
    assert "Only Legal can change the rules" in refused.text
    assert files(book)["rules.yml"] == "rules: []\n"


def test_an_upload_never_undoes_what_somebody_else_saved_meanwhile(book: Casebook) -> None:
    with transaction(book.engine) as session:
        draft = process_drafts.going(session, "errand")
        process_drafts.save_file(session, draft, "README.md", "# Theirs", based_on=0, by=session.get_one(User, book.people[LEGAL].id))

    answer = upload(book, "a.zip", folders.pack(BASE, "errand"), revision="0")

    assert answer.status_code == 422
    assert "Pat Legal changed the draft after you opened this page" in answer.text
    assert files(book)["README.md"] == "# Theirs"


def test_others_cannot_come_in_and_readers_cannot_upload(book: Casebook) -> None:
    reader = book.browser("monitoring-officer")

    assert book.browser("finance").get(PAGE).status_code == 403
    assert 'type="file"' not in reader.get(PAGE).text
    assert reader.post(PAGE, data={"file": (io.BytesIO(b"<a/>"), "a.bpmn"), "revision": "0"}).status_code == 403
    assert files(book) == BASE
