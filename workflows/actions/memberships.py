"""A provider's place on a list: admitted, begun, changed and ended, every change as a period that stays on record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Application,
    Case,
    Hold,
    Membership,
    MembershipCondition,
    MembershipPeriod,
    MembershipStatus,
    Provider,
    PurchasingList,
    User,
    clock,
)
from workflows.actions import happenings, providers
from workflows.errors import Closed, Conflict, Invalid, Refused
from workflows.queries import memberships as queries
from workflows.queries import parameters
from workflows.queries import providers as provider_queries
from workflows.rules import calendar, membership_events, permissions, placement_ready, placing, provider_records

CONDITION_CHECKERS = frozenset({"commissioning_officer", "procurement_officer", "qa_inspector", "qa_manager", "safeguarding_officer"})
HELD = frozenset({MembershipStatus.EMBARGOED, MembershipStatus.SUSPENDED})
ANNOUNCED = {
    MembershipStatus.EMBARGOED: "ProviderSuspended", MembershipStatus.SUSPENDED: "ProviderSuspended", MembershipStatus.REMOVED: "ProviderRemoved",
    MembershipStatus.WITHDRAWN: "MembershipWithdrawn",
}  # fmt: skip


def admit(
    session: Session, application: Application, *, categories: Sequence[str], conditions: Iterable[tuple[str, date]] = (), by: User | None
) -> Membership:
    """Admit the provider of an application to some categories of its list; it is a member once it has signed the agreement.

    A provider that is on the list already gains the categories it lacks. Closed after the list has ended; Invalid for a category that the
    list or the application does not have; Refused for one that Ofsted's register does not let it serve (table D-7).
    """
    purchasing_list = application.purchasing_list
    if clock.today() > purchasing_list.valid_to:
        raise Closed("This list has ended, so nobody can be admitted to it")
    _check_categories(session, application, categories)
    known = _present(session, application)
    if known is not None:
        known.categories = list(dict.fromkeys([*known.categories, *categories]))
        _close_period(session, known)
        _open_period(session, known, because="Admitted to more categories", event="admitted", by=by, case=application.case, automatic=False)
        membership = known
    else:
        membership = Membership(
            provider_id=application.provider_id, list_id=application.list_id, case_id=application.case_id, categories=list(categories),
            admitted_at=clock.now(), agreement_signed_at=None, starts_on=None, ends_on=None, review_due_on=None, ended_at=None,
            provider=application.provider, purchasing_list=purchasing_list,
        )  # fmt: skip
        session.add(membership)
        session.flush()
        _open_period(session, membership, because="Admitted", event="admitted", by=by, case=application.case, automatic=False)
    for text, day in conditions:
        session.add(MembershipCondition(membership_id=membership.id, words=text, due_on=day, met_at=None, met_by_id=None))
    session.flush()
    session.refresh(membership, ["conditions"])
    _record(session, "membership:admitted", membership, by=by, detail={"categories": list(categories)})
    return membership


def _check_categories(session: Session, application: Application, categories: Sequence[str]) -> None:
    known = {each.key: each for each in application.purchasing_list.categories}
    if not categories:
        raise Invalid({"categories": "Select at least one category"})
    if set(categories) - set(known) or set(categories) - set(application.categories):
        raise Invalid({"categories": "Select categories that the provider applied for"})
    registration = provider_queries.registration_of(session, application.provider)
    for key in categories:
        number = known[key].ofsted_category
        if number is not None and known[key].age_from < placing.ADULT and not placing.is_registered_for(number, registration):
            raise Refused(f"{known[key].name}: the provider is not registered with Ofsted for this kind of accommodation")


def _present(session: Session, application: Application) -> Membership | None:
    ended = Membership.status.in_(membership_events.ENDED)
    query = select(Membership).where(Membership.provider_id == application.provider_id, Membership.list_id == application.list_id, ~ended)
    return session.scalar(query.limit(1))


def activate(session: Session, membership: Membership, *, signed_by_name: str, by: User | None, agreement_version: str = "1") -> None:
    """Begin a membership: the provider has signed the agreement. It runs to the end of its list.

    A member that signed for further categories stays as it is. Closed after the list has ended; Conflict for one that has ended; Invalid
    without the name of who signed.
    """
    if not signed_by_name.strip():
        raise Invalid({"signed_by_name": "Enter the name of the person who signed"})
    if clock.today() > membership.purchasing_list.valid_to:
        raise Closed("This list has ended, so no membership can begin")
    lock(session, membership)
    membership.agreement_signed_by, membership.agreement_signed_at = signed_by_name.strip(), clock.now()
    membership.agreement_version = agreement_version
    if membership.status in membership_events.LIVE:
        session.flush()
        return
    today = clock.today()
    months = int(parameters.value(session, "membership_review_months"))
    membership.starts_on, membership.ends_on = today, membership.purchasing_list.valid_to
    membership.review_due_on = calendar.add_months(today, months)
    session.flush()
    status = MembershipStatus.CONDITIONAL if _unmet(membership) else MembershipStatus.ACTIVE
    set_status(session, membership, status, because="The agreement is signed", event="agreement_signed", by=by)
    happenings.announce(
        session, "ProviderAdmitted", {"membership": str(membership.id)}, message_id=f"admitted:{membership.id.hex}", keys=_keys(membership), by=by
    )


def lock(session: Session, row: Membership | MembershipCondition | Hold) -> None:
    """Look at a row afresh with nobody else at it until this transaction ends; what the caller has changed of it survives."""
    session.flush()
    session.refresh(row, with_for_update={"of": type(row)})


def _unmet(membership: Membership) -> list[MembershipCondition]:
    return [each for each in membership.conditions if each.met_at is None]


def set_status(
    session: Session,
    membership: Membership,
    status: MembershipStatus,
    *,
    because: str,
    event: str,
    by: User | None,
    case: Case | None = None,
    automatic: bool = False,
) -> MembershipPeriod:
    """Change what a membership is from this moment on; the period before ends at the same moment.

    Conflict for a membership that has ended or has the status; Refused for what the system never does by itself: suspend and remove.
    Others hear of it by a message. Placements stay as they are, whatever the status.
    """
    lock(session, membership)
    membership_events.check_change(membership.status, status, automatic=automatic)
    if by is None and not automatic:
        raise Refused("Somebody must answer for this change")
    was_held = membership.status in HELD
    _close_period(session, membership)
    membership.status = status
    membership.revision += 1
    if status in membership_events.ENDED:
        membership.ended_at = clock.now()
    session.flush()
    period = _open_period(session, membership, because=because, event=event, by=by, case=case, automatic=automatic)
    _record(session, "membership:changed", membership, by=by, detail={"status": status.value, "event": event, "automatic": automatic},
            text={"because": because})  # fmt: skip
    name = ANNOUNCED.get(status) or ("ProviderReinstated" if was_held and status in placement_ready.LIVE else "")
    if name:
        announce(session, name, membership, event=event, by=by)
    return period


def _close_period(session: Session, membership: Membership) -> None:
    query = select(MembershipPeriod).where(MembershipPeriod.membership_id == membership.id, MembershipPeriod.ends_at.is_(None))
    for current in session.scalars(query):
        current.ends_at = clock.now()
    session.flush()


def _open_period(
    session: Session, membership: Membership, *, because: str, event: str, by: User | None, case: Case | None, automatic: bool
) -> MembershipPeriod:
    period = MembershipPeriod(
        membership_id=membership.id, status=membership.status or MembershipStatus.ADMITTED, categories=list(membership.categories),
        because=because, event=event, is_automatic=automatic, case_id=case.id if case else None, by_id=by.id if by else None,
        starts_at=clock.now(), ends_at=None,
    )  # fmt: skip
    session.add(period)
    session.flush()
    return period


def announce(session: Session, name: str, membership: Membership, *, event: str, by: User | None = None) -> None:
    """Tell other cases and processes what became of a membership, once for each change of it."""
    happenings.announce(
        session, name, {"membership": str(membership.id), "event": event}, message_id=f"{name}:{membership.id.hex}:{membership.revision}",
        keys=_keys(membership), by=by,
    )  # fmt: skip


def _keys(membership: Membership) -> dict[str, str]:
    return {"membership": str(membership.id)}


def go_on(session: Session, membership: Membership, *, because: str, event: str, by: User, case: Case | None = None) -> None:
    """Give a member that was held back its usual status again: conditional while a condition is open. Refused while a hold stands."""
    if any(hold.premises_id is None for hold in queries.holds_of(session, [membership.id])):
        raise Refused("Another hold still stands")
    status = MembershipStatus.CONDITIONAL if _unmet(membership) else MembershipStatus.ACTIVE
    if membership.status is not status:
        set_status(session, membership, status, because=because, event=event, by=by, case=case)


def withdraw(session: Session, membership: Membership, *, because: str, by: User) -> None:
    """A provider leaves the list, or staff write down that it did. What runs about its place ends; placements go on.

    Refused for a stranger; Invalid without a reason; Conflict when the membership has ended.
    """
    provider_records.check_keep(by, membership.provider)
    if not because.strip():
        raise Invalid({"because": "Enter why the provider leaves the list"})
    set_status(session, membership, MembershipStatus.WITHDRAWN, because=because.strip(), event="left", by=by)


def expire(session: Session, membership: Membership) -> None:
    """End a membership whose list has ended: no new call-offs, and what was agreed goes on under its own terms (table D-11)."""
    if clock.today() <= membership.purchasing_list.valid_to:
        raise Refused("The list has not ended")
    set_status(session, membership, MembershipStatus.EXPIRED, because="The list has ended", event="list_ended", by=None, automatic=True)


def meet_condition(session: Session, condition: MembershipCondition, *, by: User) -> None:
    """Say that a condition of an admission is met; with the last one a conditional member becomes an unconditional one.

    Refused for anyone but the teams that check providers; Conflict when it is met already.
    """
    if not (permissions.is_staff(by) and permissions.has_role(by, *CONDITION_CHECKERS)):
        raise Refused("Only the teams that check providers can say that a condition is met")
    lock(session, condition)
    if condition.met_at is not None:
        raise Conflict("This condition is met already")
    condition.met_at, condition.met_by_id = clock.now(), by.id
    session.flush()
    membership = queries.by_id(session, condition.membership_id)
    session.refresh(membership, ["conditions"])
    _record(session, "membership:condition_met", membership, by=by, detail={"condition": str(condition.id)})
    if membership.status is MembershipStatus.CONDITIONAL and not _unmet(membership):
        set_status(session, membership, MembershipStatus.ACTIVE, because="Every condition is met", event="conditions_met", by=by)


def members_of(session: Session, purchasing_list: PurchasingList) -> Sequence[Membership]:
    """The members of a list now, for letters and mails to all of them."""
    query = select(Membership).where(Membership.list_id == purchasing_list.id, Membership.status.in_(membership_events.LIVE))
    return session.scalars(query.order_by(Membership.admitted_at)).all()


def _record(
    session: Session, kind: str, membership: Membership, *, by: User | None, detail: dict[str, object], text: dict[str, str] | None = None
) -> None:
    provider: Provider = membership.provider
    providers.record(session, kind, provider, by=by, detail={"membership": str(membership.id), **detail}, text=text)


def by_id(session: Session, membership_id: uuid.UUID | str) -> Membership:
    """A membership by its id; see `queries.memberships.by_id`."""
    return queries.by_id(session, membership_id)
