"""A proposal that is withdrawn or moved to another month, at the author's word, at any point."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models import clock
from tests.journeys.steps import AUTHOR, DECIDABLE, HALF_WAY, Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site


@pytest.mark.parametrize(("title", "author"), [(HALF_WAY, AUTHOR), (DECIDABLE, "tom.birch")])
def test_a_withdrawn_proposal_leaves_no_task_and_says_why(site: Site, open_page: Callable[..., Page], title: str, author: str) -> None:
    page = open_page(site, author)
    walk = Walk(site, page).take_up(title)

    page.goto(f"/cases/{walk.reference}")
    page.get_by_role("button", name="Withdraw").click()
    pages.check(page)
    page.get_by_label("Why is it withdrawn?").fill("The money is not there.")
    page.get_by_role("button", name="Withdraw the proposal").click()

    pages.check(page)
    assert walk.waiting() == set()
    browsers.sign_out(page)
    page.goto(f"/decisions/{walk.slug()}")
    expect(page.locator("main")).to_contain_text("because the money is not there")
    pages.check(page)


def test_a_moved_decision_keeps_its_tasks_and_says_so(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, AUTHOR)
    walk = Walk(site, page).take_up(HALF_WAY)
    before = walk.waiting()
    year = clock.today().year + 1

    page.goto(f"/cases/{walk.reference}/defer")
    page.get_by_label("New month").select_option("6")
    page.get_by_label("Year").select_option(str(year))
    page.get_by_label("Why is it moved?").fill("More homes are to be seen first.")
    page.get_by_role("button", name="Move the decision").click()

    pages.check(page)
    assert walk.waiting() == before
    browsers.sign_out(page)
    page.goto(f"/decisions/{walk.slug()}")
    expect(page.locator("main")).to_contain_text(f"June {year}")
    expect(page.locator("main")).to_contain_text("because more homes are to be seen first")
    pages.check(page)
