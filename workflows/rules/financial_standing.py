"""The ratios of a provider's accounts, exact, and what Finance may conclude from a risk (PCR 2015 reg 58; PA 2023 s.36(2))."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from workflows.rules import calendar

PLACES = Decimal("0.0001")
# Where nothing is owed, assets are as many times the debts as anyone could ask.
NOTHING_OWED = Decimal("9999")
LOW, MEDIUM, HIGH, HIGH_FAIL = "low", "medium", "high", "high_fail"
MITIGATED = "medium_mitigated"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The figures of one year, in pounds."""

    turnover: Decimal
    current_assets: Decimal
    stock: Decimal
    current_liabilities: Decimal
    total_debt: Decimal
    equity: Decimal


@dataclass(frozen=True, kw_only=True)
class Ratios:
    """What the figures come to, cut off after four places: a ratio just under a band stays under it."""

    turnover: Decimal
    current: Decimal
    acid: Decimal
    gearing: Decimal


def ratios(accounts: Accounts, *, expected_annual_value: Decimal) -> Ratios:
    """The four ratios of some accounts. ValueError when nothing is expected to be spent: a turnover is many times nothing."""
    if expected_annual_value <= 0:
        raise ValueError("The value expected of a year must be more than nothing")
    return Ratios(
        turnover=_cut(accounts.turnover / expected_annual_value),
        current=_share(accounts.current_assets, accounts.current_liabilities),
        acid=_share(accounts.current_assets - accounts.stock, accounts.current_liabilities),
        gearing=_gearing(accounts),
    )


def _share(amount: Decimal, owed: Decimal) -> Decimal:
    return _cut(amount / owed) if owed else NOTHING_OWED


def _gearing(accounts: Accounts) -> Decimal:
    whole = accounts.total_debt + accounts.equity
    return _cut(accounts.total_debt / whole) if whole else Decimal(0)


def _cut(ratio: Decimal) -> Decimal:
    return min(ratio, NOTHING_OWED).quantize(PLACES, rounding=ROUND_FLOOR)


def are_too_old(year_end: date, *, sent_on: date, months: int) -> bool:
    """Whether accounts ended more than so many months before the application was sent."""
    return calendar.add_months(year_end, months) < sent_on


def problems_of_conclusion(
    conclusion: str, *, risk: str, mitigations: Collection[str], explanation_asked_on: str, is_new: bool, narrative: str
) -> dict[str, str]:
    """What stands against a conclusion, as a message for each question.

    A high risk is never a refusal by itself: the provider is asked to explain first (PCR 2015 reg 58(9)). A company too young for
    accounts is never refused for having none (PA 2023 s.36(2)(a)).
    """
    problems = {}
    if conclusion == HIGH_FAIL and not explanation_asked_on:
        problems["explanation_asked_on"] = "Ask the provider to explain first, and enter the date you asked"
    if conclusion == HIGH_FAIL and is_new and risk != HIGH_FAIL:
        problems["finance_conclusion"] = "A company under two years old is not refused because it has no accounts. Select safeguards instead"
    if conclusion == MITIGATED and not mitigations:
        problems["mitigations"] = "Select at least one safeguard"
    if conclusion == LOW and risk == HIGH_FAIL:
        problems["finance_conclusion"] = "There is a sign of insolvency. Select another conclusion"
    if not narrative.strip():
        problems["conclusion_reasons"] = "Enter your reasons"
    return problems
