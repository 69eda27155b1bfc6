"""Inspecting on a phone: a plan, a visit with a moment without connection, a grade, the provider's comments and plan, and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import Inspection, InspectionStatus, StandardMark, UserTask, clock
from models.session import make_engine, transaction
from tests.journeys import steps
from tests.support import browser as browsers
from tests.support import pages
from tests.support import planting_inspections as planting
from tests.support.server import Site, serve
from webapp.commands import database
from webapp.settings import Settings, from_environment

INSPECTOR, MANAGER, PROVIDER = planting.INSPECTOR, planting.MANAGER, "una.brook@p-0001.example.org"
THUMB = 44
PRESSED = "main .dps-big-targets button, main .dps-big-targets .govuk-task-list__link, main .dps-big-targets .govuk-radios__label"


@pytest.fixture
def visited_town(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    """A service with one provider and an inspection that waits for its triage, on a Monday morning; and its reference."""
    settings: Settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 48}, folder=tmp_path)
    clock.hold(clock.read_instant("2026-03-02 09:30"))
    database.make_ready(settings)
    engine = make_engine(settings.database_url)
    planting.council(engine, tmp_path / "library")
    with transaction(engine) as session:
        walk = planting.begin(session)
        for name in (INSPECTOR, MANAGER, planting.COLLEAGUE):
            planting.declaring.declare_none(session, walk.case, walk.person(name))
        reference = walk.case.reference
    engine.dispose()
    with serve(settings) as site:
        yield site, reference


def do(page: Page, site: Site, step: str, answers: dict[str, object], *, by: str) -> None:
    """Do the task of a step on the page that it is done on, as somebody, and press on until it is done."""
    with site.reading() as session:
        open_tasks = session.scalars(select(UserTask).where(UserTask.bpmn_id == step, UserTask.completed_at.is_(None)).order_by(UserTask.created_at)).all()
    task = open_tasks[0]
    browsers.sign_in(page, site, by)
    page.goto(f"/provider/tasks/{task.id}" if by == PROVIDER else f"/tasks/{task.id}")
    pages.check(page)
    steps.fill(page, answers)
    steps.Walk(site, page).press_on(task.id, next(iter(answers)))


def inspection(site: Site) -> Inspection:
    """The inspection as it is stored."""
    with site.reading() as session:
        return session.scalars(select(Inspection)).one()


def marks(site: Site) -> dict[str, str]:
    """How each line was found, as it is stored."""
    with site.reading() as session:
        return {mark.line: mark.mark.value for mark in session.scalars(select(StandardMark))}


def too_small(page: Page) -> list[str]:
    """What is pressed with a thumb and is lower than it should be."""
    return [each.inner_text() for each in page.locator(PRESSED).all() if each.is_visible() and (each.bounding_box() or {"height": 0})["height"] < THUMB]


def planned(page: Page, site: Site) -> None:
    """The visit is planned, and its afternoon has come."""
    do(page, site, "triage", {key: planting.TRIAGE[key] for key in planting.TRIAGE}, by=MANAGER)
    do(page, site, "plan-visit", {"visit_on": "2026-03-10", "announced": "yes", "scope": ["protection"]}, by=INSPECTOR)
    site.move_to("2026-03-10 14:00")


def mark(page: Page, how: str, evidence: str = "") -> None:
    """Mark the line that is open and press on."""
    page.get_by_label(how, exact=True).check()
    page.get_by_label("What you saw").fill(evidence)
    page.get_by_role("button", name="Save and go on").click()


def test_an_inspection_is_done_on_a_phone_from_the_plan_to_the_end(
    visited_town: tuple[Site, str], open_page: Callable[..., Page]
) -> None:
    site, reference = visited_town
    page = open_page(site, INSPECTOR, viewport=browsers.PHONE)
    page.goto("/inspections")
    pages.check(page)
    planned(page, site)

    browsers.sign_in(page, site, INSPECTOR)
    page.goto(f"/inspections/{reference}")
    pages.check(page)
    assert too_small(page) == []
    page.get_by_role("link", name="Protection").click()
    pages.check(page)
    assert too_small(page) == []
    mark(page, "Met")
    expect(page.locator("h1")).to_contain_text("Policies on safeguarding")

    # In the cellar there is no connection: the line stays on the phone, and goes when there is one.
    page.context.set_offline(True)
    mark(page, "Not met", "No policy could be shown.")
    expect(page.locator("[data-visit-status]")).to_contain_text("kept on this device")
    assert set(marks(site)) == {"protection-1"}
    page.context.set_offline(False)
    expect(page.locator("[data-visit-status]")).to_contain_text("Sent.")
    assert marks(site)["protection-2"] == "not_met"

    for number in range(3, 6):
        page.goto(f"/inspections/{reference}/visit/protection-{number}")
        mark(page, "Met")
        page.wait_for_url(lambda url, last=number: not url.endswith(f"protection-{last}"))
    page.get_by_role("link", name="Notes of the visit").click()
    pages.check(page)
    steps.fill(page, {**planting.VISITED, "visited_on": "2026-03-10"})
    page.get_by_role("button", name="Record the visit").click()

    page.get_by_role("link", name="Findings").click()
    pages.check(page)
    page.get_by_role("link", name="Policies on safeguarding").click()
    pages.check(page)
    page.get_by_label("Major").check()
    page.get_by_label("What has to be put right").fill("Write the policy and train everybody.")
    page.get_by_role("button", name="Save finding").click()
    page.get_by_role("link", name="Go on to the report").click()
    pages.check(page)
    page.get_by_label("Report").fill(planting.REPORT)
    page.get_by_role("button", name="Finish the findings").click()
    expect(page.locator("main")).to_contain_text("Amber")

    do(page, site, "comment-on-draft", {"has_comments": "yes", "comments": ["Protection: the policy is being written."]}, by=PROVIDER)
    do(page, site, "finalise-report", {"report_decision": "final", "grade_decision": "keep", "report": planting.REPORT}, by=MANAGER)
    do(page, site, "plan-actions", {"action": "Write it.", "owner": "Registered manager", "by_date": "2026-03-20"}, by=PROVIDER)
    do(page, site, "accept-plan", {"plan_accepted": "accept"}, by=INSPECTOR)
    do(page, site, "answer-action", {"evidence": "The policy is in force."}, by=PROVIDER)
    do(page, site, "verify-action", {"action_verified": "yes"}, by=INSPECTOR)
    do(page, site, "close-inspection", {"closing_note": "Put right."}, by=INSPECTOR)

    assert inspection(site).status is InspectionStatus.CLOSED
    browsers.sign_in(page, site, INSPECTOR)
    page.goto(f"/inspections/{reference}")
    pages.check(page)
    expect(page.locator("main")).to_contain_text("1 of 1 put right")


def test_a_line_marked_on_two_devices_is_decided_by_the_inspector(visited_town: tuple[Site, str], open_page: Callable[..., Page]) -> None:
    site, reference = visited_town
    phone = open_page(site, INSPECTOR, viewport=browsers.PHONE)
    planned(phone, site)
    tablet = open_page(site, INSPECTOR)
    browsers.sign_in(phone, site, INSPECTOR)
    for page in (phone, tablet):
        page.goto(f"/inspections/{reference}/visit/protection-1")

    phone.context.set_offline(True)
    mark(phone, "Partly met", "The telephone rang for long.")
    expect(phone.locator("[data-visit-status]")).to_contain_text("kept on this device")
    mark(tablet, "Met")
    tablet.wait_for_url("**/protection-2")
    phone.context.set_offline(False)
    phone.reload()

    expect(phone.locator("[data-visit-unsent]")).to_contain_text("1 line is kept on this device")
    assert marks(site) == {"protection-1": "met"}
    phone.get_by_role("button", name="Save and go on").click()
    expect(phone.locator("h1")).to_have_text("This line was marked on another device")
    pages.check(phone)
    phone.get_by_role("button", name="Keep mine").click()
    phone.wait_for_url("**/protection-2")

    assert marks(site) == {"protection-1": "partly"}
    expect(phone.locator("[data-visit-unsent]")).to_be_hidden()


def test_a_visit_is_marked_without_scripts(visited_town: tuple[Site, str], open_page: Callable[..., Page]) -> None:
    site, reference = visited_town
    planned(open_page(site), site)
    page = open_page(site, INSPECTOR, java_script_enabled=False, viewport=browsers.PHONE)

    page.goto(f"/inspections/{reference}/visit/protection-1")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Select how you found this line")
    page.get_by_label("Met", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()

    expect(page.locator("h1")).to_contain_text("Policies on safeguarding")
    assert marks(site) == {"protection-1": "met"}
