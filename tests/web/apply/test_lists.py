"""Sections that are lists: entries are added, changed and removed, each with its own problems."""

from __future__ import annotations

import re

from tests.web.apply.conftest import Applicant
from tests.web.apply.test_filling_in import state_of

HOME = {"name": "Lock House", "address": "1 Lock Lane", "postcode": "WH1 1AA", "district": "Harbour"}
FOR = {
    "category": "2", "spaces": "4", "age_from": "16", "age_to": "17", "gender": "any", "night_cover": "waking", "is_step_free": "no", "support_hours": "10",
}  # fmt: skip
SAFETY = {
    "gas_until": "2029-01-01", "electrical_until": "2029-01-01", "fire_until": "2029-01-01", "needs_licence": "no",
}  # fmt: skip


def add(applicant: Applicant, entry: str = "0a0a0a0a", **other: str) -> None:
    """Add a home with everything that is asked."""
    for page, answers in enumerate((HOME | other, FOR, SAFETY), 1):
        assert applicant.post("premises", "items", entry, page, **answers).status_code == 303


def entries(applicant: Applicant) -> list[dict[str, object]]:
    stored = applicant.section("premises")
    return stored.values["items"] if stored else []


def test_the_check_page_of_an_empty_list_says_so_and_leads_on(applicant: Applicant) -> None:
    page = applicant.get("premises", "check").text

    assert "Nothing added yet." in page
    link = re.search(r'href="([^"]*/premises/items/[0-9a-f]{8}/1)"', page)
    assert link
    assert applicant.browser.get(link[1]).status_code == 200
    assert entries(applicant) == []


def test_homes_are_added_one_after_the_other(applicant: Applicant) -> None:
    add(applicant)
    add(applicant, "0b0b0b0b", name="Weir House")

    page = applicant.get("premises", "check").text
    assert "Premises 1: Lock House" in page
    assert "Premises 2: Weir House" in page
    assert "Add another premises" in page
    assert "Premises (2 added)" in applicant.get().text


def test_a_list_is_completed_when_every_entry_is_right(applicant: Applicant) -> None:
    add(applicant)

    applicant.post("premises", "check", is_completed="yes")

    assert state_of(applicant, "premises") == "Completed"
    assert entries(applicant)[0]["spaces"] == 4


def test_a_list_with_too_few_entries_is_not_completed(applicant: Applicant) -> None:
    answer = applicant.post("premises", "check", is_completed="yes")

    assert answer.status_code == 422
    assert "Add at least 1 premises" in answer.text


def test_a_certificate_that_is_out_of_date_is_said_at_the_entry_and_on_the_hub(applicant: Applicant) -> None:
    add(applicant)
    add(applicant, "0b0b0b0b", name="Weir House")

    answer = applicant.post("premises", "items", "0b0b0b0b", 3, **SAFETY | {"fire_until": "2020-01-01"})

    assert answer.status_code == 422
    assert state_of(applicant, "premises") == "There is a problem"
    assert "Premises 2: Fire risk assessment is out of date" in applicant.get().text


def test_an_entry_that_is_not_whole_stops_the_section(applicant: Applicant) -> None:
    applicant.post("premises", "items", "0a0a0a0a", 1, **HOME)

    answer = applicant.post("premises", "check", is_completed="yes")

    assert answer.status_code == 422
    assert f'{applicant.path("premises", "items", "0a0a0a0a", 2)}?from=check#spaces' in answer.text


def test_removing_an_entry_is_asked_first_and_takes_its_problems_away(applicant: Applicant) -> None:
    add(applicant)
    add(applicant, "0b0b0b0b", name="Weir House")
    applicant.post("premises", "items", "0b0b0b0b", 3, **SAFETY | {"fire_until": "2020-01-01"})

    asked = applicant.get("premises", "items", "0b0b0b0b", "remove")
    kept = len(entries(applicant))
    applicant.post("premises", "items", "0b0b0b0b", "remove")

    assert "Weir House" in asked.text
    assert kept == 2
    assert [entry["name"] for entry in entries(applicant)] == ["Lock House"]
    assert state_of(applicant, "premises") == "In progress"


def test_the_oldest_is_not_younger_than_the_youngest(applicant: Applicant) -> None:
    answer = applicant.post("premises", "items", "0a0a0a0a", 2, **FOR | {"age_from": "18", "age_to": "17"})

    assert answer.status_code == 422
    assert answer.text.count("Oldest age must be the same as or more than the youngest") == 2
