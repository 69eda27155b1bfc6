"""What a provider is told: its letters, its actions and its people, and nothing of what the council keeps to itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import EmailLink, GroupMembership, Inspection, Letter
from tests.support.filled_market import fill
from tests.support.provider_market import Market
from workflows.letters import pdf


@pytest.fixture
def ids(market: Market) -> dict[str, str]:
    """One of everything, of Harbour Homes."""
    return fill(market, market.app.extensions["dps_settings"].uploads)


def test_a_letter_is_read_and_saved_by_its_provider_only(market: Market, ids: dict[str, str]) -> None:
    own, other, staff = market.browser(market.amy), market.browser(market.dana), market.browser(market.rowan)
    place = f"/provider/letters/{ids['letter']}"

    word = own.get(f"{place}/docx")

    assert "We have your application" in own.get(place).text
    assert word.headers["Content-Disposition"] == "attachment; filename=APP-2026-0001-acknowledgement.docx"
    assert word.data.startswith(b"PK")
    assert own.get(f"{place}/pdf").status_code == (200 if pdf.can_make_pdf() else 404)
    assert own.get(f"{place}/exe").status_code == 404
    assert [other.get(path).status_code for path in (place, f"{place}/docx", f"{place}/pdf")] == [404] * 3
    assert staff.get(f"/providers/{market.harbour.reference}/letters/{ids['letter']}").status_code == 200
    assert staff.get(f"/providers/{market.keystone.reference}/letters/{ids['letter']}").status_code == 404


def test_a_letter_that_is_not_for_the_provider_is_not_there_for_it(market: Market, ids: dict[str, str]) -> None:
    with market.writing() as session:
        sent = session.scalars(select(Letter)).one()
        inside = Letter(
            case_id=sent.case_id,
            provider_id=sent.provider_id,
            kind="report",
            subject="For the file only",
            body=sent.body,
            digest=sent.digest,
            template_version="1",
            is_for_provider=False,
            sent_at=sent.sent_at,
        )
        session.add(inside)
        session.flush()
        place = f"/provider/letters/{inside.id}"
    browser = market.browser(market.amy)

    assert [browser.get(path).status_code for path in (place, f"{place}/docx")] == [404, 404]
    assert "For the file only" not in browser.get("/provider/letters").text
    assert "For the file only" in market.browser(market.rowan).get(f"/providers/{market.harbour.reference}/letters").text


def test_an_action_is_seen_by_its_provider_only(market: Market, ids: dict[str, str]) -> None:
    own, other = market.browser(market.amy), market.browser(market.dana)

    assert "Fit new closers" in own.get("/provider/actions").text
    assert "Two fire doors do not close" in own.get(f"/provider/actions/{ids['action']}").text
    assert other.get(f"/provider/actions/{ids['action']}").status_code == 404
    assert "Fit new closers" not in other.get("/provider/actions").text


def test_nothing_of_an_inspection_shows_before_the_provider_has_its_report(market: Market, ids: dict[str, str]) -> None:
    with market.writing() as session:
        session.scalars(select(Inspection)).one().draft_sent_at = None
    browser = market.browser(market.amy)

    pages = [browser.get(path).text for path in ("/provider", "/provider/actions", "/provider/messages")]

    assert browser.get(f"/provider/actions/{ids['action']}").status_code == 404
    assert not [page for page in pages if "closers" in page or "INS-2026-0001" in page]


def test_a_colleague_is_invited_and_another_loses_access_at_once(market: Market) -> None:
    browser, idris = market.browser(market.amy), market.browser(market.idris)

    invited = browser.post("/provider/people", data={"name": "Nell Drury", "email": "nell.drury@example.org"})
    removed = browser.post(f"/provider/people/{market.idris.id}/remove")

    assert (invited.status_code, removed.status_code) == (303, 303)
    assert idris.get("/provider").status_code != 200
    with market.reading() as session:
        assert session.scalars(select(EmailLink.email)).all() == ["nell.drury@example.org"]
        ended = session.scalars(select(GroupMembership).where(GroupMembership.user_id == market.idris.id)).all()
        assert all(each.ends_on is not None for each in ended)


def test_nobody_removes_a_person_of_another_provider_or_themselves(market: Market) -> None:
    browser = market.browser(market.amy)

    assert browser.post(f"/provider/people/{market.dana.id}/remove").status_code == 404
    assert browser.post(f"/provider/people/{market.amy.id}/remove").status_code == 404
    assert market.browser(market.dana).get("/provider").status_code == 200
