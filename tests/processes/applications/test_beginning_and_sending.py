"""Who may begin and send an application, to which list, and what sending writes into the provider's record (acceptance point 11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    ApplicationStatus,
    Certificate,
    CertificateKind,
    IdentifierScheme,
    LegalForm,
    Premises,
    Provider,
    ProviderIdentifier,
    ProviderPerson,
    Regime,
    RegistrationStatus,
    clock,
)
from tests.processes.admission import desk
from tests.processes.applications.applicant import DECLARATION, SECTIONS, Applicant, begun
from workflows.actions import application_drafts, applications, providers
from workflows.errors import Closed, Conflict, Invalid, NotFound, Refused
from workflows.queries import applications as queries
from workflows.queries import providers as provider_queries


def all_of(session: Session, kind: type, provider: Provider) -> list[object]:
    return list(session.scalars(select(kind).where(kind.provider_id == provider.id)))  # type: ignore[attr-defined]


def change(draft: Applicant, key: str, **answers: object) -> None:
    """Save a section once more with some answers changed; the one entry of a list section has them."""
    row = queries.sections_of(draft.session, draft.application)[key]
    values = {"items": [{**row.values["items"][0], **answers}, *row.values["items"][1:]]} if "items" in row.values else {**row.values, **answers}
    application_drafts.save_section(
        draft.session, draft.application, key, values, problems={}, is_completed=True, by=draft.person("avery.lark"), revision=row.revision
    )


def test_nobody_but_the_providers_own_people_can_begin_one(session: Session) -> None:
    provider, purchasing_list = desk.a_provider(session), desk.a_list(session)

    for name in ("raj.patel", "amara.osei", "priya.nair", "nadia.farouk"):
        with pytest.raises(Refused, match="own people"):
            applications.start(
                session, provider=provider, purchasing_list=purchasing_list, categories=["shared"], by=desk.people.find_person(session, name)
            )

    assert queries.of_provider(session, provider) == []


@pytest.mark.parametrize("categories", [[], ["castles"], ["shared", "castles"]])
def test_one_is_begun_for_categories_of_the_list(session: Session, categories: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        begun(session, categories=categories)

    assert refused.value.errors == {"categories": "Select at least one category of this list"}


def test_a_second_draft_to_the_same_list_is_not_begun(draft: Applicant) -> None:
    with pytest.raises(Conflict, match="Go on with that one"):
        begun(draft.session, draft.application.provider, draft.application.purchasing_list)


@pytest.mark.parametrize(("day", "words"), [("2024-03-31 23:59", "opens on"), ("2029-01-01 00:00", "closed on")])
def test_a_list_takes_applications_only_while_it_is_valid(session: Session, day: str, words: str) -> None:
    provider, purchasing_list = desk.a_provider(session), desk.a_list(session)
    by = desk.people.find_person(session, "avery.lark")
    by.memberships[-1].starts_on = date(2024, 1, 1)
    clock.hold(clock.read_instant(day))

    with pytest.raises(Closed, match=words):
        applications.start(session, provider=provider, purchasing_list=purchasing_list, categories=["shared"], by=by)


def test_a_system_stays_open_after_the_first_day_for_requests_and_when_somebody_would_pause_it(session: Session) -> None:
    purchasing_list = desk.a_list(session)
    purchasing_list.request_deadline = date(2024, 5, 1)
    purchasing_list.is_paused_because = "We have enough providers"

    draft = begun(session, purchasing_list=purchasing_list)
    draft.send()

    assert draft.waiting == ["check-completeness"]
    assert draft.task("check-completeness").variables["list_open"] == {"answer": "yes", "note": "first_wave_missed"}


def test_a_market_of_the_newer_act_can_be_paused(session: Session) -> None:
    purchasing_list = desk.a_list(session, regime=Regime.PA23_DYNAMIC_MARKET)
    purchasing_list.is_paused_because = "It is re-let."

    with pytest.raises(Closed, match="It is re-let"):
        begun(session, purchasing_list=purchasing_list)


def test_nothing_is_sent_while_a_section_is_not_completed(draft: Applicant) -> None:
    draft.fill_in(leave=("insurance",))

    with pytest.raises(Refused, match="Insurance is not completed"):
        draft.do("complete-application", DECLARATION)

    assert draft.application.status is ApplicationStatus.DRAFT


@pytest.mark.parametrize("missing", ["authority_confirmed", "truth_declared"])
def test_nothing_is_sent_without_the_declaration_whatever_the_form_lets_through(draft: Applicant, missing: str) -> None:
    draft.fill_in()

    with pytest.raises(Invalid) as refused:
        draft.perform("applications.send", by="avery.lark", answers={**DECLARATION, missing: False})

    assert set(refused.value.errors) == {missing}


def test_staff_cannot_send_for_a_provider(draft: Applicant) -> None:
    draft.fill_in()

    with pytest.raises(Refused, match="own people"):
        draft.perform("applications.send", by="raj.patel", answers=DECLARATION)


def test_what_was_sent_cannot_be_changed_or_sent_again(draft: Applicant) -> None:
    draft.send()

    with pytest.raises(Closed):
        draft.fill_in()
    with pytest.raises(Closed, match="sent already"):
        draft.perform("applications.send", by="avery.lark", answers=DECLARATION)


def test_sending_writes_the_record_and_nothing_of_it_counts_before_it_is_checked(draft: Applicant) -> None:
    provider = draft.application.provider

    draft.send()

    draft.session.refresh(provider)
    assert (provider.address, provider.postcode, provider.contact_phone, provider.is_small) == ("1 Quay Road", "WX1 1AA", "01632 960301", True)
    [person] = all_of(draft.session, ProviderPerson, provider)
    assert isinstance(person, ProviderPerson) and (person.name, person.is_in_control) == ("Avery Lark", True)
    [home] = all_of(draft.session, Premises, provider)
    assert isinstance(home, Premises) and (home.name, home.category, home.spaces, home.weekly_price) == ("Mill House", 2, 5, Decimal("850.00"))
    certificates = [each for each in all_of(draft.session, Certificate, provider) if isinstance(each, Certificate)]
    assert {each.kind for each in certificates} == {
        CertificateKind.GAS_SAFETY, CertificateKind.ELECTRICAL, CertificateKind.FIRE_RISK, CertificateKind.EMPLOYERS_LIABILITY,
    }  # fmt: skip
    assert all(each.verified_at is None for each in certificates)
    assert provider_queries.registration_of(draft.session, provider) is None


def test_what_a_provider_says_of_ofsted_before_anybody_looked_is_only_that_it_has_applied(draft: Applicant) -> None:
    draft.fill_in()
    change(draft, "ofsted", ofsted_status="applied", ofsted_application="A-1", ofsted_applied_on="2026-03-01")

    draft.do("complete-application", DECLARATION)

    registration = provider_queries.registration_of(draft.session, draft.application.provider)
    assert registration is not None and (registration.status, registration.source) == (RegistrationStatus.APPLIED, "application")


def test_a_second_application_writes_nothing_twice(draft: Applicant) -> None:
    draft.send()
    again = begun(draft.session, draft.application.provider, draft.application.purchasing_list, categories=["lodgings"])

    again.send()

    provider = draft.application.provider
    assert [len(all_of(draft.session, kind, provider)) for kind in (ProviderPerson, Premises, Certificate)] == [1, 1, 4]


def test_11_the_same_characters_are_kept_apart_in_three_registers(draft: Applicant) -> None:
    draft.fill_in()
    change(draft, "organisation", company_number="SC123456", charity_number="sc123456")
    change(draft, "ofsted", ofsted_urn="SC123456")

    draft.do("complete-application", DECLARATION)

    rows = draft.session.scalars(select(ProviderIdentifier).where(ProviderIdentifier.provider_id == draft.application.provider_id))
    assert {(row.scheme, row.value) for row in rows} == {
        (IdentifierScheme.COMPANY, "SC123456"), (IdentifierScheme.SCOTTISH_CHARITY, "SC123456"), (IdentifierScheme.OFSTED, "SC123456"),
        (IdentifierScheme.VAT, "980780684"),
    }  # fmt: skip


def test_11_a_number_that_another_provider_has_stops_the_sending_and_says_nothing_of_who_it_is(draft: Applicant) -> None:
    other = providers.create(draft.session, name="Hidden Harbour Ltd", legal_form=LegalForm.PRIVATE_COMPANY, by=None)
    providers.add_identifier(draft.session, other, scheme=IdentifierScheme.COMPANY, value="SC123456", by=None)
    draft.fill_in()

    with pytest.raises(Refused) as refused:
        draft.do("complete-application", DECLARATION)

    assert "Hidden Harbour" not in str(refused.value) and "Organisation details" in str(refused.value)


def test_a_provider_finds_its_own_applications_and_no_others(draft: Applicant) -> None:
    stranger = desk.a_provider(draft.session)
    avery = draft.person("avery.lark")
    reference = draft.case.reference
    assert queries.application_for(draft.session, avery, reference=reference.lower()) is draft.application
    for membership in list(avery.memberships):
        if membership.group_key == draft.application.provider.group_key:
            draft.session.delete(membership)
    draft.session.flush()
    draft.session.refresh(avery)

    with pytest.raises(NotFound):
        queries.application_for(draft.session, avery, reference=reference)

    assert queries.of_provider(draft.session, stranger) == []
    assert queries.application_for(draft.session, draft.person("raj.patel"), reference=reference) is draft.application
    with pytest.raises(NotFound):
        queries.application_for(draft.session, draft.person("nadia.farouk"), reference=reference)


def test_every_section_has_a_form_in_the_library() -> None:
    assert set(SECTIONS) == {section.key for section in application_drafts.applying.SECTIONS}
