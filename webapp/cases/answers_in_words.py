"""The words and colours for what consultees, decision makers and councillors said."""

from __future__ import annotations

from models import CallIn, CallInStatus, ConsultationRequest, DecisionOutcome, NoticeRoute
from webapp.shared import advice

OUTCOMES = {
    DecisionOutcome.APPROVED: "Approved",
    DecisionOutcome.APPROVED_AMENDED: "Approved with changes",
    DecisionOutcome.REFUSED: "Not approved",
}
CALL_INS = {
    CallInStatus.RECEIVED: ("Received", "blue"),
    CallInStatus.INVALID: ("Not valid", "grey"),
    CallInStatus.VALID: ("Accepted", "orange"),
    CallInStatus.NO_ACTION: ("No action", "grey"),
    CallInStatus.REFERRED_BACK: ("Referred back", "orange"),
    CallInStatus.REFERRED_TO_COUNCIL: ("Referred to council", "orange"),
    CallInStatus.CLOSED: ("Closed", "grey"),
}
ROUTES = {
    NoticeRoute.NORMAL: "28 clear days",
    NoticeRoute.GENERAL_EXCEPTION: "General exception, 5 clear days",
    NoticeRoute.SPECIAL_URGENCY: "Special urgency",
}


def of_request(request: ConsultationRequest) -> dict[str, str]:
    """The tag of a request for advice."""
    text, colour = advice.tag(request)
    return {"text": text, "colour": colour}


def of_call_in(call_in: CallIn) -> dict[str, str]:
    """The tag of a call-in request."""
    text, colour = CALL_INS[call_in.status]
    return {"text": text, "colour": colour}
