"""What is to be decided: proposing it, finding it not key, moving it to another month, withdrawing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, Case, DecisionState, GroupKind, KeyDecision, MakerType, NoticeRoute, User, clock
from workflows.actions import audit, messages, notices, public_page, references
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import people
from workflows.rules import calendar, permissions, words
from workflows.rules.decidable import MANDATORY_CONSULTEES

END_OF_DAY = time(23, 59)
FINISHED = frozenset(
    {DecisionState.CARRIED_OUT, DecisionState.WITHDRAWN, DecisionState.NOT_APPROVED, DecisionState.NOT_KEY}
)
DECIDED = frozenset(
    {DecisionState.DECIDED, DecisionState.CALL_IN_OPEN, DecisionState.CALLED_IN, DecisionState.RECONSIDERING, DecisionState.IN_EFFECT}
)


@operation(
    "decisions.propose",
    gives=("maker", "maker_type", "lead_director", "value_total", "savings", "executive", "treasury",
           "two_or_more_divisions", "extends_after_expiry"),
)  # fmt: skip
def propose(work: Work) -> dict[str, Any]:
    """Write down what is proposed and give it its public reference. Field errors where the proposal contradicts itself."""
    answers = work.answers
    due_from, due_to = due_month(answers)
    maker_type = MakerType(answers["maker_type"])
    _check_proposal(answers, due_to)
    _check_maker(work.session, answers["maker"], maker_type)
    reference = references.decision_reference(work.session, maker_type)
    decision = KeyDecision(
        case_id=work.case.id,
        public_reference=reference,
        slug=references.slug(reference),
        maker_type=maker_type,
        maker_key=answers["maker"],
        maker_name=people.maker_name(work.session, answers["maker"]),
        due_from=due_from,
        due_to=due_to,
        author_id=_person(work).id,
        consultee_keys=[*MANDATORY_CONSULTEES, *answers.get("other_consultees", [])],
        **_words_of(answers),
    )
    work.session.add(decision)
    work.case.title = decision.title
    work.case.owner_id = decision.author_id
    work.session.flush()
    return _routing(answers)


def due_month(answers: Mapping[str, Any], prefix: str = "due") -> tuple[date, date]:
    """First and last day of the month in `due_month` and `due_year`. Invalid at the year when it is not a month."""
    try:
        first = date(int(answers[f"{prefix}_year"]), int(answers[f"{prefix}_month"]), 1)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid({f"{prefix}_year": "Enter the month and year in which the decision is due"}) from error
    return first, words.end_of_month(first)


def _check_proposal(answers: Mapping[str, Any], due_to: date) -> None:
    errors = {}
    if due_to < clock.today():
        errors["due_year"] = "The month the decision is due must not be over"
    if answers["maker_type"] == MakerType.OFFICER.value and answers.get("lead_member"):
        errors["lead_member"] = "A decision by an officer has no lead member. Leave this empty"
    if answers["restriction"] != "open" and not answers.get("exempt_paragraphs"):
        errors["exempt_paragraphs"] = "Select the paragraphs of Schedule 12A that apply"
    if errors:
        raise Invalid(errors)


def _check_maker(session: Session, key: str, maker_type: MakerType) -> None:
    """The kind of decision maker sets the call-in period and the words of the record, so it has to be that of whoever decides."""
    group = session.get(CandidateGroup, key)
    if group is None or kind_of_maker(group) is not maker_type:
        raise Invalid({"maker": "Select a decision maker of the kind you chose"})


def kind_of_maker(group: CandidateGroup) -> MakerType:
    """Whether a post or body of the council decides as an officer, as one cabinet member, or as the cabinet."""
    if group.role != "cabinet_member":
        return MakerType.OFFICER
    return MakerType.CABINET_MEMBER if group.kind is GroupKind.POST else MakerType.CABINET


def _words_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    every = answers["scope"] == "all_divisions"
    return {
        "title": answers["title"],
        "summary": answers["summary"],
        "proposal": answers.get("proposal", ""),
        "lead_member": answers.get("lead_member", ""),
        "lead_director_key": answers["lead_director"],
        "contact_key": answers["contact"],
        "value_total": Decimal(str(answers["value_total"])),
        "savings": Decimal(str(answers.get("savings") or 0)),
        "all_divisions": every,
        "divisions": [] if every else list(answers.get("divisions", [])),
        "two_or_more_divisions": answers["two_or_more_divisions"] == "yes",
        "plan_priority": answers.get("plan_priority", ""),
        "restriction": answers["restriction"],
        "exempt_paragraphs": ", ".join(answers.get("exempt_paragraphs", [])),
        "public_interest_reason": answers.get("public_interest_reason", ""),
        "facts": {key: answers[key] for key in ("term_ended", "extension_until", "extends_after_expiry") if answers.get(key)},
    }


def _routing(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "maker": answers["maker"],
        "maker_type": answers["maker_type"],
        "lead_director": answers["lead_director"],
        "value_total": float(answers["value_total"]),
        "savings": float(answers.get("savings") or 0),
        "executive": answers["executive"],
        "treasury": answers["treasury"],
        "two_or_more_divisions": answers["two_or_more_divisions"],
        "extends_after_expiry": answers.get("extends_after_expiry", "no"),
    }


@operation("decisions.record_not_key")
def record_not_key(work: Work) -> None:
    """Keep the reasoning of a decision found not key: scrutiny may ask for it (SI 2012/2089 reg 18)."""
    decision = decision_queries.of_case(work.session, work.case.id)
    decision.is_key = False
    decision.not_key_because = work.answers["not_key_because"]
    decision.state = DecisionState.NOT_KEY


@operation("decisions.record_withdrawal")
def record_withdrawal(work: Work) -> None:
    """Close the matter as withdrawn; a page that was public stays and says why."""
    decision = decision_queries.of_case(work.session, work.case.id)
    decision.withdrawn_at = work.now
    decision.withdrawn_because = str(work.data["withdrawn_because"])
    decision.state = DecisionState.WITHDRAWN
    work.case.outcome = "withdrawn"
    public_page.changed(work.session, decision, "Withdrawn", reason=decision.withdrawn_because)


@operation("decisions.record_deferral", gives=("representations_close_at", "earliest_decision_on"))
def record_deferral(work: Work) -> dict[str, Any]:
    """Move the decision to another month in the plan, with the reason the public sees."""
    return move(work, first=date.fromisoformat(str(work.data["deferred_to"])), because=str(work.data["deferred_because"]))


def move(work: Work, *, first: date, because: str) -> dict[str, Any]:
    """Give a decision a later month. The matter and the maker stay the same, so the notice keeps its clock.

    What can be moved was not urgent: a notice under an urgent route counts from then on as one with 28 clear days. Comments reopen
    until the end of the month before the new one. Gives the new dates for the timers.
    """
    decision = decision_queries.of_case(work.session, work.case.id)
    decision.moved_from = words.period(decision.due_from, decision.due_to)
    decision.moved_because = because
    decision.due_from, decision.due_to, decision.due_is_month = first, words.end_of_month(first), True
    _end_urgency(work.session, decision)
    closes = calendar.london_instant(first - timedelta(days=1), at=END_OF_DAY)
    if decision.representations_close_at is not None and closes > decision.representations_close_at:
        decision.representations_close_at = closes
    if decision.earliest_decision_on is not None:
        public_page.changed(work.session, decision, f"Moved to {words.period(decision.due_from, decision.due_to)}", reason=because)
    closing = decision.representations_close_at or closes
    given = {"representations_close_at": closing.isoformat()}
    return given | ({"earliest_decision_on": decision.earliest_decision_on.isoformat()} if decision.earliest_decision_on else {})


def _end_urgency(session: Session, decision: KeyDecision) -> None:
    earliest = _earliest_once_moved(session, decision)
    if earliest is not None:
        decision.route, decision.earliest_decision_on = NoticeRoute.NORMAL, earliest


def _earliest_once_moved(session: Session, decision: KeyDecision) -> date | None:
    """The first lawful day of a moved decision whose notice was published as urgent; None for every other (SI 2012/2089 regs 9 to 11)."""
    notice = decision_queries.standing(session, decision).notice
    if notice is None or decision.route in (None, NoticeRoute.NORMAL):
        return None
    return notices.earliest_day(session, NoticeRoute.NORMAL, max(notice.website_on, notice.offices_on)).on


def withdraw(session: Session, decision: KeyDecision, *, because: str, by: User) -> None:
    """Withdraw a proposal at any time before it is decided and carried out. Refused for a finished one; Invalid without a reason."""
    permissions.check_manage(by, decision.case)
    read_again(session, decision)
    if decision.state in FINISHED:
        raise Refused("This matter is already closed")
    if not because.strip():
        raise Invalid({"because": "Enter why the proposal is withdrawn"})
    audit.record(session, "decision:withdrawal_asked", case=decision.case, by=by, text={"because": because})
    messages.send_to_case(session, decision.case, "ProposalWithdrawn", {"withdrawn_because": because}, message_id=f"withdraw:{decision.id}")


def withdraw_unproposed(session: Session, case: Case, *, because: str, by: User) -> None:
    """Close a case in which nothing has been proposed yet. Refused for a stranger; Invalid without a reason; Conflict when it is closed."""
    permissions.check_manage(by, case)
    if not because.strip():
        raise Invalid({"because": "Enter why the proposal is withdrawn"})
    case.outcome = "withdrawn"
    audit.record(session, "decision:withdrawal_asked", case=case, by=by, text={"because": because})
    messages.send_to_case(session, case, "ProposalWithdrawn", {"withdrawn_because": because}, message_id=f"withdraw:{case.id}")


def defer(session: Session, decision: KeyDecision, *, answers: Mapping[str, Any], by: User) -> None:
    """Move an undecided matter to a later month. Invalid for a month that is over or the same one; Refused once decided."""
    permissions.check_manage(by, decision.case)
    read_again(session, decision)
    if decision.state in FINISHED | DECIDED:
        raise Refused("This decision has been made, so it cannot be moved")
    first = later_month(session, decision, answers)
    if not str(answers.get("because", "")).strip():
        raise Invalid({"because": "Enter why the decision is moved"})
    audit.record(session, "decision:deferral_asked", case=decision.case, by=by, text={"because": answers["because"]})
    payload = {"deferred_to": first.isoformat(), "deferred_because": answers["because"]}
    messages.send_to_case(session, decision.case, "DecisionDeferred", payload, message_id=f"defer:{decision.id}:{uuid.uuid4()}")


def read_again(session: Session, decision: KeyDecision) -> None:
    """Keep everyone else off the case and look at the decision as it is now: whoever was faster may have changed where it stands."""
    audit.lock(session, decision.case)
    session.refresh(decision)


def later_month(session: Session, decision: KeyDecision, answers: Mapping[str, Any]) -> date:
    """The first day of a month after the present due period, in which the decision can be made lawfully. Invalid otherwise."""
    first, last = due_month(answers, "new_due")
    if last < clock.today() or first <= decision.due_from:
        raise Invalid({"new_due_year": "The new month must be later than the one planned now"})
    earliest = _earliest_once_moved(session, decision)
    if earliest is not None and earliest > last:
        day = calendar.date_words(earliest)
        raise Invalid({"new_due_year": f"What can wait needs 28 clear days' notice, and the first lawful day is {day}. Choose a later month"})
    return first


def groups_named(session: Session, keys: list[str]) -> list[CandidateGroup]:
    """The candidate groups with these keys, in that order."""
    found = {group.key: group for group in session.scalars(select(CandidateGroup).where(CandidateGroup.key.in_(keys)))}
    return [found[key] for key in keys if key in found]


def _person(work: Work) -> User:
    if work.by is None:
        raise Refused("Only a person can propose a decision")
    return work.by
