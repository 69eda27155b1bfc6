"""Signing in by a mailed link: what it tells nobody, that it works once and soon ends, and that only the button signs in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import EmailLink, LoginSession, OutboxMail, Provider, User, clock
from models.session import new_session, transaction
from tests.support import planting_apply as plant
from tests.support.clients import Browser, public_client
from tests.support.said import without_tokens
from tests.web.conftest import person
from workflows.actions import provider_accounts


@pytest.fixture
def known(app: Flask) -> User:
    """Somebody of an organisation that is here."""
    with transaction(app.extensions["dps_engine"]) as session:
        return plant.member(session, plant.organisation(session))


def ask(app: Flask, browser: Browser, email: str) -> str:
    """Ask for a link as a page would, and give the token that was mailed; nothing when none was."""
    browser.post("/apply/account", data={"email": email})
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return plant.newest_token(session, email)


def count(app: Flask, table: type[EmailLink | LoginSession | OutboxMail]) -> int:
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_known_and_an_unknown_address_get_the_same_answers(app: Flask, known: User) -> None:
    pages = []
    for email in (known.email, "nobody@elsewhere.example.org"):
        browser = public_client(app)
        answer = browser.post("/apply/account", data={"email": email})
        page = browser.get("/apply/check-email").text.replace(email, "ADDRESS")
        token = ask(app, browser, email)
        link = browser.get(f"/apply/link/{token}").text.replace(email, "ADDRESS").replace(token, "TOKEN")
        pages.append((answer.status_code, answer.location, _without_marks(page), _without_marks(link)))

    assert pages[0] == pages[1]


def _without_marks(page: str) -> str:
    """A page without what differs each time it is shown."""
    return "\n".join(line for line in without_tokens(page).splitlines() if "form_key" not in line and "/apply/link/" not in line)


def test_the_mail_scanner_that_follows_the_link_signs_nobody_in(app: Flask, known: User) -> None:
    token = ask(app, public_client(app), known.email)
    scanner = public_client(app)

    for _ in range(3):
        assert scanner.get(f"/apply/link/{token}").status_code == 200
    scanner.head(f"/apply/link/{token}")

    assert count(app, LoginSession) == 0
    assert scanner.get("/apply/applications").status_code in {302, 401}
    assert public_client(app).post(f"/apply/link/{token}").status_code == 303


def test_the_button_signs_in_once(app: Flask, known: User) -> None:
    browser = public_client(app)
    token = ask(app, browser, known.email)

    first = browser.post(f"/apply/link/{token}")
    second = public_client(app).post(f"/apply/link/{token}")

    assert (first.status_code, second.status_code) == (303, 410)
    assert "This link has been used" in second.text
    assert count(app, LoginSession) == 1


def test_a_link_ends_after_20_minutes(app: Flask, known: User) -> None:
    with clock.held(clock.read_instant("2026-11-09 10:40")):
        token = ask(app, public_client(app), known.email)
    for minutes, status in ((19, 200), (20, 410)):
        with clock.held(clock.read_instant("2026-11-09 10:40") + timedelta(minutes=minutes)):
            assert public_client(app).get(f"/apply/link/{token}").status_code == status
    with clock.held(clock.read_instant("2026-11-09 11:01")):
        late = public_client(app).post(f"/apply/link/{token}")

    assert late.status_code == 410
    assert "too old" in late.text
    assert "Get a new link" in late.text


@pytest.mark.parametrize("token", ["x", "x" * 3000, "%00", "é"])
def test_a_link_that_is_none_says_so(app: Flask, token: str) -> None:
    browser = public_client(app)

    assert browser.get(f"/apply/link/{token}").status_code in {404, 410}
    assert browser.post(f"/apply/link/{token}").status_code in {404, 410}


def test_only_a_digest_of_the_token_is_kept_with_the_link(app: Flask, known: User) -> None:
    token = ask(app, public_client(app), known.email)

    with new_session(app.extensions["dps_engine"], writes=False) as session:
        link = session.scalars(select(EmailLink)).one()
    assert token not in link.token_digest


def test_staff_are_never_signed_in_by_a_link(app: Flask) -> None:
    officer = person(app, "Rowan Ashdown")

    token = ask(app, public_client(app), officer.email)

    assert token == ""
    assert count(app, EmailLink) == 0
    assert count(app, OutboxMail) == 1


def test_one_address_gets_at_most_five_links_in_an_hour(app: Flask, known: User) -> None:
    statuses = {public_client(app).post("/apply/account", data={"email": known.email}).status_code for _ in range(8)}

    assert statuses == {303}
    assert count(app, OutboxMail) == 5


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.org", "ada@example", "a@" + "x" * 300 + ".org"])
def test_what_is_no_address_is_said_at_the_field(app: Flask, email: str) -> None:
    answer = public_client(app).post("/apply/account", data={"email": email})

    assert answer.status_code == 422
    assert "Error: Sign in with your email address" in answer.text
    assert count(app, OutboxMail) == 0


def test_a_person_who_was_taken_out_begins_anew(app: Flask, known: User) -> None:
    browser = public_client(app)
    with transaction(app.extensions["dps_engine"]) as session:
        provider = session.scalars(select(Provider)).one()
        provider_accounts.end_access(session, provider, session.get_one(User, known.id), by=plant.member(session, provider, "Ben Ford"))

    answer = browser.post(f"/apply/link/{ask(app, browser, known.email)}")

    assert answer.location == "/apply/organisation"
    assert count(app, LoginSession) == 0


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_the_link_leads_to_no_other_site(app: Flask, known: User, wanted: str) -> None:
    browser = public_client(app)
    browser.post("/apply/account", data={"email": known.email, "next": wanted})
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        token = plant.newest_token(session, known.email)

    assert "example.org" not in (browser.post(f"/apply/link/{token}").location or "")
