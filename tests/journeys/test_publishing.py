"""Publishing as Democratic Services do it: seen first exactly as the public will see it, then published in three presses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import NOTICE, PROPOSAL, Walk, fill
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

TODAY = "2026-06-10"


def prepared(site: Site, page: Page) -> Walk:
    """A notice that only waits to be published."""
    site.move_to(f"{TODAY} 09:30")
    walk = Walk(site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2026"})
    walk.do("choose-route", {"can_wait_28": "yes"})
    return walk


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_notice_is_published_in_three_presses(empty_site: Site, open_page: Callable[..., Page], scripts: bool) -> None:
    walk = prepared(empty_site, open_page(empty_site))
    page = open_page(empty_site, "ines.marlow", java_script_enabled=scripts)

    page.goto("/publishing")
    page.get_by_role("link", name=PROPOSAL["title"]).first.click()
    expect(page.locator("#preview")).to_contain_text(PROPOSAL["proposal"])
    if scripts:
        pages.check(page)
    fill(page, {**NOTICE, "website_on": TODAY, "offices_on": TODAY})
    page.get_by_role("button", name="Publish now").click()

    expect(page.locator("main")).to_contain_text("published")
    browsers.sign_out(page)
    page.goto("/decisions")
    expect(page.locator("main")).to_contain_text(PROPOSAL["title"])
    page.goto(f"/decisions/{walk.slug()}")
    expect(page.locator("main")).to_contain_text("Due to be decided in July 2026. You can comment until 30 June 2026.")


def test_the_public_sees_nothing_before(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = prepared(empty_site, page)

    browsers.sign_out(page)
    answer = page.goto(f"/decisions/{walk.slug()}")

    assert answer is not None
    assert answer.status == 404


def test_what_a_notice_must_state_is_asked_for(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = prepared(empty_site, page)
    walk.open("publish-notice", by="ines.marlow")

    page.get_by_role("button", name="Publish now").click()

    pages.check(page)
    pages.check_errors(page)
    assert ("publish-notice", "democratic-services") in walk.waiting()
