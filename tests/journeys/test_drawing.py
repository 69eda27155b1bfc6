"""Changing a process with the mouse: nothing is lost, nothing is written over, problems and examples answer at once, and the policy holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.support.same_xml import differences
from tests.support.server import Site
from workflows.actions import process_drafts

DIAGRAMS = sorted(Path("bpmn").glob("*/*.bpmn"))
TABLES = sorted(Path("bpmn").glob("*/*.dmn"))
FORMS = sorted(Path("bpmn").glob("*/forms/*.json"))
THROUGH = """async ([place, xml]) => {
  const { modeler } = document.querySelector(place);
  const { warnings } = await modeler.importXML(xml);
  const { xml: text } = await modeler.saveXML({ format: true });
  return { text, warnings: warnings.map((each) => each.message) };
}"""
THROUGH_FORM = """async (text) => {
  const place = document.querySelector('[data-form-editor]');
  await place.show(text);
  return JSON.stringify(JSON.parse(place.readText()));
}"""
OWNER, LEGAL = "jo.castell", "leah.stone"
Open = Callable[..., Page]


@pytest.fixture
def begin(empty_site: Site, open_page: Open) -> Callable[[str], Page]:
    """Begins a draft of a process and opens its diagram."""

    def draw(key: str) -> Page:
        page = open_page(empty_site, OWNER)
        page.goto(f"/processes/{key}/draft")
        page.get_by_role("button", name="Begin a draft").click()
        expect(page.locator("[data-diagram][data-ready=yes]")).to_be_visible()
        return page

    return draw


def rename(page: Page, step: str, words: str) -> None:
    """Choose a step and write its name in the panel."""
    page.locator(f"[data-element-id={step}] .djs-hit").first.click()
    page.get_by_label("Name", exact=True).fill(words)


def saved(page: Page) -> None:
    """Wait until the draft has been saved."""
    expect(page.locator("[data-saved-line]")).to_have_text(re.compile("^Draft saved "))


def test_nothing_is_lost_on_the_way_through_the_editors(begin: Callable[[str], Page]) -> None:
    page = begin("due-diligence")
    for path in DIAGRAMS:
        found = page.evaluate(THROUGH, ["[data-diagram]", path.read_text()])
        assert found["warnings"] == [], path
        assert differences(path.read_text(), found["text"]) == [], path

    page.goto("/processes/due-diligence/draft/tables/recommendation")
    expect(page.locator("[data-table-editor][data-ready=yes]")).to_be_visible()
    for path in TABLES:
        found = page.evaluate(THROUGH, ["[data-table-editor]", path.read_text()])
        assert differences(path.read_text(), found["text"]) == [], path

    page.goto("/processes/due-diligence/draft/forms/recommend")
    expect(page.locator("[data-form-editor][data-ready=yes]")).to_be_visible()
    for path in FORMS:
        assert page.evaluate(THROUGH_FORM, path.read_text()) == page.evaluate("text => JSON.stringify(JSON.parse(text))", path.read_text()), path


def test_a_change_is_saved_and_says_only_what_was_changed(begin: Callable[[str], Page], empty_site: Site) -> None:
    page = begin("clarification")
    rename(page, "ask-clarification", "Ask for more")
    page.get_by_label("Legal basis").fill("The rules of the list")
    page.get_by_label("Done by").select_option("'legal'")
    saved(page)
    page.wait_for_timeout(1500)

    with empty_site.reading() as session:
        draft = process_drafts.going(session, "clarification")
        before, after = process_drafts.base_files(draft), process_drafts.files_of(session, draft)
    found = differences(before["process.bpmn"], after["process.bpmn"])
    assert [each for each in found if "ask-clarification" not in each] == []
    assert any("Ask for more" in each for each in found) and any("'legal'" in each for each in found)
    assert any("The rules of the list" in each for each in found)


def test_two_people_who_draw_at_once_keep_both_changes(begin: Callable[[str], Page], empty_site: Site, open_page: Open) -> None:
    page = begin("clarification")
    other = open_page(empty_site, LEGAL)
    other.goto("/processes/clarification/draft")
    expect(other.locator("[data-diagram][data-ready=yes]")).to_be_visible()
    rename(page, "ask-clarification", "Ask for more")
    saved(page)

    rename(other, "check-answers", "Look at the answers")
    expect(other.get_by_role("heading", name="Jo Castell saved this diagram")).to_be_visible()
    other.get_by_role("button", name="Keep both changes").click()
    saved(other)

    with empty_site.reading() as session:
        text = process_drafts.files_of(session, process_drafts.going(session, "clarification"))["process.bpmn"]
    assert 'name="Ask for more"' in text and 'name="Look at the answers"' in text


def test_a_problem_is_named_within_a_second_and_goes_when_it_is_mended(begin: Callable[[str], Page]) -> None:
    page = begin("clarification")
    problems = page.locator("[data-problems]")
    expect(problems).to_have_text("No problems found.")
    page.locator("[data-element-id=check-answers] .djs-hit").first.click()
    page.locator(".djs-context-pad [data-action='append.append-task']").click()
    page.keyboard.press("Escape")
    began = monotonic()
    expect(problems).to_contain_text("no flow leaves it")
    assert monotonic() - began < 3  # a second on a machine of its own
    problems.get_by_role("button", name="Go to step").first.click()

    page.get_by_role("button", name="Undo").click()
    expect(problems).to_have_text("No problems found.")


def test_the_mark_of_the_makers_is_seen_and_not_covered(begin: Callable[[str], Page]) -> None:
    page = begin("due-diligence")
    for address in ("/processes/due-diligence/draft", "/processes/due-diligence/draft/tables/recommendation"):
        page.goto(address)
        mark = page.locator(".bjs-powered-by")
        expect(mark).to_be_visible()
        mark.scroll_into_view_if_needed()
        assert mark.evaluate(
            "mark => { const { left, top, width, height } = mark.getBoundingClientRect();"
            " return mark.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }"
        )


def test_examples_beside_a_table_run_as_one_types(begin: Callable[[str], Page]) -> None:
    page = begin("inspection")
    page.goto("/processes/inspection/draft/tables/grade")
    expect(page.locator("[data-table-editor][data-ready=yes]")).to_be_visible()
    row = page.locator("[data-examples] tbody tr").first
    expect(row).to_contain_text("grade: red")

    page.get_by_label("access refused, example 1").fill("no")
    page.get_by_label("critical count, example 1").fill("2")
    expect(row.locator("td").nth(-3)).to_have_text("2")


def test_a_form_is_shown_as_people_will_meet_it(begin: Callable[[str], Page]) -> None:
    page = begin("clarification")
    page.goto("/processes/clarification/draft/forms/ask-clarification")
    expect(page.locator("[data-form-editor][data-ready=yes]")).to_be_visible()
    preview = page.locator("[data-preview]")
    expect(preview.get_by_label("Questions, one on each line")).to_be_visible()

    page.locator("[data-form-editor] .fjs-form-field-textarea").click()
    page.get_by_text("General", exact=True).click()
    page.get_by_label("Field label").fill("Your questions")
    expect(preview.get_by_label("Your questions")).to_be_visible()
    saved(page)


def test_a_small_screen_leads_to_the_outline_and_a_larger_one_draws(begin: Callable[[str], Page]) -> None:
    page = begin("clarification")
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    expect(page.get_by_text("Use a larger screen to draw.")).to_be_visible()
    expect(page.locator("[data-diagram]")).to_be_hidden()
    expect(page.get_by_role("link", name="Outline", exact=True)).to_be_visible()

    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("[data-element-id=ask-clarification] .djs-visual").first).to_be_in_viewport()
