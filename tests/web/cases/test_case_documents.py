"""The documents of a case: added, checked, downloaded and removed."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Document
from models.session import new_session
from tests.support.casebook import Casebook
from tests.support.clients import Browser

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def add(browser: Browser, reference: str, *, content: bytes = PDF, filename: str = "minutes.pdf", **fields: str) -> TestResponse:
    """Send a file to a case."""
    data = {"title": "The minutes", "kind": "report", **fields, "file": (io.BytesIO(content), filename)}
    return browser.post(f"/cases/{reference}/documents", data=data, content_type="multipart/form-data")


def stored(book: Casebook) -> Document:
    """The only document there is."""
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(Document)).one()


def test_an_added_document_is_listed_with_who_and_when(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("legal")

    answer = add(browser, reference)
    page = browser.get(f"/cases/{reference}/documents").text

    assert answer.status_code == 303
    assert "The minutes" in page
    assert "Pat Legal" in page
    assert "Staff only" in page
    assert re.search(r"PDF,\s+1 KB", page)


def test_a_download_is_always_something_to_save(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("legal")
    add(browser, reference, filename="Kostenübersicht; final.pdf")

    answer = browser.get(f"/cases/{reference}/documents/{stored(book).id}")

    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": "  "}, "title", "Enter a title for the document"),
        ({"title": "x" * 201}, "title", "The title must be 200 characters or fewer"),
        ({"kind": "poem"}, "kind", "Select what kind of document it is"),
        ({"content": b"MZ\x90\x00" + b"\x00" * 64, "filename": "run.exe"}, "file", "The selected file must be"),
        ({"content": b"<script>alert(1)</script>", "filename": "minutes.pdf"}, "file", "file"),
    ],
)
def test_a_wrong_upload_gets_its_message_and_keeps_the_rest(book: Casebook, changes: dict[str, str], field: str, message: str) -> None:
    reference = book.errand()

    page = add(book.browser("legal"), reference, **changes)  # type: ignore[arg-type]

    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert message in page.text
    assert "<title>Error: Documents" in page.text
    with new_session(book.engine, writes=False) as session:
        assert session.scalars(select(Document)).all() == []


def test_nothing_chosen_is_said_at_the_field(book: Casebook) -> None:
    reference = book.errand()

    page = book.browser("legal").post(f"/cases/{reference}/documents", data={"title": "The minutes", "kind": "report"})

    assert page.status_code == 422
    assert page.text.count("Select a file") == 2
    assert 'value="The minutes"' in page.text


def test_a_document_of_another_case_is_not_found(book: Casebook) -> None:
    first, second = book.errand("First"), book.errand("Second")
    browser = book.browser("legal")
    add(browser, first)

    assert browser.get(f"/cases/{second}/documents/{stored(book).id}").status_code == 404


def test_a_document_is_removed_with_a_reason_and_gone_for_good(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("legal")
    add(browser, reference)
    place = f"/cases/{reference}/documents/{stored(book).id}"

    asked = browser.post(f"{place}/remove", data={"because": ""})
    removed = browser.post(f"{place}/remove", data={"because": "The wrong file"})

    assert asked.status_code == 422
    assert asked.text.count("Enter why the document is removed") == 2
    assert removed.status_code == 303
    assert browser.get(place).status_code == 404
    assert "The wrong file" in browser.get(f"/cases/{reference}/timeline").text


def test_a_stranger_to_a_document_cannot_remove_it(book: Casebook) -> None:
    reference = book.errand()
    add(book.browser("legal"), reference)
    place = f"/cases/{reference}/documents/{stored(book).id}/remove"

    answer = book.browser("finance").post(place, data={"because": "Out of spite"})
    page = book.browser("finance").get(f"/cases/{reference}/documents").text

    assert answer.status_code == 403
    assert "/remove" not in page


def test_an_auditor_reads_and_adds_nothing(book: Casebook) -> None:
    reference = book.errand()
    add(book.browser("legal"), reference)
    browser = book.browser("audit")

    page = browser.get(f"/cases/{reference}/documents").text

    assert "The minutes" in page
    assert "Add a document" not in page
    assert add(browser, reference).status_code == 403
    assert browser.get(f"/cases/{reference}/documents/{stored(book).id}").data == PDF


def test_what_was_added_lies_outside_the_database(book: Casebook) -> None:
    reference = book.errand()

    add(book.browser("legal"), reference)

    folder: Path = book.app.extensions["dps_settings"].uploads
    assert (folder / stored(book).stored_as).read_bytes() == PDF
