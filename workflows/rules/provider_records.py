"""Who may read and change what is kept about a provider: its own people, and the staff who keep the records."""

from __future__ import annotations

from models import Certificate, Provider, User
from workflows.errors import Refused
from workflows.rules import permissions

KEEPERS = frozenset({"commissioning_officer", "procurement_officer"})
VERIFIERS = KEEPERS | {"qa_inspector", "qa_manager", "safeguarding_officer"}


def belongs(user: User, provider: Provider) -> bool:
    """Whether a person is one of the provider's own people today."""
    return provider.group_key in permissions.provider_groups(user)


def can_read(user: User, provider: Provider) -> bool:
    """Whether a provider's record exists for this reader: staff see all, a provider's people their own and never another's."""
    return belongs(user, provider) if permissions.is_provider(user) else permissions.is_staff(user)


def check_keep(user: User, provider: Provider) -> None:
    """Raise Refused unless this person may change the provider's record."""
    if not can_keep(user, provider):
        raise Refused("Only the provider's own people, Commissioning and Procurement can change this record")


def can_keep(user: User, provider: Provider) -> bool:
    """Whether `check_keep` would pass."""
    return belongs(user, provider) or (permissions.is_staff(user) and permissions.has_role(user, *KEEPERS))


def check_keep_register(user: User) -> None:
    """Raise Refused unless this person may write down what a public register says: staff who keep the records or check them."""
    if not can_keep_register(user):
        raise Refused("Only the teams that check providers can record what a register says")


def can_keep_register(user: User) -> bool:
    """Whether `check_keep_register` would pass."""
    return permissions.is_staff(user) and permissions.has_role(user, *VERIFIERS)


def why_not_verify(user: User, certificate: Certificate) -> str:
    """Why this person may not verify or refuse a certificate, as a sentence; nothing when they may.

    Whoever added it may not: two people look at every certificate (four eyes, domain 4.2).
    """
    if not (permissions.is_staff(user) and permissions.has_role(user, *VERIFIERS)):
        return "Only the teams that check providers can verify a certificate"
    if certificate.added_by_id == user.id:
        return "You cannot verify this certificate because you added it. Ask a colleague"
    return ""
