"""A call-in request beside the step of judging it: who asks, why, and which rules it meets (CI-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models import CallIn, CallInStatus, UserTask
from webapp.db import db
from workflows.actions import call_ins
from workflows.queries import publishing
from workflows.rules.decidable import Check

STATES: dict[CallInStatus, tuple[str, str]] = {
    CallInStatus.RECEIVED: ("To be judged", "blue"),
    CallInStatus.INVALID: ("Does not meet the rules", "grey"),
    CallInStatus.VALID: ("Called in", "orange"),
    CallInStatus.NO_ACTION: ("No action", "green"),
    CallInStatus.REFERRED_BACK: ("Referred back", "orange"),
    CallInStatus.REFERRED_TO_COUNCIL: ("Referred to council", "orange"),
    CallInStatus.CLOSED: ("Closed", "grey"),
}


@dataclass(frozen=True)
class RequestShown:
    """A request in plain values for `shared/call_in.html`."""

    reference: str
    received_at: datetime
    is_late: bool
    requesters: list[str]
    grounds: list[str]
    reasons: str
    checks: list[Check]
    tag: str
    colour: str
    judgement: str


def shown(call_in: CallIn) -> RequestShown:
    """A request with its checks."""
    tag, colour = STATES[call_in.status]
    return RequestShown(
        call_in.reference, call_in.received_at, call_in.is_late, call_in.requesters, call_in.grounds, call_in.reasons,
        call_ins.validity_checks(db.session, call_in), tag, colour, call_in.judgement,
    )  # fmt: skip


def beside(task: UserTask) -> RequestShown | None:
    """The request to show beside a task; None for every step but that of judging one."""
    call_in = publishing.call_in_of_task(db.session, task)
    return shown(call_in) if call_in is not None else None
