"""How a task is reminded of and whom its being late concerns: from its step, from the council's policy values, from teams and posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, UserTask
from workflows.engine import escalation
from workflows.engine.escalation import MANAGER, PROPERTY, Stage
from workflows.queries import parameters, people
from workflows.rules import permissions

MONITORING_OFFICER = "monitoring_officer"
PARTS = ("first_reminder_percent", "second_reminder_percent")
FALLBACK = "escalation_fallback_group"


@dataclass(frozen=True)
class Recipient:
    """A team or post to tell; `because` says why it is not the one that was meant, where that is so."""

    group: CandidateGroup
    because: str = ""


def stages_of(session: Session, task: UserTask) -> tuple[Stage, ...]:
    """The stages of a task: those of its step, else the council's usual ones. The people of providers get letters instead."""
    if task.properties.get(PROPERTY):
        return escalation.read(str(task.properties[PROPERTY]))
    group = session.get(CandidateGroup, task.candidate_group)
    if group is not None and group.role in permissions.PROVIDERS:
        return ()
    return usual(session, statutory=is_statutory(session, task.properties))


def usual(session: Session, *, statutory: bool) -> tuple[Stage, ...]:
    """The council's usual stages; a statutory step is also told to the Monitoring Officer."""
    parts = [_number(session, key) for key in PARTS]
    stages = [Stage(percent=part) for part in parts if part is not None]
    manager, monitoring = (_number(session, key) for key in ("escalate_manager_days", "escalate_monitoring_days"))
    if manager is not None:
        stages.append(Stage(who=MANAGER, days=manager))
    officer = session.scalar(select(CandidateGroup.key).where(CandidateGroup.role == MONITORING_OFFICER).order_by(CandidateGroup.key).limit(1))
    if statutory and officer is not None and monitoring is not None:
        stages.append(Stage(who=officer, days=monitoring))
    return escalation.in_order(list(dict.fromkeys(stages)))


def _number(session: Session, key: str) -> int | None:
    """A policy value as a whole number; None where the council has none, so that this stage is left out."""
    try:
        return int(parameters.value(session, key))
    except parameters.UnknownParameter:
        return None


def is_statutory(session: Session, properties: Mapping[str, Any]) -> bool:
    """Whether law stands behind a step: it names its legal basis, or the rule of its due date does."""
    if properties.get("legalBasis"):
        return True
    try:
        return bool(properties.get("dueRule") and parameters.find(session, str(properties["dueRule"])).legal_basis)
    except parameters.UnknownParameter:
        return False


def words_for(session: Session, properties: Mapping[str, Any]) -> str:
    """What a step's page says of reminders."""
    names = {group.key: group.name for group in people.groups(session)}
    if properties.get(PROPERTY):
        try:
            return escalation.words_of(escalation.read(str(properties[PROPERTY])), names)
        except escalation.UnknownWords as error:
            return f"Cannot be read: {error}"
    stages = usual(session, statutory=is_statutory(session, properties))
    return f"{escalation.words_of(stages, names)} (the council’s usual)"


def recipient(session: Session, group_key: str, who: str) -> Recipient:
    """Whom to tell that a task of this team is overdue: the manager or the post that is meant, or the fallback where nobody would read it."""
    own = session.get_one(CandidateGroup, group_key)
    wanted = own.manager_key if who == MANAGER else who
    if wanted is None:
        return Recipient(_fallback(session), f"{own.name} has no manager, so this comes to you.")
    group = session.get(CandidateGroup, wanted)
    if group is None:
        return Recipient(_fallback(session), f"There is no team or post {wanted} any more, so this comes to you.")
    if not people.members(session, group.key) and not group.email:
        return Recipient(_fallback(session), f"Nobody holds the post {group.name}, so this comes to you.")
    return Recipient(group)


def _fallback(session: Session) -> CandidateGroup:
    key = str(parameters.value(session, FALLBACK))
    found = session.get(CandidateGroup, key)
    if found is None:
        raise LookupError(f"The policy value {FALLBACK} names {key}, which is no team or post")
    return found
