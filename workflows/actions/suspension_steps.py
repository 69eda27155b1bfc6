"""What the steps of a suspension do: holds at once, a person's confirmation, the letter, representations, the decision, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Certificate, Hold, Letter, Membership, MembershipStatus, Premises, Provider, TaskStatus, User, UserTask, clock
from workflows.actions import audit, holds, letters, mail, memberships
from workflows.actions.operating import Work, operation
from workflows.actions.suspensions import TEAM
from workflows.errors import Invalid, Refused
from workflows.queries import memberships as queries
from workflows.queries import parameters
from workflows.rules import calendar, membership_events, permissions

DIRECTOR = "executive-director-children"
CLOSE_OF_BUSINESS, END_OF_DAY = time(17), time(23, 59)
EMBARGO, EMBARGO_PREMISES, WARN, REMOVAL = "embargo", "embargo_premises", "warn", "propose_removal"
SAME_DAY = "same_day"
LEAST_REASONS = 20
TIMES = ("confirm_due_at", "warning_ends_at", "welfare_due_at", "review_at")


@operation("suspensions.act", gives=TIMES)
def act(work: Work) -> dict[str, Any]:
    """Do at once what the table says: hold new placements or warn, and tell the provider and the teams it concerns.

    It never ends a placement and never removes anyone. Gives when a person must have confirmed it, when a warning becomes a hold, and when
    it is looked at again.
    """
    action, certificate = str(work.params.get("action") or ""), _certificate(work)
    event = str(work.data["event"])
    because = f"The system held new placements because {membership_events.words_of(event)}"
    if action in (EMBARGO, EMBARGO_PREMISES):
        premises = _premises(work) if action == EMBARGO_PREMISES else None
        for membership in _members(work):
            holds.place(work.session, membership, event=event, because=because, premises=premises, certificate=certificate, case=work.case)
    elif action == WARN:
        until = _warning_ends(work.session, certificate) - timedelta(days=1)
        words = {"event": membership_events.words_of(event), "until": until}
        letters.send(work.session, work.case, provider_of(work), kind="warning", words=words, by=None)
    _tell(work, action, str(work.params.get("tells") or ""))
    return _times(work)


def _times(work: Work) -> dict[str, Any]:
    certificate = _certificate(work)
    return {
        "confirm_due_at": _due(work.session, str(work.params.get("due_rule") or "")).isoformat(),
        "warning_ends_at": _warning_ends(work.session, certificate).isoformat(),
        "welfare_due_at": _due(work.session, "" if work.params.get("welfare") == SAME_DAY else "welfare_days").isoformat(),
        "review_at": _after(work.session, "suspension_review_days").isoformat(),
    }


@operation("suspensions.hold_after_warning", gives=TIMES)
def hold_after_warning(work: Work) -> dict[str, Any]:
    """Hold new placements: the days that a warning gave are over and nothing was put right."""
    event = str(work.data["event"])
    for membership in _members(work):
        holds.place(work.session, membership, event=event, because=f"The system held new placements because {membership_events.words_of(event)}",
                    certificate=_certificate(work), case=work.case)  # fmt: skip
    _tell(work, EMBARGO, f"{TEAM} finance placements")
    return _times(work)


def _members(work: Work) -> Sequence[Membership]:
    """Every place on a list that the provider has; the one that the case is about first."""
    found = queries.live_of(work.session, uuid.UUID(str(work.data["provider_id"])))
    return sorted(found, key=lambda each: str(each.id) != str(work.data["membership_id"]))


def _premises(work: Work) -> Premises | None:
    return work.session.get(Premises, uuid.UUID(str(work.data["premises_id"]))) if work.data.get("premises_id") else None


def _certificate(work: Work) -> Certificate | None:
    return work.session.get(Certificate, uuid.UUID(str(work.data["certificate_id"]))) if work.data.get("certificate_id") else None


def _tell(work: Work, action: str, groups: str) -> None:
    provider = provider_of(work)
    held = action in (EMBARGO, EMBARGO_PREMISES)
    subject = "New placements with you are on hold" if held else "The council asks you to act now"
    mail.to_group(work.session, provider.group_key, kind="suspension:told", case=None, subject=subject, link="/provider")
    for key in groups.split():
        mail.to_group(work.session, key, kind="suspension:opened", case=work.case, subject=f"{work.case.reference}: {work.case.title}",
                      link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "suspension:acted", case=work.case, by=None, detail={"action": action, "event": str(work.data["event"])})


def provider_of(work: Work) -> Provider:
    """The provider that a suspension case is about."""
    return work.session.get_one(Provider, uuid.UUID(str(work.data["provider_id"])))


def _due(session: Session, rule: str) -> datetime:
    """The close of business that a rule gives from today; the end of this day when no rule gives more time."""
    return _after(session, rule) if rule else calendar.london_instant(clock.today(), at=END_OF_DAY)


def _after(session: Session, rule: str) -> datetime:
    deadline = calendar.reckon(parameters.rule(session, rule), clock.today(), event="This began", closures=parameters.closures(session))
    return calendar.london_instant(deadline.on, at=CLOSE_OF_BUSINESS)


def _warning_ends(session: Session, certificate: Certificate | None) -> datetime:
    """The start of the day after the last one on which placements may go on without the cover."""
    ended_on = certificate.ends_on if certificate is not None else clock.today()
    return calendar.london_instant(queries.grace_ends(session, ended_on) + timedelta(days=1))


@operation("suspensions.escalate")
def escalate(work: Work) -> None:
    """Tell the director that nobody has confirmed or lifted the hold in time. It stays."""
    mail.to_group(work.session, DIRECTOR, kind="suspension:late", case=work.case, subject=f"Not confirmed in time: {work.case.reference}",
                  link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "suspension:late", case=work.case, by=None)


@operation("suspensions.escalate_welfare")
def escalate_welfare(work: Work) -> None:
    """Tell the director that welfare checks are overdue. They stay open until they are made."""
    mail.to_group(work.session, DIRECTOR, kind="welfare:late", case=work.case, subject=f"Welfare checks are overdue: {work.case.reference}",
                  link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "welfare:late", case=work.case, by=None)


@operation("suspensions.confirm")
def confirm(work: Work) -> None:
    """A person says that the hold stands, on which clause, or that it is to be lifted, which somebody else then does.

    Where the system held nothing by itself, confirming is what holds.
    """
    by = _person(work)
    if work.answers["confirm"] != "confirm":
        return
    clause = str(work.answers.get("clause") or "")
    if not clause.strip():
        raise Invalid({"clause": "Enter the clause of the agreement"})
    found = list(queries.holds_of_case(work.session, work.case.id))
    if not found:
        premises = _premises(work)
        found = [holds.place(work.session, each, event=str(work.data["event"]), because=str(work.answers["confirm_reasons"]), premises=premises,
                             certificate=_certificate(work), case=work.case, by=by) for each in _members(work)]  # fmt: skip
    for hold in found:
        if hold.confirmed_at is None:
            holds.confirm(work.session, hold, by=by, clause=clause)


def _person(work: Work) -> User:
    if work.by is None:
        raise Refused("A person answers for this")
    return work.by


@operation("suspensions.tell_provider", gives=("representations_until",))
def tell_provider(work: Work) -> dict[str, Any]:
    """Send the letter with reasons, clause, effect, what lifts it and until when the provider can make representations."""
    until = _after(work.session, "representation_days")
    kind = "removal-proposed" if _is_removal(work) else "suspension"
    letters.send(work.session, work.case, provider_of(work), kind=kind, words={**_letter_words(work), "until": until}, by=_person(work),
                 approver=_doer(work.session, work.case, "confirm-status"))  # fmt: skip
    return {"representations_until": until.isoformat()}


def _is_removal(work: Work) -> bool:
    action = work.data.get("status_action") or {}
    return isinstance(action, Mapping) and action.get("action") == REMOVAL


def _letter_words(work: Work) -> dict[str, Any]:
    answers, place = work.answers, _premises(work)
    found = queries.holds_of_case(work.session, work.case.id)
    clauses = dict.fromkeys(hold.clause for hold in found if hold.clause)
    return {
        "event": membership_events.words_of(str(work.data["event"])),
        "place": f"the premises {place.reference}" if place is not None else "all your premises",
        "clause": ", ".join(clauses) or str(answers.get("clause") or "the agreement"),
        "reasons": str(answers.get("letter_reasons") or answers.get("decision_reasons") or ""),
        "evidence": str(answers.get("evidence") or ""),
        "lifts_when": str(answers.get("lifts_when") or ""),
    }


def _doer(session: Session, case: Case, step: str) -> User | None:
    """Who completed a step of a case last."""
    query = select(UserTask).where(UserTask.case_id == case.id, UserTask.bpmn_id == step, UserTask.status == TaskStatus.COMPLETED)
    task = session.scalar(query.order_by(UserTask.completed_at.desc()).limit(1))
    return task.completed_by if task else None


@operation("suspensions.represent")
def represent(work: Work) -> None:
    """Keep what the provider says. Refused for anyone who does not belong to it; Invalid without words."""
    by = _person(work)
    if provider_of(work).group_key not in permissions.provider_groups(by):
        raise Refused("Only the provider can make representations")
    if not str(work.answers.get("representations") or "").strip():
        raise Invalid({"representations": "Enter what you want the council to consider"})
    mail.to_group(work.session, TEAM, kind="suspension:represented", case=work.case, subject=f"Representations received: {work.case.reference}",
                  link=f"/cases/{work.case.reference}")  # fmt: skip


@operation("suspensions.advise")
def advise(work: Work) -> None:
    """Legal's advice on what may be decided, kept as the answer to the task."""
    _person(work)


