"""Call-in: councillors ask scrutiny to look at a decision again before it takes effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CallIn, CallInStatus, CandidateGroup, DecisionRecord, DecisionState, KeyDecision, User, clock
from workflows.actions import audit, decisions, messages, proposals, public_page, references
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import parameters, people
from workflows.rules import permissions, words
from workflows.rules.calendar import date_words, london_date
from workflows.rules.decidable import Check

GROUNDS = (
    "People who should have been asked were not",
    "The decision maker did not have all the facts, or left some out",
    "Other options were not looked at, or no reason was given for rejecting them",
    "It does not fit the council's policies or its budget",
    "The decision maker did not have the power to decide it",
)
MOST_REQUESTERS = 50
LONGEST_NAME = 100
LONGEST_REASONS = 4000
UPHELD = frozenset(
    {CallInStatus.VALID, CallInStatus.NO_ACTION, CallInStatus.REFERRED_BACK, CallInStatus.REFERRED_TO_COUNCIL, CallInStatus.CLOSED}
)
OUTCOMES = {
    "no_action": CallInStatus.NO_ACTION,
    "refer_back": CallInStatus.REFERRED_BACK,
    "refer_council": CallInStatus.REFERRED_TO_COUNCIL,
}


def request(session: Session, decision: KeyDecision, *, answers: Mapping[str, Any], by: User) -> CallIn:
    """Ask for call-in on behalf of named councillors. Late requests are kept as late; the Monitoring Officer judges.

    A request that comes when the decision is in effect is kept too, but closed at once: time alone has settled it. Refused for
    someone who is not a scrutiny councillor or when no record is published; Invalid without names or reasons.
    """
    permissions.check_call_in(by)
    proposals.read_again(session, decision)
    record = callable_record(session, decision)
    check_request(answers)
    call_in = CallIn(
        record_id=record.id, reference=_reference(session), requesters=names_in(answers.get("requesters", [])),
        grounds=list(answers.get("grounds", [])), reasons=str(answers["reasons"]).strip(), is_late=is_late(record), received_at=clock.now(),
        received_from_id=by.id,
    )  # fmt: skip
    is_over = _is_settled(session, decision, record)
    if is_over:
        _close_as_late(call_in, record)
    session.add(call_in)
    session.flush()
    audit.record(session, "call_in:requested", case=decision.case, by=by, detail={"reference": call_in.reference, "is_late": call_in.is_late},
                 text={"requesters": call_in.requesters, "reasons": call_in.reasons})  # fmt: skip
    if not is_over:
        messages.send_to_case(session, decision.case, "CallInRequested", {"call_in": call_in.reference}, message_id=f"call-in:{call_in.id}")
    return call_in


def _is_settled(session: Session, decision: KeyDecision, record: DecisionRecord) -> bool:
    """Whether time alone has put the decision in effect, also while the timer that says so has not gone off yet."""
    if decision.state is DecisionState.IN_EFFECT:
        return True
    waits = any(call_in.closed_at is None for call_in in decision_queries.call_ins(session, [record]))
    return not waits and record.effective_from is not None and record.effective_from <= clock.today()


def callable_record(session: Session, decision: KeyDecision) -> DecisionRecord:
    """The published record that a request would be about. Refused or Conflict with the reason why there can be none."""
    records = [record for record in decision_queries.standing(session, decision).records if record.published_on is not None]
    if not records:
        raise Refused("No decision has been published that could be called in")
    record = records[-1]
    if not record.can_be_called_in:
        raise Refused(f"This decision cannot be called in. {record.not_callable_because}")
    if any(call_in.status in UPHELD for call_in in decision_queries.call_ins(session, [record])):
        raise Refused("This decision was called in before, and a decision can be called in only once")
    if decision.state not in (DecisionState.CALL_IN_OPEN, DecisionState.CALLED_IN, DecisionState.IN_EFFECT):
        raise Conflict("This decision has been carried out or is being looked at again, so a request would change nothing")
    return record


def is_late(record: DecisionRecord) -> bool:
    """Whether a request made now comes after the cut-off on the last day."""
    return record.call_in_closes_at is not None and clock.now() > record.call_in_closes_at


def _close_as_late(call_in: CallIn, record: DecisionRecord) -> None:
    call_in.is_late, call_in.status, call_in.closed_at = True, CallInStatus.INVALID, call_in.received_at
    last = record.call_in_closes_at
    ended = f" ended at {words.time(last.astimezone(clock.LONDON))} on {date_words(last.astimezone(clock.LONDON).date())}" if last else " is over"
    call_in.judgement = f"The call-in period{ended} and the decision is in effect"


def names_in(lines: Sequence[str]) -> list[str]:
    """The names that were typed, each once however it is spaced or capitalised."""
    names: dict[str, str] = {}
    for line in lines:
        name = " ".join(line.split())
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def check_request(answers: Mapping[str, Any]) -> None:
    """Raise Invalid with a message for each field of a request that is missing or too long."""
    errors = {}
    names = names_in(answers.get("requesters", []))
    reasons = str(answers.get("reasons", "")).strip()
    if not names:
        errors["requesters"] = "Enter the councillors who ask for call-in, one on each line"
    elif len(names) > MOST_REQUESTERS:
        errors["requesters"] = f"Enter {MOST_REQUESTERS} councillors or fewer"
    elif any(len(name) > LONGEST_NAME for name in names):
        errors["requesters"] = f"Each councillor's name must be {LONGEST_NAME} characters or fewer"
    if not reasons:
        errors["reasons"] = "Enter why the decision should be looked at again"
    elif len(reasons) > LONGEST_REASONS:
        errors["reasons"] = f"Reasons must be {LONGEST_REASONS:,} characters or fewer"
    if errors:
        raise Invalid(errors)


def _reference(session: Session) -> str:
    year = str(clock.today().year)
    return f"CI-{year}-{references.next_number(session, 'CI', year):04d}"


def validity_checks(session: Session, call_in: CallIn) -> list[Check]:
    """What the Monitoring Officer looks at: in time, enough councillors who may ask, reasons, first call-in of this decision (CI-7)."""
    least = int(parameters.value(session, "call_in_requesters", on=call_in.record.published_on))
    others = select(CallIn.id).where(CallIn.record_id == call_in.record_id, CallIn.id != call_in.id)
    earlier = session.scalar(others.where(CallIn.status.notin_([CallInStatus.RECEIVED, CallInStatus.INVALID])).limit(1))
    executive = executive_among(session, call_in.requesters)
    able = len(set(call_in.requesters)) - len(executive)
    asks = f"{words.listed(executive)} {'is' if len(executive) == 1 else 'are'} in the cabinet and cannot ask"
    return [
        Check("in-time", "Received after the deadline" if call_in.is_late else "Received in time", not call_in.is_late),
        Check("requesters", f"{able} councillors ask; {least} are needed", able >= least),
        Check("eligible", asks if executive else "Nobody who asks is in the cabinet", not executive),
        Check("reasons", "Gives reasons", bool(call_in.reasons)),
        Check("first", "Has not been called in before" if earlier is None else "Was called in before", earlier is None),
    ]


def executive_among(session: Session, names: Sequence[str]) -> list[str]:
    """Those of these names that are names of cabinet members, who may not ask for call-in."""
    groups = session.scalars(select(CandidateGroup.key).where(CandidateGroup.role.in_(permissions.EXECUTIVE))).all()
    known = {user.name.casefold() for key in groups for user in people.members(session, key)}
    return [name for name in names if name.casefold() in known]


@operation("call_ins.judge", gives=("call_in_valid",))
def judge(work: Work) -> dict[str, Any]:
    """The Monitoring Officer says whether a request is valid; a valid one puts the decision on hold."""
    decision, call_in = _open(work, CallInStatus.RECEIVED)
    if work.by is None or work.by.id == call_in.received_from_id:
        raise Refused("Whoever asked for the call-in cannot judge it")
    valid = work.answers["valid"] == "yes"
    if valid:
        _check_in_order(work.session, call_in)
    call_in.status = CallInStatus.VALID if valid else CallInStatus.INVALID
    call_in.judgement, call_in.judged_at, call_in.judged_by_id = work.answers["judgement"], work.now, work.by.id
    if valid:
        call_in.meeting_on = _meeting_day(work.answers)
        decision.state = DecisionState.CALLED_IN
        public_page.changed(work.session, decision, "Called in")
    else:
        call_in.closed_at = work.now
    return {"call_in_valid": work.answers["valid"]}


def _check_in_order(session: Session, call_in: CallIn) -> None:
    unmet = [check.words for check in validity_checks(session, call_in) if not check.is_met]
    if unmet:
        raise Invalid({"valid": f"This request does not meet the rules: {'; '.join(unmet)}"})


def _meeting_day(answers: Mapping[str, Any]) -> date | None:
    # The committee's meeting is often called later; the public page gives its day as soon as it is known.
    planned = answers.get("meeting_on")
    return date.fromisoformat(planned) if planned else None


@operation("call_ins.record_outcome", gives=("scrutiny",))
def record_outcome(work: Work) -> dict[str, Any]:
    """What the scrutiny committee decided: let it stand, refer it back, or refer it to full council."""
    decision, call_in = _open(work, CallInStatus.VALID)
    outcome = work.answers["outcome"]
    if outcome != "no_action" and not work.answers.get("concerns"):
        raise Invalid({"concerns": "Enter the committee's concerns"})
    call_in.meeting_on = _met_on(work.answers, "meeting_on", since=london_date(call_in.received_at))
    call_in.status = OUTCOMES[outcome]
    call_in.concerns = work.answers.get("concerns", "")
    _after_meeting(work, decision, call_in, stands=outcome == "no_action", back=outcome == "refer_back")
    return {"scrutiny": outcome}


@operation("call_ins.record_council", gives=("council_objects",))
def record_council(work: Work) -> dict[str, Any]:
    """What full council decided about a decision that scrutiny referred to it."""
    decision, call_in = _open(work, CallInStatus.REFERRED_TO_COUNCIL)
    objects = work.answers["council_objects"] == "yes"
    call_in.council_met_on = _met_on(work.answers, "council_met_on", since=call_in.meeting_on or london_date(call_in.received_at))
    call_in.council_objected = objects
    _after_meeting(work, decision, call_in, stands=not objects, back=objects)
    return {"council_objects": work.answers["council_objects"]}


def _met_on(answers: Mapping[str, Any], key: str, *, since: date) -> date:
    day = date.fromisoformat(answers[key])
    if not since <= day <= clock.today():
        raise Invalid({key: f"The day of the meeting must be between {date_words(since)} and today"})
    return day


def _after_meeting(work: Work, decision: KeyDecision, call_in: CallIn, *, stands: bool, back: bool) -> None:
    if stands:
        decisions.close_call_ins(work.session, decision)
        _let_stand(work, call_in)
        decision.state = DecisionState.IN_EFFECT
    elif back:
        decision.state = DecisionState.RECONSIDERING
    public_page.changed(work.session, decision, "Call-in decided", reason=call_in.concerns)


def _let_stand(work: Work, call_in: CallIn) -> None:
    # A decision that scrutiny lets stand may be carried out at the end of the meeting, but never before its own effective date.
    record = call_in.record
    met = call_in.council_met_on or call_in.meeting_on
    if record.effective_from is not None and met is not None:
        record.effective_from = max(record.effective_from, met)


def _open(work: Work, status: CallInStatus) -> tuple[KeyDecision, CallIn]:
    decision = decision_queries.of_case(work.session, work.case.id)
    standing = decision_queries.standing(work.session, decision)
    waiting = [call_in for call_in in standing.call_ins if call_in.status is status and call_in.closed_at is None]
    if not waiting:
        raise Refused("There is no call-in request at this stage")
    return decision, waiting[0]
