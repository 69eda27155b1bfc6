"""What is checked before publication: what blocks it, which dates follow, and what should be looked at twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models import KeyDecision, NoticeRoute, clock
from webapp.db import db
from webapp.publishing.as_published import Planned
from webapp.shared import advice, published
from workflows.actions import reports
from workflows.queries import decisions, publishing
from workflows.rules import calendar, decidable, publishable, words
from workflows.rules.decidable import Check

TEXTS = {"title": "Title", "summary": "Summary", "proposal": "Proposal", "documents": "Documents", "request_procedure": "How to ask"}
RECORD_TEXTS = {"decision_text": "Decision", "reasons": "Reasons", "alternatives_rejected": "Other options"}


def of_notice(decision: KeyDecision, planned: Planned, *, other_documents: bool) -> dict[str, Any]:
    """The checks of a notice: those that block, the statements of the law, and the warnings."""
    assert planned.notice is not None
    demanded = publishable.demanded(planned.notice.content, other_documents=other_documents)
    named = publishable.named_maker(planned.found.decision)
    found = [_first_day(decision, planned), *_urgency(decision), named, *_general(decision)]
    return _box(found) | {
        "demanded": demanded,
        "demanded_met": len(demanded) - len(decidable.unmet(demanded)),
        "warnings": publishable.warnings({label: str(planned.notice.content.get(key, "")) for key, label in TEXTS.items()}),
    }


def of_record(decision: KeyDecision, planned: Planned) -> dict[str, Any]:
    """The checks of a record: its words are those that were signed, and the dates of call-in."""
    assert planned.record is not None
    said = published.words_of(planned.record)
    is_signed = reports.digest(said) == planned.record.digest
    signed = Check("signed", f"The words are {'exactly' if is_signed else 'not'} those that were signed", is_signed)
    return _box([signed, *_call_in(planned), *_general(decision)]) | {
        "demanded": [],
        "warnings": publishable.warnings({label: said[key] for key, label in RECORD_TEXTS.items()}),
    }


def _box(found: Sequence[Check]) -> dict[str, Any]:
    unmet = decidable.unmet(found)
    return {
        "checks": [
            {"words": check.words, "is_met": check.is_met, "explanation": advice.explained(check.explanation)}
            for check in found
        ],
        "is_met": not unmet,
        "blocks": [check.words for check in unmet],
        "checks_title": "Can this be published today? " + ("Yes" if not unmet else "No"),
    }


def _general(decision: KeyDecision) -> list[Check]:
    return publishable.checks(decision, documents=publishing.documents_of(db.session, decision))


def _first_day(decision: KeyDecision, planned: Planned) -> Check:
    assert planned.deadline is not None
    first = calendar.date_words(planned.deadline.on)
    if planned.deadline.on > decision.due_to:
        due = words.period(decision.due_from, decision.due_to)
        return Check("first-day", f"The first lawful day would be {first}, but the decision is due in {due}. Move it first", False)
    return Check("first-day", f"First day it can lawfully be decided: {first}", True, explanation=planned.deadline.explanation.to_json())


def _urgency(decision: KeyDecision) -> list[Check]:
    if decision.route in (None, NoticeRoute.NORMAL):
        return []
    standing = decisions.standing(db.session, decision)
    if decidable.is_urgency_agreed(standing):
        return [Check("urgency", "The urgency is agreed and recorded as the law requires", True)]
    return [Check("urgency", decidable.NOT_AGREED[decision.route or NoticeRoute.SPECIAL_URGENCY], False)]


def _call_in(planned: Planned) -> list[Check]:
    if planned.window is None:
        return [Check("call-in", "It will take effect at once and cannot be called in", True)]
    effective = calendar.date_words(planned.window.effective_from)
    last = f"{words.time(planned.window.closes_at.astimezone(clock.LONDON))} on {calendar.date_words(planned.window.last_day)}"
    return [Check("call-in", f"Councillors can call it in until {last}; in effect from {effective}", True, explanation=planned.window.explanation)]
