"""What must be true before a key decision is made, published or carried out; pages show it, actions enforce it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import (
    CallIn,
    CallInStatus,
    ConsultationRequest,
    ConsultationResponse,
    ConsultationStatus,
    DecisionOutcome,
    DecisionRecord,
    KeyDecision,
    MakerType,
    Notice,
    NoticeRoute,
    Report,
    SignOff,
    UrgencyAgreement,
    User,
    clock,
)
from workflows.errors import Refused
from workflows.rules import words
from workflows.rules.calendar import date_words, london_date

MANDATORY_CONSULTEES = ("procurement", "legal", "finance")
AGREEMENT_NEEDED = {NoticeRoute.GENERAL_EXCEPTION: "informed", NoticeRoute.SPECIAL_URGENCY: "agreed"}
NOT_AGREED = {
    NoticeRoute.GENERAL_EXCEPTION: "The chair of scrutiny has not been told, as the general exception requires",
    NoticeRoute.SPECIAL_URGENCY: "The urgency has not been agreed as the law requires",
}
BLOCKING_ROLES = frozenset({"legal_officer", "finance_officer", "s151_officer"})
ON_HOLD = frozenset({CallInStatus.RECEIVED, CallInStatus.VALID, CallInStatus.REFERRED_BACK, CallInStatus.REFERRED_TO_COUNCIL})


@dataclass(frozen=True)
class Check:
    """One condition in words: whether it is met, from which day it can be, and how a date was worked out."""

    id: str
    words: str
    is_met: bool
    possible_on: date | None = None
    explanation: dict[str, Any] | None = None
    legal_basis: str = ""


@dataclass(frozen=True)
class Standing:
    """Everything recorded about a decision that the checks look at; gathered by `queries.decisions.standing`."""

    decision: KeyDecision
    notices: Sequence[Notice] = ()
    agreements: Sequence[UrgencyAgreement] = ()
    reports: Sequence[Report] = ()
    requests: Sequence[ConsultationRequest] = ()
    sign_offs: Sequence[SignOff] = ()
    needed_sign_offs: Sequence[str] | None = None
    records: Sequence[DecisionRecord] = ()
    call_ins: Sequence[CallIn] = ()
    maker_ids: frozenset[uuid.UUID] = field(default_factory=frozenset)
    maker_names: Mapping[uuid.UUID, str] = field(default_factory=dict)
    barred: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def notice(self) -> Notice | None:
        """The notice whose publication set the clock: the newest that started it."""
        counting = [notice for notice in self.notices if notice.restarts_clock and notice.earliest_decision_on]
        return counting[-1] if counting else None

    @property
    def report(self) -> Report | None:
        """The version of the report that would be decided on."""
        return self.reports[-1] if self.reports else None

    @property
    def record(self) -> DecisionRecord | None:
        """The record in force: the newest signed."""
        return self.records[-1] if self.records else None

    def is_named(self, person: uuid.UUID) -> bool:
        """Whether the notice names this holder of the post as the one who decides; any member of a body that decides is."""
        named = self.notice.content.get("maker_name") if self.notice else None
        if not named or self.decision.maker_type is MakerType.CABINET:
            return True
        return bool(self.maker_names.get(person, named) == named)

    def current_requests(self) -> list[ConsultationRequest]:
        """The newest request to each consultee, in the order they were first asked."""
        newest: dict[str, ConsultationRequest] = {}
        for request in self.requests:
            newest[request.consultee_key] = request
        return list(newest.values())


def is_silent(request: ConsultationRequest) -> bool:
    """Whether a consultee who must answer has not; time alone never changes this."""
    if not request.is_mandatory:
        return False
    if request.status is ConsultationStatus.ANSWERED:
        return request.response is ConsultationResponse.NEED_INFORMATION
    return request.status is not ConsultationStatus.OVERRIDDEN


def can_be_gone_on_without(request: ConsultationRequest, *, at: datetime) -> bool:
    """Whether a mandatory consultee is overdue and the case waits for them alone, not for the author's answer to their question."""
    is_waited_for = request.is_mandatory and request.status is ConsultationStatus.ASKED and request.decision.withdrawn_at is None
    return is_waited_for and at > request.due_at


def blocks(request: ConsultationRequest) -> bool:
    """Whether an objection on legality or funding stands unresolved (domain rule of the consultation, section 4.4)."""
    return (
        request.status is ConsultationStatus.ANSWERED
        and request.response is ConsultationResponse.OBJECT
        and request.consultee.role in BLOCKING_ROLES
        and not request.resolution
    )


