"""Whether a young person may be placed: what a provider and one of its premises must have, and what stands in the way (table D-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models import CertificateKind, MembershipStatus, Premises, Registration, RegistrationStatus
from workflows.rules import certificate_kinds, words

LIVE = frozenset({MembershipStatus.ACTIVE, MembershipStatus.CONDITIONAL})
NEEDED_INSURANCES = (CertificateKind.EMPLOYERS_LIABILITY, CertificateKind.PUBLIC_LIABILITY, CertificateKind.PROFESSIONAL_INDEMNITY)
NEEDED_OF_PREMISES = (CertificateKind.GAS_SAFETY, CertificateKind.ELECTRICAL, CertificateKind.FIRE_RISK)
GRADES_TO_PLACE = frozenset({"green", "amber"})


@dataclass(frozen=True)
class Facts:
    """What is known of a member and one of its premises on a day; `premises` is None when only the provider is asked about."""

    status: str
    is_signed: bool = True
    is_list_open: bool = True
    is_held: bool = False
    is_stopped: bool = False
    is_registered: bool = True
    conditions_overdue: int = 0
    insurances_missing: tuple[CertificateKind, ...] = ()
    premises: Premises | None = None
    is_open: bool = True
    is_premises_held: bool = False
    grade: str = "green"
    has_critical_finding: bool = False
    documents_missing: tuple[CertificateKind, ...] = ()

    def as_record(self) -> dict[str, object]:
        """The same facts for the decision table: plain values under the names that it uses."""
        return {
            "status": self.status, "signed": self.is_signed, "list_open": self.is_list_open, "held": self.is_held,
            "stopped": self.is_stopped, "registered": self.is_registered, "conditions_overdue": self.conditions_overdue > 0,
            "insured": not self.insurances_missing,
            "premises_open": self.is_open, "premises_held": self.is_premises_held, "grade": self.grade,
            "critical": self.has_critical_finding, "documents": not self.documents_missing,
        }  # fmt: skip


@dataclass(frozen=True)
class Blocker:
    """One reason why nobody can be placed, for the provider or, with `premises`, at one place only."""

    code: str
    words: str
    premises: Premises | None = field(default=None, compare=False)


def blockers(facts: Facts) -> list[Blocker]:
    """Everything that stands in the way of a placement, in the order people read it; nothing when one may be made."""
    found = [Blocker(code, text) for code, text in _of_provider(facts)]
    if facts.premises is not None:
        found += [Blocker(code, text, facts.premises) for code, text in _of_premises(facts)]
    return found


def _of_provider(facts: Facts) -> list[tuple[str, str]]:
    found = []
    if facts.status not in {status.value for status in LIVE}:
        found.append(("not_a_member", NOT_LIVE.get(facts.status, "It is not on the list")))
    if not facts.is_signed:
        found.append(("agreement_not_signed", "The agreement is not signed"))
    if not facts.is_list_open:
        found.append(("list_ended", "The list has ended"))
    if facts.is_held:
        found.append(("held", "New placements are on hold"))
    if facts.insurances_missing:
        found.append(("insurance", f"No verified cover today: {_kinds(facts.insurances_missing)}"))
    if facts.is_stopped:
        found.append(("registration_stopped", "Ofsted has suspended or cancelled its registration"))
    if not facts.is_registered:
        found.append(("not_registered", "It is not registered with Ofsted for this kind of accommodation"))
    if facts.conditions_overdue:
        found.append(("condition_overdue", "A condition of its place on the list was not met in time"))
    return found


NOT_LIVE = {
    "admitted": "It has not signed the agreement", "embargoed": "New placements are on hold", "suspended": "It is suspended",
    "expired": "Its place on the list has ended", "removed": "It was removed from the list", "withdrawn": "It left the list",
}  # fmt: skip


def _of_premises(facts: Facts) -> list[tuple[str, str]]:
    found = []
    if not facts.is_open:
        found.append(("premises_closed", "The premises are not open"))
    if facts.is_premises_held:
        found.append(("premises_held", "New placements at the premises are on hold"))
    if facts.grade not in GRADES_TO_PLACE:
        found.append(("not_visited", "The first visit has not found that standards are met") if facts.grade != "red"
                     else ("serious_concern", "The last visit found serious concerns"))  # fmt: skip
    if facts.has_critical_finding:
        found.append(("critical_finding", "A critical finding has not been put right"))
    if facts.documents_missing:
        found.append(("premises_documents", f"Not in date: {_kinds(facts.documents_missing)}"))
    return found


def _kinds(kinds: Sequence[CertificateKind]) -> str:
    first, *others = [certificate_kinds.WORDS[kind] for kind in kinds]
    return words.listed([first, *(each[:1].lower() + each[1:] for each in others)])


def is_stopped(registration: Registration | None) -> bool:
    """Whether Ofsted has suspended or cancelled the registration: then nobody of any age is placed (table D-7)."""
    return registration is not None and registration.status in (RegistrationStatus.SUSPENDED, RegistrationStatus.CANCELLED)
