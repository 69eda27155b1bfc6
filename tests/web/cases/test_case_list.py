"""The list of cases and starting one."""

from __future__ import annotations

import pytest

from models import clock
from tests.support.casebook import FAILING, Casebook


def titles(page: str) -> list[str]:
    """The titles of the rows, in order."""
    return [part.partition(">")[2].partition("<")[0] for part in page.split('dps-case-name"><a class="govuk-link" href="')[1:]]


def test_the_newest_case_comes_first(book: Casebook) -> None:
    for day in ("2020-11-02", "2020-11-03"):
        with clock.held(clock.read_instant(f"{day} 09:00")):
            book.errand(f"Errand of {day}")

    page = book.browser("legal").get("/cases")

    assert titles(page.text) == ["Errand of 2020-11-03", "Errand of 2020-11-02"]


def test_a_restricted_case_is_listed_only_for_its_own_people(book: Casebook) -> None:
    book.errand("A secret errand", restricted=True)

    strangers = book.browser("legal").get("/cases")
    own = book.browser("children-commissioning").get("/cases")

    assert titles(strangers.text) == []
    assert "0 cases" not in strangers.text
    assert titles(own.text) == ["A secret errand"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=fetching", ["Fetching the minutes"]),
        ("words=bridge", ["Buying a bridge"]),
        ("words=buy+bridge", ["Buying a bridge"]),
        ("words=nothing", []),
        ("words=%25", []),
        ("kind=errand", ["Buying a bridge", "Fetching the minutes"]),
        ("kind=other", []),
        ("team=children-commissioning&words=bridge", ["Buying a bridge"]),
        ("team=legal", []),
        ("state=open", ["Buying a bridge", "Fetching the minutes"]),
        ("state=closed", []),
        ("state=stuck", ["Buying a bridge"]),
        ("state=carried_out", []),
        ("state=nonsense", []),
    ],
)
def test_the_filters_of_the_address_hold(book: Casebook, query: str, found: list[str]) -> None:
    book.errand("Fetching the minutes")
    bridge = book.errand("Buying a bridge")
    book.complete(bridge, "propose", by="children-commissioning", note=FAILING)

    page = book.browser("legal").get(f"/cases?{query}")

    assert titles(page.text) == found
    assert found or "0 cases match these filters." in page.text


def test_an_empty_council_is_told_how_to_begin(book: Casebook) -> None:
    starter = book.browser("children-commissioning").get("/cases")
    reader = book.browser("legal").get("/cases")

    assert "There are no cases yet." in starter.text
    assert "Start a key decision" in starter.text
    assert "Start a key decision" not in reader.text


def test_the_next_page_goes_on_where_this_one_ended(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-02 09:00")):
        for number in range(27):
            book.errand(f"Errand {number:02d}")

    first = book.browser("legal").get("/cases")
    second = book.browser("legal").get("/cases?after=KD-2020-0003")

    assert titles(first.text) == [f"Errand {number:02d}" for number in range(26, 1, -1)]
    assert "after=KD-2020-0003" in first.text
    assert titles(second.text) == ["Errand 01", "Errand 00"]
    assert "27 cases" in second.text


def test_only_those_who_may_start_a_decision_get_the_form(book: Casebook) -> None:
    allowed = book.browser("children-commissioning").get("/cases/new")
    refused = book.browser("legal").get("/cases/new")
    forged = book.browser("legal").post("/cases/new", data={"title": "A forged decision"})

    assert allowed.status_code == 200
    assert (refused.status_code, forged.status_code) == (403, 403)


def test_a_decision_without_a_title_is_not_started(book: Casebook) -> None:
    page = book.browser("children-commissioning").post("/cases/new", data={"title": "   "})

    assert page.status_code == 422
    assert "<title>Error: Start a key decision" in page.text
    assert page.text.count("Enter what is to be decided") == 2
    assert 'href="#title"' in page.text


def test_too_long_a_title_is_kept_in_the_form(book: Casebook) -> None:
    long = "Very " * 60

    page = book.browser("children-commissioning").post("/cases/new", data={"title": long})

    assert page.status_code == 422
    assert long.strip() in page.text
