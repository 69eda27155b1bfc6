"""What the public sees of the first decision: all that the council's own page used to show, in its order, on a page that prints."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import FIRST, Walk
from tests.support import pages
from tests.support.server import Site

# Label and words of the rows of the details, in the order in which people know them.
DETAILS = (
    ("Decision type", "Key decision"),
    ("Why it is key", "£500,000"),
    ("Status", "Carried out"),
    ("Areas affected", "All divisions"),
    ("Notice first published", "Monday 28 September 2020"),
    ("Date of decision", "Thursday 12 November 2020"),
    ("Decision maker", "Executive Director, Children, Young People and Learning"),
    ("Lead member", "None"),
    ("Lead director", "Executive Director, Children, Young People and Learning"),
    ("Contact", "Children's commissioning"),
    ("Have your say", "31 October 2020"),
    ("Consultation", "Procurement"),
    ("Questions about this notice", "Democratic Services"),
    ("Council plan priority", "Best start in life"),
    ("Current term ended", "March 2020"),
    ("Extension until", "March 2022"),
)
HEADINGS = ("What it is about", "What is proposed", "The decision", "Background papers", "Documents", "Call-in")


@pytest.fixture
def first(unchanged_site: Site, open_page: Callable[..., Page]) -> Page:
    """The first decision's page, as anyone sees it."""
    page = open_page(unchanged_site)
    page.goto(f"/decisions/{Walk(unchanged_site, page).take_up(FIRST).slug()}")
    return page


def test_every_fact_of_the_old_page_is_there_in_its_order(first: Page) -> None:
    text = first.locator("main").inner_text()
    labels = [label.strip() for label in first.locator("dt").all_inner_texts()]

    places = [next((at for at, found in enumerate(labels) if found == label), -1) for label, _ in DETAILS]
    assert -1 not in places, [label for (label, _), place in zip(DETAILS, places, strict=True) if place < 0]
    assert places == sorted(places)
    for label, words in DETAILS:
        assert words in first.locator(f"dl > div:has(> dt:text-is({label!r})) dd").first.inner_text(), label
    for heading in HEADINGS:
        expect(first.get_by_role("heading", name=heading, exact=True)).to_have_count(1)
    assert "OKD" in text
    assert "Ofsted" in (first.locator("main").text_content() or "")
    assert "Background3" not in text
    assert not re.search(r";\s*$", text, re.M)
    assert ">" not in text


def test_no_heading_stands_over_nothing(first: Page) -> None:
    empty = first.evaluate(
        "() => [...document.querySelectorAll('main h2, main h3')].filter((h) => !(h.nextElementSibling || h.parentElement.nextElementSibling))"
        ".map((h) => h.innerText)"
    )

    assert empty == []


def test_the_first_lawful_day_is_told_with_its_reckoning(first: Page) -> None:
    row = first.locator("dl > div:has(> dt:text-is('Notice first published')) dd").first

    row.get_by_text("How we worked this out").click()

    expect(row).to_contain_text("Tuesday 27 October 2020")
    expect(row).to_contain_text("28 days")
    link = row.get_by_role("link").filter(has_text="SI 2012/2089")
    expect(link).to_have_attribute("href", re.compile(r"legislation\.gov\.uk"))


def test_the_end_of_call_in_is_the_seventh_working_day(first: Page) -> None:
    expect(first.locator("main")).to_contain_text("Monday 23 November 2020")


def test_a_printed_page_has_no_menu_and_everything_open(first: Page) -> None:
    first.emulate_media(media="print")

    for hidden in (".govuk-service-navigation", ".dps-footer", ".govuk-skip-link", ".govuk-breadcrumbs"):
        assert not first.locator(hidden).first.is_visible(), hidden
    assert first.locator(".dps-printed").is_visible()
    for folded in first.locator("main details").all():
        assert folded.locator(":scope > :not(summary)").first.is_visible(), folded.inner_text()


def test_nothing_of_the_brand_of_another_site_is_asked_for(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/decisions")

    assert all(url.startswith((unchanged_site.address, "data:")) for url in asked), asked
    assert not [url for url in asked if re.search(r"crest|crown|transport|\.woff", url)]
    assert "GDS Transport" not in page.evaluate("getComputedStyle(document.body).fontFamily")


@pytest.mark.parametrize("words", ["OKD99 20-21", "OKD99 20/21", "OKD 99 (20/21)", "OKD99_20_21"])
def test_a_reference_is_found_however_it_is_written(unchanged_site: Site, open_page: Callable[..., Page], words: str) -> None:
    page = open_page(unchanged_site)

    page.goto("/")
    page.get_by_label("Find a decision").fill(words)
    page.get_by_role("button", name="Search").click()

    expect(page.locator("main")).to_contain_text("Extending the purchasing system")
    pages.check(page)


def test_what_is_missing_in_a_comment_is_told(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up("Replacing the list")

    page.goto(f"/decisions/{walk.slug()}/representations/new")
    page.get_by_label("Your name").fill("Lin Okafor")
    page.get_by_role("button", name="Continue").click()

    pages.check(page)
    pages.check_errors(page)
    expect(page.get_by_label("Your name")).to_have_value("Lin Okafor")
