"""Matching as a pure rule: every condition excludes with its words, every part of a score counts, and the order is stable."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.processes.library import shipped
from workflows.errors import Invalid
from workflows.rules import needs as need_rules
from workflows.rules.matching import Barrier, Candidate, Offer, Weights, barriers_of, rank
from workflows.rules.needs import Needs

HOME = Candidate(
    reference="PREM-0001", name="Tern House", provider="Tern Homes", provider_reference="P-0001", district="Harbour",
    category=2, spaces=3, free=1, age_from=16, age_to=17, gender="any", night_cover="sleeping", is_step_free=False, support_hours=10,
    weekly_price=Decimal(900), supports=frozenset({"learning"}), grade="green", is_open=True, registered=frozenset({2}),
    offers=(Offer(2, 16, 17),),
)  # fmt: skip
NEEDS = Needs(age=17, starts_on=date(2026, 3, 3), gender="female")


@pytest.mark.parametrize(
    ("needs", "home", "words"),
    [
        ({}, {"free": 0}, "No free space on 3 March 2026"),
        ({}, {"is_open": False}, "Not open on 3 March 2026"),
        ({}, {"registered": frozenset({1})}, "Not registered with Ofsted for category 2"),
        ({}, {"offers": (Offer(1, 16, 17),)}, "Not on the list for category 2 at the age of 17"),
        ({}, {"gender": "male"}, "Only for young men"),
        ({}, {"blockers": (Barrier("held", "New placements are on hold"),)}, "New placements are on hold"),
        ({"age": 16}, {"age_from": 17}, "Takes young people from 17 to 17"),
        ({"category": 1}, {}, "Another kind of accommodation: category 2"),
        ({"excluded": frozenset({"Harbour"})}, {}, "In Harbour, which is ruled out"),
        ({"night_cover": "waking"}, {}, "Has sleeping staff at night, not waking staff at night"),
        ({"is_step_free": True}, {}, "Not step-free"),
        ({"ceiling": Decimal("899.99")}, {}, "£900 a week is above the ceiling"),
        ({"gender": "other"}, {"gender": "female"}, "Only for young women"),
    ],
)
def test_each_condition_excludes_with_its_words(needs: dict[str, Any], home: dict[str, Any], words: str) -> None:
    found = rank(replace(NEEDS, **needs), [replace(HOME, **home)], weights=Weights())

    assert found.matches == []
    assert [barrier.words for barrier in found.excluded[0].barriers] == [words]


@pytest.mark.parametrize(
    ("needs", "home"),
    [
        ({}, {}),
        ({"ceiling": Decimal(900)}, {}),
        ({"ceiling": Decimal(1)}, {"weekly_price": None}),
        ({"ceiling": Decimal(1), "is_emergency": True}, {}),
        ({"night_cover": "sleeping"}, {"night_cover": "waking"}),
        ({"age": 18}, {"registered": frozenset(), "age_to": 25, "offers": (Offer(None, 18, 25),)}),
        ({"gender": "other"}, {}),
    ],
)
def test_what_meets_every_condition_matches(needs: dict[str, Any], home: dict[str, Any]) -> None:
    assert barriers_of(replace(NEEDS, **needs), replace(HOME, **home)) == []


def test_premises_that_meet_everything_get_all_points_and_each_part_takes_its_own_away() -> None:
    best = replace(HOME, supports=frozenset({"learning", "missing"}), stays=2, long_stays=2, weekly_price=Decimal("0.01"))
    asked = replace(
        NEEDS, districts=frozenset({"Harbour"}), learning_district="Harbour", supports={"learning": 2, "missing": 4}, hours=10, ceiling=Decimal(1000)
    )
    worse = {
        "Support": replace(best, supports=frozenset({"missing"})), "Location": replace(best, district="Saltings"),
        "Education and work": replace(best, district="Saltings"), "Managing risk": replace(best, supports=frozenset({"learning"})),
        "Quality": replace(best, grade="amber"), "Stability": replace(best, long_stays=0), "Price": replace(best, weekly_price=None),
    }  # fmt: skip

    whole = rank(asked, [best], weights=Weights()).matches[0]
    parts = {name: {part.name: part.points for part in rank(asked, [home], weights=Weights()).matches[0].parts} for name, home in worse.items()}

    assert whole.score == 100 and [part.points for part in whole.parts] == [part.most for part in whole.parts] == [30, 20, 10, 15, 10, 5, 10]
    assert {name: found[name] for name, found in parts.items()} == {
        "Support": 15, "Location": 0, "Education and work": 0, "Managing risk": 0, "Quality": 4, "Stability": 0, "Price": 0,
    }  # fmt: skip


def test_equal_scores_are_ordered_by_price_then_reference_whatever_came_first() -> None:
    homes = [
        replace(HOME, reference="PREM-0009", weekly_price=None, grade=""), replace(HOME, reference="PREM-0003"),
        replace(HOME, reference="PREM-0002"), replace(HOME, reference="PREM-0004", weekly_price=Decimal(800)),
    ]  # fmt: skip

    orders = set()
    for seed in range(20):
        random.Random(seed).shuffle(homes)
        orders.add(tuple(match.candidate.reference for match in rank(NEEDS, homes, weights=Weights()).matches))

    assert orders == {("PREM-0004", "PREM-0002", "PREM-0003", "PREM-0009")}


def test_when_nothing_matches_it_counts_those_that_one_condition_alone_excludes() -> None:
    homes = [replace(HOME, reference=f"PREM-{n:04d}") for n in range(3)] + [replace(HOME, reference="PREM-0009", free=0)]

    found = rank(replace(NEEDS, is_step_free=True), homes, weights=Weights())

    assert found.without == [("step-free access", 3)]
    assert rank(NEEDS, homes, weights=Weights()).without == []


@pytest.mark.parametrize("age", [0, 15])
def test_nobody_under_16_is_looked_for(age: int) -> None:
    with pytest.raises(Invalid, match="under 16"):
        need_rules.check(replace(NEEDS, age=age), today=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"age": 26}, "age"),
        ({"starts_on": date(2026, 3, 1)}, "starts_on"),
        ({"districts": frozenset({"Harbour"}), "excluded": frozenset({"Harbour"})}, "excluded"),
        ({"supports": {"learning": 5}}, "supports"),
    ],
)
def test_needs_that_make_no_sense_are_refused_at_their_question(told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        need_rules.check(replace(NEEDS, **told), today=date(2026, 3, 2))

    assert set(refused.value.errors) == {field}


def test_the_shipped_weights_add_up_to_100_and_others_are_refused() -> None:
    names = [each.name for each in fields(Weights) if each.name != "amber"]

    assert sum(shipped.parameters()[f"matching_weight_{name}"]["value"] for name in names) == 100
    with pytest.raises(ValueError, match="101"):
        Weights(support=31)


def test_a_candidate_has_no_place_for_an_address_or_a_person() -> None:
    assert not {each.name for each in fields(Candidate)} & {"address", "postcode", "contact_name", "residents"}
