"""Ratios are exact and cut off, never rounded up into a better band."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules import financial_standing as rules

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("1e11"), places=2)
SUMS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("1e11"), places=2)


def accounts(**changes: Decimal) -> rules.Accounts:
    """A year of figures."""
    figures = {
        "turnover": Decimal(250_000), "current_assets": Decimal(90_000), "stock": Decimal(15_000), "current_liabilities": Decimal(60_000),
        "total_debt": Decimal(20_000), "equity": Decimal(80_000),
    }  # fmt: skip
    return rules.Accounts(**{**figures, **changes})


def test_the_four_ratios() -> None:
    found = rules.ratios(accounts(), expected_annual_value=Decimal(100_000))

    assert (found.turnover, found.current, found.acid, found.gearing) == (Decimal("2.5"), Decimal("1.5"), Decimal("1.25"), Decimal("0.2"))


@given(turnover=AMOUNTS, expected=SUMS, band=st.sampled_from([Decimal(1), Decimal(2)]))
def test_a_turnover_reaches_a_band_exactly_when_it_is_that_many_times_the_value(turnover: Decimal, expected: Decimal, band: Decimal) -> None:
    found = rules.ratios(accounts(turnover=turnover), expected_annual_value=expected)

    assert (found.turnover >= band) == (turnover >= band * expected)


@given(assets=AMOUNTS, owed=SUMS)
def test_a_ratio_as_a_float_falls_into_the_band_of_the_exact_one(assets: Decimal, owed: Decimal) -> None:
    found = rules.ratios(accounts(current_assets=assets, stock=Decimal(0), current_liabilities=owed), expected_annual_value=Decimal(1))

    for band in ("0.8", "1"):
        assert (float(found.current) >= float(band)) == (assets >= Decimal(band) * owed)


def test_nothing_owed_is_more_than_any_band_asks() -> None:
    found = rules.ratios(accounts(current_liabilities=Decimal(0)), expected_annual_value=Decimal(1))

    assert found.current == rules.NOTHING_OWED


def test_a_value_of_nothing_has_no_ratio() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        rules.ratios(accounts(), expected_annual_value=Decimal(0))


@pytest.mark.parametrize(("year_end", "too_old"), [(date(2024, 9, 30), False), (date(2024, 9, 29), True), (date(2024, 8, 31), True)])
def test_accounts_may_be_eighteen_months_old_on_the_day_of_sending(year_end: date, too_old: bool) -> None:
    assert rules.are_too_old(year_end, sent_on=date(2026, 3, 30), months=18) is too_old
