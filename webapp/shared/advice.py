"""The words and colours of a request for advice, the same on every page."""

from __future__ import annotations

from typing import Any

from models import ConsultationRequest, ConsultationResponse, ConsultationStatus
from webapp.shared import filters
from workflows.rules.calendar import Explanation

ANSWERS: dict[ConsultationResponse, tuple[str, str]] = {
    ConsultationResponse.NO_COMMENT: ("No comment", "green"),
    ConsultationResponse.SUPPORT: ("No objection", "green"),
    ConsultationResponse.SUPPORT_WITH_CONDITIONS: ("No objection, with conditions", "orange"),
    ConsultationResponse.OBJECT: ("Objection", "orange"),
    ConsultationResponse.NEED_INFORMATION: ("More information needed", "yellow"),
}
OTHER_STATES: dict[ConsultationStatus, tuple[str, str]] = {
    ConsultationStatus.OVERRIDDEN: ("Not waited for", "orange"),
    ConsultationStatus.SUPERSEDED: ("Asked again", "grey"),
    ConsultationStatus.WITHDRAWN: ("No response", "grey"),
}


def tag(request: ConsultationRequest) -> tuple[str, str]:
    """The status word of a request and its colour. An overdue request stays `Asked`: its date says that it is late."""
    if request.status is ConsultationStatus.ANSWERED and request.response is not None:
        return ANSWERS[request.response]
    if request.status is not ConsultationStatus.ASKED:
        return OTHER_STATES[request.status]
    if request.decision.withdrawn_at is not None:
        return "Withdrawn", "grey"
    return ("More time asked", "yellow") if request.more_time_asked_because else ("Asked", "blue")


def explained(stored: dict[str, Any] | None) -> Explanation | None:
    """How a stored date was worked out, ready for its page; None when nothing was stored."""
    return Explanation.from_json(stored) if stored else None


def told(request: ConsultationRequest) -> dict[str, Any]:
    """What a consultee said, as plain values for `shared/advice.html`; whoever shows it has asked whether the reader may read it."""
    text, colour = tag(request)
    return {
        "name": request.consultee.name,
        "round": request.round,
        "tag": text,
        "colour": colour,
        "comments": request.comments,
        "implications": request.implications,
        "conditions": request.conditions,
        "when": filters.short_day(request.answered_at),
        "by": request.answered_by.name if request.answered_by else "",
        "is_late": request.is_late,
        "is_exempt": request.is_exempt,
    }
