"""Who may change a process, who may change its rules, and who may agree to a change: never the person who made it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from models import User
from workflows.errors import Refused
from workflows.rules.permissions import has_role

Files = Mapping[str, str]
RULES = "rules.yml"
OWNER = "process_owner"
LEGAL = "legal_officer"
MONITORING = "monitoring_officer"

OWN_CHANGE = "You changed something in this draft yourself. Another person must agree to it"
NOT_FOR_RULES = "This draft changes rules. Only somebody else in Legal, or the Monitoring Officer, can agree to it"


def may_edit(user: User) -> bool:
    """Whether a person may open, save, send, deploy and discard drafts: process owners and Legal."""
    return has_role(user, OWNER, LEGAL)


def may_edit_rules(user: User) -> bool:
    """Whether a person may change the rules that every path of a process must keep: only Legal."""
    return has_role(user, LEGAL)


def may_look(user: User) -> bool:
    """Whether a person may read drafts."""
    return has_role(user, OWNER, LEGAL, MONITORING, "system_admin")


def check_edit(user: User) -> None:
    """Raise Refused unless this person may change processes."""
    if not may_edit(user):
        raise Refused("Only process owners and Legal can change a process")


def check_edit_file(user: User, path: str) -> None:
    """Raise Refused unless this person may change this file of a process."""
    check_edit(user)
    if path == RULES and not may_edit_rules(user):
        raise Refused("Only Legal can change the rules of a process")


def may_move(user: User) -> bool:
    """Whether a person may move running cases to another version of their process."""
    return has_role(user, OWNER, LEGAL, "system_admin")


def check_move(user: User) -> None:
    """Raise Refused unless this person may move running cases."""
    if not may_move(user):
        raise Refused("Only process owners, Legal and system administrators can move cases")


def changes_rules(before: Files, after: Files) -> bool:
    """Whether a change touches the rules; a process that never had any and has none now does not."""
    return before.get(RULES, "") != after.get(RULES, "")


def needs_agreement_of(*, rules_changed: bool) -> str:
    """Who must agree to a change, in words."""
    if rules_changed:
        return "somebody else in Legal, or the Monitoring Officer"
    return "another process owner, or somebody in Legal"


def agreeing_roles(*, rules_changed: bool) -> frozenset[str]:
    """The roles that may agree to a change."""
    return frozenset({LEGAL, MONITORING}) if rules_changed else frozenset({OWNER, LEGAL})


def check_agree(user: User, authors: Collection[uuid.UUID], *, rules_changed: bool) -> None:
    """Raise Refused unless this person may agree to a change that these people saved something of."""
    if not has_role(user, *agreeing_roles(rules_changed=rules_changed)):
        raise Refused(NOT_FOR_RULES if rules_changed else "Only process owners and Legal can agree to a change of a process")
    if user.id in authors:
        raise Refused(OWN_CHANGE)


def may_agree(user: User, authors: Collection[uuid.UUID], *, rules_changed: bool) -> bool:
    """Whether this person may agree to a change that these people saved something of."""
    return has_role(user, *agreeing_roles(rules_changed=rules_changed)) and user.id not in authors
