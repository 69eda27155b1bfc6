"""A placement officer finds accommodation, compares it and makes a shortlist; the other pages of the provider list; all of them right for everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from models import clock
from models.session import make_engine, transaction
from tests.support import browser as browsers
from tests.support import pages, planting_lists
from tests.support.server import Site, serve
from webapp.commands import database
from webapp.settings import from_environment

TODAY = "2026-03-02 10:00"


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Site]:
    """The service with one list, two members and three homes."""
    settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 48}, folder=tmp_path)
    database.make_ready(settings)
    engine = make_engine(settings.database_url)
    planting_lists.council(engine, tmp_path)
    with clock.held(clock.read_instant(TODAY)), transaction(engine) as session:
        planting_lists.small_market(session)
    engine.dispose()
    with serve(settings) as site:
        clock.hold(clock.read_instant(TODAY))
        yield site


def fill_in(page: Page) -> None:
    page.get_by_label("Age on the first day").fill("17")
    for name, value in (("Day", "3"), ("Month", "3"), ("Year", "2026")):
        page.get_by_label(name, exact=True).fill(value)
    page.get_by_label("Young woman").check()
    page.get_by_role("group", name="Districts wanted").get_by_label("Harbour").check()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_placement_officer_finds_compares_and_makes_a_shortlist(market: Site, open_page: Callable[..., Page], javascript: bool) -> None:
    page = open_page(market, "bridget.nolan", java_script_enabled=javascript)

    page.goto("/preferred-list")
    fill_in(page)
    page.get_by_role("button", name="Find accommodation").click()
    found = page.locator("tbody").first.get_by_role("rowheader").all_text_contents()
    page.get_by_label("Choose Tern House").check()
    page.get_by_label("Choose Curlew House").check()
    page.get_by_role("button", name="Compare two or three").click()
    compared = page.get_by_role("heading", level=1).text_content()
    page.get_by_role("button", name="Make a shortlist of these").click()

    assert [name.strip().split("PREM")[0].strip() for name in found] == ["Tern House", "Curlew House"]
    assert compared == "Compare premises"
    assert page.get_by_role("heading", level=1).text_content() == "Shortlist"
    assert page.url.endswith("/preferred-list/shortlist")
    assert page.get_by_role("heading", name="1. Tern House, Tern Homes").is_visible()


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_page_of_a_search_is_right_at_two_widths(market: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(market, "bridget.nolan")
    wrong: list[str] = []

    page.goto("/preferred-list")
    wrong += pages.problems(page)
    page.get_by_role("button", name="Find accommodation").click()
    wrong += pages.problems(page) + pages.error_problems(page)
    fill_in(page)
    page.get_by_role("button", name="Find accommodation").click()
    wrong += pages.problems(page)
    page.get_by_role("button", name="Compare two or three").click()
    wrong += pages.problems(page)
    page.get_by_label("Choose Tern House").check()
    page.get_by_label("Choose Curlew House").check()
    page.get_by_role("button", name="Compare two or three").click()
    wrong += pages.problems(page)
    page.get_by_role("button", name="Make a shortlist of these").click()
    wrong += pages.problems(page)

    assert not wrong, "\n".join(wrong)


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_other_page_of_the_provider_list_is_right_at_two_widths(market: Site, open_page: Callable[..., Page]) -> None:
    wrong: list[str] = []
    page = open_page(market)
    of_lists = ("lists", "lists/new", "lists/L-0001", "lists/L-0001/term", "lists/L-0001/contract", "history", "history?on=2020-01-01", "history?on=x")
    for person, paths in {
        "amara.osei": [f"/preferred-list/{name}" for name in of_lists], "bridget.nolan": ["/preferred-list/placements", "/preferred-list/placements/new"],
        "": ["/providers-list"],
    }.items():  # fmt: skip
        browsers.become(page, market, person)
        for path in paths:
            page.goto(path)
            wrong += pages.problems(page)

    assert not wrong, "\n".join(wrong)


def test_one_click_leads_from_the_term_to_the_filled_proposal(market: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(market, "amara.osei")

    page.goto("/preferred-list/lists/L-0001/term")
    page.get_by_role("button", name="Open the key decision to replace the list").click()

    assert page.get_by_label("Title", exact=True).input_value().startswith("Replacing DPS for")
