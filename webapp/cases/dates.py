"""The dates that the law or the council's rules set for a case, each with how it was worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import DecisionState, KeyDecision, NoticeRoute, clock
from webapp.shared import case_cards_application, days_left
from workflows.queries import parameters
from workflows.queries.case_pages import Whole
from workflows.rules import calendar, words
from workflows.rules.decidable import Standing

BEFORE_NOTICE = frozenset({DecisionState.DRAFT})
BEFORE_DECISION = frozenset({DecisionState.NOTICE_PUBLISHED, DecisionState.AWAITING_DECISION})
AFTER_DECISION = frozenset({DecisionState.CALL_IN_OPEN, DecisionState.CALLED_IN, DecisionState.RECONSIDERING})


@dataclass(frozen=True)
class CaseDate:
    """One date: what happens or ends then, how long it is until then, and its explanation if it was worked out."""

    what: str
    on: date
    at: datetime | None = None
    left: str = ""
    is_past: bool = False
    explanation: calendar.Explanation | None = None


def dates(session: Session, whole: Whole) -> list[CaseDate]:
    """The dates of a case that matter in its present state, the soonest first; none once nothing is running."""
    decision, standing = whole.decision, whole.standing
    if decision is None or standing is None:
        return _answer(session, whole)
    if decision.state in BEFORE_NOTICE:
        found = _notice(session, decision)
    elif decision.state in BEFORE_DECISION:
        found = _decision(decision, standing)
    elif decision.state in AFTER_DECISION:
        found = _call_in(standing)
    else:
        found = []
    return sorted(found, key=lambda each: (each.on, each.at or clock.now()))


def _answer(session: Session, whole: Whole) -> list[CaseDate]:
    """The clock of an application: it stops with the decision and with nothing else (PCR 2015 reg 34(16)-(17))."""
    clock_now = case_cards_application.clock_of(session, whole.case)
    if clock_now is None:
        return []
    # It runs on past its day until the decision, so it is overdue then and not over.
    day = _day("The provider must have an answer by the end of this day", clock_now[0], explanation=clock_now[1])
    return [replace(day, is_past=False, left=days_left.until_day(day.on))]


def next_of(found: list[CaseDate]) -> CaseDate | None:
    """The first date that is not over."""
    return next((each for each in found if not each.is_past), None)


def _notice(session: Session, decision: KeyDecision) -> list[CaseDate]:
    due = words.period(decision.due_from, decision.due_to)
    if decision.route not in (None, NoticeRoute.NORMAL):
        return [_day(f"Last day of the period in which it is to be decided ({due})", decision.due_to)]
    rule = parameters.rule(session, "notice_clear_days")
    # The law counts calendar days; it is the council that publishes on working days only.
    publishing = replace(rule, calendar=rule.calendar or "EW")
    latest = calendar.latest_publication_day(decision.due_to, rule=publishing, event=f"Last day of {due}", closures=parameters.closures(session))
    return [_day(f"Last day to publish the notice, for a decision in {due}", latest.on, explanation=latest.explanation)]


def _decision(decision: KeyDecision, standing: Standing) -> list[CaseDate]:
    found = []
    if decision.representations_close_at is not None:
        found.append(_moment("Comments from the public close", decision.representations_close_at))
    notice = standing.notice
    if notice is not None and notice.earliest_decision_on is not None:
        found.append(_day("First day it can lawfully be decided", notice.earliest_decision_on, explanation=_read(notice.earliest_explanation)))
    period = words.period(decision.due_from, decision.due_to)
    return [*found, _day(f"Last day of the period the notice gives ({period})", decision.due_to)]


def _call_in(standing: Standing) -> list[CaseDate]:
    record = standing.record
    if record is None or record.call_in_closes_at is None or record.effective_from is None:
        return []
    return [
        _moment("Call-in period ends", record.call_in_closes_at, explanation=_read(record.call_in_explanation)),
        _day("Takes effect unless it is called in", record.effective_from),
    ]


def _day(what: str, on: date, *, explanation: calendar.Explanation | None = None) -> CaseDate:
    return CaseDate(what, on, None, days_left.until_event(on), on < clock.today(), explanation)


def _moment(what: str, at: datetime, *, explanation: calendar.Explanation | None = None) -> CaseDate:
    on = calendar.london_date(at)
    return CaseDate(what, on, at, "Passed" if at < clock.now() else days_left.until_event(on), at < clock.now(), explanation)


def _read(stored: Mapping[str, Any] | None) -> calendar.Explanation | None:
    return calendar.Explanation.from_json(stored) if stored else None
