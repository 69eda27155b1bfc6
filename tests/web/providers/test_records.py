"""Providers as staff see them: found in the list, read at a glance, changed without losing anybody's change, certificates verified by two people."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from models import (
    Certificate,
    CertificateKind,
    IdentifierScheme,
    Inspection,
    InspectionKind,
    OutboxMail,
    Provider,
    RegistrationStatus,
    User,
    clock,
)
from tests.support import factories
from tests.support import planting_providers as planting
from tests.support.provider_market import Market
from workflows.actions import providers, registrations
from workflows.registers.ofsted import Entry


@pytest.fixture
def insurance(market: Market) -> uuid.UUID:
    """An insurance that Amy has sent and nobody has looked at."""
    with market.writing() as session:
        return planting.certificate(session, session.get_one(Provider, market.harbour.id), session.get_one(User, market.amy.id)).id


def _kept(market: Market, certificate_id: uuid.UUID) -> Certificate:
    with market.reading() as session:
        return session.get_one(Certificate, certificate_id)


def test_every_page_of_a_record_is_there_with_one_heading(market: Market) -> None:
    browser, reference = market.browser(market.rowan), market.harbour.reference
    paths = ("", "/premises", "/documents", "/letters", "/history", "/change", "/registration", "/certificates/add")

    pages = [browser.get(f"/providers/{reference}{path}") for path in paths] + [browser.get("/providers"), browser.get("/providers/import")]

    assert [page.status_code for page in pages] == [200] * 10
    assert [page.text.count("<h1") for page in pages] == [1] * 10


def test_a_provider_is_found_by_a_part_of_its_name_and_by_its_number(market: Market) -> None:
    with market.writing() as session:
        provider = session.get_one(Provider, market.keystone.id)
        providers.add_identifier(session, provider, scheme=IdentifierScheme.COMPANY, value="99000123", by=None)
    browser = market.browser(market.rowan)

    by_name, by_number, nothing = (browser.get(f"/providers?words={words}").text for words in ("keyst", "99000123", "sunnyside"))

    assert "1 provider matches these filters" in by_name
    assert "Keystone Young Lives Ltd" in by_number
    assert "Harbour Homes Ltd" not in by_number
    assert "0 providers match these filters" in nothing


def test_the_list_is_read_a_page_at_a_time_and_every_provider_is_on_one_page(market: Market) -> None:
    with market.writing() as session:
        for number in range(60):
            planting.provider(session, f"Provider {number % 7} of many")
    browser = market.browser(market.rowan)

    seen, href = [], "/providers"
    while href:
        page = browser.get(href).text
        seen += [part.partition('"')[0] for part in page.split('href="/providers/P-')[1:]]
        href = next(
            (
                part.partition('"')[0].replace("&amp;", "&")
                for part in page.split('<div class="govuk-pagination__next"><a class="govuk-link govuk-pagination__link" href="')[1:]
            ),
            "",
        )

    assert len(seen) == len(set(seen)) == 62


def test_the_list_says_what_somebody_has_to_look_at(market: Market, insurance: uuid.UUID) -> None:
    with market.writing() as session:
        planting.certificate(session, session.get_one(Provider, market.keystone.id), session.get_one(User, market.dana.id), days=20)
    browser = market.browser(market.rowan)

    assert "Harbour Homes" in browser.get("/providers?needs=to_verify").text
    ending = browser.get("/providers?needs=expiring").text
    assert "Keystone" in ending
    assert "Harbour Homes" not in ending


def test_the_badge_says_that_a_registration_was_suspended(market: Market) -> None:
    with market.writing() as session:
        entry = Entry(urn="2765432", status=RegistrationStatus.SUSPENDED)
        registrations.record(session, session.get_one(Provider, market.harbour.id), entry, by=None)

    page = market.browser(market.rowan).get(f"/providers/{market.harbour.reference}").text

    assert "Serious concern" in page
    assert "Ofsted has suspended its registration" in page


def test_somebody_else_verifies_a_certificate_and_it_counts_from_then_on(market: Market, insurance: uuid.UUID) -> None:
    browser, place = market.browser(market.rowan), f"/providers/{market.harbour.reference}/certificates/{insurance}"

    assert browser.get(place).status_code == 200
    assert browser.post(f"{place}/verify").status_code == 303

    assert _kept(market, insurance).verified_by_id == market.rowan.id
    assert browser.post(f"{place}/verify").status_code == 409


def test_whoever_added_a_certificate_does_not_verify_it(market: Market) -> None:
    browser, reference = market.browser(market.rowan), market.harbour.reference
    browser.post(f"/providers/{reference}/certificates/add", data={
        "kind": "employers_liability", "issuer": "Tidemark Mutual", "limit": "10000000", "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })  # fmt: skip
    with market.reading() as session:
        made = session.scalars(select(Certificate)).one()
    place = f"/providers/{reference}/certificates/{made.id}"

    refused = browser.post(f"{place}/verify")

    assert refused.status_code == 403
    assert "because you added it" in browser.get(place).text
    assert _kept(market, made.id).verified_at is None
    assert market.browser(market.sam).post(f"{place}/verify").status_code == 303


def test_only_the_teams_that_check_providers_verify(market: Market, insurance: uuid.UUID) -> None:
    answer = market.browser(market.legal).post(f"/providers/{market.harbour.reference}/certificates/{insurance}/verify")

    assert answer.status_code == 403
    assert _kept(market, insurance).verified_at is None


def test_a_refused_certificate_is_told_to_the_provider_with_the_reason(market: Market, insurance: uuid.UUID) -> None:
    browser, place = market.browser(market.rowan), f"/providers/{market.harbour.reference}/certificates/{insurance}"

    without_reason = browser.post(f"{place}/refuse", data={"because": " "})
    browser.post(f"{place}/refuse", data={"because": "Abuse is excluded"})

    assert without_reason.status_code == 422
    assert "Abuse is excluded" in market.browser(market.amy).get("/provider/certificates").text
    with market.reading() as session:
        assert not [mail for mail in session.scalars(select(OutboxMail)) if "Abuse" in f"{mail.subject}{mail.body}"]


def test_a_certificate_is_not_found_under_another_provider(market: Market, insurance: uuid.UUID) -> None:
    browser = market.browser(market.rowan)

    assert browser.get(f"/providers/{market.keystone.reference}/certificates/{insurance}").status_code == 404
    assert browser.post(f"/providers/{market.keystone.reference}/certificates/{insurance}/verify").status_code == 404


def test_two_officers_who_change_a_record_at_once_lose_nothing(market: Market) -> None:
    place = f"/providers/{market.harbour.reference}/change"
    form = {"name": "Harbour Homes Ltd", "contact_name": "A Contact", "contact_email": "contact@example.org", "revision": "0"}
    market.browser(market.sam).post(place, data={**form, "contact_phone": "01632 960 001"})

    conflict = market.browser(market.rowan).post(place, data={**form, "contact_phone": "01632 960 002"})

    assert conflict.status_code == 409
    assert "Keep theirs: 01632 960 001" in conflict.text
    with market.reading() as session:
        assert session.get_one(Provider, market.harbour.id).contact_phone == "01632 960 001"


def test_who_may_not_change_a_record_is_told_so(market: Market) -> None:
    browser, reference = market.browser(market.legal), market.harbour.reference

    assert browser.get(f"/providers/{reference}/change").status_code == 403
    assert (
        browser.post(f"/providers/{reference}/change", data={"name": "X", "contact_name": "X", "contact_email": "x@example.org"}).status_code == 403
    )


def test_a_restricted_case_and_its_inspection_do_not_show_in_the_record(market: Market) -> None:
    with market.writing() as session:
        provider, sam = session.get_one(Provider, market.harbour.id), session.get_one(User, market.sam.id)
        inspector = factories.officer(session, "Carys Pryce", "quality", role="qa_inspector")
        case = planting.case_about(session, provider, inspector, reference="INS-2026-0009", kind="inspection")
        case.is_restricted = True
        session.add(Inspection(case_id=case.id, provider_id=provider.id, kind=InspectionKind.UNANNOUNCED, is_announced=False,
                               planned_for=date(2026, 3, 9), created_at=clock.now()))  # fmt: skip
        assert sam.is_active

    unseen = market.browser(market.sam).get(f"/providers/{market.harbour.reference}").text
    seen = market.browser(inspector).get(f"/providers/{market.harbour.reference}").text

    assert "INS-2026-0009" not in unseen
    assert "INS-2026-0009" in seen


def test_addresses_of_premises_are_on_the_page_of_premises_only(market: Market) -> None:
    with market.writing() as session:
        planting.home(session, session.get_one(Provider, market.harbour.id), session.get_one(User, market.amy.id))
    browser, reference = market.browser(market.rowan), market.harbour.reference

    assert "4 Quay Street" in browser.get(f"/providers/{reference}/premises").text
    others = [browser.get(f"/providers/{reference}{path}").text for path in ("", "/documents", "/registration")] + [browser.get("/providers").text]
    assert not [page for page in others if "Quay Street" in page]


def test_the_case_page_shows_the_provider_and_leads_to_its_record(market: Market) -> None:
    page = market.browser(market.rowan).get("/cases/APP-2026-0001").text

    assert f'href="/providers/{market.harbour.reference}"' in page
    assert "/cases/APP-2026-0001/messages" in page


def test_a_certificate_kind_that_needs_premises_is_refused_without_them(market: Market) -> None:
    answer = market.browser(market.rowan).post(f"/providers/{market.harbour.reference}/certificates/add", data={
        "kind": CertificateKind.GAS_SAFETY.value, "issuer": "Gas engineer", "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })  # fmt: skip

    assert answer.status_code == 422
    assert "Select the premises this certificate is for" in answer.text
