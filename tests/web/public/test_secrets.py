"""What the public must never see, planted around a decision and looked for on every public page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models import User
from tests.support.clients import Browser, client_for
from tests.web.public import factories
from tests.web.public.pages import main, section, words

Plant = Callable[[Callable[..., Any]], Any]
PAGE = "/decisions/okd99-20-21"
PATHS = [
    "/",
    "/decisions",
    "/decisions?q=canary",
    PAGE,
    *(f"{PAGE}/{rest}" for rest in ("record", "notice", "history", "report", "call-in", "representations/new")),
]
CONTENT = b"%PDF-1.7 the report that everyone may read"


def planted(session: Any) -> dict[str, Any]:
    decision = factories.approved(session)
    factories.secrets(session, decision)
    factories.call_in(session, decision)
    found = {
        "public": factories.document(session, decision, title="Decision report as a file", is_public=True, content=CONTENT),
        "exempt": factories.document(session, decision, title="Appendix B: bids", kind="appendix", exempt_paragraphs="3"),
        "internal": factories.document(session, decision, title="Notes of a visit", kind="evidence"),
        "exempt note": factories.document(session, decision, title="Visit to 14 Canary Wharf Road", kind="evidence", exempt_paragraphs="1"),
        "removed": factories.document(session, decision, title="Removed", is_public=True, removed_at=factories.at("2020-11-12 10:00")),
    }
    return {name: (document.id, document.stored_as) for name, document in found.items()}


@pytest.mark.parametrize("path", PATHS)
def test_no_public_page_shows_what_is_not_public(public: Browser, plant: Plant, path: str) -> None:
    plant(planted)

    page = public.get(path)

    shown = [name for name, canary in factories.CANARIES.items() if canary in page.text]
    assert page.status_code == 200
    assert shown == []
    assert "Visit to 14 Canary Wharf Road" not in page.text
    assert "KD-2020-" not in page.text


def test_staff_and_only_staff_are_led_to_the_case(app: Flask, public: Browser, plant: Plant) -> None:
    plant(planted)
    officer: User = plant(lambda session: factories.someone(session, "Tom Birch"))
    councillor: User = plant(lambda session: factories.someone(session, "Nadia Farouk", group="scrutiny"))

    assert 'href="/cases/KD-2020-0099"' in client_for(app, officer).get(PAGE).text
    assert "/cases/" not in main(client_for(app, councillor).get(PAGE))
    assert "/cases/" not in public.get(PAGE).text


def test_a_public_document_has_a_page_and_a_file(app: Flask, public: Browser, plant: Plant) -> None:
    document_id, stored_as = plant(planted)["public"]
    store(app, stored_as, CONTENT)

    page = public.get(f"{PAGE}/documents/{document_id}")
    file = public.get(f"{PAGE}/documents/{document_id}/file")

    assert "Download report.pdf (PDF, 1 KB)" in words(main(page))
    assert "Ask for another format" in page.text
    assert file.data == CONTENT
    assert file.headers["Content-Disposition"] == "attachment; filename=report.pdf"
    assert file.headers["Content-Type"] == "application/pdf"
    assert f'href="{PAGE}/documents/{document_id}"' in public.get(PAGE).text


def test_an_exempt_document_is_explained_and_never_served(app: Flask, public: Browser, plant: Plant) -> None:
    document_id, stored_as = plant(planted)["exempt"]
    store(app, stored_as, b"secret bids")

    page = public.get(f"{PAGE}/documents/{document_id}")
    file = public.get(f"{PAGE}/documents/{document_id}/file")

    assert page.status_code == 200
    assert "paragraph 3 (financial or business affairs) of Schedule 12A to the Local Government Act 1972" in words(main(page))
    assert "Download" not in page.text
    assert file.status_code == 404
    assert b"secret bids" not in file.data
    assert "Appendix B: bids Not public: paragraph 3 (financial or business affairs)" in section(public.get(PAGE), "documents")


@pytest.mark.parametrize("name", ["internal", "exempt note", "removed"])
def test_other_documents_do_not_exist_for_the_public(public: Browser, plant: Plant, name: str) -> None:
    document_id, _ = plant(planted)[name]

    assert public.get(f"{PAGE}/documents/{document_id}").status_code == 404
    assert public.get(f"{PAGE}/documents/{document_id}/file").status_code == 404


def test_a_document_of_one_decision_is_not_found_under_another(public: Browser, plant: Plant) -> None:
    document_id, _ = plant(planted)["public"]
    plant(lambda session: factories.noticed(session, number=98))

    assert public.get(f"/decisions/okd98-20-21/documents/{document_id}").status_code == 404


def test_documents_of_a_draft_are_hidden_with_it(public: Browser, plant: Plant) -> None:
    document_id = plant(lambda session: factories.document(session, factories.draft(session), title="Report", is_public=True).id)

    assert public.get(f"{PAGE}/documents/{document_id}").status_code == 404


def test_an_exempt_report_is_listed_with_its_reason_and_not_shown(public: Browser, plant: Plant) -> None:
    plant(
        lambda session: factories.approved(session, restriction="part_exempt", exempt_paragraphs="3, 5", public_interest_reason="Bids would suffer.")
    )

    page = public.get(PAGE)

    assert "Decision report Not public: paragraphs 3 (financial or business affairs) and 5 (legal advice)" in section(page, "documents")
    assert "Bids would suffer." in section(page, "documents")
    assert public.get(f"{PAGE}/report").status_code == 404


def test_the_report_is_public_with_the_record(public: Browser, plant: Plant) -> None:
    plant(factories.approved)

    assert "That the extension is used." in public.get(f"{PAGE}/report").text
    assert f'href="{PAGE}/report"' in public.get(PAGE).text


def test_background_papers_are_named_with_the_record(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session)
        factories.record_of(session, decision).report.content = {"background_papers": ["Survey of young people"]}
        factories.document(session, decision, title="Needs of young people", kind="background", is_public=True)

    plant(build)

    said = section(public.get(PAGE), "background-papers")
    assert "Survey of young people" in said
    assert "Needs of young people" in said


def store(app: Flask, stored_as: str, content: bytes) -> None:
    """Put bytes where the document says they lie."""
    folder: Path = app.extensions["dps_settings"].uploads
    (folder / stored_as).parent.mkdir(parents=True, exist_ok=True)
    (folder / stored_as).write_bytes(content)
