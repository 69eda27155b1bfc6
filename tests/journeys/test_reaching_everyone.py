"""Keyboard, magnified pages, high contrast, and the help that stays in its place (ux 7: 7 to 12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import DECIDABLE, HALF_WAY, Walk
from tests.support.server import Site

MAGNIFIED = {"width": 320, "height": 256}
HELP = ["Help", "Contact", "Accessibility", "Privacy", "Cookies"]
COVERED = """() => {
  const e = document.activeElement;
  const b = e.getBoundingClientRect();
  const at = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
  const outline = getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).boxShadow !== 'none'
    || (e.labels?.[0] && getComputedStyle(e.labels[0], '::before').boxShadow !== 'none');
  const seen = !at || e.contains(at) || at.contains(e) || [...(e.labels || [])].some((label) => label.contains(at));
  return {what: e.outerHTML.slice(0, 100), isBody: e === document.body, seen, outline: Boolean(outline)};
}"""


def places(site: Site, page: Page) -> dict[str, tuple[str, str]]:
    """The pages that people live on: address and person."""
    half_way, decidable = Walk(site, page).take_up(HALF_WAY), Walk(site, page).take_up(DECIDABLE)
    return {
        "work": ("/work", "amara.osei"),
        "case": (f"/cases/{half_way.reference}", "amara.osei"),
        "consultation": (f"/consultations/task/{half_way.task('give-advice').id}", "leah.stone"),
        "approval": (f"/approvals/{decidable.task('decide').id}", "helen.ashdown"),
        "decision": (f"/decisions/{half_way.slug()}", ""),
        "process": ("/processes/key-decision", "jo.castell"),
    }


@pytest.mark.parametrize("name", ["work", "case", "consultation", "approval", "decision"])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(unchanged_site: Site, open_page: Callable[..., Page], name: str) -> None:
    page = open_page(unchanged_site)
    url, person = places(unchanged_site, page)[name]
    page = open_page(unchanged_site, person)
    page.goto(url)
    reachable = page.locator("a[href]:visible, button:visible:not([disabled]), select:visible, textarea:visible, summary:visible, input:visible:not([type=radio])")
    wanted, met, wrong = reachable.count(), set[str](), []

    for _ in range(wanted + 40):
        page.keyboard.press("Tab")
        stop = page.evaluate(COVERED)
        if stop["isBody"]:
            break
        met.add(stop["what"])
        if not stop["seen"] or not stop["outline"]:
            wrong.append(stop)

    assert not wrong, wrong[:3]
    assert len(met) >= wanted * 0.6


@pytest.mark.parametrize("name", ["work", "case", "consultation", "approval", "decision", "process"])
def test_at_four_times_the_size_the_page_still_works(unchanged_site: Site, open_page: Callable[..., Page], name: str) -> None:
    url, person = places(unchanged_site, open_page(unchanged_site))[name]
    page = open_page(unchanged_site, person, viewport=MAGNIFIED)

    page.goto(url)

    assert page.evaluate("document.documentElement.scrollWidth") <= MAGNIFIED["width"] + 1
    main = page.locator("main button.govuk-button:visible, main a.govuk-button:visible, main a.govuk-link:visible").first
    main.scroll_into_view_if_needed()
    expect(main).to_be_in_viewport()
    assert main.bounding_box()["width"] <= MAGNIFIED["width"]  # type: ignore[index]


@pytest.mark.parametrize("name", ["case", "decision"])
def test_with_forced_colours_stages_and_tags_keep_their_edges(unchanged_site: Site, open_page: Callable[..., Page], name: str) -> None:
    url, person = places(unchanged_site, open_page(unchanged_site))[name]
    page = open_page(unchanged_site, person, forced_colors="active")

    page.goto(url)

    edges = page.evaluate(
        "() => [...document.querySelectorAll('.dps-stages li, .dps-life li, .govuk-tag')].map((e) => ({what: e.className, "
        "edge: ['Top', 'Left', 'Bottom'].some((s) => parseFloat(getComputedStyle(e)[`border${s}Width`]) > 0) || getComputedStyle(e).outlineStyle !== 'none'}))"
    )
    assert edges
    assert [edge["what"] for edge in edges if not edge["edge"]] == []


def test_help_stands_in_the_same_place_on_every_page(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    sample = ["/", "/decisions", "/sign-in", "/help", "/contact", "/accessibility", "/privacy", "/cookies"]
    page = open_page(unchanged_site)
    for url in sample:
        page.goto(url)
        assert page.locator("footer li").all_inner_texts()[:5] == HELP, url
    staff = open_page(unchanged_site, "amara.osei")
    for url in ("/work", "/cases", "/settings", "/processes"):
        staff.goto(url)
        assert staff.locator("footer li").all_inner_texts()[:5] == HELP, url
