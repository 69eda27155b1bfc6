"""The thread between a provider and the council: each reads the other, nobody else does, and mail never carries the words."""

from __future__ import annotations

import io
from datetime import date

from sqlalchemy import select

from models import CaseMessage, Comment, Inspection, InspectionKind, OutboxMail, Provider, ProviderDocument, User, clock
from tests.support import planting_providers as planting
from tests.support.provider_market import Market
from workflows.actions import comments

CASE = "APP-2026-0001"


def _written(market: Market, words: str = "Tell us about your night staff.") -> None:
    assert market.browser(market.rowan).post(f"/cases/{CASE}/messages", data={"body": words}).status_code == 303


def test_a_message_reaches_the_provider_and_its_answer_reaches_the_council(market: Market) -> None:
    _written(market)
    browser = market.browser(market.amy)

    assert "Tell us about your night staff." in browser.get(f"/provider/messages/{CASE}").text
    assert browser.post(f"/provider/messages/{CASE}", data={"body": "Two people, awake."}).status_code == 303
    assert "Two people, awake." in market.browser(market.rowan).get(f"/cases/{CASE}/messages").text


def test_a_mail_says_that_there_is_a_message_and_never_what_is_in_it(market: Market) -> None:
    _written(market, "The words that are kept here.")

    with market.reading() as session:
        mails = session.scalars(select(OutboxMail)).all()
        assert {mail.to_address for mail in mails} == {"amy.lowe@example.org", "idris.vale@example.org"}
        assert {mail.link for mail in mails} == {f"/provider/messages/{CASE}"}
        assert not [mail for mail in mails if "words that are kept" in f"{mail.subject}{mail.body}"]


def test_opening_a_thread_changes_nothing_and_the_button_marks_it_as_read(market: Market) -> None:
    _written(market)
    browser = market.browser(market.amy)

    browser.get(f"/provider/messages/{CASE}")

    assert "1 new" in browser.get("/provider").text
    browser.post(f"/provider/messages/{CASE}/read")
    assert "1 new" not in browser.get("/provider").text


def test_whoever_answers_has_read_what_was_written(market: Market) -> None:
    _written(market)

    market.browser(market.amy).post(f"/provider/messages/{CASE}", data={"body": "Yes."})

    with market.reading() as session:
        first = session.scalars(select(CaseMessage).order_by(CaseMessage.sent_at, CaseMessage.is_from_provider)).first()
        assert first is not None
        assert first.read_at is not None


def test_a_thread_of_another_provider_is_not_there(market: Market) -> None:
    _written(market)
    browser = market.browser(market.dana)

    assert browser.get(f"/provider/messages/{CASE}").status_code == 404
    assert browser.post(f"/provider/messages/{CASE}", data={"body": "Hello"}).status_code == 404
    assert browser.post(f"/provider/messages/{CASE}/read").status_code == 404
    assert CASE not in browser.get("/provider/messages").text


def test_a_provider_knows_nothing_of_a_case_until_it_has_been_told(market: Market) -> None:
    browser = market.browser(market.amy)

    assert browser.get(f"/provider/messages/{CASE}").status_code == 404
    assert CASE not in browser.get("/provider").text


def test_a_comment_never_shows_in_the_pages_of_the_provider(market: Market) -> None:
    _written(market)
    with market.writing() as session:
        comments.add(session, session.get_one(type(market.case), market.case.id), body="Between us only", by=session.get_one(User, market.rowan.id))

    browser = market.browser(market.amy)

    with market.reading() as session:
        assert len(session.scalars(select(Comment)).all()) == 1
    pages = [browser.get(path).text for path in ("/provider", "/provider/messages", f"/provider/messages/{CASE}")]
    assert not [page for page in pages if "Between us only" in page]


def test_an_empty_message_is_not_sent_and_a_file_that_cannot_be_kept_keeps_the_words(market: Market) -> None:
    _written(market)
    browser = market.browser(market.amy)

    empty = browser.post(f"/provider/messages/{CASE}", data={"body": "  "})
    wrong = browser.post(f"/provider/messages/{CASE}", data={"body": "See this", "file": (io.BytesIO(b"MZ"), "x.exe")})

    assert "Enter a message" in empty.text
    assert wrong.status_code == 422
    assert "See this" in wrong.text
    with market.reading() as session:
        assert len(session.scalars(select(CaseMessage)).all()) == 1


def test_a_file_goes_along_and_only_both_sides_open_it(market: Market) -> None:
    _written(market)
    market.browser(market.amy).post(f"/provider/messages/{CASE}", data={"body": "Here", "file": (io.BytesIO(planting.PDF), "rota.pdf")})

    with market.reading() as session:
        document = session.scalars(select(ProviderDocument)).one()
        assert document.case_id == market.case.id
    assert market.browser(market.rowan).get(f"/providers/{market.harbour.reference}/documents/{document.id}").data == planting.PDF
    assert market.browser(market.dana).get(f"/provider/documents/{document.id}").status_code == 404


def test_what_was_sent_cannot_be_taken_back(market: Market) -> None:
    _written(market)
    browser = market.browser(market.amy)
    browser.post(f"/provider/messages/{CASE}", data={"body": "Here", "file": (io.BytesIO(planting.PDF), "rota.pdf")})
    with market.reading() as session:
        document = session.scalars(select(ProviderDocument)).one()

    answer = browser.post(f"/provider/documents/{document.id}/remove")

    assert answer.status_code == 403
    assert browser.get(f"/provider/documents/{document.id}").status_code == 200


def test_nobody_can_tell_a_provider_of_an_unannounced_visit_before_it(market: Market) -> None:
    with market.writing() as session:
        provider = session.get_one(Provider, market.harbour.id)
        case = planting.case_about(session, provider, session.get_one(User, market.rowan.id), reference="INS-2026-0001", kind="inspection")
        session.add(Inspection(case_id=case.id, provider_id=provider.id, kind=InspectionKind.UNANNOUNCED, is_announced=False, planned_for=date(2026, 3, 9),
                               created_at=clock.now()))  # fmt: skip

    answer = market.browser(market.rowan).post("/cases/INS-2026-0001/messages", data={"body": "We come on Monday."})

    assert answer.status_code == 403
    with market.reading() as session:
        assert session.scalars(select(CaseMessage)).all() == []
    assert "INS-2026-0001" not in market.browser(market.amy).get("/provider/messages").text