@operation("suspensions.decide", gives=("representations_until", "review_at"))
def decide(work: Work) -> dict[str, Any]:
    """What the director decides: reinstate, keep the hold, suspend, tell the provider that removal is considered, or remove.

    Removing is refused until the provider was told in a letter that it is considered, with its reasons, and could answer (Procurement Act
    2023 s.37(4)); suspending is refused without the clause of the agreement that allows it (PCR 2015 reg 34 does not).
    """
    by, decision, reasons = _person(work), str(work.answers["decision"]), str(work.answers.get("decision_reasons") or "")
    if len(reasons.strip()) < LEAST_REASONS:
        raise Invalid({"decision_reasons": f"Enter reasons of {LEAST_REASONS} characters or more"})
    until = _after(work.session, "representation_days")
    if decision == "remove":
        _remove(work, by, reasons)
    elif decision == "suspend":
        _suspend(work, by, reasons)
    elif decision == REMOVAL:
        said = {**_letter_words(work), "until": until}
        letters.send(work.session, work.case, provider_of(work), kind="removal-proposed", words=said, by=by, approver=by)
    elif decision == "keep":
        letters.send(work.session, work.case, provider_of(work), kind="hold-continues", words=_letter_words(work), by=by, approver=by)
    audit.record(work.session, "suspension:decided", case=work.case, by=by, acting_for=work.acting_for, detail={"decision": decision})
    return {"representations_until": until.isoformat(), "review_at": _after(work.session, "suspension_review_days").isoformat()}


