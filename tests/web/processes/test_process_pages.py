"""The library of processes, and everything about one in words."""

from __future__ import annotations

import re

import pytest

from models import clock
from models.session import transaction
from tests.support.casebook import ERRAND, Casebook, errand_definition
from webapp.processes import readme
from workflows.library import tables_in_words


def test_the_library_lists_the_live_version_and_its_open_cases(book: Casebook) -> None:
    book.errand("First")
    book.errand("Second")
    with clock.held(clock.read_instant("2026-11-04 09:30")), transaction(book.engine) as session:
        session.add(errand_definition(version=2))

    page = book.browser("legal").get("/processes").text

    assert "Run an errand" in page
    assert re.search(r'data-label="Version">2 of 2<', page)
    assert re.search(r'data-label="Open cases">2<', page)
    assert "Wed 4 Nov, 9:30am" in page


def test_a_process_is_described_in_the_words_of_its_folder(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand").text

    assert "<p class=\"govuk-body\">Someone fetches something for the council.</p>" in page
    assert "<li>Legal reviews.</li>" in page
    assert page.count("<h1") == 1


def test_steps_stand_under_who_does_them_with_basis_and_questions(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand").text

    commissioning, legal = page.index(">Children&#39;s commissioning</h3>"), page.index(">Legal</h3>")
    assert commissioning < page.index("Propose the errand", commissioning) < legal < page.index("Review the errand", legal)
    assert "Basis: The Errands Act, section 1" in page
    assert "Say what is to be fetched." in page
    assert re.search(r"What is to be fetched\?\s+<span[^>]*>Takes a line of text<", page)


def test_decision_tables_are_told_in_words(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand").text

    assert "How big is the parcel?" in page
    assert "If Weight" in page
    assert "at least 5,000" in page
    assert "very large" in page
    assert "The first row that applies counts." in page


def test_what_the_council_has_not_confirmed_is_marked(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/errand").text

    assert "1 value is not confirmed by the council yet." in page
    assert re.search(r"Time for a task.*?5 working.*?Not confirmed", page, re.DOTALL)


def test_versions_say_how_many_cases_each_still_has(book: Casebook) -> None:
    book.errand()
    with transaction(book.engine) as session:
        session.add(errand_definition(version=2))

    page = book.browser("legal").get("/processes/errand").text

    versions = page[page.index('id="versions"') :]
    assert re.findall(r'data-label="Open cases">(\d+)<', versions) == ["0", "1"]
    assert versions.index("Live") < versions.index("Superseded")


def test_the_drawing_is_there_without_scripts_and_the_file_can_be_had(book: Casebook) -> None:
    browser = book.browser("legal")

    page = browser.get("/processes/errand").text
    file = browser.get("/processes/errand/process.bpmn")

    assert '<svg class="bpmn-diagram"' in page
    assert 'data-bpmn-url="/processes/errand/process.bpmn"' in page
    assert file.text == ERRAND.read_text()
    assert file.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_an_unknown_process_is_not_found(book: Casebook) -> None:
    browser = book.browser("legal")

    assert [browser.get(path).status_code for path in ("/processes/parrot", "/processes/parrot/process.bpmn")] == [404, 404]


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
