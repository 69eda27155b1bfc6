"""Consultation: asked at the same time, answered in three presses, never taken as agreed by silence, blocking when it objects."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import ConsultationRequest, OutboxMail
from tests.journeys.steps import ADVICE, AUTHOR, CONSULTEES, NOTICE, PROPOSAL, REPORT, Walk, fill
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

DAY = "2026-03-02"


def asked(site: Site, page: Page) -> Walk:
    """A report that three teams were just asked about."""
    site.move_to(f"{DAY} 09:30")
    walk = Walk(site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "4", "due_year": "2026"})
    walk.do("choose-route", {"can_wait_28": "yes"})
    walk.do("publish-notice", {**NOTICE, "website_on": DAY, "offices_on": DAY})
    walk.do("draft-report", REPORT)
    return walk


def requests(site: Site) -> dict[str, str]:
    """What stands in each request for advice now, by team."""
    with site.reading() as session:
        return {row.consultee_key: row.status.value for row in session.scalars(select(ConsultationRequest))}


def test_three_are_asked_at_once_and_each_answers_in_three_presses(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = asked(empty_site, page)
    assert {group for name, group in walk.waiting() if name == "give-advice"} == set(CONSULTEES)

    for team in CONSULTEES:
        walk.open("give-advice", by={"procurement": "raj.patel", "legal": "leah.stone", "finance": "owen.fairley"}[team], of=team)
        pages.check(page)
        page.get_by_label("Support", exact=True).check()
        fill(page, {"implications": "None that stand against it."})
        page.get_by_role("button", name="Send advice").click()
        pages.check(page)

    assert {name for name, _ in walk.waiting()} == {"complete-report"}
    browsers.sign_in(page, empty_site, AUTHOR)
    page.goto(f"/cases/{walk.reference}/consultations")
    expect(page.locator("main")).to_contain_text("Leah Stone")


def test_silence_is_chased_and_escalated_and_never_agreement(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = asked(empty_site, page)
    walk.do("give-advice", ADVICE, of="procurement")
    walk.do("give-advice", ADVICE, of="finance")

    empty_site.move_to("2026-03-30 12:00")

    with empty_site.reading() as session:
        kinds = set(session.scalars(select(OutboxMail.kind)))
    assert requests(empty_site)["legal"] == "asked"
    assert {"consultation:reminder", "consultation:overdue"} <= kinds
    assert {name for name, _ in walk.waiting()} == {"give-advice"}
    browsers.sign_in(page, empty_site, AUTHOR)
    page.goto(f"/cases/{walk.reference}/consultations")
    pages.check(page)
    expect(page.locator("main")).to_contain_text("Overdue")


def test_an_objection_blocks_until_it_is_resolved(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = asked(empty_site, open_page(empty_site))
    walk.do("give-advice", ADVICE, of="procurement")
    walk.do("give-advice", ADVICE, of="finance")
    walk.do("give-advice", {"response": "object", "comments": "The council has no power to.", "implications": "It would be unlawful."}, of="legal")

    assert {name for name, _ in walk.waiting()} == {"resolve-objection"}
    walk.do("resolve-objection", {"resolution": "amend", "resolution_text": "The power is named in the report now."})

    assert {name for name, _ in walk.waiting()} == {"complete-report"}


def test_a_request_for_information_goes_to_the_author_and_is_asked_again(empty_site: Site, open_page: Callable[..., Page]) -> None:
    walk = asked(empty_site, open_page(empty_site))

    walk.do("give-advice", {"response": "need_information", "question": "How many homes are there?"}, of="legal")
    assert ("inform-consultee", "children-commissioning") in walk.waiting()
    walk.do("inform-consultee", {"information": "Forty."})

    assert ("give-advice", "legal") in walk.waiting()


def test_a_change_in_substance_is_asked_about_again(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = asked(empty_site, page)
    for team in CONSULTEES:
        walk.do("give-advice", ADVICE, of=team)

    changed = {
        "risk": "Much may go wrong now.", "consultation_summary": "All agree.", "material_change": "yes", "what_changed": "The risk.", "consult_again": ["finance"]
    }
    walk.do("complete-report", changed)

    assert walk.waiting() == {("give-advice", "finance")}
    walk.open("give-advice", by="owen.fairley", of="finance")
    expect(page.locator("main")).to_contain_text("The risk.")
    pages.check(page)
