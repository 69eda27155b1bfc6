"""Finding cases and decisions by reference, in every way it is written, and by words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from models import Case, KeyDecision, User
from workflows.queries import case_list

SHORTEST = 2
GAP = r"[\s_/().,-]*"
YEAR = r"(?:20)?(\d{2})"
DECISION = re.compile(rf"{GAP}([a-z]{{2,4}}){GAP}0*(\d{{1,5}}){GAP}{YEAR}{GAP}{YEAR}{GAP}", re.IGNORECASE)
DECISION_BEGUN = re.compile(rf"{GAP}([a-z]{{2,4}}){GAP}0*(\d{{1,5}}){GAP}", re.IGNORECASE)
CASE = re.compile(rf"{GAP}([a-z]{{2,4}}){GAP}(20\d\d){GAP}0*(\d{{1,5}}){GAP}", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """What a search found: the rows, how many matched in all, and whether a reference was recognised."""

    rows: list[case_list.ListedCase]
    total: int
    by_reference: bool


def search(session: Session, reader: User, text: str, *, limit: int = 50) -> Found:
    """The cases a reader may see whose references are this text in any spelling, else those that hold all its words."""
    found = _find(session, reader, reference_is(text), limit)
    if found:
        return _result(session, found, limit, by_reference=True)
    conditions = [_says(word) for word in text.split()]
    return _result(session, _find(session, reader, and_(*conditions) if conditions else None, limit), limit, by_reference=False)


def _result(session: Session, cases: list[Case], limit: int, *, by_reference: bool) -> Found:
    return Found(case_list.in_rows(session, cases[:limit]), len(cases), by_reference)


def _find(session: Session, reader: User, condition: ColumnElement[bool] | None, limit: int) -> list[Case]:
    if condition is None:
        return []
    query = select(Case).outerjoin(KeyDecision, KeyDecision.case_id == Case.id).where(case_list.visible_to(reader), condition)
    loaded = query.options(joinedload(Case.team), joinedload(Case.owner))
    return list(session.scalars(loaded.order_by(Case.opened_at.desc(), Case.reference.desc()).limit(limit + 1)))


def reference_is(text: str) -> ColumnElement[bool] | None:
    """The condition that a case or its decision has the reference somebody wrote; None when it is not a reference.

    Any separators, brackets, cases of letters, leading noughts and lengths of year: `OKD 99 (20/21)`, `okd99_2020_21`.
    """
    found: list[ColumnElement[bool]] = []
    whole = CASE.fullmatch(text)
    if whole:
        found.append(Case.reference == f"{whole[1].upper()}-{whole[2]}-{int(whole[3]):04d}")
    decided = DECISION.fullmatch(text)
    if decided:
        found += [KeyDecision.slug == f"{start}-{decided[3]}-{decided[4]}" for start in _starts(decided)]
    begun = DECISION_BEGUN.fullmatch(text)
    if begun:
        found += [KeyDecision.slug.startswith(f"{start}-") for start in _starts(begun)]
    return or_(*found) if found else None


def _starts(match: re.Match[str]) -> list[str]:
    """How the address of a decision begins, with and without a leading nought."""
    prefix, number = match[1].lower(), int(match[2])
    return sorted({f"{prefix}{number}", f"{prefix}{number:02d}"})


def _says(word: str) -> ColumnElement[bool]:
    columns = (Case.title, Case.reference, KeyDecision.public_reference, KeyDecision.title, KeyDecision.summary)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))
