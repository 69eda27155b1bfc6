"""Who sees a case and who acts for whom: short addresses, restricted cases, out of office, many tasks given at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import Case, TaskStatus, UserTask, clock
from tests.journeys.steps import DECIDABLE, HALF_WAY, Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site


def be_away(page: Page, delegate: str) -> None:
    """Name someone to act for this person from today on."""
    page.goto("/settings/out-of-office")
    for name, day in (("starts_on", clock.today()), ("ends_on", clock.today() + timedelta(days=7))):
        for part in ("day", "month", "year"):
            page.locator(f"[name='{name}-{part}']").fill(str(getattr(day, part)))
    page.get_by_label("Who acts for you").select_option(label=delegate)
    page.get_by_role("button", name="Add absence").click()
    pages.check(page)


def test_a_short_address_leads_to_the_case_over_the_sign_in(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site)
    reference = Walk(unchanged_site, page).take_up(HALF_WAY).reference

    page.goto(f"/c/{reference}")
    page.get_by_role("button", name="Commissioning Manager").click()

    expect(page).to_have_url(f"{unchanged_site.address}/cases/{reference}")


def test_a_restricted_case_looks_like_none_at_all(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, "ewan.tait")
    reference = Walk(site, page).take_up(DECIDABLE).reference
    with site.writing() as session:
        session.scalars(select(Case).where(Case.reference == reference)).one().is_restricted = True
    browsers.sign_in(page, site, "kofi.mensah")

    page.goto("/cases/KD-2026-9999")
    nothing = page.locator("main").inner_text()
    page.goto(f"/cases/{reference}")

    assert page.locator("main").inner_text() == nothing


def test_whoever_acts_for_a_colleague_sees_the_tasks_and_for_whom(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(HALF_WAY)
    walk.open("give-advice", by="leah.stone", of="legal")
    page.get_by_label("Support", exact=True).check()
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at")
    be_away(page, "Raj Patel, Procurement Lead")

    browsers.sign_in(page, site, "raj.patel")
    page.goto("/work")

    expect(page.locator("main")).to_contain_text("for Leah Stone")
    pages.check(page)


def test_a_key_decision_stays_with_the_named_officer(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, "helen.ashdown")
    be_away(page, "David Orme, Chief Executive")
    walk = Walk(site, page).take_up(DECIDABLE)

    walk.open("decide", by="david.orme")

    expect(page.get_by_role("button", name="Continue")).to_have_count(0)
    pages.check(page)


def test_of_many_tasks_given_at_once_the_one_that_was_taken_is_named(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, "amara.osei")
    walks = []
    for number in range(3):
        walk = Walk(site, page)
        walk.start(title=f"Proposal {number}")
        walks.append(walk)
    with site.writing() as session:
        for task in session.scalars(select(UserTask).where(UserTask.bpmn_id == "propose", UserTask.status == TaskStatus.CLAIMED)):
            task.status, task.assignee_id, task.claimed_at = TaskStatus.READY, None, None

    page.goto("/work?list=unassigned")
    for box in page.locator("input[name=task]").all():
        box.check()
    other = open_page(site)
    walks[0].page = other
    walks[0].open("propose", by="tom.birch")
    other.locator("[name=proposal]").press_sequentially("Mine")
    expect(other.locator("[data-assignee]")).to_have_text("Assigned to you")
    page.get_by_role("button", name="Assign").click()
    pages.check(page)
    person = page.locator("main select")
    if person.count():
        person.first.select_option(index=1)
    page.locator("main form button.govuk-button").first.click()

    pages.check(page)
    expect(page.locator("main")).to_contain_text("2")
    expect(page.locator("main")).to_contain_text("Tom Birch")
