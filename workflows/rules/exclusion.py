"""Exclusion grounds: which kind each is and whether an event still counts (PCR 2015 reg 57; Procurement Act 2023 schs 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.rules import calendar

MANDATORY, TAX, DISCRETIONARY, DEBARRED = "mandatory", "tax", "discretionary", "debarred"
CONVICTION_YEARS = 5  # reg 57(11)
EVENT_YEARS = 3  # reg 57(12)
PA23_YEARS = 5  # sch 7: events known for longer are ignored
PA23_SHORT_YEARS = 3  # sch 7: insolvency, competition, misconduct, breach of contract, improper procurement
PA23_SHORT = frozenset({"insolvency", "competition", "misconduct", "performance", "conflict", "prior_involvement", "misrepresentation", "influence"})


@dataclass(frozen=True)
class Ground:
    """One ground as the questionnaire asks for it."""

    key: str
    name: str
    kind: str


GROUNDS = (
    Ground("conviction", "Conviction for a listed offence", MANDATORY),
    Ground("tax_final", "Unpaid tax, by a final decision", TAX),
    Ground("tax_other", "Unpaid tax, shown in another way", DISCRETIONARY),
    Ground("labour", "Breach of environmental, social or labour law", DISCRETIONARY),
    Ground("insolvency", "Insolvency", DISCRETIONARY),
    Ground("misconduct", "Grave professional misconduct", DISCRETIONARY),
    Ground("competition", "Distorting competition", DISCRETIONARY),
    Ground("conflict", "Conflict of interest", DISCRETIONARY),
    Ground("prior_involvement", "Involvement in preparing the procedure", DISCRETIONARY),
    Ground("performance", "Failings in an earlier public contract", DISCRETIONARY),
    Ground("misrepresentation", "Misrepresentation or withheld documents", DISCRETIONARY),
    Ground("influence", "Undue influence", DISCRETIONARY),
)
DEBARMENT = Ground("debarment", "Debarment list", DEBARRED)
NAMES = {ground.key: ground.name for ground in (*GROUNDS, DEBARMENT)}
CLEANABLE = frozenset({MANDATORY, TAX, DISCRETIONARY})


def is_pa23(regime: str) -> bool:
    """Whether a list lives under the Procurement Act 2023."""
    return regime.startswith("PA23")


def years_that_count(ground: Ground, regime: str) -> int | None:
    """For how many years an event of this ground counts; None when it counts until it is put right."""
    if ground.kind in (TAX, DEBARRED):
        return None
    if ground.kind == MANDATORY:
        return CONVICTION_YEARS
    if is_pa23(regime):
        return PA23_SHORT_YEARS if ground.key in PA23_SHORT else PA23_YEARS
    return EVENT_YEARS


def counts(ground: Ground, happened_on: date, *, on: date, regime: str) -> bool:
    """Whether an event still counts on a day. The last day of the period counts: a doubt is looked at, not passed over."""
    years = years_that_count(ground, regime)
    return years is None or on <= calendar.add_months(happened_on, 12 * years)


def overall(outcomes: Iterable[str]) -> str:
    """What the outcomes of all grounds come to: fail, legal (somebody must look), conditional, or pass."""
    found = set(outcomes)
    if found & {"legal", "manual"}:
        return "legal"
    if "exclude" in found:
        return "fail"
    return "conditional" if found & {"may_exclude", "not_excluded"} else "pass"