def open_objections(standing: Standing) -> list[ConsultationRequest]:
    """The objections that stand: each consultee's newest answer counts, and asking again without an answer lifts nothing."""
    newest: dict[str, ConsultationRequest] = {}
    for request in standing.requests:
        if request.status is ConsultationStatus.ANSWERED and request.response is not ConsultationResponse.NEED_INFORMATION:
            newest[request.consultee_key] = request
    return [request for request in newest.values() if blocks(request)]


def checks_to_decide(standing: Standing, *, by: uuid.UUID, at: datetime) -> list[Check]:
    """Every condition for deciding at a moment by a person, in the order the approval page shows them."""
    return [
        _notice_given(standing, by, at),
        _in_period(standing, at),
        _comments_closed(standing, at),
        _named_maker(standing, by),
        _not_involved(standing, by),
        _advice_given(standing),
        _objections_resolved(standing),
        _signed_off(standing),
        _report_unchanged(standing),
    ]


def _notice_given(standing: Standing, by: uuid.UUID, at: datetime) -> Check:
    notice, decision = standing.notice, standing.decision
    basis = {
        NoticeRoute.GENERAL_EXCEPTION: "SI 2012/2089 reg 10",
        NoticeRoute.SPECIAL_URGENCY: "SI 2012/2089 reg 11",
    }.get(decision.route or NoticeRoute.NORMAL, "SI 2012/2089 reg 9(2)")
    if notice is None or notice.earliest_decision_on is None:
        return Check("notice", "The notice has not been published", False, legal_basis=basis)
    if not is_urgency_agreed(standing):
        return Check("notice", NOT_AGREED[decision.route or NoticeRoute.SPECIAL_URGENCY], False, legal_basis=basis)
    if not standing.is_named(by):
        named = f"The notice names {notice.content['maker_name']} as the decision maker"
        return Check("notice", f"{named}. Another person can decide after a new notice", False, legal_basis=basis)
    first = max(notice.earliest_decision_on, decision.earliest_decision_on or notice.earliest_decision_on)
    published = date_words(max(notice.website_on, notice.offices_on))
    return Check(
        "notice",
        f"Notice published {published}; first lawful day {date_words(first)}",
        london_date(at) >= first,
        possible_on=first,
        explanation=notice.earliest_explanation if first == notice.earliest_decision_on else None,
        legal_basis=basis,
    )


def is_urgency_agreed(standing: Standing) -> bool:
    """Whether an urgent route has what it rests on: the chair told (reg 10) or the agreement (reg 11). True for the normal route."""
    needed = AGREEMENT_NEEDED.get(standing.decision.route or NoticeRoute.NORMAL)
    return needed is None or any(agreement.kind == needed for agreement in standing.agreements)


def _in_period(standing: Standing, at: datetime) -> Check:
    decision, today = standing.decision, london_date(at)
    period = words.period(decision.due_from, decision.due_to)
    met = decision.due_from <= today <= decision.due_to
    return Check(
        "period",
        f"The notice says it will be decided in {period}" if decision.due_is_month else f"The notice says it will be decided on {period}",
        met,
        possible_on=decision.due_from if today < decision.due_from else None,
        legal_basis="SI 2012/2089 reg 9(1)(d)",
    )


def _comments_closed(standing: Standing, at: datetime) -> Check:
    closes = standing.decision.representations_close_at
    if closes is None:
        return Check("comments", "The comment period has not begun", False)
    local = closes.astimezone(clock.LONDON)
    verb = "ended" if at > closes else "ends"
    return Check(
        "comments",
        f"Comment period {verb} at {words.time(local)} on {date_words(local.date())}",
        at > closes,
        possible_on=words.day_after(local),
    )


def _named_maker(standing: Standing, by: uuid.UUID) -> Check:
    met = by in standing.maker_ids
    title = standing.decision.maker.name
    return Check(
        "maker",
        "You are the named decision maker" if met else f"Only the {title} can make this decision",
        met,
        legal_basis="SI 2012/2089 reg 9(1)(c)",
    )


def _not_involved(standing: Standing, by: uuid.UUID) -> Check:
    why = standing.barred.get(by)
    return Check("separation", cannot_sign(why) if why else "You did not write, advise on or sign off this report", why is None)


def cannot_sign(why: str) -> str:
    """The four-eyes rule as the person reads it, on lists and pages alike."""
    return f"You cannot sign this: {why}"


