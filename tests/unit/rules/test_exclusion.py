"""How long each exclusion ground counts, by the day (PCR 2015 reg 57(11)-(12); Procurement Act 2023 schs 6 and 7)."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.rules import exclusion

BY_KEY = {ground.key: ground for ground in (*exclusion.GROUNDS, exclusion.DEBARMENT)}
PCR, PA23 = "PCR_R34", "PA23_DYNAMIC_MARKET"


@pytest.mark.parametrize(
    ("key", "regime", "last"),
    [
        ("conviction", PCR, date(2026, 3, 30)),
        ("labour", PCR, date(2024, 3, 30)),
        ("performance", PCR, date(2024, 3, 30)),
        ("conviction", PA23, date(2026, 3, 30)),
        ("labour", PA23, date(2026, 3, 30)),
        ("performance", PA23, date(2024, 3, 30)),
        ("insolvency", PA23, date(2024, 3, 30)),
    ],
)
def test_an_event_counts_to_the_same_day_so_many_years_later_and_not_a_day_longer(key: str, regime: str, last: date) -> None:
    happened = date(2021, 3, 30)

    assert exclusion.counts(BY_KEY[key], happened, on=last, regime=regime)
    assert not exclusion.counts(BY_KEY[key], happened, on=date(last.year, last.month, 31), regime=regime)


@pytest.mark.parametrize("key", ["tax_final", "debarment"])
def test_unpaid_tax_and_the_debarment_list_count_until_they_are_put_right(key: str) -> None:
    assert exclusion.counts(BY_KEY[key], date(2001, 1, 1), on=date(2026, 3, 30), regime=PCR)


def test_a_conviction_on_leap_day_counts_to_the_end_of_february() -> None:
    assert exclusion.counts(BY_KEY["conviction"], date(2024, 2, 29), on=date(2029, 2, 28), regime=PCR)
    assert not exclusion.counts(BY_KEY["conviction"], date(2024, 2, 29), on=date(2029, 3, 1), regime=PCR)


@pytest.mark.parametrize(
    ("outcomes", "overall"),
    [
        (["ignore", "ignore"], "pass"),
        (["ignore", "legal", "exclude"], "legal"),
        (["manual"], "legal"),
        (["ignore", "exclude", "not_excluded"], "fail"),
        (["may_exclude"], "conditional"),
        (["not_excluded", "ignore"], "conditional"),
        ([], "pass"),
    ],
)
def test_what_the_outcomes_come_to(outcomes: list[str], overall: str) -> None:
    assert exclusion.overall(outcomes) == overall
