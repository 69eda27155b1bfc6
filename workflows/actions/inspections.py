"""Inspections from the reason for a visit to the day of the next: opened, triaged, raised, cancelled and closed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import Case, Inspection, InspectionKind, InspectionStatus, Membership, Premises, Provider, User, clock
from workflows.actions import audit, cases, happenings, instances, mail, messages
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.queries import providers as provider_queries
from workflows.rules import calendar, grading, permissions

KEY = "inspection"
TEAM = "quality"
MANAGER = "quality-manager"
SHORTEST_REASON = 10
RISK_BY_REASON = {"admission": "medium", "first_placement": "high", "ofsted": "high", "calendar": "low"}
NO_WORSE_AT_OFSTED = frozenset({"registered", "not_required", ""})
KIND_BY_TRIGGER = {
    "admission": InspectionKind.INITIAL, "first_placement": InspectionKind.INITIAL, "calendar": InspectionKind.ROUTINE,
    "follow_up": InspectionKind.FOLLOW_UP, "sample": InspectionKind.UNANNOUNCED,
}  # fmt: skip


def open_inspection(
    session: Session, premises: Premises, *, trigger: str, risk: str, by: User | None, kind: InspectionKind | None = None,
    due_on: date | None = None, barred: tuple[uuid.UUID, ...] = (),
) -> tuple[Case, dict[str, Any]]:  # fmt: skip
    """The case of a new inspection and what its process begins with; whoever calls has checked that it is wanted, and starts it."""
    provider = premises.provider
    inspection_id = uuid.uuid4()
    keys = {"provider": str(provider.id), "premises": str(premises.id), "inspection": str(inspection_id)}
    # The premises are named by their reference only: titles are shown in lists, mails and logs.
    title = f"Inspection of {premises.reference}, {provider.name}"[: cases.LONGEST_TITLE]
    case = cases.open_case(session, kind=KEY, prefix="INS", title=title, team_key=TEAM, by=by, provider=provider, keys=keys)
    inspection = Inspection(
        id=inspection_id, case_id=case.id, provider_id=provider.id, premises_id=premises.id, trigger=trigger, risk=risk,
        kind=kind or KIND_BY_TRIGGER.get(trigger, InspectionKind.INCIDENT), due_on=due_on, is_announced=False, created_at=clock.now(),
        planned_for=None, inspector_id=None, notice_sent_at=None, visit_started_at=None, visit_ended_at=None, staff_on_duty=None,
        young_people_spoken_to=None, young_people_declined=None, grade=None, draft_sent_at=None, finalised_at=None, next_due_on=None,
        barred_inspectors=[str(each) for each in barred], scope=[], documents_requested=[],
    )  # fmt: skip
    session.add(inspection)
    session.flush()
    return case, {"case_reference": case.reference, "provider_group": provider.group_key, "risk": risk}


def start(session: Session, premises: Premises, *, trigger: str, risk: str, by: User | None, **also: Any) -> Case:
    """Open an inspection of premises and start its process."""
    case, data = open_inspection(session, premises, trigger=trigger, risk=risk, by=by, **also)
    instances.start(session, case, KEY, data=data, by=by)
    return case


def plan_by_hand(session: Session, *, premises: Premises, trigger: str, risk: str = "medium", by: User) -> Case:
    """Start an inspection because somebody wants one. Refused for those who may not; Conflict when one is under way;
    Invalid without a reason that is known.
    """
    permissions.check_start(by, KEY)
    if risk not in grading.RISKS:
        raise Invalid({"risk": "Select how high the risk is"})
    if not trigger:
        raise Invalid({"trigger": "Select why a visit is wanted"})
    running = queries.running_for(session, premises)
    if running is not None:
        raise Conflict(f"An inspection of these premises is under way: {running.case.reference}")
    return start(session, premises, trigger=trigger, risk=risk, by=by)


def notify_incident(
    session: Session, *, provider: Provider, premises: Premises | None, severity: str, because: str, message_id: str, by: User | None
) -> list[Case]:
    """Tell everything that has to know of an incident; `because` is a code such as `allegation`, never words about a person."""
    if severity not in grading.RISKS:
        raise Invalid({"severity": "Select how serious it is"})
    keys = {"provider": str(provider.id)} | ({"premises": str(premises.id)} if premises is not None else {})
    payload = {"provider": str(provider.id), "premises": str(premises.id) if premises else "", "severity": severity, "because": because}
    return happenings.announce(session, "IncidentNotified", payload, message_id=message_id, keys=keys, by=by)


@happenings.opener(KEY)
def open_because(session: Session, name: str, payload: Mapping[str, Any], by: User | None) -> happenings.Opened:
    """Open what a happening asks for: the first premises' case is given, those of the others are started here."""
    if payload.get("inspection"):
        # An inspection that stops placements by itself reports what it has found: nobody needs to look again.
        return None
    wanted, trigger, risk = _wanted(session, name, payload)
    found = [premises for premises in wanted if not _is_on_its_way(session, premises, name)]
    for premises in found[1:]:
        start(session, premises, trigger=trigger, risk=risk, by=by)
    return open_inspection(session, found[0], trigger=trigger, risk=risk, by=by) if found else None


