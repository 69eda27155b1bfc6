"""Notice on the three routes: 28 clear days (A), the general exception (B), special urgency (C)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.steps import NOTICE, PROPOSAL, Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

TODAY = "2026-06-10"
BEFORE_IT_IS_PUBLIC = {**PROPOSAL, "due_month": "7", "due_year": "2026"}


def proposed(site: Site, page: Page) -> Walk:
    """A proposal on a Wednesday morning whose notice has still to be chosen."""
    site.move_to(f"{TODAY} 09:30")
    walk = Walk(site, page)
    walk.start()
    walk.do("propose", BEFORE_IT_IS_PUBLIC)
    return walk


def seen_by_the_public(walk: Walk) -> Page:
    """The decision's public page."""
    browsers.sign_out(walk.page)
    walk.page.goto(f"/decisions/{walk.slug()}")
    pages.check(walk.page)
    return walk.page


def test_28_clear_days_when_it_can_wait(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = proposed(empty_site, open_page(empty_site))

    walk.do("choose-route", {"can_wait_28": "yes"})
    walk.do("publish-notice", {**NOTICE, "website_on": TODAY, "offices_on": TODAY})

    expect(seen_by_the_public(walk).locator("main")).to_contain_text("Thursday 9 July 2026")


def test_the_general_exception_tells_the_chair_and_gives_its_reason(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = proposed(empty_site, open_page(empty_site))

    walk.do("choose-route", {"can_wait_28": "no", "can_wait_5": "yes", "impracticable_because": "The lease ends this month."})
    walk.do("confirm-urgency", {"urgency_confirmed": "yes"})
    walk.do("inform-chair", {"informed_office": "scrutiny_chair", "informed_name": "Peter Hollis", "informed_on": TODAY})
    walk.do("publish-urgent-notice", {**NOTICE, "reasons_published": "The lease ends this month.", "website_on": TODAY, "offices_on": TODAY})

    page = seen_by_the_public(walk)
    expect(page.locator("main")).to_contain_text("The lease ends this month")
    expect(page.locator("main")).to_contain_text("Thursday 18 June 2026")


def test_special_urgency_needs_the_agreement_of_a_chair(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = proposed(empty_site, open_page(empty_site))

    walk.do("choose-route", {"can_wait_28": "no", "can_wait_5": "no", "impracticable_because": "The home closes.", "urgent_because": "Tonight."})
    walk.do("confirm-urgency", {"urgency_confirmed": "yes"})
    walk.do("record-agreement", {"agreed_by": "scrutiny_chair", "agreed_name": "Peter Hollis", "agreed_on": TODAY, "agreement_reasons": "It cannot wait."})
    walk.do("publish-urgent-notice", {**NOTICE, "reasons_published": "The home closes tonight.", "website_on": TODAY, "offices_on": TODAY})

    page = seen_by_the_public(walk)
    expect(page.locator("main")).to_contain_text("28 days' notice was not given because the home closes")
    page.goto(f"/decisions/{walk.slug()}/notice")
    expect(page.locator("main")).to_contain_text("The home closes tonight")
    pages.check(page)


def test_a_route_that_the_monitoring_officer_does_not_confirm_goes_back(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = proposed(empty_site, open_page(empty_site))

    walk.do("choose-route", {"can_wait_28": "no", "can_wait_5": "yes", "impracticable_because": "We forgot."})
    walk.do("confirm-urgency", {"urgency_confirmed": "no", "urgency_comments": "That is no reason."})

    assert {name for name, _ in walk.waiting()} == {"choose-route"}


def test_what_is_not_key_ends_with_its_reason(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()

    small = {**PROPOSAL, "value_total": "20000", "two_or_more_divisions": "no", "scope": "all_divisions", "due_month": "7", "due_year": "2027"}
    walk.do("propose", small)
    walk.do("record-not-key", {"not_key_because": "It costs little and touches one place."})

    assert walk.waiting() == set()
    page.goto(f"/cases/{walk.reference}")
    pages.check(page)
