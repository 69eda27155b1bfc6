"""Making the decision: the lawful moment, the signed record, sending back, moving, reconsidering."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CallIn, CallInStatus, DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, User, clock
from workflows.actions import audit, proposals, reports
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, NotYetLawful, Refused
from workflows.queries import decisions as decision_queries
from workflows.rules import calendar, decidable


class ReportChanged(Conflict):
    """There is a newer version of the report than the one that was read."""


# SI 2012/2089 reg 13(4): what every record holds, and how to say that it is missing.
DEMANDED = {
    "decision_text": "Enter the decision",
    "reasons": "Enter the reasons for the decision",
    "alternatives_rejected": "Enter the other options and why they were rejected, or that there were none",
}
MAKES_A_DECISION = frozenset({"approve", "approve_amended", "refuse"})
BACK_TO_THE_AUTHOR_NEEDS = frozenset({"maker"})


@operation("decisions.decide", gives=("outcome", "returned", "representations_close_at", "earliest_decision_on"))
def decide(work: Work) -> dict[str, Any]:
    """Sign the decision, send it back, or move it. NotYetLawful, whatever the diagram says, unless every check is met.

    Sending back and moving need only the named decision maker. Source: SI 2012/2089 regs 9-13.
    """
    decision = decision_queries.of_case(work.session, work.case.id)
    choice = work.answers["decision"]
    _check_undecided(decision)
    if choice not in MAKES_A_DECISION:
        check_lawful(work.session, decision, by=_maker(work), at=work.now, only=BACK_TO_THE_AUTHOR_NEEDS)
        return _back_or_later(work, decision, choice)
    check_lawful(work.session, decision, by=_maker(work), at=work.now)
    _check_words(work.answers)
    sign_record(work, decision, words_decided(decision, work.answers, by=_maker(work), at=work.now))
    return {"outcome": choice, "returned": "no"}


def check_not_withdrawn(decision: KeyDecision) -> None:
    """Raise Refused for a proposal that was withdrawn: nothing is decided, published or done about it any more."""
    if decision.withdrawn_at is not None:
        raise Refused("This proposal was withdrawn")


def _check_undecided(decision: KeyDecision) -> None:
    check_not_withdrawn(decision)
    if decision.state in proposals.DECIDED | proposals.FINISHED:
        raise Refused("This decision has been made")


def check_lawful(
    session: Session, decision: KeyDecision, *, by: User, at: datetime, only: frozenset[str] | None = None
) -> None:
    """Raise NotYetLawful with the unmet checks, or return when this person may decide at this moment."""
    checks = decidable.checks_to_decide(decision_queries.standing(session, decision), by=by.id, at=at)
    unmet = [check for check in decidable.unmet(checks) if only is None or check.id in only]
    if unmet:
        raise NotYetLawful(unmet)


def _back_or_later(work: Work, decision: KeyDecision, choice: str) -> dict[str, Any]:
    if choice == "send_back":
        return {"outcome": "send_back", "returned": "yes"}
    because = work.answers.get("defer_because", "")
    first = proposals.later_month(work.session, decision, work.answers)
    return {"outcome": "defer", "returned": "no"} | proposals.move(work, first=first, because=because)


def _check_words(answers: Mapping[str, Any]) -> None:
    errors = {key: message for key, message in DEMANDED.items() if not str(answers.get(key) or "").strip()}
    if not answers.get("representations_considered"):
        errors["representations_considered"] = "Confirm that you have considered what people said"
    if answers.get("has_interest") == "yes" and not answers.get("interests"):
        errors["interests"] = "Enter the interest that was declared"
    if answers.get("has_interest") == "yes" and not answers.get("dispensation"):
        errors["dispensation"] = "Enter the dispensation of the Head of Paid Service, or that there is none"
    if errors:
        raise Invalid(errors)


def words_decided(decision: KeyDecision, answers: Mapping[str, Any], *, by: User, at: datetime) -> dict[str, str]:
    """The words of the record that these answers make: what the check page shows, what is signed and what is published (reg 13(4))."""
    return {
        "outcome": str(answers["decision"]),
        "decision_text": str(answers.get("decision_text", "")),
        "reasons": str(answers.get("reasons", "")),
        "alternatives_rejected": str(answers.get("alternatives_rejected", "")),
        "members_consulted": str(answers.get("members_consulted", "")),
        "interests": str(answers.get("interests", "")),
        "dispensation": str(answers.get("dispensation", "")),
        "response_to_concerns": "",
    } | _signature(decision, by=by, at=at)


def words_reconsidered(
    decision: KeyDecision, before: DecisionRecord, answers: Mapping[str, Any], *, by: User, at: datetime
) -> dict[str, str]:
    """The words of the record of a decision that was looked at again: those of the first one, amended where the answers say so (CI-6)."""
    amended = answers["outcome"] == "amend"
    kept = ("reasons", "alternatives_rejected", "members_consulted", "interests", "dispensation")
    return {
        "outcome": (DecisionOutcome.APPROVED_AMENDED if amended else before.outcome).value,
        "decision_text": str(answers.get("decision_text", "")) if amended else before.decision_text,
        **{key: str(answers.get(key) or getattr(before, key)) for key in kept},
        "response_to_concerns": str(answers.get("response_to_concerns", "")),
    } | _signature(decision, by=by, at=at)


def _signature(decision: KeyDecision, *, by: User, at: datetime) -> dict[str, str]:
    return {"maker_name": by.name, "maker_title": decision.maker.name, "made_on": calendar.london_date(at).isoformat()}


def sign_record(work: Work, decision: KeyDecision, words: Mapping[str, str]) -> DecisionRecord:
    """Write the record that the decision maker signs (SI 2012/2089 reg 13(4)); its digest makes any later change visible."""
    report = decision_queries.standing(work.session, decision).report
    if report is None:
        raise Refused("There is no report to decide on")
    record = DecisionRecord(
        decision_id=decision.id, report_id=report.id, version=_next_version(work.session, decision.id),
        outcome=DecisionOutcome(words["outcome"]), made_on=calendar.london_date(work.now), digest=reports.digest(words),
        signed_by_id=_maker(work).id, signed_at=work.now,
        **{key: words[key] for key in words if key not in ("outcome", "made_on")},
    )  # fmt: skip
    work.session.add(record)
    decision.state = DecisionState.DECIDED
    work.session.flush()
    return record


def _next_version(session: Session, decision_id: uuid.UUID) -> int:
    newest = session.scalar(select(func.max(DecisionRecord.version)).where(DecisionRecord.decision_id == decision_id))
    return (newest or 0) + 1


@operation("decisions.reconsider", gives=("outcome",))
def reconsider(work: Work) -> dict[str, Any]:
    """Confirm or amend a decision that scrutiny or council referred back; the new record cannot be called in again (CI-6)."""
    decision = decision_queries.of_case(work.session, work.case.id)
    check_not_withdrawn(decision)
    standing = decision_queries.standing(work.session, decision)
    before = standing.record
    if before is None:
        raise Refused("There is no decision to reconsider")
    if not _is_referred(standing.call_ins):
        raise Refused("This decision has not been referred back")
    check_lawful(work.session, decision, by=_maker(work), at=work.now, only=frozenset({"maker", "separation"}))
    words = words_reconsidered(decision, before, work.answers, by=_maker(work), at=work.now)
    if not words["decision_text"]:
        raise Invalid({"decision_text": "Enter the amended decision"})
    sign_record(work, decision, words)
    return {"outcome": words["outcome"]}


def _is_referred(call_ins: Any) -> bool:
    referred = {CallInStatus.REFERRED_BACK, CallInStatus.REFERRED_TO_COUNCIL}
    return any(call_in.status in referred and call_in.closed_at is None for call_in in call_ins)


def check_same_report(session: Session, decision: KeyDecision, *, digest: str) -> None:
    """Keep everyone else off the case and raise ReportChanged unless its report still is the one that was read."""
    audit.lock(session, decision.case)
    report = decision_queries.newest_report(session, decision)
    if report is None or report.digest != digest:
        raise ReportChanged("The report changed while you were reading it. Read what changed before you sign")


def note_refusal(session: Session, decision: KeyDecision, *, by: User, because: str) -> None:
    """Remember that somebody tried to sign what they may not sign, or before the law allows it."""
    audit.record(session, "decision:signing_refused", case=decision.case, by=by, text={"because": because})
    session.flush()


def close_call_ins(session: Session, decision: KeyDecision) -> None:
    """End every open call-in of a decision, once it has been reconsidered or let stand."""
    ids = select(DecisionRecord.id).where(DecisionRecord.decision_id == decision.id)
    for call_in in session.scalars(select(CallIn).where(CallIn.record_id.in_(ids), CallIn.closed_at.is_(None))):
        call_in.closed_at = clock.now()
    session.flush()


def _maker(work: Work) -> User:
    if work.by is None:
        raise Refused("Only a person can decide")
    return work.by
