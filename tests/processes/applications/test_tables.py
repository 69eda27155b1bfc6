"""The tables D-1 and D-2 as they are shipped: one answer for every case, and the one that the law and the policy ask for."""

from __future__ import annotations

import itertools

import pytest

from tests.processes.library import shipped
from workflows.engine import tables

KEY = "provider-application"


def decide(name: str, **given: object) -> dict[str, object]:
    """What a table says."""
    return dict(tables.read_table(shipped.files(KEY)[f"{name}.dmn"], name).decide(given).outputs)


@pytest.mark.parametrize(
    ("not_yet", "over", "missed", "answer", "note"),
    [
        ("yes", "no", "no", "no", "not_yet_open"),
        ("no", "yes", "yes", "no", "list_closed"),
        ("no", "no", "yes", "yes", "first_wave_missed"),
        ("no", "no", "no", "yes", "open"),
        ("", "no", "no", "manual", "look"),
    ],
)
def test_a_list_is_open_throughout_its_validity_and_not_outside_it(not_yet: str, over: str, missed: str, answer: str, note: str) -> None:
    said = decide("list-open", list_not_yet_open=not_yet, list_is_over=over, first_wave_missed=missed)

    assert said == {"answer": answer, "note": note}


@pytest.mark.parametrize(
    ("open_items", "days_left", "is_extended", "outcome", "reply_days", "proposes"),
    [
        (0, 9, "no", "complete", 0, "no"),
        (0, -1, "yes", "complete", 0, "no"),
        (1, 9, "no", "clarify", 3, "no"),
        (3, 5, "yes", "clarify", 3, "no"),
        (1, 4, "no", "clarify", 1, "yes"),
        (1, 3, "no", "clarify", 1, "yes"),
        (1, 3, "yes", "clarify", 1, "no"),
        (1, 2, "no", "extend", 0, "yes"),
        (1, -3, "no", "extend", 0, "yes"),
        (1, 2, "yes", "reject", 0, "no"),
    ],
)
def test_what_follows_from_what_is_missing_and_the_days_left(
    open_items: int, days_left: int, is_extended: str, outcome: str, reply_days: int, proposes: str
) -> None:
    said = decide("completeness", is_manifest="no", open_items=open_items, days_left=days_left, is_extended=is_extended)

    assert said == {"outcome": outcome, "reply_days": reply_days, "propose_extension": proposes}


def test_what_cannot_succeed_goes_to_two_people_however_many_days_are_left() -> None:
    found = {
        decide("completeness", is_manifest="yes", open_items=items, days_left=days, is_extended=extended)["outcome"]
        for items, days, extended in itertools.product((0, 4), (-1, 2, 4, 9), ("yes", "no"))
    }

    assert found == {"reject_manifest"}


def test_every_number_of_items_and_days_has_an_answer() -> None:
    for items, days, extended in itertools.product(range(4), range(-5, 16), ("yes", "no")):
        assert decide("completeness", is_manifest="no", open_items=items, days_left=days, is_extended=extended)["outcome"] != "manual"
