"""References that are given once and never again: of cases, decisions, representations and call-in requests."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MakerType, ReferenceCounter, clock

DECISION_PREFIXES = {MakerType.OFFICER: "OKD", MakerType.CABINET_MEMBER: "CMD", MakerType.CABINET: "CAB"}


def next_number(session: Session, prefix: str, year: str) -> int:
    """The next number under a prefix in a year, counted under a row lock so that two cases never share one."""
    counter = session.scalar(
        select(ReferenceCounter).where(ReferenceCounter.prefix == prefix, ReferenceCounter.year == year).with_for_update()
    )
    if counter is None:
        counter = ReferenceCounter(prefix=prefix, year=year, last_number=0)
        session.add(counter)
    counter.last_number += 1
    session.flush()
    return counter.last_number


def case_reference(session: Session, prefix: str) -> str:
    """`KD-2026-0001`: prefix, calendar year in London, number within the year."""
    year = str(clock.today().year)
    return f"{prefix}-{year}-{next_number(session, prefix, year):04d}"


def decision_reference(session: Session, maker_type: MakerType) -> str:
    """`OKD99 (20/21)`: kind of decision maker, number within the financial year, and that year."""
    year = financial_year(clock.today())
    prefix = DECISION_PREFIXES[maker_type]
    return f"{prefix}{next_number(session, prefix, year)} ({year})"


def financial_year(day: date) -> str:
    """`20/21` for any day from 1 April 2020 to 31 March 2021."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first % 100:02d}/{(first + 1) % 100:02d}"


def slug(reference: str) -> str:
    """The form of a decision's reference used in its address: `okd99-20-21`."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in reference.lower())
    return "-".join(part for part in kept.split("-") if part)
