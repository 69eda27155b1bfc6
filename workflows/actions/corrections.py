"""Correcting a published notice openly: what changes, why, and whether its clock starts again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from models import DecisionState, KeyDecision, Notice, NoticeKind, NoticeRoute, User, clock
from workflows.actions import audit, notices, proposals, public_page
from workflows.errors import Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import people
from workflows.rules import calendar, permissions

CORRECTABLE = ("title", "summary", "proposal", "documents", "documents_address", "request_procedure")
NEVER_EMPTY = {
    "title": "Enter the title",
    "summary": "Enter what the decision is about",
    "documents": notices.DEMANDED["documents_list"],
    "documents_address": notices.DEMANDED["documents_address"],
    "request_procedure": notices.DEMANDED["request_procedure"],
}
UNDECIDED = frozenset({DecisionState.NOTICE_PUBLISHED, DecisionState.AWAITING_DECISION})


def correct(session: Session, decision: KeyDecision, *, changes: Mapping[str, str], reason: str, restarts_clock: bool, by: User) -> Notice:
    """Correct a published notice openly. A change of the matter, the maker or the period is a new notice with a new clock (KD-8).

    A clock that restarts pushes the earliest day out by the whole period and comments stay open until then; a typing mistake keeps
    both. Refused for someone who may not publish, without a published notice, or to restart the clock of a decision that is made;
    Invalid without a reason, without a change or a new clock, or when the new first day lies after the month the decision is due.
    """
    permissions.check_publish(by, decision.case)
    proposals.read_again(session, decision)
    newest = decision_queries.newest_notice(session, decision)
    if newest is None:
        raise Refused("No notice has been published")
    changed = _changed(newest, changes, reason=reason, restarts_clock=restarts_clock)
    if restarts_clock and decision.state not in UNDECIDED:
        raise Refused("The decision has been made, so its notice cannot start again. Correct the words without a new clock")
    notice = _following(session, decision, newest, changed, reason=reason.strip(), by=by)
    if restarts_clock:
        _restart(session, decision, notice)
    for field in ("title", "summary", "proposal"):
        setattr(decision, field, changed.get(field, getattr(decision, field)))
    decision.case.title = decision.title
    session.add(notice)
    public_page.changed(session, decision, "Notice published again" if restarts_clock else "Notice corrected", reason=notice.reason)
    audit.record(session, "notice:corrected", case=decision.case, by=by, detail={"version": notice.version, "restarts_clock": restarts_clock},
                 text={"reason": notice.reason})  # fmt: skip
    session.flush()
    return notice


def _changed(newest: Notice, changes: Mapping[str, str], *, reason: str, restarts_clock: bool) -> dict[str, str]:
    kept = {key: str(changes[key]).strip() for key in CORRECTABLE if key in changes}
    errors = {key: message for key, message in NEVER_EMPTY.items() if kept.get(key) == ""}
    changed = {key: text for key, text in kept.items() if text != newest.content.get(key, "")}
    if not reason.strip():
        errors["reason"] = "Enter why the notice is corrected"
    if not changed and not errors and not restarts_clock:
        errors["title"] = "Change at least one part of the notice"
    if errors:
        raise Invalid(errors)
    return changed


def _following(session: Session, decision: KeyDecision, newest: Notice, changed: Mapping[str, str], *, reason: str, by: User) -> Notice:
    today = clock.today()
    return Notice(
        decision_id=decision.id, version=notices.next_version(session, decision), kind=NoticeKind.CORRECTION, website_on=today, offices_on=today,
        content=newest.content | dict(changed), earliest_decision_on=decision.earliest_decision_on,
        earliest_explanation=newest.earliest_explanation, representations_close_at=decision.representations_close_at, restarts_clock=False,
        reason=reason, published_at=clock.now(), published_by_id=by.id,
    )  # fmt: skip


def _restart(session: Session, decision: KeyDecision, notice: Notice) -> None:
    # The urgency was agreed for the old matter: a new notice has 28 clear days, and names who holds the post now.
    decision.route, decision.maker_name = NoticeRoute.NORMAL, people.maker_name(session, decision.maker_key)
    notices.check_named(decision)
    earliest = notices.earliest_day(session, NoticeRoute.NORMAL, notice.website_on)
    if earliest.on > decision.due_to:
        raise Invalid(
            {"restarts_clock": f"The first lawful day would be {calendar.date_words(earliest.on)}, after the month this decision is due. "
                               "Move the decision to a later month first"}
        )  # fmt: skip
    closes = notices.comments_close(decision, NoticeRoute.NORMAL, published_at=notice.published_at, earliest=earliest.on)
    decision.representations_close_at = max(closes, decision.representations_close_at or closes)
    decision.earliest_decision_on = earliest.on
    notice.kind, notice.restarts_clock = NoticeKind.KEY_DECISION, True
    period = {"due_from": decision.due_from.isoformat(), "due_to": decision.due_to.isoformat()}
    notice.content = notice.content | period | {"maker_name": decision.maker_name}
    notice.earliest_decision_on, notice.earliest_explanation = earliest.on, earliest.explanation.to_json()
    notice.representations_close_at = decision.representations_close_at
