"""The pages that only an action leads to: each is right, and leads back or on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import ConsultationRequest, ConsultationStatus
from tests.journeys.steps import AUTHOR, HALF_WAY, Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site


def test_a_draft_is_thrown_away_only_when_asked(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, AUTHOR)
    walk = Walk(site, page)
    walk.start()
    walk.open("propose", by=AUTHOR)
    page.locator("[name=proposal]").press_sequentially("Homes")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at")
    page.reload()

    page.get_by_role("link", name="Discard draft").click()
    pages.check(page)
    page.locator("main form button.govuk-button").first.click()

    pages.check(page)
    expect(page.locator("[name=proposal]")).to_have_value("")


def test_a_task_is_given_to_a_colleague(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, AUTHOR)
    walk = Walk(site, page)
    walk.start()
    task = walk.open("propose", by=AUTHOR)
    page.locator("[name=proposal]").press_sequentially("Homes")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at")
    page.reload()

    page.get_by_role("button", name="Give to someone else").click()
    pages.check(page)
    page.locator("main select").first.select_option(label="Tom Birch, Commissioning Officer")
    page.locator("main form button.govuk-button").first.click()

    pages.check(page)
    assert walk.task("propose").assignee_id == site.person("tom.birch").id
    assert walk.task("propose").id == task.id


def test_the_monitoring_officer_goes_on_without_a_silent_consultee(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(HALF_WAY)
    with site.reading() as session:
        silent = session.scalars(select(ConsultationRequest).where(ConsultationRequest.status == ConsultationStatus.ASKED)).one()
    browsers.sign_in(page, site, "martin.quayle")

    page.goto(f"/cases/{walk.reference}/consultations/{silent.id}/override")

    pages.check(page)


def test_a_document_is_added_and_removed(site: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(site, AUTHOR)
    walk = Walk(site, page).take_up(HALF_WAY)
    paper = tmp_path / "needs.txt"
    paper.write_text("What young people need\n")

    page.goto(f"/cases/{walk.reference}/documents")
    page.locator("input[type=file]").first.set_input_files(paper)
    page.get_by_label("Title").fill("Needs of young people")
    page.get_by_label("Kind").select_option(index=1)
    page.locator("main form:has(input[type=file]) button.govuk-button").first.click()
    pages.check(page)
    expect(page.locator("main")).to_contain_text("Needs of young people")
    page.get_by_role("link", name="Remove").first.click()

    pages.check(page)