def _remove(work: Work, by: User, reasons: str) -> None:
    told = _told_of_removal(work.session, work.case)
    if told is None:
        raise Refused("Tell the provider first that removal is considered, with the reasons, and let it answer (Procurement Act 2023 s.37(4))")
    if not _could_answer(work, told):
        raise Refused("The provider can still make representations. Decide when it has, or when its time is over")
    for membership in _members(work):
        memberships.set_status(work.session, membership, MembershipStatus.REMOVED, because=reasons, event=str(work.data["event"]), by=by,
                               case=work.case)  # fmt: skip
    letters.send(work.session, work.case, provider_of(work), kind="removal", words=_letter_words(work), by=by, approver=by)


def _told_of_removal(session: Session, case: Case) -> Letter | None:
    query = select(Letter).where(Letter.case_id == case.id, Letter.kind == "removal-proposed", Letter.is_for_provider)
    return session.scalar(query.order_by(Letter.sent_at.desc()).limit(1))


def _could_answer(work: Work, told: Letter) -> bool:
    rule = parameters.rule(work.session, "representation_days")
    until = calendar.reckon(rule, calendar.london_date(told.sent_at), event="Told", closures=parameters.closures(work.session))
    if work.now > calendar.london_instant(until.on, at=CLOSE_OF_BUSINESS):
        return True
    query = select(UserTask.id).where(UserTask.case_id == work.case.id, UserTask.bpmn_id == "make-representations",
                                      UserTask.status == TaskStatus.COMPLETED, UserTask.completed_at >= told.sent_at)  # fmt: skip
    return work.session.scalar(query.limit(1)) is not None


