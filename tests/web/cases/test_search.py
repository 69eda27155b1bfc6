"""Finding a case by its reference in every spelling, and by words."""

from __future__ import annotations

import pytest

from models.session import transaction
from tests.support.casebook import Casebook
from tests.web.public import factories


@pytest.fixture
def numbered(book: Casebook) -> Casebook:
    """The council with the decision OKD99 (20/21), its neighbours OKD9 and OKD990, and a case of another kind."""
    with transaction(book.engine) as session:
        for number in (99, 9, 990):
            decision = factories.draft(session, number=number, title=f"Decision number {number}")
            decision.public_reference, decision.slug = f"OKD{number} (20/21)", f"okd{number}-20-21"
    book.errand("Fetching the minutes", reference="KD-2026-0001")
    return book


def found(book: Casebook, text: str) -> list[str]:
    """The titles that a search lists."""
    page = book.browser("legal").get("/search", query_string={"q": text}).text
    return [part.partition(">")[2].partition("<")[0] for part in page.split('dps-case-name"><a class="govuk-link" href="')[1:]]


@pytest.mark.parametrize(
    "spelling",
    ["OKD99 20-21", "OKD99 20/21", "OKD 99 (20/21)", "OKD99_20_21", "okd99 (20/21)", "OKD99 (2020/21)", "OKD099 20.21", " okd 99 2020-2021 ", "okd99-20-21"],
)
def test_every_spelling_of_a_reference_finds_the_same_decision(numbered: Casebook, spelling: str) -> None:
    assert found(numbered, spelling) == ["Decision number 99"]


@pytest.mark.parametrize("spelling", ["KD-2026-0001", "kd 2026 1", "KD/2026/0001", "kd-2026-0001 "])
def test_a_case_is_found_by_its_own_reference(numbered: Casebook, spelling: str) -> None:
    assert found(numbered, spelling) == ["Fetching the minutes"]


def test_a_reference_without_its_year_finds_that_number_only(numbered: Casebook) -> None:
    assert found(numbered, "OKD99") == ["Decision number 99"]


@pytest.mark.parametrize(("words", "titles"), [("minutes", ["Fetching the minutes"]), ("MINUTES fetching", ["Fetching the minutes"]), ("minutes bridge", [])])
def test_every_word_must_be_in_the_case(numbered: Casebook, words: str, titles: list[str]) -> None:
    assert found(numbered, words) == titles


def test_nothing_found_is_said_with_tips(numbered: Casebook) -> None:
    page = numbered.browser("legal").get("/search?q=sunnyside%25_'").text

    assert "0 results for <strong>sunnyside%_&#39;</strong>" in page
    assert "Check the spelling." in page


def test_one_letter_is_too_little(numbered: Casebook) -> None:
    page = numbered.browser("legal").get("/search?q=a")

    assert page.status_code == 200
    assert page.text.count("Enter 2 characters or more") == 2
    assert "<title>Error: Search" in page.text


def test_a_restricted_case_is_not_found_by_strangers(numbered: Casebook) -> None:
    reference = numbered.errand("A secret errand", restricted=True, reference="KD-2026-0077")

    assert found(numbered, reference) == []
    assert found(numbered, "secret") == []
