"""What the page of a suspension shows: what happened, what is held and since when, and how many young people were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from models import Case, Hold, Membership, MembershipStatus, WelfareCheck, clock
from webapp.db import db
from webapp.shared import cards, case_cards, filters
from webapp.shared.cards import Card, Row
from webapp.signed_in import visitor
from workflows.queries import memberships, placements
from workflows.queries.case_pages import Whole
from workflows.rules import membership_events, permissions, words

KIND = "suspension"
STATUSES = {
    MembershipStatus.ADMITTED: {"text": "Agreement to sign", "colour": "yellow"},
    MembershipStatus.ACTIVE: {"text": "On the list", "colour": "green"},
    MembershipStatus.CONDITIONAL: {"text": "On the list with conditions", "colour": "orange"},
    MembershipStatus.EMBARGOED: {"text": "New placements on hold", "colour": "red"},
    MembershipStatus.SUSPENDED: {"text": "Suspended", "colour": "red"},
    MembershipStatus.EXPIRED: {"text": "Left the list", "colour": "grey"},
    MembershipStatus.REMOVED: {"text": "Removed from the list", "colour": "grey"},
    MembershipStatus.WITHDRAWN: {"text": "Left the list", "colour": "grey"},
}
OUTCOMES = {"well": "Well and safe there", "concern": "Concerns, and a plan", "at_risk": "At risk"}


def _cards(whole: Whole) -> list[Card]:
    return [_place(whole.case), _holds(whole.case), _welfare(whole.case)]


def _membership(session: Session, case: Case) -> Membership | None:
    wanted = case.provider_id
    return memberships.current(session, wanted) if wanted is not None else None


def _place(case: Case) -> Card:
    membership = _membership(db.session, case)
    if membership is None:
        return cards.card("Place on the list", [], empty="The provider is no longer on a list")
    blockers = memberships.blockers_of(db.session, membership)
    rows = [
        cards.row("List", membership.purchasing_list.title),
        cards.row("Now", None, STATUSES[membership.status]),
        *[cards.row("Stands in the way of a placement", each.words) for each in blockers],
    ]
    return cards.card("Place on the list", rows)


def _holds(case: Case) -> Card:
    rows = [_hold(hold) for hold in memberships.all_holds_of_case(db.session, case.id)]
    return cards.card("Holds of this case", rows, empty="Nothing is held in this case")


def _hold(hold: Hold) -> Row:
    where = hold.premises.reference if hold.premises is not None else "All premises"
    since = filters.short_day(hold.starts_at)
    said = [f"since {since}", f"confirmed on clause {hold.clause}" if hold.clause else ""]
    said += [f"lifted on {filters.short_day(hold.lifted_at)}" if hold.lifted_at is not None else ""]
    return cards.row(where, f"{membership_events.words_of(hold.event).capitalize()}: {words.listed([each for each in said if each])}")


def _welfare(case: Case) -> Card:
    found = placements.checks_of(db.session, case.id)
    done = [check for check in found if check.done_at is not None]
    rows = [cards.row("Seen", f"{len(done)} of {len(found)}")] if found else []
    rows += [_check(number, check, len(found)) for number, check in enumerate(found, 1)] if _may_know() else []
    return cards.card("Welfare checks", rows, empty="Nobody lived there when placements were held")


def _may_know() -> bool:
    reader = visitor()
    return reader is not None and permissions.can_see_placements(reader)


def _check(number: int, check: WelfareCheck, total: int) -> Row:
    """One check with its reference, for those who may know of placements."""
    late = check.done_at is None and check.due_at < clock.now()
    state = OUTCOMES.get(check.outcome, check.outcome) if check.done_at is not None else "Overdue" if late else "Not seen yet"
    return cards.row(f"{number} of {total}, {check.placement.reference}", state)


def _facts(session: Session, case: Case) -> Mapping[str, str]:
    held: Sequence[Hold] = memberships.holds_of_case(session, case.id)
    facts = {"What happened": words.listed(list(dict.fromkeys(membership_events.words_of(each.event) for each in held)))}
    if _may_know():
        found = placements.checks_of(session, case.id)
        facts["Young people"] = ", ".join(f"{number} of {len(found)} is {check.placement.reference}" for number, check in enumerate(found, 1))
    return {key: value for key, value in facts.items() if value}


case_cards.CARDS[KIND] = _cards
case_cards.FACTS[KIND] = _facts
