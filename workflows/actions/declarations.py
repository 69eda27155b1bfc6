"""Renewed declarations: a member is asked to declare anew, has five working days, and is held when it does not (PCR 2015 reg 34(25))."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Membership, Provider, User
from workflows.actions import audit, cases, happenings, instances, letters, mail, suspensions
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import memberships as queries
from workflows.queries import parameters
from workflows.rules import calendar, membership_events, permissions

KEY, PREFIX, TEAM = "renewed-declaration", "REN", "procurement"
EVENT = "declaration_not_returned"
STARTERS = frozenset({"procurement_officer", "commissioning_officer"})
TIMES = ("declaration_due_at", "declaration_remind_at", "declaration_late_at")


def start(session: Session, membership: Membership, *, by: User) -> Case:
    """Ask a member to declare anew that no ground for exclusion applies; this can be done at any time (PCR 2015 reg 34(25)).

    Refused for anyone but Procurement and Commissioning; Conflict for a provider that is on no list, or that has been asked already.
    """
    if not (permissions.is_staff(by) and permissions.has_role(by, *STARTERS)):
        raise Refused("Only Procurement and Commissioning can ask for a renewed declaration")
    if membership.status not in membership_events.LIVE:
        raise Conflict("Only a member of a list can be asked")
    open_one = select(Case.id).where(Case.kind == KEY, Case.provider_id == membership.provider_id, Case.closed_at.is_(None))
    if session.scalar(open_one.limit(1)) is not None:
        raise Conflict("This provider has been asked already")
    provider = membership.provider
    case = cases.open_case(
        session, kind=KEY, prefix=PREFIX, title=f"{provider.name}: renewed declaration"[: cases.LONGEST_TITLE], team_key=TEAM, by=by,
        provider=provider, keys={"provider": str(provider.id), "membership": str(membership.id)},
    )  # fmt: skip
    data = {
        "case_reference": case.reference, "membership_id": str(membership.id), "provider_id": str(provider.id), "provider_group": provider.group_key,
        "provider_name": provider.name,
    }  # fmt: skip
    instances.start(session, case, KEY, data=data, by=by)
    return case


@operation("declarations.ask", gives=TIMES)
def ask(work: Work) -> dict[str, Any]:
    """Write to the provider and set the clock: five working days, and a reminder when half of them are over."""
    today = calendar.london_date(work.now)
    rule, closures = parameters.rule(work.session, "declaration_days"), parameters.closures(work.session)
    due_on = calendar.reckon(rule, today, event="Asked for a renewed declaration", closures=closures).on
    letters.send(work.session, work.case, _provider(work), kind="declaration-request", words={"due_on": due_on}, by=None)
    # The whole of the last day is the provider's.
    late_at = calendar.london_instant(due_on + timedelta(days=1))
    return {
        "declaration_due_at": due_on.isoformat(),
        "declaration_remind_at": (work.now + (late_at - work.now) / 2).isoformat(),
        "declaration_late_at": late_at.isoformat(),
    }


def _provider(work: Work) -> Provider:
    return _membership(work).provider


def _membership(work: Work) -> Membership:
    return queries.by_id(work.session, str(work.data["membership_id"]))


@operation("declarations.remind")
def remind(work: Work) -> None:
    """Remind the provider that its declaration is wanted."""
    mail.to_group(work.session, _provider(work).group_key, kind="declaration:reminder", case=None, subject="Your renewed declaration is wanted",
                  link="/provider")  # fmt: skip
    audit.record(work.session, "declaration:reminded", case=work.case, by=None)


@operation("declarations.hold")
def hold(work: Work) -> None:
    """The time is over and nothing was returned: say so, which holds new placements and opens a case for people to look at."""
    membership = _membership(work)
    happenings.announce(
        work.session, "StandingInDoubt", {"membership": str(membership.id), "event": EVENT},
        message_id=f"declaration:{work.case.reference}:{work.now.date()}", keys={"membership": str(membership.id)},
    )  # fmt: skip
    audit.record(work.session, "declaration:late", case=work.case, by=None)


@operation("declarations.take")
def take(work: Work) -> None:
    """Keep what the provider declares. Refused for anyone who does not belong to it; Invalid unless somebody puts their name to it."""
    if work.by is None or _provider(work).group_key not in permissions.provider_groups(work.by):
        raise Refused("Only the provider can declare this")
    if not str(work.answers.get("signatory_name") or "").strip():
        raise Invalid({"signatory_name": "Enter the name of the person who declares this"})
    if work.answers.get("truth_declared") is not True:
        raise Invalid({"truth_declared": "Confirm that what you declare is true"})


@operation("declarations.check")
def check(work: Work) -> None:
    """Accept a declaration, which clears a hold that its lateness caused, or send it back to be made again."""
    if work.by is None:
        raise Refused("A person checks a declaration")
    if work.answers["declaration_accepted"] != "yes":
        return
    membership = _membership(work)
    for each in queries.holds_of(work.session, [membership.id]):
        if each.event == EVENT:
            suspensions.clear(work.session, each, because="The declaration was returned and accepted", message_id=f"declared:{each.id.hex}")
