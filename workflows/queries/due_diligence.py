"""What was checked about a provider that applies: the newest result of each check, the scores, and what the checks come to."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import Answer, Application, Case, DueDiligenceCheck, EvaluationScore, ProcessDefinition, PurchasingList, Regime, User
from workflows.errors import NotFound
from workflows.queries import parameters
from workflows.rules import calendar

KEY = "due-diligence"
# The tables that say who may join: they stay as they are while a market of the Procurement Act 2023 is open (s.36(7)).
CRITERIA = ("company-status", "exclusion", "financial-risk", "insurance", "regulatory", "recommendation")
CRITERIA_VALUES = (
    "pass_mark", "employers_liability_minimum", "public_liability_minimum", "professional_indemnity_minimum", "accounts_oldest_months",
)  # fmt: skip
QUESTIONS = {"leadership": "Leadership and management", "protection": "Protection", "accommodation": "Accommodation", "support": "Support"}
MODERATED = 0
SCORING = frozenset({"score-first", "score-second", "score-again"})


def application_of(session: Session, case_id: uuid.UUID) -> Application:
    """The application that a case is about, with its provider and its list. NotFound when the case is about something else."""
    query = select(Application).where(Application.case_id == case_id)
    found = session.scalar(query.options(joinedload(Application.provider), joinedload(Application.purchasing_list), joinedload(Application.case)))
    if found is None:
        raise NotFound("This case is not about an application")
    return found


def checks(session: Session, case_id: uuid.UUID) -> Mapping[str, DueDiligenceCheck]:
    """The newest result of each check of a case, by its kind."""
    query = select(DueDiligenceCheck).where(DueDiligenceCheck.case_id == case_id).options(joinedload(DueDiligenceCheck.checked_by))
    return {check.kind: check for check in session.scalars(query.order_by(DueDiligenceCheck.round))}


def next_round(session: Session, case_id: uuid.UUID, kind: str) -> int:
    """The number that the next check of this kind gets in a case."""
    query = select(func.max(DueDiligenceCheck.round)).where(DueDiligenceCheck.case_id == case_id, DueDiligenceCheck.kind == kind)
    return (session.scalar(query) or 0) + 1


def scores(session: Session, case_id: uuid.UUID) -> Sequence[EvaluationScore]:
    """Every score that stands in a case."""
    query = select(EvaluationScore).where(EvaluationScore.case_id == case_id)
    return session.scalars(query.order_by(EvaluationScore.question, EvaluationScore.seat)).all()


def by_seat(found: Sequence[EvaluationScore]) -> dict[int, dict[str, int]]:
    """The score of each question by evaluator: 1 and 2, and 0 for what was moderated."""
    seats: dict[int, dict[str, int]] = {}
    for score in found:
        seats.setdefault(score.seat, {})[score.question] = score.score
    return seats


def missing_seats(found: Sequence[EvaluationScore]) -> list[int]:
    """The evaluators whose scores are not there, because they have not scored or their scores were withdrawn."""
    seats = by_seat(found)
    return [seat for seat in (1, 2) if set(seats.get(seat, {})) != set(QUESTIONS)]


def apart(found: Sequence[EvaluationScore], difference: int) -> list[str]:
    """The questions on which the evaluators are so far apart and which nobody has moderated."""
    seats = by_seat(found)
    first, second, moderated = seats.get(1, {}), seats.get(2, {}), seats.get(MODERATED, {})
    return [key for key in QUESTIONS if key not in moderated and abs(first.get(key, 0) - second.get(key, 0)) >= difference]


def final_scores(found: Sequence[EvaluationScore]) -> dict[str, Decimal]:
    """The score that counts for each question: the moderated one, else half of what the two evaluators gave together."""
    seats = by_seat(found)
    first, second, moderated = seats.get(1, {}), seats.get(2, {}), seats.get(MODERATED, {})
    both = [key for key in QUESTIONS if key in first and key in second]
    return {key: Decimal(moderated[key]) if key in moderated else Decimal(first[key] + second[key]) / 2 for key in both}


def criterion(session: Session, purchasing_list: PurchasingList, key: str) -> Any:
    """A policy value that says who may join. A market of the Procurement Act 2023 keeps the value it began with (s.36(7))."""
    began = calendar.london_date(purchasing_list.created_at) if is_fixed(purchasing_list) else None
    return parameters.value(session, key, on=began)


def is_fixed(purchasing_list: PurchasingList) -> bool:
    """Whether the conditions for joining may not change while the list is open."""
    return purchasing_list.regime is Regime.PA23_DYNAMIC_MARKET


def criteria_digest(files: Mapping[str, str]) -> str:
    """One mark for the tables in a folder that say who may join."""
    return hashlib.sha256(json.dumps([files.get(f"{key}.dmn", "") for key in CRITERIA]).encode()).hexdigest()[:16]


def criteria_version(session: Session) -> str:
    """The mark of the criteria of the newest version of due diligence, to be kept with a list that is set up now."""
    newest = session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == KEY).order_by(ProcessDefinition.version.desc()).limit(1))
    return criteria_digest(newest.files) if newest is not None else ""


def fixed_lists(session: Session, on: date) -> Sequence[PurchasingList]:
    """The open markets whose criteria may not change, with the mark of those they began with."""
    query = select(PurchasingList).where(
        PurchasingList.regime == Regime.PA23_DYNAMIC_MARKET, PurchasingList.valid_from <= on, PurchasingList.valid_to >= on,
        PurchasingList.criteria_version != "",
    )  # fmt: skip
    return session.scalars(query.order_by(PurchasingList.reference)).all()


def provider_case(session: Session, reference: str, *, kind: str, provider_id: uuid.UUID) -> Case | None:
    """A case of this kind about this provider, by its reference."""
    return session.scalar(select(Case).where(Case.reference == reference.strip().upper(), Case.kind == kind, Case.provider_id == provider_id))


def is_sealed(session: Session, reader: User, answer: Answer) -> bool:
    """Whether an evaluator's scores are kept from this reader: each scores by themselves, so nobody reads any before both have scored."""
    if answer.bpmn_id not in SCORING or answer.said_by_id == reader.id:
        return False
    return bool(missing_seats(scores(session, answer.case_id)))
