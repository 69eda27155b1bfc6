"""Signing a decision: not a day too early, not by the wrong person, not on a report that changed, and never by following a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models import AuditEvent, DecisionRecord
from tests.journeys.steps import ADVICE, AUTHOR, CONSULTEES, DECIDABLE, DECISION, NOTICE, PROPOSAL, REPORT, SIGNED_OFF, Walk, fill
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site


def records(site: Site) -> int:
    """How many decisions were signed."""
    with site.reading() as session:
        return session.scalar(select(func.count()).select_from(DecisionRecord)) or 0


def to_the_decision(walk: Walk, *, on: str) -> None:
    """From nothing to a decision that only waits for its day."""
    site = walk.site
    site.move_to(f"{on} 09:30")
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "11", "due_year": "2020"})
    walk.do("choose-route", {"can_wait_28": "yes"})
    walk.do("publish-notice", {**NOTICE, "website_on": on, "offices_on": on})
    walk.do("draft-report", REPORT)
    for team in CONSULTEES:
        walk.do("give-advice", ADVICE, of=team)
    walk.do("complete-report", {"consultation_summary": "Nobody objects.", "material_change": "no"})
    walk.do("sign-off", SIGNED_OFF, of="section-151-officer")


def test_a_decision_waits_for_its_first_lawful_day(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    to_the_decision(walk, on="2020-09-28")

    empty_site.move_to("2020-10-26 23:00")
    assert records(empty_site) == 0
    browsers.sign_in(page, empty_site, "helen.ashdown")
    page.goto("/approvals")
    pages.check(page)

    empty_site.move_to("2020-11-02 09:00")
    walk.do("decide", DECISION)
    assert records(empty_site) == 1


def test_the_page_says_what_stands_in_the_way(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    to_the_decision(walk, on="2020-09-28")

    browsers.sign_in(page, empty_site, AUTHOR)
    page.goto(f"/cases/{walk.reference}")

    expect(page.locator("main")).to_contain_text("Tuesday 27 October 2020")
    pages.check(page)


def test_signing_takes_four_presses_with_the_check_page(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(DECIDABLE)

    walk.open("decide", by="helen.ashdown")
    pages.check(page)
    fill(page, DECISION)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check the decision before you sign it")
    pages.check(page)
    page.get_by_role("button", name="Sign decision").click()

    pages.check(page)
    assert records(site) == 2


def test_looking_at_it_changes_nothing(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(DECIDABLE)
    before = everything(site)

    walk.open("decide", by="helen.ashdown")
    page.request.head(page.url)
    page.request.get(page.url, headers={"Sec-Purpose": "prefetch"})

    assert everything(site) == before


def test_the_author_is_told_and_a_forged_post_is_refused_and_noted(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(DECIDABLE)
    task = walk.task("decide")
    with site.writing() as session:
        from_group = session.get_one(type(task), task.id)
        from_group.candidate_group = "children-commissioning"
    signed = records(site)

    browsers.sign_in(page, site, "tom.birch")
    page.goto("/approvals")
    expect(page.locator("main")).to_contain_text("You cannot sign this")
    page.goto(f"/approvals/{task.id}")
    expect(page.locator("main")).to_contain_text("You cannot sign this")
    answer = page.request.post(f"/approvals/{task.id}/sign", form={**forged(page), **words()}, headers={"Origin": site.address})

    assert answer.status == 403
    assert records(site) == signed
    with site.reading() as session:
        assert session.scalars(select(AuditEvent.kind).order_by(AuditEvent.at.desc(), AuditEvent.sequence.desc())).first() == "decision:signing_refused"


def test_a_report_that_changes_after_continue_is_shown_before_it_is_signed(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(DECIDABLE)
    signed = records(site)

    walk.open("decide", by="helen.ashdown")
    fill(page, DECISION)
    page.get_by_role("button", name="Continue").click()
    page.evaluate("document.querySelector('[name=report_digest]').value = 'another'")
    page.get_by_role("button", name="Sign decision").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("The report changed while you were reading it")
    pages.check(page)
    assert records(site) == signed


def everything(site: Site) -> dict[str, int]:
    """How many audit events there are, and who has which task in which version."""
    task = Walk.all_tasks(site)
    with site.reading() as session:
        return {"events": session.scalar(select(func.count()).select_from(AuditEvent)) or 0, **task}


def forged(page: Page) -> dict[str, Any]:
    """The token of a form, as one who writes posts by hand would take it from another page."""
    page.goto("/settings")
    return {"csrf_token": page.locator('[name="csrf_token"]').first.get_attribute("value") or ""}


def words() -> dict[str, str]:
    """The answers of a decision as a form sends them."""
    return {key: "yes" if value is True else str(value) for key, value in DECISION.items()}
