"""Changing a process with the keyboard alone: each step of a draft is reached, changed and checked without a mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support import pages
from tests.support.server import Site
from workflows.actions import process_drafts
from workflows.library import layout, outline

OWNER = "jo.castell"
FOCUSED = """() => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? e.labels[0].textContent : e.textContent;
  return [e.tagName.toLowerCase(), (label || '').replace(/\\s+/g, ' ').trim()];
}"""
MOST_STOPS = 120


class Keys:
    """A person who has only a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, tag: str, words: str) -> None:
        """Press Tab until a thing with these words has the focus."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED) == [tag, words]:
                return
        raise AssertionError(f"No {tag} “{words}” in {MOST_STOPS} stops at {self.page.url}")

    def follow(self, words: str) -> None:
        """Go to a link and follow it."""
        self.reach("a", words)
        self._go()

    def press(self, words: str) -> None:
        """Go to a button and press it."""
        self.reach("button", words)
        self._go()

    def write(self, label: str, words: str) -> None:
        """Go to a field and write over what it says."""
        self.reach("input", label)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, label: str, words: str) -> None:
        """Go to a list and choose from it by typing."""
        self.reach("select", label)
        self.page.keyboard.type(words)

    def _go(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def test_a_process_is_changed_with_the_keyboard_alone_and_the_diagram_shows_it(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site, OWNER)
    page.goto("/processes/site-visit/draft/outline")
    keys = Keys(page)
    keys.press("Begin a draft")
    page.goto("/processes/site-visit/draft/outline")
    pages.check(page)

    keys.follow("Record the visit")
    pages.check(page)
    keys.follow("Add a step after it")
    pages.check(page)
    keys.write("Name", "Read the notes")
    keys.press("Add step")

    keys.follow("Change name")
    keys.write("Name", "Read all notes")
    keys.press("Save")
    keys.follow("Change done by")
    pages.check(page)
    keys.reach("input", "Quality and inspection")
    page.keyboard.press("ArrowDown")
    keys.press("Save")
    keys.follow("Change time allowed")
    keys.reach("input", "No limit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    keys.write("Name of the date", "visit_overdue_at")
    keys.press("Save")

    page.goto("/processes/site-visit/draft/outline/was-abuse-disclosed")
    keys.follow("Connect it to another step")
    keys.choose("To which step?", "Read all")
    keys.write("Name of the way", "Unsure")
    keys.write("Condition", 'disclosure == "unsure"')
    keys.press("Connect")
    expect(page.get_by_role("row", name="Read all notes Unsure")).to_be_visible()

    page.goto("/processes/site-visit/draft/outline/manager-told/name")
    keys.write("Name", "")
    page.keyboard.press("Delete")
    keys.press("Save")
    pages.check_errors(page)

    step = _read(empty_site).by_id["read-the-notes"]
    assert (step.name, step.lane, step.properties["dueOn"]) == ("Read all notes", "Safeguarding", "visit_overdue_at")
    assert {way.source_id for way in step.before} == {"record-visit", "was-abuse-disclosed"}
    assert layout.problems(_text(empty_site)) == []
    page.goto("/processes/site-visit/draft")
    expect(page.locator("[data-diagram][data-ready=yes]")).to_be_visible()
    expect(page.locator("[data-element-id=read-the-notes]").first).to_be_visible()

    page.goto("/processes/site-visit/draft/outline/read-the-notes")
    keys.follow("Delete it")
    pages.check(page)
    keys.press("Delete step")
    assert "read-the-notes" not in _read(empty_site).by_id
    keys.press("Take back the last change")
    assert "read-the-notes" in _read(empty_site).by_id


def _text(site: Site) -> str:
    with site.reading() as session:
        return process_drafts.files_of(session, process_drafts.going(session, "site-visit"))["process.bpmn"]


def _read(site: Site) -> outline.Outline:
    return outline.read_outline(_text(site))
