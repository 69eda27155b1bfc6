"""What can put a member's place on the list in doubt, and which changes of its status are lawful (table D-11)."""

from __future__ import annotations

from dataclasses import dataclass

from models import CertificateKind, MembershipStatus
from workflows.errors import Conflict, Refused


@dataclass(frozen=True)
class Event:
    """Something that happened to a member: its words in the middle of a sentence, and whether it concerns one of its premises only."""

    words: str
    is_of_premises: bool = False


EVENTS = {
    "insurance_lapsed": Event("the insurance cover that every provider must have has ended"),
    "indemnity_lapsed": Event("the professional indemnity insurance has ended"),
    "ofsted_enforcement": Event("Ofsted has suspended or cancelled the registration, or restricted accommodation"),
    "ofsted_outcome_3": Event("Ofsted found serious or widespread weaknesses"),
    "critical_finding": Event("there is a critical finding or a serious safeguarding allegation"),
    "action_overdue": Event("a critical action was not completed in time"),
    "inspection_concern": Event("inspections found serious concerns more than once"),
    "premises_certificate_expired": Event("a safety certificate of premises has ended", is_of_premises=True),
    "declaration_not_returned": Event("the renewed declaration was not returned in time"),
    "condition_not_met": Event("a condition of the place on the list was not met in time"),
    "insolvency": Event("there is an insolvency event"),
    "debarment": Event("the provider is on the debarment list"),
    "by_hand": Event("the council has a concern about the provider"),
}
LAPSES = {
    CertificateKind.EMPLOYERS_LIABILITY: "insurance_lapsed",
    CertificateKind.PUBLIC_LIABILITY: "insurance_lapsed",
    CertificateKind.PROFESSIONAL_INDEMNITY: "indemnity_lapsed",
    CertificateKind.GAS_SAFETY: "premises_certificate_expired",
    CertificateKind.ELECTRICAL: "premises_certificate_expired",
    CertificateKind.FIRE_RISK: "premises_certificate_expired",
}
# These the system holds for by itself at once; the others wait for a person or for the days that the council gives.
HELD_AT_ONCE = frozenset(EVENTS) - {"indemnity_lapsed", "debarment", "by_hand"}

LIVE = frozenset({MembershipStatus.ACTIVE, MembershipStatus.CONDITIONAL, MembershipStatus.EMBARGOED, MembershipStatus.SUSPENDED})
ENDED = frozenset({MembershipStatus.EXPIRED, MembershipStatus.REMOVED, MembershipStatus.WITHDRAWN})
NEVER_AUTOMATIC = frozenset({MembershipStatus.REMOVED, MembershipStatus.SUSPENDED})


def words_of(event: str) -> str:
    """What happened, in the middle of a sentence."""
    return EVENTS[event].words if event in EVENTS else EVENTS["by_hand"].words


def of_ofsted(status: str, outcome: int | None = None) -> str:
    """The event that a change in Ofsted's register is; empty for one that changes nothing for placements."""
    if status in ("suspended", "cancelled", "restricted", "enforcement"):
        return "ofsted_enforcement"
    return "ofsted_outcome_3" if outcome == 3 or status in ("outcome_3", "3") else ""


def check_change(before: MembershipStatus, after: MembershipStatus, *, automatic: bool) -> None:
    """Raise Conflict for a membership that has ended, and Refused for what the system may never do by itself.

    An automatic action holds new placements, lets a membership run out and takes back an offer nobody signed; it never suspends, never
    removes, and never ends a placement.
    """
    if before in ENDED:
        raise Conflict("This membership has ended")
    if before is after:
        raise Conflict("The membership has this status already")
    if automatic and after in NEVER_AUTOMATIC:
        raise Refused("Only a person can suspend a provider or remove it from the list")
    if after is MembershipStatus.ADMITTED:
        raise Refused("A membership does not go back to the day before it was signed")
