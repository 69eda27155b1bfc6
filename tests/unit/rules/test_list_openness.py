"""Whether a list takes requests: only its validity counts, and for some lists whether it is paused."""

from __future__ import annotations

from datetime import date

import pytest

from models import PurchasingList, Regime, clock
from workflows.errors import Closed
from workflows.rules import list_openness


def a_list(**changes: object) -> PurchasingList:
    values: dict[str, object] = {
        "reference": "WX-1", "title": "A list", "regime": Regime.PCR_R34, "valid_from": date(2024, 4, 1), "valid_to": date(2028, 12, 31),
        "request_deadline": None, "first_tender_on": None, "is_paused_because": "", "created_at": clock.now(),
    }  # fmt: skip
    return PurchasingList(**{**values, **changes})


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 3, 31), "This list opens on Monday 1 April 2024"),
        (date(2024, 4, 1), ""),
        (date(2028, 12, 31), ""),
        (date(2029, 1, 1), "This list closed on Sunday 31 December 2028"),
    ],
)
def test_the_first_and_the_last_day_of_the_validity_count(day: date, words: str) -> None:
    assert list_openness.why_not(a_list(), day) == words


@pytest.mark.parametrize(
    ("regime", "takes"),
    [(Regime.PCR_R34, True), (Regime.PCR_LTR_LIST, False), (Regime.PA23_DYNAMIC_MARKET, False), (Regime.PA23_OPEN_FRAMEWORK, False)],
)
def test_a_dynamic_purchasing_system_of_2015_cannot_be_paused(regime: Regime, takes: bool) -> None:
    paused = a_list(regime=regime, is_paused_because="We have enough")

    assert list_openness.takes_requests(paused, date(2026, 3, 2)) is takes


def test_a_closed_list_says_why() -> None:
    with pytest.raises(Closed, match="closed on Sunday 31 December 2028"):
        list_openness.check_open(a_list(), date(2029, 1, 1))


@pytest.mark.parametrize(
    ("deadline", "tender", "missed"),
    [
        (None, None, "no"),
        (date(2026, 3, 2), None, "no"),
        (date(2026, 3, 1), None, "yes"),
        (date(2026, 3, 1), date(2026, 3, 3), "yes"),
        (date(2026, 3, 1), date(2026, 3, 2), "no"),
        (date(2026, 3, 1), date(2025, 1, 1), "no"),
    ],
)
def test_who_comes_after_the_first_day_for_requests_misses_only_what_is_still_to_be_tendered(
    deadline: date | None, tender: date | None, missed: str
) -> None:
    found = list_openness.facts(a_list(request_deadline=deadline, first_tender_on=tender), date(2026, 3, 2))

    assert found == {"list_not_yet_open": "no", "list_is_over": "no", "first_wave_missed": missed}
