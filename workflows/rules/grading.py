"""What findings come to: the facts a grade is decided by, the days until things are put right, and which consequence is the gravest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from models import Grade, Severity
from workflows.rules import calendar

WORDS: Mapping[Grade, str] = {Grade.GREEN: "Green", Grade.AMBER: "Amber", Grade.RED: "Red", Grade.NOT_ASSESSED: "Not assessed"}
SEVERITY_WORDS: Mapping[Severity, str] = {
    Severity.CRITICAL: "Critical", Severity.MAJOR: "Major", Severity.MODERATE: "Moderate", Severity.MINOR: "Minor",
}  # fmt: skip
DAYS_BY_SEVERITY: Mapping[Severity, str] = {
    Severity.MAJOR: "finding_days_major", Severity.MODERATE: "finding_days_moderate", Severity.MINOR: "finding_days_minor",
}  # fmt: skip
# What an announcement carries is the gravest of what the table gives.
GRAVEST_FIRST = ("suspension", "embargo", "action_plan", "monitoring", "none")
CONSEQUENCE_WORDS: Mapping[str, str] = {
    "suspension": "Because of what we found, it will be decided whether your place on the list is suspended. You will be heard first.",
    "embargo": "No new young people are placed with you until it is put right. Those who live with you stay.",
    "action_plan": "We follow up what has to be put right.",
    "monitoring": "Too little could be seen to grade it. We look more closely until the next visit.",
    "none": "",
}
RISKS = ("critical", "high", "medium", "low")
RISK_WORDS: Mapping[str, str] = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
NO_MORE_THAN_WEEKS = 104


@dataclass(frozen=True)
class Found:
    """One finding as far as a grade looks at it."""

    line: str
    severity: Severity
    is_repeat: bool = False


def facts(findings: Collection[Found], *, access_refused: bool, percent_assessed: int) -> dict[str, Any]:
    """What table D-12 decides by, by the names it uses."""
    counts = {severity: sum(found.severity is severity for found in findings) for severity in Severity}
    repeat = any(found.is_repeat and found.severity is Severity.MAJOR for found in findings)
    return {
        "access_refused": "yes" if access_refused else "no",
        "critical_count": counts[Severity.CRITICAL],
        "major_count": counts[Severity.MAJOR],
        "moderate_count": counts[Severity.MODERATE],
        "repeat_major": "yes" if repeat else "no",
        "percent_assessed": percent_assessed,
    }


def gravest(consequences: Collection[str]) -> str:
    """The gravest of some consequences; `none` when the table gave nothing that stops or changes anything."""
    return next((each for each in GRAVEST_FIRST if each in consequences), "none")


def worse_risk(one: str, other: str) -> str:
    """The higher of two risks; one that is not known counts as the lowest."""
    known = [risk for risk in (one, other) if risk in RISKS]
    return min(known, key=RISKS.index) if known else "low"


def reds_in_a_row(newest_first: Sequence[Grade | None]) -> int:
    """How many of the newest gradings were red, one after the other; those not assessed are passed over."""
    count = 0
    for grade in newest_first:
        if grade is Grade.RED:
            count += 1
        elif grade is not Grade.NOT_ASSESSED:
            break
    return count


def next_due(start: date, unit: str, count: int, *, closures: Sequence[calendar.Closure] = ()) -> date | None:
    """The day that table D-13 gives, counted from a London date; None where it leaves the day to a person.

    Raises ValueError for a unit the table does not use.
    """
    if unit == "manual":
        return None
    if unit == "weeks":
        return start + timedelta(weeks=min(count, NO_MORE_THAN_WEEKS))
    if unit != "working":
        raise ValueError(f"The next visit cannot be counted in {unit}")
    working, day = calendar.find_calendar("EW", closures), start
    for _ in range(count):
        day = calendar.next_working_day(day, working)
    return day


def critical_until(found_at: datetime, hours: int) -> datetime:
    """Until when a critical finding has to be put right: hours run through nights and weekends."""
    return found_at + timedelta(hours=hours)
