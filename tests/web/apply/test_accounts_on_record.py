"""What is written down of links, organisations and people, and on which page a link may stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from models import AuditEvent
from models.session import new_session
from tests.support import planting_apply as plant
from tests.support.clients import public_client
from tests.web.apply.conftest import Applicant
from tests.web.apply.test_registering import ANSWERS, EMAIL, proven
from webapp.settings import Mail, Settings


def kinds(app: Flask) -> Counter[str]:
    """How many events about accounts there are, by their kind."""
    wanted = ("link:", "provider_account:", "provider_person:")
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return Counter(kind for kind in session.scalars(select(AuditEvent.kind)) if kind.startswith(wanted))


def test_registering_is_on_record_without_the_address(library_app: Flask) -> None:
    proven(library_app).post("/apply/organisation", data=ANSWERS)

    assert kinds(library_app) == Counter(["link:sent", "link:used", "provider_person:joined", "provider_account:registered"])
    with new_session(library_app.extensions["dps_engine"], writes=False) as session:
        assert not [event for event in session.scalars(select(AuditEvent)) if EMAIL in str(event.detail)]


def test_inviting_and_removing_are_on_record(applicant: Applicant, colleague: Applicant) -> None:
    before = kinds(applicant.app)
    applicant.post("people", name="Di Ash", email="di.ash@example.org")
    applicant.post("people", colleague.user.id, "remove")

    assert kinds(applicant.app) - before == Counter(["provider_person:invited", "link:sent", "provider_person:removed"])


@pytest.mark.parametrize(("changes", "is_shown"), [({}, True), ({"mail": Mail(host="mail.example.org")}, False), ({"production": True}, False)])
def test_the_link_is_on_the_page_only_where_no_mail_is_sent(app: Flask, settings: Settings, changes: dict[str, object], is_shown: bool) -> None:
    app.extensions["dps_settings"] = replace(settings, **changes)  # type: ignore[arg-type]
    browser = public_client(app)
    browser.post("/apply/account", data={"email": EMAIL})

    assert ("/apply/link/" in browser.get("/apply/check-email").text) is is_shown


def test_a_page_of_another_browser_registers_nothing(library_app: Flask) -> None:
    browser = public_client(library_app)
    with browser.session_transaction() as cookie:
        cookie["link_proven"] = "not an id"

    assert browser.post("/apply/organisation", data=ANSWERS).location == "/apply/account"
    with new_session(library_app.extensions["dps_engine"], writes=False) as session:
        assert plant.newest_token(session, EMAIL) == ""
