"""After the decision: publishing the signed record, the call-in window, taking effect, carrying it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, UrgencyAgreement, clock
from workflows.actions import contracts, decisions, notices, public_page
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, NotYetLawful, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import parameters
from workflows.rules import calendar, decidable

NEXT_STATE = {True: DecisionState.CALL_IN_OPEN, False: DecisionState.IN_EFFECT}


@operation("decisions.publish_record", gives=("outcome", "callable", "effective_from"))
def publish_record(work: Work) -> dict[str, Any]:
    """Publish the record as it was signed and start the call-in window (SI 2012/2089 reg 14; LGA 2000 s.9F)."""
    decision, record = _signed(work)
    published_on = _publication_day(work, record)
    waived = _waiver(work, decision)
    can_be_called_in = not waived and record.outcome is not DecisionOutcome.REFUSED
    record.not_callable_because = _why_not_callable(record, waived)
    _publish(work, decision, record, published_on, can_be_called_in=can_be_called_in)
    return {
        "outcome": record.outcome.value,
        "callable": "yes" if can_be_called_in else "no",
        "effective_from": record.effective_from.isoformat() if record.effective_from else None,
    }


@operation("decisions.publish_reconsidered", gives=("outcome", "effective_from"))
def publish_reconsidered(work: Work) -> dict[str, Any]:
    """Publish the record of a reconsidered decision; it takes effect at once and cannot be called in again (CI-6)."""
    decision, record = _signed(work)
    record.not_callable_because = "It was called in and reconsidered, and a decision can be called in only once"
    _publish(work, decision, record, _publication_day(work, record), can_be_called_in=False)
    decisions.close_call_ins(work.session, decision)
    return {"outcome": record.outcome.value, "effective_from": record.made_on.isoformat()}


def _signed(work: Work) -> tuple[KeyDecision, DecisionRecord]:
    decision = decision_queries.of_case(work.session, work.case.id)
    record = decision_queries.newest_record(work.session, decision)
    if record is None:
        raise Refused("The decision maker has not signed a decision")
    if record.published_on is not None:
        raise Refused("This record has been published")
    notices.check_publishable(work.session, decision)
    return decision, record


def _publication_day(work: Work, record: DecisionRecord) -> date:
    day = date.fromisoformat(work.answers["published_on"])
    if day > clock.today():
        raise Invalid({"published_on": "The date of publication must be today or in the past"})
    if day < record.made_on:
        raise Invalid({"published_on": f"The record was signed on {calendar.date_words(record.made_on)} and cannot be published before"})
    if day < clock.today():
        raise Invalid({"published_on": "The record becomes public when you publish it here, so the date must be today"})
    return day


def _waiver(work: Work, decision: KeyDecision) -> bool:
    """A call-in waiver is an agreement of its own, apart from the notice's urgency (CI-8)."""
    if work.answers.get("urgent_exemption") != "yes":
        return False
    wanted = {"waiver_agreed_by": "Select who agreed", "waiver_name": "Enter who agreed", "waiver_reasons": "Enter why it cannot wait for call-in"}
    missing = {key: message for key, message in wanted.items() if not work.answers.get(key)}
    if missing or work.by is None:
        raise Invalid(missing)
    work.session.add(
        UrgencyAgreement(
            decision_id=decision.id, kind="call_in_waiver", office=work.answers["waiver_agreed_by"], name=work.answers["waiver_name"],
            reasons=work.answers["waiver_reasons"], agreed_on=clock.today(), recorded_at=work.now, recorded_by_id=work.by.id,
        )
    )  # fmt: skip
    return True


def _why_not_callable(record: DecisionRecord, waived: bool) -> str:
    if record.outcome is DecisionOutcome.REFUSED:
        return "The decision was not to approve, so there is nothing to put on hold"
    return "It was agreed to be too urgent to wait for call-in" if waived else ""


def _publish(work: Work, decision: KeyDecision, record: DecisionRecord, day: date, *, can_be_called_in: bool) -> None:
    if work.by is None:
        raise Refused("A record needs a person who publishes it")
    record.effective_from = _open_window(work, decision, record, day) if can_be_called_in else record.made_on
    record.published_on, record.published_at, record.published_by_id = day, work.now, work.by.id
    record.can_be_called_in = can_be_called_in
    decision.state = DecisionState.NOT_APPROVED if record.outcome is DecisionOutcome.REFUSED else NEXT_STATE[can_be_called_in]
    if decision.state is DecisionState.NOT_APPROVED:
        work.case.outcome = "not approved"
    public_page.changed(work.session, decision, "Decision published")
    work.session.flush()


@dataclass(frozen=True)
class Window:
    """The call-in period of a published record: its last day and moment, how they were worked out, and the day it takes effect."""

    last_day: date
    closes_at: datetime
    explanation: dict[str, Any]
    effective_from: date


def call_in_window(
    session: Session, decision: KeyDecision, published_on: date, *, closures: Sequence[calendar.Closure] | None = None
) -> Window:
    """The period in which councillors can call in a record published on a London day, by the rule in force on that day (CI-2)."""
    rule = parameters.rule(session, f"call_in_working_days_{decision.maker_type.value}", on=published_on)
    cutoff = parameters.time_of_day(session, "call_in_cutoff", on=published_on)
    last = calendar.call_in_last_day(published_on, rule=rule, cut_off=cutoff, closures=parameters.closures(session) if closures is None else closures)
    closes_at = calendar.london_instant(last.on, at=cutoff)
    return Window(last.on, closes_at, last.explanation.to_json(), last.on + timedelta(days=1))


def _open_window(work: Work, decision: KeyDecision, record: DecisionRecord, day: date) -> date:
    window = call_in_window(work.session, decision, day)
    record.call_in_last_day, record.call_in_closes_at = window.last_day, window.closes_at
    record.call_in_explanation = window.explanation
    return window.effective_from


@operation("decisions.take_effect")
def take_effect(work: Work) -> None:
    """The call-in window passed without a valid request: the decision is in effect. NotYetLawful before that day."""
    decision = decision_queries.of_case(work.session, work.case.id)
    check_implementable(work, decision)
    decision.state = DecisionState.IN_EFFECT
    public_page.changed(work.session, decision, "In effect")


@operation("decisions.implement")
def implement(work: Work) -> None:
    """Record that the decision was carried out, and let the term of a contract it was about run on with it.

    NotYetLawful before its effective date or while it is called in (CI-9); Refused when the term may not be extended any more.
    """
    decision = decision_queries.of_case(work.session, work.case.id)
    check_implementable(work, decision)
    record = decision_queries.standing(work.session, decision).record
    day = date.fromisoformat(work.answers["implemented_on"])
    if day > clock.today() or (record and record.effective_from and day < record.effective_from):
        raise Invalid({"implemented_on": "The date must be on or after the day the decision took effect, and not in the future"})
    contracts.carry_out(work.session, work.case, on=day, by=work.by)
    decision.implemented_on, decision.implementation = day, work.answers["implementation"]
    decision.state = DecisionState.CARRIED_OUT
    work.case.outcome = "carried out"
    public_page.changed(work.session, decision, "Carried out")


def check_implementable(work: Work, decision: KeyDecision) -> None:
    """Raise NotYetLawful with the unmet checks, or return when the decision may be acted on. Refused once it is withdrawn."""
    decisions.check_not_withdrawn(decision)
    unmet = decidable.unmet(decidable.checks_to_implement(decision_queries.standing(work.session, decision), at=work.now))
    if unmet:
        raise NotYetLawful(unmet)
