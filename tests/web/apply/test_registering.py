"""Registering an organisation by a proven address: each number's own message, and an organisation that is here already."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from models import IdentifierScheme, LoginSession, OutboxMail, Provider, ProviderIdentifier, User
from models.session import new_session, transaction
from tests.support import planting_apply as plant
from tests.support.clients import Browser, public_client
from workflows.actions import providers

EMAIL = "ada.brook@harbourhomes.example.org"
ANSWERS = {"your_name": "Ada Brook", "legal_name": "Harbour Homes Ltd", "legal_form": "private_company", "company_number": "09876543"}
WRONG = [
    ("company_number", "12345678901", "Company number must be 8 characters, like 09876543 or SC123456"),
    ("company_number", "", "Enter the company number"),
    ("charity_number", "12", "Charity number must be 6 or 7 digits, like 1234567"),
    ("charity_number", "SC12", "Scottish charity number must be SC and 6 digits, like SC012345"),
    ("vat_number", "123456789", "VAT number must be one that HMRC gives out. Check its digits"),
    ("vat_number", "12", "VAT number must be 9 digits, like 123 4567 89, with or without GB"),
    ("ukprn", "20012345", "UK provider reference number must be 8 digits and start with 1, like 10012345"),
    ("your_name", "", "Enter your name"),
    ("legal_name", "", "Enter the name of your organisation"),
    ("legal_form", "", "Select what kind of organisation it is"),
]


def proven(app: Flask, email: str = EMAIL) -> Browser:
    """A browser that has proven an address which nobody is known by."""
    browser = public_client(app)
    browser.post("/apply/account", data={"email": email})
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        token = plant.newest_token(session, email)
    assert browser.post(f"/apply/link/{token}").location == "/apply/organisation"
    return browser


def providers_in(app: Flask) -> list[Provider]:
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return list(session.scalars(select(Provider)))


def test_an_organisation_is_registered_with_its_numbers_and_its_first_person(library_app: Flask) -> None:
    browser = proven(library_app)

    answer = browser.post("/apply/organisation", data=ANSWERS | {"vat_number": "GB 980 7806 84"})

    assert (answer.status_code, answer.location) == (303, "/apply/new")
    with new_session(library_app.extensions["dps_engine"], writes=False) as session:
        found = {(each.scheme, each.value) for each in session.scalars(select(ProviderIdentifier))}
        user = session.scalars(select(User).where(User.email == EMAIL)).one()
        assert found == {(IdentifierScheme.COMPANY, "09876543"), (IdentifierScheme.VAT, "980780684")}
        assert [each.group_key for each in user.memberships] == [session.scalars(select(Provider)).one().group_key]
        assert session.scalars(select(LoginSession)).one().user_id == user.id


@pytest.mark.parametrize(("question", "typed", "words"), WRONG)
def test_each_mistake_has_its_own_words_at_its_own_field(library_app: Flask, question: str, typed: str, words: str) -> None:
    browser = proven(library_app)

    answer = browser.post("/apply/organisation", data=ANSWERS | {question: typed})

    assert answer.status_code == 422
    assert f'<a href="#{question}">{words}</a>' in answer.text
    assert answer.text.count(words) == 2
    assert providers_in(library_app) == []


def test_the_same_number_again_offers_to_join_and_tells_no_name(library_app: Flask) -> None:
    with transaction(library_app.extensions["dps_engine"]) as session:
        there = plant.organisation(session, "Quayside Lettings Ltd")
        providers.add_identifier(session, there, scheme=IdentifierScheme.COMPANY, value="09876543", by=None)
        colleague = plant.member(session, there, "Ben Ford")
    browser = proven(library_app)

    answer = browser.post("/apply/organisation", data=ANSWERS | {"company_number": "9876543"}, follow_redirects=True)
    asked = browser.post("/apply/join", follow_redirects=True)

    assert "This organisation is here already" in answer.text
    assert "Quayside" not in answer.text
    assert colleague.email not in answer.text
    assert "You have asked to join" in asked.text
    assert [one.name for one in providers_in(library_app)] == ["Quayside Lettings Ltd"]
    with new_session(library_app.extensions["dps_engine"], writes=False) as session:
        told = session.scalars(select(OutboxMail).where(OutboxMail.to_address == colleague.email)).all()
        assert [EMAIL in mail.body for mail in told] == [True]


def test_asking_to_join_twice_tells_them_once(library_app: Flask) -> None:
    with transaction(library_app.extensions["dps_engine"]) as session:
        there = plant.organisation(session)
        providers.add_identifier(session, there, scheme=IdentifierScheme.COMPANY, value="09876543", by=None)
        plant.member(session, there)
    browser = proven(library_app)
    browser.post("/apply/organisation", data=ANSWERS)
    browser.post("/apply/join")

    again = browser.post("/apply/join")

    assert again.location == "/apply/account"
    with new_session(library_app.extensions["dps_engine"], writes=False) as session:
        assert len(session.scalars(select(OutboxMail).where(OutboxMail.kind == "join_asked")).all()) == 1


@pytest.mark.parametrize("path", ["/apply/organisation", "/apply/join"])
def test_without_a_proven_address_there_is_nothing_to_register(library_app: Flask, path: str) -> None:
    browser = public_client(library_app)

    assert browser.get(path).location == "/apply/account"
    assert browser.post(path, data=ANSWERS).location == "/apply/account"
    assert providers_in(library_app) == []


def test_one_link_registers_one_organisation(library_app: Flask) -> None:
    browser = proven(library_app)
    with browser.session_transaction() as cookie:
        kept = cookie["link_proven"]
    browser.post("/apply/organisation", data=ANSWERS)
    again = public_client(library_app)
    with again.session_transaction() as cookie:
        cookie["link_proven"] = kept

    answer = again.post("/apply/organisation", data=ANSWERS | {"company_number": "00000001"})

    assert answer.location == "/apply/account"
    assert len(providers_in(library_app)) == 1
