"""What a consultation page shows: the question first, then what it is about, what changed, and what others said."""

from __future__ import annotations

from typing import Any

from flask import url_for

from models import ConsultationRequest, ConsultationStatus, User, UserTask, clock
from webapp.db import db
from webapp.shared import advice, days_left, reports
from webapp.signed_in import person
from workflows.queries import consultations
from workflows.rules import decidable, permissions

OWN_PART = {"legal": "legal_implications", "finance": "finance_implications", "procurement": "procurement_implications"}


def about(asked: ConsultationRequest, task: UserTask | None) -> dict[str, Any]:
    """Everything the page shows beside the form."""
    text, colour = advice.tag(asked)
    return {
        "asked": asked,
        "decision": asked.decision,
        "case_href": url_for("cases.show_case", reference=asked.decision.case.reference),
        "question": _question(asked, task),
        "help": str(task.properties.get("helpText", "")) if task else "",
        "legal_basis": str(task.properties.get("legalBasis", "")) if task else "",
        "state": state_of(asked, task),
        "tag": text,
        "colour": colour,
        "due_words": days_left.until(asked.due_at),
        "explanation": advice.explained(asked.due_explanation),
        "others": [advice.told(other) for other in consultations.others(db.session, person(), asked)],
        "earlier": [advice.told(other) for other in consultations.earlier(db.session, asked) if consultations.may_read(person(), other)],
        "information": [_information(answer) for answer in consultations.information_given(db.session, asked)],
        **_report(asked),
        **_ended(asked),
        **_may(asked),
    }


def state_of(asked: ConsultationRequest, task: UserTask | None) -> str:
    """Which of its faces the page shows. An overdue request is still asked."""
    if asked.status is ConsultationStatus.ASKED and asked.decision.withdrawn_at is not None:
        return "withdrawn"
    if asked.status is not ConsultationStatus.ASKED:
        return "silent" if asked.status is ConsultationStatus.WITHDRAWN else asked.status.value
    if task is None:
        return "closed"
    holder = task.assignee_id
    return "held" if holder is not None and holder != person().id else "asked"


def cannot_advise(asked: ConsultationRequest) -> str:
    """Why this reader may not answer, as a sentence; nothing when they may."""
    why = consultations.writers(db.session, asked).get(person().id)
    if why:
        return f"You cannot advise on this: {why}"
    if not consultations.is_for(db.session, person(), asked):
        return f"{asked.consultee.name} was asked for this advice. You can read the request but not answer it"
    return ""


def _question(asked: ConsultationRequest, task: UserTask | None) -> str:
    written = str(task.properties.get("documentation", "")).strip() if task else ""
    if written:
        return written
    part = reports.LABELS.get(OWN_PART.get(asked.consultee_key, ""), "")
    look = f" Look at the recommendation and at what the report says under “{part}”." if part else " Look at the recommendation."
    again = " You were asked before; what changed since then is marked." if asked.round > 1 else ""
    return f"What does {asked.consultee.name} say to this proposal?{look}{again}"


def _report(asked: ConsultationRequest) -> dict[str, Any]:
    versions = consultations.versions(db.session, asked)
    content = versions.now.content if versions.now else {}
    own = OWN_PART.get(asked.consultee_key, "")
    shown = {"recommendations", own}
    return {
        "version": versions.now.version if versions.now else None,
        "recommendation": reports.part(content, "recommendations"),
        "own_part": {"label": reports.LABELS[own], "text": reports.part(content, own)} if own and reports.part(content, own) else None,
        "rest": [part for part in reports.parts(content) if part.key not in shown],
        "what_changed": versions.now.what_changed if versions.now and versions.before else "",
        "changes": reports.changes(versions.before.content, content) if versions.before else [],
    }


def _information(answer: Any) -> dict[str, Any]:
    said = [reports.as_text(value) for key, value in answer.values.items() if isinstance(value, str | list) and value]
    return {"text": "\n\n".join(said), "by": answer.said_by.name, "at": answer.said_at}


def _ended(asked: ConsultationRequest) -> dict[str, Any]:
    by = consultations.withdrawn_by(db.session, asked.decision.case) if asked.decision.withdrawn_at else None
    newer = consultations.newer(db.session, asked)
    return {
        "answer": advice.told(asked) if consultations.may_read(person(), asked) else None,
        "withdrawn_by": by.name if by else "",
        "newer_href": url_for("consultations.show_consultation", request_id=newer.id) if newer else "",
    }


def _may(asked: ConsultationRequest) -> dict[str, Any]:
    user: User = person()
    is_late = clock.now() > asked.due_at
    return {
        "refusal": cannot_advise(asked),
        "can_ask_time": permissions.can_advise(user, asked) and asked.status is ConsultationStatus.ASKED,
        "can_override": decidable.can_be_gone_on_without(asked, at=clock.now()) and permissions.can_override(user, asked.decision.case),
        "is_late": is_late,
    }
