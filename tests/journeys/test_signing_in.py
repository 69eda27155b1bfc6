"""Signing in and out as people do it, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support import pages
from tests.support.server import Site


def test_a_demo_person_is_one_click_from_their_work(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)

    page.goto("/work")
    pages.check(page)
    page.get_by_role("button", name="Commissioning Manager").click()

    expect(page).to_have_url(f"{unchanged_site.address}/work")
    pages.check(page)


def test_a_wrong_password_is_told_as_every_error_is(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)

    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()

    pages.check(page)
    pages.check_errors(page)
    expect(page.get_by_label("E-mail address")).to_have_value("nobody@example.org")


def test_signing_out_asks_first_and_then_lets_nobody_in(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site, "tom.birch")

    page.goto("/work")
    page.get_by_role("link", name="Sign out").click()
    pages.check(page)
    page.get_by_role("button", name="Sign out").click()
    pages.check(page)
    page.goto("/work")

    expect(page).to_have_url(re.compile(r"/sign-in\?next=(/|%2F)work$"))


def test_the_skip_link_leads_past_the_menu(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)

    page.goto("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main-content"


def test_signing_in_works_without_scripts(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site, java_script_enabled=False)

    page.goto("/settings")
    page.get_by_role("button", name="Commissioning Manager").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
