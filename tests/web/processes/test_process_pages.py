"""The library of processes, and everything about one in words."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from models import clock
from models.session import transaction
from tests.support.casebook import ERRAND, Casebook, errand_definition
from webapp.processes import readme
from workflows.library import folders, tables_in_words


def test_the_library_lists_the_live_version_and_its_open_cases(book: Casebook) -> None:
    book.errand("First")
    book.errand("Second")
    with clock.held(clock.read_instant("2026-11-04 09:30")), transaction(book.engine) as session:
        session.add(errand_definition(version=2))

    page = book.browser("legal").get("/processes").text

    assert "Run an errand" in page
    assert re.search(r'data-label="Version">2 of 2<', page)
    assert re.search(r'data-label="Open cases"><a [^>]*href="/cases\?process=errand">2<', page)
    assert "Wed 4 Nov, 9:30am" in page


def test_a_process_is_described_in_the_words_of_its_folder(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand").text

    assert "<p class=\"govuk-body\">Someone fetches something for the council.</p>" in page
    assert "<li>Legal reviews.</li>" in page
    assert page.count("<h1") == 1


def test_steps_stand_under_who_does_them_with_basis_and_questions(book: Casebook) -> None:
    browser = book.browser("legal")
    page = browser.get("/processes/errand/steps").text
    forms = browser.get("/processes/errand/forms").text

    commissioning, legal = page.index(">Children&#39;s commissioning</h3>"), page.index(">Legal</h3>")
    assert commissioning < page.index("Propose the errand", commissioning) < legal < page.index("Review the errand", legal)
    assert "Basis: The Errands Act, section 1" in page
    assert "Say what is to be fetched." in page
    assert 'href="/processes/errand/forms#form-propose"' in page
    assert re.search(r"What is to be fetched\?</th>\s*<td[^>]*>Takes a line of text<", forms)
    assert 'href="/processes/errand/steps#step-propose"' in forms


def test_decision_tables_are_told_in_words(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand/tables").text

    assert "How big is the parcel?" in page
    assert "If Weight" in page
    assert "at least 5,000" in page
    assert "very large" in page
    assert "The first row that applies counts." in page


def test_what_the_council_has_not_confirmed_is_marked(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand/rules").text

    assert "1 value is not confirmed by the council yet." in page
    assert re.search(r"Time for a task.*?5 working.*?Not confirmed", page, re.DOTALL)


def test_versions_say_how_many_cases_each_still_has(book: Casebook) -> None:
    book.errand()
    with transaction(book.engine) as session:
        session.add(errand_definition(version=2))

    page = book.browser("legal").get("/processes/errand/versions").text

    versions = page[page.index('id="versions"') :]
    assert re.findall(r'data-label="Open cases">(?:<a [^>]*>)?(\d+)<', versions) == ["0", "1"]
    assert versions.index("Live") < versions.index("Superseded")


def test_the_drawing_is_there_without_scripts_and_the_file_can_be_had(book: Casebook) -> None:
    browser = book.browser("legal")

    page = browser.get("/processes/errand").text
    file = browser.get("/processes/errand/process.bpmn")

    assert '<svg class="bpmn-diagram"' in page
    assert 'data-bpmn-url="/processes/errand/process.bpmn"' in page
    assert '<a href="/processes/errand/steps#step-propose">' in page
    assert file.text == ERRAND.read_text()
    assert file.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_an_unknown_process_is_not_found(book: Casebook) -> None:
    browser = book.browser("legal")

    unknown = ("", "/process.bpmn", "/steps", "/forms", "/rules", "/tables", "/versions", "/versions/1", "/versions/1/files.zip", "/versions/1/process.bpmn")
    assert {path: browser.get(f"/processes/parrot{path}").status_code for path in unknown} == dict.fromkeys(unknown, 404)
    assert [browser.get(f"/processes/errand/versions/{number}").status_code for number in (0, 2, 99999999999999999999)] == [404, 404, 404]


def test_hostile_words_of_a_folder_stay_words(book: Casebook) -> None:
    hostile = "# T\n\n<script>alert(1)</script> {{7*7}}\n\n- [click](javascript:alert(1)) <img src=x>\n"
    with transaction(book.engine) as session:
        definition = errand_definition(version=2)
        definition.files = definition.files | {"README.md": hostile}
        session.add(definition)

    page = book.browser("legal").get("/processes/errand").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page
    assert "javascript:" not in page
    assert "<img src=x>" not in page


def test_the_cases_on_a_version_are_a_list_of_cases(book: Casebook) -> None:
    first = book.errand("On the first")
    with transaction(book.engine) as session:
        session.add(errand_definition(version=2))
    second = book.errand("On the second")
    browser = book.browser("legal")

    lists = {asked: browser.get(f"/cases?process=errand{asked}").text for asked in ("", "&version=1", "&version=2", "&version=3", "&version=x", "&version=9999999999")}

    assert {asked: (first in text, second in text) for asked, text in lists.items()} == {
        "": (True, True), "&version=1": (True, False), "&version=2": (False, True), "&version=3": (False, False), "&version=x": (False, False),
        "&version=9999999999": (False, False),
    }  # fmt: skip
    assert "Only cases that run on Run an errand, version 1 now." in lists["&version=1"]


def test_a_version_says_its_story_and_gives_its_files(book: Casebook) -> None:
    with transaction(book.engine) as session:
        definition = errand_definition(version=2)
        definition.note = "Parcels became heavier"
        session.add(definition)
    browser = book.browser("legal")

    page = browser.get("/processes/errand/versions/1").text
    file = browser.get("/processes/errand/versions/2/files.zip")

    assert "Superseded" in page
    assert "Came with the service" in page
    assert "A decision table: How big is the parcel?" in page
    assert "Parcels became heavier" in browser.get("/processes/errand/versions/2").text
    assert file.headers["Content-Type"] == "application/zip"
    assert folders.unpack(file.data).files == definition.files
    assert browser.get("/processes/errand/versions/1/process.bpmn").text == ERRAND.read_text()


def test_rules_are_told_with_the_names_of_steps(book: Casebook) -> None:
    rules = "rules:\n  - {id: one, rule: propose before review, legal: The Errands Act, because: So it is., unless: parrot}\n"
    rules += "  - {id: two, rule: 'different people: propose, review', legal: The Errands Act, because: So it is.}\n"
    rules += "  - {id: three, rule: review only by legal, legal: The Errands Act, because: So it is.}\n"
    with transaction(book.engine) as session:
        definition = errand_definition(version=2)
        definition.files = definition.files | {"rules.yml": rules}
        session.add(definition)
    browser = book.browser("legal")

    page = browser.get("/processes/errand/rules").text

    assert "“Review the errand” comes only after “Propose the errand”. Except on the way “parrot”." in page
    assert "Different people do “Propose the errand” and “Review the errand”." in page
    assert "Only Legal does “Review the errand”." in page


def test_rules_that_cannot_be_read_are_said_to_be_so(book: Casebook) -> None:
    with transaction(book.engine) as session:
        definition = errand_definition(version=2)
        definition.files = definition.files | {"rules.yml": "rules: 7"}
        session.add(definition)

    page = book.browser("legal").get("/processes/errand/rules").text

    assert "The rules cannot be read: rules.yml has no list of rules" in page


def test_drift_is_told_to_those_who_look_after_processes(book: Casebook, tmp_path: Path) -> None:
    settings = book.app.extensions["dps_settings"]
    book.app.extensions["dps_settings"] = dataclasses.replace(settings, library=tmp_path / "library")
    folders.write(errand_definition().files, tmp_path / "library" / "errand")
    owner, finance = book.browser("service-improvement"), book.browser("finance")
    before = owner.get("/processes").text

    (tmp_path / "library" / "errand" / "README.md").write_text("# Changed since")

    assert "differs from the folder" not in before
    assert "The live version differs from its folder in 1 file: README.md." in owner.get("/processes").text
    assert "differs from" not in finance.get("/processes").text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# Title\n\nOne\ntwo", ["paragraph"]),
        ("## Part\ntext at once\n\n- a\n  goes on\n- b", ["heading", "paragraph", "list"]),
        ("| a | table |\n\n```\ncode\n```\n\n1. one\n2. two", ["numbered"]),
        ("", []),
    ],
)
def test_a_small_part_of_markdown_is_read(text: str, kinds: list[str]) -> None:
    assert [block.kind for block in readme.blocks(text)] == kinds


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("-", "any"),
        ("", "any"),
        (">= 500000", "at least 500,000"),
        ("< key_decision_threshold", "less than key decision threshold"),
        ('"yes"', "yes"),
        ('"officer","cabinet_member"', "officer or cabinet member"),
        ('not("yes")', "not yes"),
        ('"a, b"', "a, b"),
    ],
)
def test_a_cell_is_told_in_words(cell: str, words: str) -> None:
    assert tables_in_words.cell_words(cell) == words
