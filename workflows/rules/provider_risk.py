"""What speaks for looking at a provider at once: the signs that its record holds, each in words, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import Certificate, Hold, Premises, Provider, Registration, RegistrationStatus
from workflows.rules import certificate_kinds
from workflows.rules.calendar import date_words

SERIOUS, ATTENTION = "Serious concern", "Needs attention"
STOPS = {
    RegistrationStatus.SUSPENDED: "Ofsted has suspended its registration",
    RegistrationStatus.CANCELLED: "Ofsted has cancelled its registration",
    RegistrationStatus.NOT_REGISTERED: "It is not registered with Ofsted",
}


@dataclass(frozen=True)
class Sign:
    """One sign and whether it is a serious one."""

    words: str
    is_serious: bool


def signs(
    provider: Provider,
    *,
    registration: Registration | None,
    holds: Sequence[Hold],
    certificates: Sequence[Certificate],
    premises: Sequence[Premises],
) -> list[Sign]:
    """The signs in a provider's record. `certificates` are the newest of each kind and place; `holds` those not lifted."""
    found = [Sign(f"The company was dissolved on {date_words(provider.dissolved_on)}", True)] if provider.dissolved_on else []
    found += _of_register(registration)
    found += [Sign(f"No new placements: {hold.because}", True) for hold in holds]
    told = {hold.certificate_id for hold in holds}
    ended = [each for each in certificates if each.id not in told]
    found += [Sign(f"{certificate_kinds.WORDS[each.kind]} ended on {date_words(each.ends_on)}", False) for each in ended]
    return found + [Sign(f"{each.name} was graded red", True) for each in premises if each.grade == "red" and each.closed_on is None]


def _of_register(registration: Registration | None) -> list[Sign]:
    if registration is None:
        return []
    found = [Sign(STOPS[registration.status], True)] if registration.status in STOPS else []
    if registration.last_outcome == 3:
        found.append(Sign("Ofsted found serious or widespread weaknesses", True))
    if registration.has_enforcement:
        found.append(Sign("Ofsted has taken enforcement action", False))
    return found


def badge(found: Sequence[Sign]) -> str:
    """The words of the badge for these signs; nothing when there are none."""
    if not found:
        return ""
    return SERIOUS if any(sign.is_serious for sign in found) else ATTENTION