def check_apart(barred: Mapping[uuid.UUID, str], *, by: User, acting_for: User | None, cannot: str) -> None:
    """Raise Refused when this person, or the colleague they act for, is one of those who may not do it."""
    why = next((barred[person.id] for person in (by, acting_for) if person is not None and person.id in barred), None)
    if why is not None:
        raise Refused(f"You cannot {cannot}: {why}")


def _advice_given(standing: Standing) -> Check:
    asked = [request for request in standing.current_requests() if request.is_mandatory]
    silent = [request for request in asked if is_silent(request)]
    if not asked:
        return Check("advice", "Nobody has been consulted yet", False)
    never_asked = sorted(set(MANDATORY_CONSULTEES) - {request.consultee_key for request in asked})
    if never_asked:
        return Check("advice", f"{words.listed([words.post(key) for key in never_asked])} have not been consulted", False)
    overridden = [request for request in asked if request.status is ConsultationStatus.OVERRIDDEN]
    note = f"; the Monitoring Officer went on without {words.names(overridden)}" if overridden else ""
    if silent:
        return Check("advice", f"Waiting for advice from {words.names(silent)}{note}", False)
    return Check("advice", f"{words.names(asked)} have advised ({len(asked) - len(overridden)} of {len(asked)}){note}", True)


def _objections_resolved(standing: Standing) -> Check:
    open_ones = open_objections(standing)
    if open_ones:
        return Check("objections", f"{words.names(open_ones)} objected and this is not resolved", False)
    return Check("objections", "No objection on legality or funding stands", True)


def _signed_off(standing: Standing) -> Check:
    if standing.needed_sign_offs is None:
        return Check("sign-off", "It has not been worked out who must sign this off", False)
    missing = missing_sign_offs(standing)
    if missing:
        return Check("sign-off", f"Not signed off by the {words.listed([words.post(key) for key in missing])}", False)
    signed = [sign_off.group.name for sign_off in current_sign_offs(standing) if sign_off.is_approved]
    return Check("sign-off", f"Signed off by the {words.listed(signed)}" if signed else "No sign-off is needed before you", True)


def current_sign_offs(standing: Standing) -> list[SignOff]:
    """The newest signature of each post on the present version of the report."""
    report = standing.report
    newest = {item.group_key: item for item in standing.sign_offs if report is not None and item.report_id == report.id}
    return list(newest.values())


def missing_sign_offs(standing: Standing) -> list[str]:
    """Keys of the posts that must approve the present version of the report and have not."""
    approved = {item.group_key for item in current_sign_offs(standing) if item.is_approved}
    return [key for key in standing.needed_sign_offs or () if key not in approved]


def _report_unchanged(standing: Standing) -> Check:
    report = standing.report
    if report is None:
        return Check("report", "The report has not been written", False)
    advised_on = {request.report_id for request in standing.requests}
    later = standing.reports[_last_advised(standing.reports, advised_on) + 1 :]
    if any(version.is_material_change for version in later):
        return Check("report", "The report changed in substance after advice was given", False)
    return Check("report", "The report has not changed in substance since advice was given", True)


def _last_advised(reports: Sequence[Report], advised_on: set[uuid.UUID | None]) -> int:
    return max((place for place, report in enumerate(reports) if report.id in advised_on), default=-1)


def checks_to_implement(standing: Standing, *, at: datetime) -> list[Check]:
    """Every condition for acting on a decision: approved, published, in effect and not called in (LGA 2000 s.9F)."""
    record, today = standing.record, london_date(at)
    if record is None:
        return [Check("record", "No decision has been made", False)]
    effective = record.effective_from
    held = [call_in for call_in in standing.call_ins if call_in.status in ON_HOLD and call_in.closed_at is None]
    return [
        Check("approved", "The decision was to approve", record.outcome is not DecisionOutcome.REFUSED),
        Check("published", "The record has been published", effective is not None),
        Check(
            "effective",
            f"In effect from {date_words(effective)}" if effective else "It is not in effect yet",
            effective is not None and today >= effective,
            possible_on=effective,
            explanation=record.call_in_explanation,
        ),
        Check("call-in", "It is on hold because it was called in" if held else "No call-in is open", not held),
    ]


def unmet(checks: Sequence[Check]) -> list[Check]:
    """The checks that are not met."""
    return [check for check in checks if not check.is_met]


def first_possible_day(checks: Sequence[Check]) -> date | None:
    """The first day on which the unmet checks could all be met, when only time is missing; otherwise None."""
    waiting = unmet(checks)
    days = [check.possible_on for check in waiting]
    if not days or any(day is None for day in days):
        return None
    return max(day for day in days if day is not None)
