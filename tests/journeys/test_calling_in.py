"""Call-in from the councillor's request to the end of it: not within the rules, no action, sent back and reconsidered, sent to council."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from models import clock
from tests.journeys.steps import DECIDABLE, DECISION, Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

COUNCILLORS = ["Peter Hollis", "Nadia Farouk", "Ada Quist", "Ben Marsh", "Cora Finch"]


def published(site: Site, page: Page) -> Walk:
    """The demo decision that waits for its maker, decided and published today."""
    walk = Walk(site, page).take_up(DECIDABLE)
    walk.do("decide", DECISION)
    walk.do("publish-record", {"published_on": clock.today().isoformat(), "offices_too": True, "urgent_exemption": "no"})
    return walk


def call_in(walk: Walk) -> None:
    """Ask for call-in as a scrutiny councillor does."""
    page = walk.page
    browsers.sign_in(page, walk.site, "peter.hollis")
    page.goto(f"/decisions/{walk.slug()}/call-in")
    pages.check(page)
    page.get_by_label("Councillors who ask").fill("\n".join(COUNCILLORS))
    page.get_by_label("Why should it be looked at again?").fill("Nobody asked the young people.")
    page.get_by_role("button", name="Continue").click()
    pages.check(page)
    page.get_by_role("button", name="Send request").click()
    pages.check(page)


def says(walk: Walk, words: str) -> None:
    """The public page says this."""
    browsers.sign_out(walk.page)
    walk.page.goto(f"/decisions/{walk.slug()}")
    pages.check(walk.page)
    expect(walk.page.locator("main")).to_contain_text(words)


def test_a_request_outside_the_rules_lets_the_decision_stand(site: Site, open_page: Callable[..., Page]) -> None:
    walk = published(site, open_page(site))

    call_in(walk)
    walk.do("judge-call-in", {"valid": "no", "judgement": "Too few councillors asked."})

    assert ("judge-call-in", "monitoring-officer") not in walk.waiting()
    says(walk, "Councillors can call it in until")


def test_no_action_lets_the_decision_take_effect(site: Site, open_page: Callable[..., Page]) -> None:
    walk = published(site, open_page(site))

    call_in(walk)
    says(walk, "A request to call it in is being checked")
    walk.do("judge-call-in", {"valid": "yes", "judgement": "Enough councillors asked in time."})
    walk.do("record-scrutiny", {"meeting_on": clock.today().isoformat(), "outcome": "no_action"})

    assert {name for name, _ in walk.waiting()} <= {"implement"}


def test_a_decision_sent_back_is_reconsidered_and_cannot_be_called_in_again(site: Site, open_page: Callable[..., Page]) -> None:
    walk = published(site, open_page(site))

    call_in(walk)
    walk.do("judge-call-in", {"valid": "yes", "judgement": "Enough councillors asked in time."})
    walk.do("record-scrutiny", {"meeting_on": clock.today().isoformat(), "outcome": "refer_back", "concerns": "Ask the young people."})
    walk.do("reconsider", {"outcome": "amend", "decision_text": "Reserve 20 places.", "response_to_concerns": "We asked them."})
    walk.do("publish-reconsidered", {"published_on": clock.today().isoformat(), "offices_too": True})

    says(walk, "Reserve 20 places.")
    browsers.sign_in(walk.page, site, "peter.hollis")
    walk.page.goto(f"/decisions/{walk.slug()}/call-in")
    expect(walk.page.get_by_label("Why should it be looked at again?")).to_have_count(0)


def test_council_may_send_it_back(site: Site, open_page: Callable[..., Page]) -> None:
    walk = published(site, open_page(site))

    call_in(walk)
    walk.do("judge-call-in", {"valid": "yes", "judgement": "Enough councillors asked in time."})
    walk.do("record-scrutiny", {"meeting_on": clock.today().isoformat(), "outcome": "refer_council", "concerns": "It is against the budget."})
    walk.do("record-council", {"council_met_on": clock.today().isoformat(), "council_objects": "yes"})

    assert {name for name, _ in walk.waiting()} == {"reconsider"}