def _suspend(work: Work, by: User, reasons: str) -> None:
    event = str(work.data["event"])
    clause = next((hold.clause for hold in queries.holds_of_case(work.session, work.case.id) if hold.clause), "")
    if not clause:
        raise Refused("Suspending rests on a clause of the agreement. Confirm the hold with its clause first")
    for membership in _members(work):
        # A hold at one place becomes one on the whole provider, so that lifting the case's holds is what reinstates it.
        hold = holds.place(work.session, membership, event=event, because=reasons, certificate=_certificate(work), case=work.case, by=by)
        if hold.confirmed_at is None:
            holds.confirm(work.session, hold, by=by, clause=clause)
        if membership.status is not MembershipStatus.SUSPENDED:
            memberships.set_status(work.session, membership, MembershipStatus.SUSPENDED, because=reasons, event=event, by=by, case=work.case)
    letters.send(work.session, work.case, provider_of(work), kind="hold-continues", words=_letter_words(work), by=by, approver=by)


@operation("suspensions.reinstate", gives=("facts", "confirm_due_at", "review_at"))
def reinstate(work: Work) -> dict[str, Any]:
    """A second person looks again and lifts every hold of the case, or says why it must stay.

    Refused for whoever asked for the lifting, and for whoever verified the certificate that it waited for.
    """
    by = _person(work)
    if work.answers["reinstate"] == "lift":
        for hold in queries.holds_of_case(work.session, work.case.id):
            holds.lift(work.session, hold, because=str(work.answers["reinstate_reasons"]), by=by, approved_by=_approver(work, hold))
    membership = queries.by_id(work.session, str(work.data["membership_id"]))
    facts = queries.facts_of(work.session, membership, _premises(work))
    return {
        "facts": facts.as_record(),
        "confirm_due_at": _after(work.session, "suspension_confirm_days").isoformat(),
        "review_at": _after(work.session, "suspension_review_days").isoformat(),
    }


def _approver(work: Work, hold: Hold) -> User:
    """Who said that a hold is to be lifted: the director, who asked at the confirmation, or who verified the new certificate."""
    cure = holds.cure_of(work.session, hold)
    if cure is not None and cure.verified_by_id is not None:
        return work.session.get_one(User, cure.verified_by_id)
    for step in ("decide-status", "confirm-status"):
        found = _doer(work.session, work.case, step)
        if found is not None:
            return found
    raise Refused("Nobody has said yet that the hold should be lifted")


@operation("suspensions.tell_reinstated")
def tell_reinstated(work: Work) -> None:
    """Send the letter that the hold is lifted, with what still stands in the way of a placement."""
    found = [str(each["words"]) for each in work.params.get("blockers") or []]
    by = _doer(work.session, work.case, "reinstate")
    approver = _doer(work.session, work.case, "decide-status") or by
    said = {**_letter_words(work), "blockers": found, "reasons": _why_lifted(work)}
    letters.send(work.session, work.case, provider_of(work), kind="reinstatement", words=said, by=by, approver=approver)


def _why_lifted(work: Work) -> str:
    query = select(Hold.lifted_because).where(Hold.case_id == work.case.id, Hold.lifted_at.is_not(None))
    return work.session.scalar(query.order_by(Hold.lifted_at.desc()).limit(1)) or ""


@operation("suspensions.review", gives=("review_at",))
def review(work: Work) -> dict[str, Any]:
    """Look at a hold that has stood for long; the next look is after the same time again."""
    _person(work)
    return {"review_at": _after(work.session, "suspension_review_days").isoformat()}


@operation("suspensions.note_left")
def note_left(work: Work) -> None:
    """Keep that the provider left the list while the case ran. Its holds stay on record; the young people who live there stay."""
    audit.record(work.session, "suspension:left", case=work.case, by=None)