def _wanted(session: Session, name: str, payload: Mapping[str, Any]) -> tuple[list[Premises], str, str]:
    """Which premises a happening is about, why they are visited, and how urgent that is."""
    if name == "IncidentNotified":
        return _places(session, payload), str(payload.get("because") or "incident"), str(payload.get("severity") or "high")
    if name == "OfstedStatusChanged":
        worse = str(payload.get("status") or "") not in NO_WORSE_AT_OFSTED
        return (_places(session, payload) if worse else []), "ofsted", RISK_BY_REASON["ofsted"]
    trigger = "admission" if name == "ProviderAdmitted" else "first_placement"
    places = _places(session, payload)
    ungraded = [premises for premises in places if not premises.grade]
    return ungraded, trigger, RISK_BY_REASON[trigger]


def _places(session: Session, payload: Mapping[str, Any]) -> list[Premises]:
    """The premises a payload names, or all open ones of the provider it is about."""
    if payload.get("premises"):
        return [session.get_one(Premises, uuid.UUID(str(payload["premises"])))]
    if payload.get("membership"):
        provider = session.get_one(Membership, uuid.UUID(str(payload["membership"]))).provider
    else:
        provider = session.get_one(Provider, uuid.UUID(str(payload["provider"])))
    return list(provider_queries.premises_of(session, provider, closed=False))


def _is_on_its_way(session: Session, premises: Premises, name: str) -> bool:
    """Whether a visit that has not been made yet will look at this anyway; after the visit an incident needs one of its own."""
    running = queries.running_for(session, premises)
    if running is None:
        return False
    return name != "IncidentNotified" or running.visit_ended_at is None


@operation("inspections.triage", gives=("risk", "referral_needed"))
def triage(work: Work) -> dict[str, Any]:
    """Keep why and how urgent a visit is; stop new placements at once where the manager says so."""
    inspection = queries.of_case(work.session, work.case.id)
    risk = str(work.answers["risk"])
    inspection.trigger, inspection.risk = str(work.answers["trigger"]), risk
    inspection.kind = KIND_BY_TRIGGER.get(inspection.trigger, InspectionKind.INCIDENT)
    audit.record(work.session, "inspection:triaged", case=work.case, by=work.by, detail={"risk": risk},
                 text={"because": work.answers["triage_because"]})  # fmt: skip
    if work.answers["immediate_embargo"] == "yes":
        stop_placements(work.session, inspection, because="triage", by=work.by)
    return {"risk": risk, "referral_needed": work.answers["referral_needed"]}


def stop_placements(session: Session, inspection: Inspection, *, because: str, by: User | None) -> None:
    """Announce that nobody is placed here until somebody has looked: it starts a suspension and no further inspection."""
    payload = {
        "provider": str(inspection.provider_id), "premises": str(inspection.premises_id or ""), "severity": "critical", "because": because,
        "inspection": str(inspection.id),
    }  # fmt: skip
    # No keys: this very inspection is not told of an incident that it reports itself.
    happenings.announce(session, "IncidentNotified", payload, message_id=f"embargo:{because}:{inspection.id}", keys={}, by=by)
    audit.record(session, "inspection:placements_stopped", case=inspection.case, by=by, detail={"because": because})


@operation("inspections.schedule")
def schedule(work: Work) -> None:
    """Set the last day for the visit and whether it may be announced, by table D-12a."""
    inspection = queries.of_case(work.session, work.case.id)
    days = int(work.params["days"])
    inspection.is_announced = work.params["notice"] not in ("none", "manual")
    working = calendar.find_calendar("EW", parameters.closures(work.session))
    day = calendar.london_date(work.now)
    for _ in range(days):
        day = calendar.next_working_day(day, working)
    inspection.due_on = min(day, inspection.due_on) if inspection.due_on else day


