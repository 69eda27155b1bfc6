"""Two versions of a process compared on one page: the list in words first, both drawings, tables, and the files last."""

from __future__ import annotations

import re

from models import User
from models.session import transaction
from tests.support.casebook import Casebook, errand_definition
from webapp.shared import comparisons
from workflows.actions import process_drafts
from workflows.engine import digest

ERRAND = errand_definition().key


def a_second_version(book: Casebook, **more: str) -> None:
    """The errand once more, with another name for its first user task and whatever files are given."""
    with transaction(book.engine) as session:
        definition = errand_definition(version=2)
        task = re.search(r'<bpmn:userTask id="([^"]+)" name="([^"]+)"', definition.files["process.bpmn"])
        assert task is not None
        xml = definition.files["process.bpmn"].replace(task[0], task[0].replace(f'"{task[2]}"', '"Quite another &lt;name>"'))
        definition.files = {**definition.files, "process.bpmn": xml, **more}
        definition.digest = digest(definition.files)
        session.add(definition)


def test_the_newest_two_versions_are_compared_in_words_and_on_both_drawings(book: Casebook) -> None:
    book.errand("First")
    a_second_version(book)

    page = book.browser("legal").get(f"/processes/{ERRAND}/compare").text

    assert "Version 1 to Version 2" in page
    assert "1 changed." in page
    assert "Only words and the drawing are different" in page
    assert "now Quite another &lt;name&gt;" in page
    assert page.count('<svg class="bpmn-diagram') == 2
    assert page.count("~ Changed</text>") == 2
    assert page.index('id="list"') < page.index('id="drawings"') < page.index('id="files"')


def test_forms_rules_and_texts_stand_side_by_side_and_the_files_come_last(book: Casebook) -> None:
    book.errand("First")
    a_second_version(book, **{"documents/told.txt": "Subject: Hello\n\nDear you", "README.md": "# Errand\n\nAnother errand."})

    page = book.browser("legal").get(f"/processes/{ERRAND}/compare?from=1&to=2").text

    assert "side by side" in page
    assert "Letter “Told”" in page
    assert "+Dear you" in page
    assert "Subject: Hello Dear you" in page
    assert "Only words and the drawing" not in page


def test_a_decision_table_that_changed_is_shown_whole(book: Casebook) -> None:
    book.errand("First")
    table = errand_definition().files["size.dmn"].replace("5000", "4000")
    a_second_version(book, **{"size.dmn": table.replace("</decisionTable>", '<rule><inputEntry><text>0</text></inputEntry><outputEntry><text>"no"</text></outputEntry></rule></decisionTable>')})

    page = book.browser("legal").get(f"/processes/{ERRAND}/compare?from=1&to=2").text

    assert "How big is the parcel?, both versions in one" in page
    assert '<strong>at least 4,000</strong><span class="dps-sub">was at least 5,000</span>' in page
    assert "Same</td>" in page


def test_a_version_is_the_same_as_itself(book: Casebook) -> None:
    book.errand("First")

    page = book.browser("legal").get(f"/processes/{ERRAND}/compare").text

    assert "Only one version." in page
    assert "These versions are the same." in page


def test_a_version_that_is_not_there_is_not_found(book: Casebook) -> None:
    book.errand("First")
    browser = book.browser("legal")

    assert browser.get(f"/processes/{ERRAND}/compare?from=1&to=7").status_code == 404
    assert browser.get(f"/processes/{ERRAND}/compare?from=x").status_code == 404
    assert browser.get("/processes/nothing/compare").status_code == 404


def test_only_those_who_may_read_drafts_compare_one(book: Casebook) -> None:
    book.errand("First")
    with transaction(book.engine) as session:
        by = session.get_one(User, book.people["legal"].id)
        draft = process_drafts.open_draft(session, ERRAND, by=by)
        process_drafts.save_file(session, draft, "process.bpmn", "<not a diagram", based_on=0, by=by)

    page = book.browser("legal").get(f"/processes/{ERRAND}/compare?from=1&to=draft")

    assert page.status_code == 200
    assert "cannot be read, so they are not compared" in page.text
    assert book.browser("procurement").get(f"/processes/{ERRAND}/compare?from=1&to=draft").status_code == 404


def test_a_file_that_is_too_long_is_not_shown_line_by_line() -> None:
    found = comparisons._lines("a\n" * 7_000, "b")

    assert found == {"lines": [], "is_too_long": True}


def test_a_drawing_that_cannot_be_drawn_is_left_out() -> None:
    for xml in ("<x/>", "<", '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'):
        assert comparisons._svg(xml, "x", {}) == ""
