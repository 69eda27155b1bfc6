"""Two colleagues in one section, drafts while somebody types, and strangers who see nothing."""

from __future__ import annotations

import pytest

from tests.web.apply.conftest import Applicant
from tests.web.apply.test_filling_in import CONTACT, NAMES, NUMBERS, state_of

ORGANISATION = ("organisation", 1)


def stored(applicant: Applicant, key: str = "organisation") -> dict[str, object]:
    found = applicant.section(key)
    return dict(found.values) if found else {}


def test_both_answers_are_shown_when_two_change_the_same_question(applicant: Applicant, colleague: Applicant) -> None:
    mark = applicant.mark(*ORGANISATION)
    colleague.post(*ORGANISATION, **NAMES, trading_name="Harbour", _draft_seen=mark)

    answer = applicant.post(*ORGANISATION, **NAMES, trading_name="Quay", _draft_seen=mark)

    assert answer.status_code == 409
    assert "Ben Ford saved other answers here" in answer.text
    assert "Yours: Quay" in answer.text
    assert "Ben Ford: Harbour" in answer.text
    assert stored(applicant)["trading_name"] == "Harbour"


@pytest.mark.parametrize(("kept", "trading_name"), [("yours", "Quay"), ("theirs", "Harbour")])
def test_the_answer_that_is_chosen_is_kept_and_nothing_else_is_lost(applicant: Applicant, colleague: Applicant, kept: str, trading_name: str) -> None:
    mark = applicant.mark(*ORGANISATION)
    colleague.post(*ORGANISATION, **NAMES, trading_name="Harbour", _draft_seen=mark)
    conflict = applicant.post(*ORGANISATION, **NAMES | {"is_small": "no"}, trading_name="Quay", _draft_seen=mark).text
    now = conflict.partition('name="_draft_seen" value="')[2].partition('"')[0]

    answer = applicant.post(
        *ORGANISATION, **NAMES | {"is_small": "no"}, trading_name="Quay", _draft_seen=now, _keep_trading_name=kept, _keep_is_small="yours"
    )

    assert answer.status_code == 303
    assert stored(applicant)["trading_name"] == trading_name
    assert stored(applicant)["is_small"] == "no"


def test_the_same_answer_twice_is_no_conflict(applicant: Applicant, colleague: Applicant) -> None:
    mark = applicant.mark(*ORGANISATION)
    colleague.post(*ORGANISATION, **NAMES, _draft_seen=mark)

    again = applicant.post(*ORGANISATION, **NAMES, _draft_seen=applicant.mark(*ORGANISATION))

    assert again.status_code == 303


def test_two_pages_of_one_section_at_once_are_both_kept(applicant: Applicant, colleague: Applicant) -> None:
    mine, theirs = applicant.mark(*ORGANISATION), colleague.mark("organisation", 3)

    first = colleague.post("organisation", 3, **CONTACT, _draft_seen=theirs)
    second = applicant.post(*ORGANISATION, **NAMES, _draft_seen=mine)

    assert (first.status_code, second.status_code) == (303, 303)
    assert {"postcode", "legal_name"} <= set(stored(applicant))


def test_a_draft_is_kept_and_never_judged(applicant: Applicant) -> None:
    answer = applicant.post("organisation", 2, "draft", company_number="123456789", _draft_seen=applicant.mark("organisation", 2))

    assert answer.status_code == 200
    assert answer.json["message"].startswith("Saved at ")
    assert state_of(applicant, "organisation") == "In progress"
    assert 'value="123456789"' in applicant.get("organisation", 2).text


def test_a_draft_after_a_mistake_keeps_the_message_until_the_answer_changes(applicant: Applicant) -> None:
    applicant.post("organisation", 2, company_number="123456789")

    applicant.post("organisation", 2, "draft", company_number="123456789")
    still = state_of(applicant, "organisation")
    applicant.post("organisation", 2, "draft", company_number="9876543")

    assert still == "There is a problem"
    assert state_of(applicant, "organisation") == "In progress"


def test_a_draft_never_writes_over_a_colleague(applicant: Applicant, colleague: Applicant) -> None:
    mark = applicant.mark("organisation", 2)
    colleague.post("organisation", 2, **NUMBERS, _draft_seen=mark)

    answer = applicant.post("organisation", 2, "draft", company_number="SC123456", _draft_seen=mark)

    assert answer.status_code == 409
    assert answer.json["words"].startswith("Ben Ford saved other answers here at ")
    assert stored(applicant)["company_number"] == "9876543"


def test_a_draft_of_a_home_makes_one_entry(applicant: Applicant) -> None:
    first = applicant.post("premises", "items", "0a0a0a0a", 1, "draft", name="Lock")
    applicant.post("premises", "items", "0a0a0a0a", 1, "draft", name="Lock House", _draft_seen=first.json["seen"])

    assert stored(applicant, "premises")["items"] == [{"id": "0a0a0a0a", "name": "Lock House"}]


PATHS = [
    (), ("organisation",), ("organisation", 1), ("organisation", "check"), ("premises", "items", "0a0a0a0a", 1), ("documents",), ("people",), ("check",),
    ("declaration",), ("sent",), ("status",), ("withdraw",), ("print",),
]  # fmt: skip


@pytest.mark.parametrize("parts", PATHS)
def test_nobody_else_finds_the_application(applicant: Applicant, stranger: Applicant, parts: tuple[object, ...]) -> None:
    there = stranger.get(*parts)
    nowhere = stranger.browser.get(stranger.path(*parts).replace(applicant.reference, "APP-2026-9999"))

    assert there.status_code == nowhere.status_code == 404
    assert applicant.get(*parts).status_code in {200, 302}


POSTS = [
    ("organisation", 1), ("organisation", 1, "draft"), ("organisation", "check"), ("premises", "items", "0a0a0a0a", 1), ("premises", "items", "0a0a0a0a", "remove"),
    ("documents",), ("people",), ("declaration",), ("withdraw",),
]  # fmt: skip


@pytest.mark.parametrize("parts", POSTS)
def test_nobody_else_changes_the_application(applicant: Applicant, stranger: Applicant, parts: tuple[object, ...]) -> None:
    answer = stranger.post(*parts, legal_name="Taken over", is_completed="no", email="x@example.org", name="X", because="Mine")

    assert answer.status_code == 404
    assert stored(applicant) == {}
    assert state_of(applicant, "organisation") == "Not started"
