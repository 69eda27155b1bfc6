"""A notice and a record as the public reads them, so that preview, check page and public page cannot differ by a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models import ConsultationRequest, ConsultationStatus, DecisionRecord, KeyDecision, Notice
from webapp.shared import filters
from workflows.rules import words

Row = dict[str, Any]

NONE = "None"
OUTCOMES = {
    "approve": "Approved as recommended",
    "approve_amended": "Approved with changes",
    "refuse": "Not approved",
}


def words_of(record: DecisionRecord) -> dict[str, str]:
    """The signed words of a record by their names, as its digest covers them."""
    return {
        "outcome": record.outcome.value,
        "decision_text": record.decision_text,
        "reasons": record.reasons,
        "alternatives_rejected": record.alternatives_rejected,
        "members_consulted": record.members_consulted,
        "interests": record.interests,
        "dispensation": record.dispensation,
        "response_to_concerns": record.response_to_concerns,
        "maker_name": record.maker_name,
        "maker_title": record.maker_title,
        "made_on": record.made_on.isoformat(),
    }


def record_rows(said: Mapping[str, str], *, decision: KeyDecision, requests: Sequence[ConsultationRequest] = ()) -> list[Row]:
    """The record of a decision in its fixed order (SI 2012/2089 regs 12, 13).

    `said` are the words signed or about to be signed; `requests` are the current consultation requests, of which those that the
    Monitoring Officer went on without are printed with the reason.
    """
    rows = [
        _row("Decision", said["decision_text"]),
        _row("Outcome", OUTCOMES[said["outcome"]]),
        _row("Reasons", said["reasons"]),
        _row("Other options considered and rejected", said["alternatives_rejected"] or NONE),
        _row("Answer to the concerns of scrutiny", said.get("response_to_concerns", "")),
        _row("Cabinet members consulted", said["members_consulted"] or NONE),
        _row("Interests declared", said["interests"] or NONE),
        _row("Dispensation by the Head of Paid Service", (said["dispensation"] or NONE) if said["interests"] else ""),
        *_advice_not_waited_for(requests),
        _row("Why 28 days' notice was not given", decision.impracticable_because),
        _row("Why the decision is urgent", decision.urgent_because),
        _row("Decided by", ", ".join(part for part in (said["maker_name"], said["maker_title"]) if part)),
        _row("Date of decision", filters.day(date.fromisoformat(said["made_on"]))),
    ]
    return [row for row in rows if row["value"]]


def _advice_not_waited_for(requests: Sequence[ConsultationRequest]) -> list[Row]:
    return [
        _row(f"Decided without the advice of {request.consultee.name}", f"The Monitoring Officer went on without it. {request.override_reason}")
        for request in requests
        if request.status is ConsultationStatus.OVERRIDDEN
    ]


def notice_rows(content: Mapping[str, Any], *, website_on: date | None, offices_on: date | None, earliest: date | None) -> list[Row]:
    """A notice in the order of the law (SI 2012/2089 reg 9(1)(a) to (h)); the days are None before it is published."""
    first = date.fromisoformat(content["due_from"])
    last = date.fromisoformat(content["due_to"])
    rows = [
        _row("What this notice says", f"{content['statement']}."),
        _row("Matter", content["title"]),
        _row("What it is about", content["summary"]),
        _row("What is proposed", content.get("proposal", "")),
        _row("Decision maker", ", ".join(part for part in (content.get("maker_name"), content["maker_title"]) if part)),
        _row("Decision due", words.period(first, last)),
        _row("Documents for the decision maker", content["documents"]),
        _row("Where to get copies", content["documents_address"]),
        _row("Other documents", f"{content['other_documents']}."),
        _row("How to ask for details of them", content["request_procedure"]),
        _row("Why 28 days' notice was not given", content.get("impracticable_because", "")),
        _row("Why the decision is urgent", content.get("urgent_because", "")),
        _row("Reasons published with this notice", content.get("reasons_published", "")),
        _row("Published on the website", filters.day(website_on)),
        _row("Available at the council's offices", filters.day(offices_on)),
        _row("First day it can be decided", filters.day(earliest)),
    ]
    return [row for row in rows if row["value"]]


def rows_of_notice(notice: Notice) -> list[Row]:
    """A published notice as it stands."""
    return notice_rows(notice.content, website_on=notice.website_on, offices_on=notice.offices_on, earliest=notice.earliest_decision_on)


def _row(key: str, value: Any) -> Row:
    return {"key": key, "value": str(value or "").strip()}
