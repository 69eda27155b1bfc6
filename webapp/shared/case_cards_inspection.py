"""What the page of an inspection's case shows of the visit, and the few facts beside its tasks."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from models import Case, Inspection
from webapp.db import db
from webapp.shared import cards, case_cards, filters
from webapp.shared.cards import Card
from workflows.queries import inspections as queries
from workflows.queries.case_pages import Whole
from workflows.rules import grading

KIND = "inspection"


def _cards(whole: Whole) -> list[Card]:
    inspection = queries.find_of_case(db.session, whole.case.id)
    if inspection is None:
        return []
    rows = [cards.row(key, value) for key, value in _told(inspection).items()]
    href = url_for("inspections.show_inspection", reference=whole.case.reference)
    return [cards.card("Inspection", rows, href=href, link="Open the inspection")]


def _told(inspection: Inspection) -> dict[str, str]:
    """What is known of an inspection in a few words; premises by their reference only."""
    told = {
        "Premises": inspection.premises.reference if inspection.premises else "",
        "Risk": grading.RISK_WORDS.get(inspection.risk, ""),
        "Visit": filters.short_day(inspection.planned_for) or "Not planned yet",
        "Last day for the visit": filters.short_day(inspection.due_on) if inspection.visit_ended_at is None else "",
        "Provider knows": "Yes" if queries.provider_knows(inspection) else "No. Do not tell them before the visit",
        "Inspector": inspection.inspector.name if inspection.inspector else "",
        "Grade": grading.WORDS[inspection.grade] if inspection.grade else "",
    }
    return {key: value for key, value in told.items() if value}


def _facts(session: Session, case: Case) -> dict[str, str]:
    inspection = queries.find_of_case(session, case.id)
    if inspection is None:
        return {}
    comments = queries.comments(session, inspection)
    said = f"{len(comments)} comment{'' if len(comments) == 1 else 's'} on the draft, on the page of the inspection" if comments else ""
    return {**_told(inspection), **({"Provider said": said} if said else {})}


case_cards.CARDS[KIND] = _cards
case_cards.FACTS[KIND] = _facts
