"""An unannounced visit leaves no trace where its provider or the public looks, before it has been made."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from models import AuditEvent, OutboxMail, clock
from models.session import new_session
from tests.support import clients
from tests.support import planting_inspections as planting
from tests.web.inspections.conftest import Visiting

OF_OTHERS = ("provider.", "public.", "apply.")


def a_secret(session: planting.Session) -> planting.Walk:
    """An unannounced visit that is planned for tomorrow."""
    walk = planting.begin(session, trigger="incident", risk="critical")
    walk.do("triage", {**planting.TRIAGE, "trigger": "incident", "risk": "critical"}, planting.MANAGER)
    walk.plan(planting.date(2026, 3, 3), announced="no")
    return walk


def pages_of_others(visiting: Visiting) -> list[str]:
    """The addresses of every page, feed and file for providers and the public that needs no argument."""
    rules = [rule for rule in visiting.app.url_map.iter_rules() if rule.endpoint.startswith(OF_OTHERS) and "GET" in (rule.methods or ()) and not rule.arguments]
    return sorted(rule.rule for rule in rules)


def test_no_page_or_feed_for_providers_and_the_public_tells_of_a_secret_visit(begun: Callable[..., Visiting]) -> None:
    visiting = begun(a_secret)
    canaries = (visiting.reference, "Tuesday 3 March 2026", "3 March 2026", "2026-03-03", "20260303")
    provider, nobody = visiting.browser("provider"), clients.public_client(visiting.app)
    looked_at, told = 0, []

    for path in pages_of_others(visiting):
        for browser in (provider, nobody):
            answer = browser.get(path)
            looked_at += answer.status_code == 200
            told += [f"{path}: {word}" for word in canaries if word in answer.get_data(as_text=True)]

    assert looked_at > 10
    assert told == []


def test_the_same_pages_tell_of_it_once_the_draft_is_with_the_provider(begun: Callable[..., Visiting]) -> None:
    visiting = begun(planting.graded)
    provider = visiting.browser("provider")

    found = [path for path in pages_of_others(visiting) if visiting.reference in provider.get(path).get_data(as_text=True)]

    assert found


def test_no_mail_and_no_public_event_tells_of_a_secret_visit(begun: Callable[..., Visiting]) -> None:
    visiting = begun(a_secret)

    with new_session(visiting.app.extensions["dps_engine"], writes=False) as session:
        to_others = [mail for mail in session.scalars(select(OutboxMail)) if not mail.to_address.endswith("westhampton.example.gov.uk")]
        events = [str(event.detail) for event in session.scalars(select(AuditEvent)).all()]

    assert to_others == []
    assert not [text for text in events if planting.ADDRESS in text or planting.HOUSE in text]
    assert clock.today() == planting.date(2026, 3, 2)
