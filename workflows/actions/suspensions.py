"""Opening a suspension case for what happened to a provider, and telling one that its cause is gone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, CaseKey, Certificate, Hold, Inspection, Membership, Message, Premises, User
from workflows.actions import audit, cases, happenings, instances, messages
from workflows.errors import Conflict, Invalid
from workflows.queries import memberships as queries
from workflows.rules import certificate_kinds, membership_events, permissions

KEY, PREFIX, TEAM = "suspension", "SUS", "children-commissioning"


@happenings.opener(KEY)
def open_suspension(session: Session, name: str, payload: Mapping[str, Any], by: User | None) -> happenings.Opened:
    """A case for a provider that something happened to; None when it is on no list, when it is not grave, or when a case runs already."""
    trigger = _read(session, name, payload)
    if trigger is None:
        return None
    membership, data = trigger
    if _is_running(session, data):
        return None
    return _opened(session, membership, data, by=by), {**data}


def open_by_hand(session: Session, membership: Membership, *, event: str, because: str, premises: Premises | None = None, by: User) -> Case:
    """Start a suspension case because of something that people learned. Refused for who may not; Invalid without a reason."""
    permissions.check_start(by, KEY)
    if event not in membership_events.EVENTS:
        raise Invalid({"event": "Select what happened"})
    if not because.strip():
        raise Invalid({"because": "Enter what happened"})
    if membership.status not in membership_events.LIVE:
        raise Conflict("Only a member of a list can be suspended")
    data = _data(membership, event=event, premises_id=str(premises.id) if premises else "")
    if _is_running(session, data):
        raise Conflict("A case about this runs already")
    case = _opened(session, membership, data, by=by)
    audit.record(session, "suspension:reported", case=case, by=by, detail={"event": event}, text={"because": because.strip()})
    instances.start(session, case, KEY, data={**data, "case_reference": case.reference}, by=by)
    return case


def _opened(session: Session, membership: Membership, data: dict[str, str], *, by: User | None) -> Case:
    provider = membership.provider
    about = {"event": data["event"], "premises": data["premises_id"], "certificate": data["certificate_id"]}
    keys = {"provider": str(provider.id), "membership": str(membership.id), **{name: value for name, value in about.items() if value}}
    title = f"{provider.name}: {_what_happened(session, data)}"[: cases.LONGEST_TITLE]
    case = cases.open_case(session, kind=KEY, prefix=PREFIX, title=title, team_key=TEAM, by=by, provider=provider, keys=keys)
    data["case_reference"] = case.reference
    return case


def _what_happened(session: Session, data: Mapping[str, str]) -> str:
    """What a case is about in words; one about a cover names it, since two that end together are two cases."""
    certificate = session.get(Certificate, uuid.UUID(data["certificate_id"])) if data["certificate_id"] else None
    if certificate is None or certificate.premises_id is not None:
        return membership_events.words_of(data["event"])
    words = certificate_kinds.WORDS[certificate.kind]
    return f"{words[0].lower()}{words[1:]} has ended"


def _data(membership: Membership, *, event: str, premises_id: str = "", certificate_id: str = "") -> dict[str, str]:
    provider = membership.provider
    return {
        "membership_id": str(membership.id), "provider_id": str(provider.id), "provider_group": provider.group_key, "provider_name": provider.name,
        "event": event, "premises_id": premises_id, "certificate_id": certificate_id,
    }  # fmt: skip


def _read(session: Session, name: str, payload: Mapping[str, Any]) -> tuple[Membership, dict[str, str]] | None:
    """Which member a message is about and what happened to it; None when it is nothing for a suspension."""
    event, premises_id, certificate_id = "", str(payload.get("premises") or ""), str(payload.get("certificate") or "")
    membership = queries.by_id(session, payload["membership"]) if payload.get("membership") else None
    provider_id = membership.provider_id if membership else uuid.UUID(str(payload["provider"])) if payload.get("provider") else None
    if name in ("InsuranceLapsed", "StandingInDoubt"):
        event = str(payload.get("event") or "") or membership_events.LAPSES.get(_kind(session, certificate_id), "by_hand")
    elif name == "OfstedStatusChanged":
        outcome = payload.get("outcome")
        event = membership_events.of_ofsted(str(payload.get("status") or ""), int(outcome) if outcome else None)
    elif name == "IncidentNotified" and payload.get("severity") == "critical":
        event = "critical_finding"
    elif name in ("InspectionCompleted", "ActionOverdue"):
        event, provider_id, premises_id = _of_inspection(session, name, payload)
    if not event or provider_id is None:
        return None
    if membership is None or membership.status not in membership_events.LIVE:
        membership = next(iter(queries.live_of(session, provider_id)), None)
    if membership is None:
        return None
    return membership, _data(membership, event=event, premises_id=premises_id, certificate_id=certificate_id)


def _kind(session: Session, certificate_id: str) -> Any:
    certificate = session.get(Certificate, uuid.UUID(certificate_id)) if certificate_id else None
    return certificate.kind if certificate else None


def _of_inspection(session: Session, name: str, payload: Mapping[str, Any]) -> tuple[str, uuid.UUID | None, str]:
    inspection = session.get(Inspection, uuid.UUID(str(payload["inspection"])))
    if inspection is None:
        return "", None, ""
    premises_id = str(inspection.premises_id or "")
    if name == "ActionOverdue":
        return ("action_overdue" if payload.get("severity") == "critical" else ""), inspection.provider_id, premises_id
    consequence = str(payload.get("consequence") or "")
    if "suspension" in consequence:
        return "inspection_concern", inspection.provider_id, ""
    return ("critical_finding" if "embargo" in consequence else ""), inspection.provider_id, premises_id


def _is_running(session: Session, data: Mapping[str, str]) -> bool:
    """Whether an open case is about the same thing happening to the same provider."""
    query = select(Case.id).where(Case.kind == KEY, Case.closed_at.is_(None), Case.provider_id == uuid.UUID(data["provider_id"]))
    for name, value in (("event", data["event"]), ("premises", data["premises_id"]), ("certificate", data["certificate_id"])):
        known = select(CaseKey.case_id).where(CaseKey.name == name)
        query = query.where(Case.id.in_(known.where(CaseKey.value == value)) if value else Case.id.not_in(known))
    return session.scalar(query.limit(1)) is not None


def clear(session: Session, hold: Hold, *, because: str, message_id: str) -> bool:
    """Tell the case of a hold that what it waited for has come; whether that was news to it."""
    case = session.get(Case, hold.case_id) if hold.case_id else None
    return case is not None and clear_case(session, case, because=because, message_id=message_id)


def clear_case(session: Session, case: Case, *, because: str, message_id: str) -> bool:
    """Tell a case that its cause is gone; whether that was news. A closed case does not hear it, and the same message counts once."""
    if case.closed_at is not None or session.scalar(select(Message.id).where(Message.message_id == message_id)) is not None:
        return False
    messages.send_to_case(session, case, "CauseCleared", {"cleared_because": because}, message_id=message_id)
    return True


def warned(session: Session, membership: Membership) -> Sequence[tuple[Case, Certificate]]:
    """The open cases of a member about a certificate for which nothing is held yet, each with that certificate."""
    held = select(Hold.case_id).where(Hold.case_id.is_not(None))
    query = select(Case, CaseKey.value).join(CaseKey, (CaseKey.case_id == Case.id) & (CaseKey.name == "certificate"))
    query = query.where(Case.kind == KEY, Case.closed_at.is_(None), Case.provider_id == membership.provider_id, Case.id.not_in(held))
    return [(case, session.get_one(Certificate, uuid.UUID(value))) for case, value in session.execute(query)]
