"""The provider's own record: its organisation, premises, certificates and documents, kept apart from everybody else's."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from models import AuditEvent, Certificate, OutboxMail, Premises, Provider, ProviderDocument
from tests.support import planting_providers as planting
from tests.support.provider_market import Market

PAGES = ("/provider", "/provider/messages", "/provider/organisation", "/provider/organisation/change", "/provider/premises", "/provider/premises/add",
         "/provider/documents", "/provider/certificates", "/provider/certificates/add", "/provider/people", "/provider/actions", "/provider/letters")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_empty_record_is_there(market: Market, path: str) -> None:
    page = market.browser(market.amy).get(path)

    assert page.status_code == 200
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_nobody_of_the_council_has_a_provider_area(market: Market, path: str) -> None:
    assert market.browser(market.rowan).get(path).status_code == 403


def test_a_provider_is_not_staff_anywhere(market: Market) -> None:
    browser = market.browser(market.amy)

    assert [browser.get(path).status_code for path in ("/providers", f"/providers/{market.harbour.reference}", "/cases", "/work")] == [403] * 4


def test_changed_details_are_kept_and_the_legal_name_is_not_theirs_to_change(market: Market) -> None:
    browser = market.browser(market.amy)

    answer = browser.post("/provider/organisation/change", data={
        "name": "Another Name Ltd", "contact_name": "Amy Lowe", "contact_email": "amy@example.org", "trading_name": "Harbour", "revision": "0",
    })  # fmt: skip

    assert answer.status_code == 303
    with market.reading() as session:
        kept = session.get_one(Provider, market.harbour.id)
        assert (kept.name, kept.trading_name, kept.contact_email, kept.revision) == ("Harbour Homes Ltd", "Harbour", "amy@example.org", 1)


def test_a_wrong_address_is_said_at_its_field_and_what_was_typed_stays(market: Market) -> None:
    answer = market.browser(market.amy).post(
        "/provider/organisation/change", data={"contact_name": "Amy", "contact_email": "amy at home", "revision": "0"}
    )

    assert answer.status_code == 422
    assert "Error: " in answer.text
    assert "amy at home" in answer.text


def test_a_record_that_a_colleague_changed_meanwhile_is_shown_in_both_versions(market: Market) -> None:
    theirs = {"contact_name": "Idris Vale", "contact_email": "contact@example.org", "revision": "0"}
    mine = {"contact_name": "Amy Lowe", "contact_email": "contact@example.org", "website": "https://harbour.example.org", "revision": "0"}
    market.browser(market.idris).post("/provider/organisation/change", data=theirs)
    browser = market.browser(market.amy)

    conflict = browser.post("/provider/organisation/change", data=mine)

    assert conflict.status_code == 409
    assert "Keep theirs: Idris Vale" in conflict.text
    assert "Keep mine: Amy Lowe" in conflict.text
    undecided = browser.post("/provider/organisation/change", data={**mine, "revision": "1", "_differs": "contact_name"})
    assert undecided.status_code == 409
    settled = browser.post("/provider/organisation/change", data={
        **mine, "revision": "1", "_differs": "contact_name", "_keep_contact_name": "theirs",
    })  # fmt: skip
    assert settled.status_code == 303
    with market.reading() as session:
        kept = session.get_one(Provider, market.harbour.id)
        assert (kept.contact_name, kept.website) == ("Idris Vale", "https://harbour.example.org")


def _home(**values: str) -> dict[str, str]:
    return {"name": "Quay House", "address": "4 Quay Street", "postcode": "ls14ap", "district": "Harbour", "category": "2", "spaces": "4", "age_from": "16",
            "age_to": "17", "gender": "any", "night_cover": "sleeping", "weekly_price": "1,250", **values}  # fmt: skip


def test_premises_are_added_changed_and_closed(market: Market) -> None:
    browser = market.browser(market.amy)

    assert browser.post("/provider/premises/add", data=_home()).status_code == 303
    assert browser.post("/provider/premises/PREM-0001", data=_home(spaces="5", revision="0")).status_code == 303
    assert browser.post("/provider/premises/PREM-0001/close", data={"closed_on": "2026-03-31"}).status_code == 303
    with market.reading() as session:
        home = session.scalars(select(Premises)).one()
        assert (home.postcode, home.spaces, str(home.weekly_price), str(home.closed_on)) == ("LS1 4AP", 5, "1250.00", "2026-03-31")


def test_an_address_of_premises_is_in_no_event_that_lasts_and_in_no_mail(market: Market) -> None:
    market.browser(market.amy).post("/provider/premises/add", data=_home())

    with market.reading() as session:
        details = [str(event.detail) for event in session.scalars(select(AuditEvent))]
        mails = [f"{mail.subject} {mail.body} {mail.link}" for mail in session.scalars(select(OutboxMail))]
        assert not [said for said in details + mails if "Quay Street" in said or "LS1" in said]


def test_premises_of_another_provider_are_not_there(market: Market) -> None:
    with market.writing() as session:
        planting.home(session, session.get_one(Provider, market.harbour.id), market.amy)
    browser = market.browser(market.dana)

    assert browser.get("/provider/premises/PREM-0001").status_code == 404
    assert browser.post("/provider/premises/PREM-0001", data=_home(spaces="9")).status_code == 404
    assert browser.post("/provider/premises/PREM-0001/close", data={"closed_on": "2026-03-31"}).status_code == 404
    assert "Quay" not in browser.get("/provider/premises").text


def _upload(name: str = "policy.pdf", content: bytes = planting.PDF, **values: str) -> dict[str, object]:
    return {"kind": "policy", "title": "Missing from home policy", "file": (io.BytesIO(content), name), **values}


def test_a_document_is_added_replaced_and_saved_as_a_file(market: Market) -> None:
    browser = market.browser(market.amy)
    browser.post("/provider/documents", data=_upload())
    with market.reading() as session:
        first = session.scalars(select(ProviderDocument)).one()

    browser.post(f"/provider/documents/{first.id}/replace", data=_upload(content=planting.PDF + b" "))

    with market.reading() as session:
        newest = session.scalars(select(ProviderDocument).where(ProviderDocument.version == 2)).one()
    saved = browser.get(f"/provider/documents/{newest.id}")
    assert saved.data == planting.PDF + b" "
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    listed = browser.get("/provider/documents").text
    assert "version 2" in listed
    assert listed.count("Missing from home policy</a>") == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("harm.exe", b"MZ\x90\x00"), "must be a PDF"),
        (("page.pdf", b"<html><script>alert(1)</script></html>"), "not what its name says"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_with_the_reason(market: Market, file: tuple[str, bytes], words: str) -> None:
    answer = market.browser(market.amy).post("/provider/documents", data=_upload(*file))

    assert answer.status_code == 422
    assert words in answer.text
    assert "Missing from home policy" in answer.text


def test_no_provider_opens_replaces_or_removes_a_document_of_another(market: Market) -> None:
    market.browser(market.amy).post("/provider/documents", data=_upload())
    with market.reading() as session:
        document = session.scalars(select(ProviderDocument)).one()
    browser = market.browser(market.dana)

    answers = [
        browser.get(f"/provider/documents/{document.id}"), browser.get(f"/provider/documents/{document.id}/replace"),
        browser.post(f"/provider/documents/{document.id}/replace", data=_upload()), browser.post(f"/provider/documents/{document.id}/remove"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 4


def _insurance(**values: object) -> dict[str, object]:
    return {"kind": "public_liability", "issuer": "Tidemark Mutual", "number": "TM-2", "limit": "10,000,000", "starts_on": "2026-03-01",
            "ends_on": "2027-02-28", "file": (io.BytesIO(planting.PDF), "cover.pdf"), **values}  # fmt: skip


def test_a_renewed_insurance_waits_until_staff_have_checked_it(market: Market) -> None:
    browser = market.browser(market.amy)

    assert browser.post("/provider/certificates/add", data=_insurance()).status_code == 303

    with market.reading() as session:
        made = session.scalars(select(Certificate)).one()
        assert made.verified_at is None
        assert made.document_id is not None
    assert "To be checked" in browser.get("/provider/certificates").text


def test_an_insurance_without_file_or_in_the_past_is_refused(market: Market) -> None:
    browser = market.browser(market.amy)

    without_file = browser.post("/provider/certificates/add", data={**_insurance(), "file": (io.BytesIO(b""), "")})
    ended = browser.post("/provider/certificates/add", data=_insurance(ends_on="2026-03-01", starts_on="2025-03-01"))

    assert "Select the file of the certificate" in without_file.text
    assert "must be in the future" in ended.text
    with market.reading() as session:
        assert session.scalars(select(Certificate)).all() == []
        assert session.scalars(select(ProviderDocument)).all() == []