@operation("inspections.note_no_visit", gives=("closing",))
def note_no_visit(work: Work) -> dict[str, Any]:
    """The premises are closed, or somebody else's: nothing is left to inspect."""
    inspection = queries.of_case(work.session, work.case.id)
    result = str(work.data.get("visit_result", ""))
    _end(work.session, inspection, because=inspection.ended_because or result)
    mail.to_group(work.session, MANAGER, kind="inspection:nothing_to_inspect", case=work.case,
                  subject=f"Nothing to inspect: {work.case.reference}", link=f"/inspections/{work.case.reference}")  # fmt: skip
    return {"closing": "cancelled" if result == "closed" else "superseded"}


def cancel(session: Session, inspection: Inspection, *, because: str, by: User) -> None:
    """Cancel an inspection with a reason. Refused for anyone but the quality manager; Conflict once its report is final or it has ended."""
    check_manage(by)
    if inspection.finalised_at is not None or inspection.status not in queries.RUNNING:
        raise Conflict("This inspection can no longer be cancelled")
    if len(because.strip()) < SHORTEST_REASON:
        raise Invalid({"because": f"Enter a reason of {SHORTEST_REASON} characters or more"})
    audit.record(session, "inspection:cancelled", case=inspection.case, by=by, text={"because": because.strip()})
    inspection.ended_because = because.strip()
    session.flush()
    messages.send_to_case(session, inspection.case, "InspectionCancelled", {"cancelled_because": "by_manager"}, message_id=f"cancel:{inspection.id}")


def check_manage(user: User) -> None:
    """Raise Refused unless this person is the quality manager."""
    if not can_manage(user):
        raise Refused("Only the quality manager can do this")


def can_manage(user: User) -> bool:
    """Whether `check_manage` would pass."""
    return permissions.is_staff(user) and permissions.has_role(user, "qa_manager")


@operation("inspections.cancel")
def note_cancelled(work: Work) -> None:
    """Note that the inspection ended without a report; its reason was kept when it was asked for."""
    inspection = queries.of_case(work.session, work.case.id)
    _end(work.session, inspection, because=inspection.ended_because or str(work.data.get("cancelled_because", "")))
    if queries.provider_knows(inspection) and inspection.visit_ended_at is None:
        mail.to_group(work.session, inspection.provider.group_key, kind="inspection:visit_cancelled", case=work.case,
                      subject=f"The visit is cancelled: {work.case.reference}", link="/provider")  # fmt: skip


def _end(session: Session, inspection: Inspection, *, because: str) -> None:
    inspection.status, inspection.ended_because = InspectionStatus.CANCELLED, because
    session.flush()


@operation("inspections.raise_risk")
def raise_risk(work: Work) -> None:
    """A new incident while the inspection is under way: the risk goes up and never down, and the quality manager is told.

    A visit that nobody has announced yet becomes a secret when the risk is critical.
    """
    inspection = queries.of_case(work.session, work.case.id)
    before, inspection.risk = inspection.risk, grading.worse_risk(inspection.risk, str(work.params["severity"]))
    if inspection.visit_ended_at is None and inspection.risk == "critical":
        inspection.is_announced = inspection.notice_sent_at is not None
    audit.record(work.session, "inspection:risk_raised", case=work.case, by=None, detail={"from": before, "to": inspection.risk})
    mail.to_group(work.session, MANAGER, kind="inspection:risk_raised", case=work.case,
                  subject=f"A new incident during an inspection: {work.case.reference}", link=f"/inspections/{work.case.reference}")  # fmt: skip


@operation("inspections.close")
def close(work: Work) -> None:
    """Close the inspection and set the day of the next visit: the one of table D-13, or an earlier one. Invalid for a later one."""
    inspection = queries.of_case(work.session, work.case.id)
    table = work.data.get("next_visit") or {}
    closures = parameters.closures(work.session)
    day = grading.next_due(queries.day_of_visit(inspection), str(table.get("unit", "manual")), int(table.get("count", 0)), closures=closures)
    sent = str(work.answers.get("next_due_on") or "")
    chosen = date.fromisoformat(sent) if sent else day
    if chosen is None:
        raise Invalid({"next_due_on": "Enter the date of the next visit"})
    if day is not None and chosen > max(day, clock.today()):
        raise Invalid({"next_due_on": f"The next visit must be on or before {calendar.date_words(max(day, clock.today()))}"})
    inspection.next_due_on, inspection.status = chosen, InspectionStatus.CLOSED
    audit.record(work.session, "inspection:closed", case=work.case, by=work.by, detail={"next_due_on": chosen.isoformat()},
                 text={"note": work.answers["closing_note"]})  # fmt: skip
    work.session.flush()
