"""The decision the product began with, done by hand in a browser from proposal to carried out, each step at its own time by its own person."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from models import clock
from tests.journeys.steps import Walk
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site
from workflows.demo import stories


def test_it_goes_from_proposal_to_carried_out(empty_site: Site, open_page: Callable[..., Page]) -> None:
    story = stories.read_story("extension")
    page = open_page(empty_site)
    walk = Walk(empty_site, page)

    empty_site.move_to(f"{story.starts.astimezone(clock.LONDON):%Y-%m-%d %H:%M}")
    walk.start(by=story.started_by)
    for step in story.steps:
        empty_site.move_to(f"{step.at.astimezone(clock.LONDON):%Y-%m-%d %H:%M}")
        if step.represents is not None:
            represent(page, walk, dict(step.represents))
        else:
            walk.do(step.completes, step.answers, by=step.by, of=step.of)

    browsers.sign_out(page)
    page.goto(f"/decisions/{walk.slug()}")
    pages.check(page)
    expect(page.locator("main")).to_contain_text("Carried out on")
    assert walk.waiting() == set()


def represent(page: Page, walk: Walk, said: dict[str, str]) -> None:
    """Comment on the decision as one of the public does."""
    browsers.sign_out(page)
    page.goto(f"/decisions/{walk.slug()}/representations/new")
    page.get_by_label("What do you want to say?").fill(said["text"])
    page.get_by_label("Your name").fill(said["name"])
    page.get_by_label("Your email address or phone number").fill(said["contact"])
    page.get_by_label("Your interest in this decision (optional)").fill(said["capacity"])
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send comment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("sent")
