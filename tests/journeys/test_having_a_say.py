"""What someone without an account does: reads a decision, says what they think without a script, and prints the page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support import pages
from tests.support.pdf import sheets
from tests.support.server import Site

DECISION = "/decisions/okd99-20-21"


def test_a_comment_needs_no_script(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, java_script_enabled=False)

    page.goto("/")
    page.get_by_role("link", name="Replacing the list of supported accommodation").click()
    page.get_by_role("button", name="Tell us what you think").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter what you want to say")
    assert page.title().startswith("Error: ")
    page.get_by_label("What do you want to say?").fill("Keep homes close to the college.\n\nBuses stop at seven.")
    page.get_by_label("Your name").fill("M. Okoro")
    page.get_by_label("Your email address or phone number").fill("01632 960199")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Change your name").click()
    expect(page.get_by_label("What do you want to say?")).to_have_value("Keep homes close to the college.\n\nBuses stop at seven.")
    page.get_by_label("Your name").fill("Mary Okoro")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Mary Okoro")).to_be_visible()
    page.get_by_role("button", name="Send comment").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Comment sent")
    sent = page.url
    page.goto("/decisions")
    page.goto(sent)
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment sent")


def test_an_invalid_comment_moves_the_reader_to_the_problems(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)

    page.goto("/decisions?status=comments-open")
    page.locator("th a").first.click()
    page.get_by_role("button", name="Tell us what you think").click()
    page.get_by_label("Your name").fill("M. Okoro")
    page.get_by_role("button", name="Continue").click()

    pages.check(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter an email address or phone number").click()
    expect(page.get_by_label("Your email address or phone number")).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("M. Okoro")


def test_a_printed_decision_is_whole_and_says_on_each_sheet_what_it_is(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)
    page.goto(DECISION)

    printed = sheets(page.pdf(format="A4", print_background=True))
    words = " ".join("\n".join(printed).split())

    assert len(printed) > 1
    assert [sheet for sheet in printed if "OKD99 (20/21). Printed" not in sheet] == []
    assert "Providers are waiting to join" in words
    assert "A key decision is one by" in words
    assert "Counted" in words
    for hidden in ("Staff sign in", "Skip to main content", "More about this decision", "Menu"):
        assert hidden not in words
