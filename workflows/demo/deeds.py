"""What the people of the demo market do beside the plain forms of their tasks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Application,
    Certificate,
    CertificateKind,
    Premises,
    Provider,
    PurchasingList,
    Regime,
    RegistrationStatus,
    User,
    UserTask,
    clock,
)
from workflows.actions import applications, certificates, contracts, findings, lists, placements, registrations, visits
from workflows.actions import inspections as inspection_actions
from workflows.actions import memberships as membership_actions
from workflows.demo import arriving, told
from workflows.demo.arriving import Scene
from workflows.demo.market import Trader
from workflows.demo.people import find_person
from workflows.demo.walking import StoryBroken
from workflows.library import checklists
from workflows.queries import inspections, memberships
from workflows.registers import ofsted
from workflows.rules import calendar, standards

Done = Callable[[Scene, Provider, Trader], str]
Prepared = Callable[[Scene, UserTask, Trader, User], Mapping[str, Any]]
DEEDS: dict[str, Done] = {}
# In how many working days a visit is made that cannot wait.
SOON = {"critical": 1, "high": 2}
WHY_VISITED = {
    "admission": "A first visit before anybody is placed.", "calendar": "The usual time has passed since the last visit.",
    "sample": "One of the visits of which nobody is told.",
    "ofsted": "What the register says became worse.",
    "allegation": "A serious allegation was made. It cannot wait.",
}  # fmt: skip


def open_list(scene: Scene) -> PurchasingList:
    """The list that the whole market applies to, and the contract behind it."""
    terms = dict(scene.market.list_terms)
    by, annual_value = find_person(scene.session, terms.pop("by")), Decimal(terms.pop("annual_value"))
    made = lists.create(scene.session, regime=Regime.PCR_R34, by=by, **terms)
    contracts.create(
        scene.session, title=made.title, starts_on=made.valid_from, initial_ends_on=made.valid_to, by=by, purchasing_list=made,
        annual_value=annual_value,
    )  # fmt: skip
    return made


def deed(name: str) -> Callable[[Done], Done]:
    """Register what a fate calls by this name; it says what was done, or nothing."""

    def register(done: Done) -> Done:
        DEEDS[name] = done
        return done

    return register


def _fill_rest(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    application = scene.session.scalars(select(Application).where(Application.case_id == task.case_id)).one()
    arriving.fill_rest(scene, application, trader, by=by)
    return {"signatory_name": by.name}


def _mark_lines(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    """Mark the checklist on the day of the visit: what the fate tells of is not met, the rest is."""
    inspection = inspections.of_case(scene.session, task.case_id)
    wrong = {finding["line"]: finding["evidence"] for finding in trader.fate.findings}
    for line in standards.lines_of(checklists.of_inspection(scene.session, inspection)):
        mark, evidence = ("not_met", wrong[line.key]) if line.key in wrong else ("met", "")
        visits.mark(scene.session, inspection, line=line.key, mark=mark, evidence=evidence, by=by)
    return {"visited_on": inspection.planned_for}


def _write_findings(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    inspection = inspections.of_case(scene.session, task.case_id)
    for finding in trader.fate.findings:
        findings.write_down(scene.session, inspection, by=by, **finding)
    return {}


def _read_register(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    return told.registration(trader)


def _verify_first(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    _verify(scene, task.case.provider_id, by)
    return {}


def _verify(scene: Scene, provider_id: uuid.UUID | None, by: User) -> int:
    """Verify what waits; how many there were."""
    waits = select(Certificate).where(Certificate.provider_id == provider_id, Certificate.verified_at.is_(None), Certificate.refused_because == "")
    found = scene.session.scalars(waits.order_by(Certificate.kind, Certificate.number)).all()
    for certificate in found:
        certificates.verify(scene.session, certificate, by=by)
    return len(found)


def _weigh(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    """Why a visit is wanted and how urgent it is, as whatever asked for it said."""
    inspection = inspections.of_case(scene.session, task.case_id)
    is_grave = inspection.risk == "critical"
    return {
        "trigger": inspection.trigger, "risk": inspection.risk or "low", "referral_needed": "yes" if is_grave else "no",
        "triage_because": WHY_VISITED.get(inspection.trigger, "Somebody told us."),
    }  # fmt: skip


def _choose_day(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    """Nobody is told of a grave matter or of a sample; a grave one cannot wait."""
    inspection = inspections.of_case(scene.session, task.case_id)
    if inspection.risk in SOON:
        return {"announced": "no", "visit_on": {"in_working_days": SOON[inspection.risk]}}
    return {"announced": "no"} if inspection.trigger == "sample" else {}


def _sign(scene: Scene, task: UserTask, trader: Trader, by: User) -> Mapping[str, Any]:
    return {"signed_by_name": by.name}


def visit_moment(session: Session, task: UserTask) -> datetime | None:
    """When a planned visit is over: in the afternoon of its day."""
    planned_for = inspections.of_case(session, task.case_id).planned_for
    return calendar.london_instant(planned_for, at=time(15)) if planned_for else None


# What has to be done on other pages before a task can be completed; gives what this makes known for its form.
BEFORE: dict[str, Prepared] = {
    "complete-application": _fill_rest, "check-ofsted": _read_register, "publish-membership": _verify_first, "record-visit": _mark_lines,
    "grade-visit": _write_findings, "triage": _weigh, "plan-visit": _choose_day, "sign-agreement": _sign,
}  # fmt: skip
# Steps that are done at a moment of their own.
WHEN: dict[str, Callable[[Session, UserTask], datetime | None]] = {"record-visit": visit_moment}


@deed("withdraw")
def withdraw(scene: Scene, provider: Provider, trader: Trader) -> str:
    """The provider takes its application back."""
    application = scene.session.scalars(select(Application).where(Application.provider_id == provider.id)).one()
    because = "We found a larger house in another county and open there first."
    applications.withdraw(scene.session, application, because=because, by=arriving.person_of(scene, trader))
    return f"{application.case.reference} withdrawn"


@deed("plan_routine")
def plan_routine(scene: Scene, provider: Provider, _trader: Trader) -> str:
    """The quality manager wants a visit because the year is over."""
    return _plan(scene, provider, trigger="calendar", risk="low")


@deed("plan_unannounced")
def plan_unannounced(scene: Scene, provider: Provider, _trader: Trader) -> str:
    """The quality manager wants a visit that nobody is told of."""
    return _plan(scene, provider, trigger="sample", risk="medium")


def _first_home(scene: Scene, provider: Provider) -> Premises:
    return scene.session.scalars(select(Premises).where(Premises.provider_id == provider.id).order_by(Premises.reference).limit(1)).one()


def _plan(scene: Scene, provider: Provider, *, trigger: str, risk: str) -> str:
    by = find_person(scene.session, "moira.kendrick")
    case = inspection_actions.plan_by_hand(scene.session, premises=_first_home(scene, provider), trigger=trigger, risk=risk, by=by)
    return f"{case.reference}: a visit is wanted by {by.name}"


@deed("place")
def place(scene: Scene, provider: Provider, trader: Trader) -> str:
    """A placement officer records two placements where nothing stands in the way of them."""
    membership, premises = memberships.current(scene.session, provider.id), _first_home(scene, provider)
    if membership is None or memberships.blockers_of(scene.session, membership, premises):
        return ""
    by = find_person(scene.session, "bridget.nolan")
    for number in range(min(2, premises.spaces)):
        reference = f"YP-{990000 + trader.number * 10 + number}"
        placements.record(
            scene.session, reference=reference, premises=premises, starts_on=clock.today(), social_worker_post="Social Worker, Leaving Care",
            age=17 if number else 16, by=by,
        )  # fmt: skip
    return f"Placements at {premises.reference} recorded by {by.name}"


@deed("report_incident")
def report_incident(scene: Scene, provider: Provider, _trader: Trader) -> str:
    """Safeguarding hears of a serious allegation."""
    by = find_person(scene.session, "yusuf.adeyemi")
    inspection_actions.notify_incident(
        scene.session, provider=provider, premises=_first_home(scene, provider), severity="critical", because="allegation",
        message_id=f"demo-incident:{provider.reference}", by=by,
    )  # fmt: skip
    return f"An incident at {provider.reference} reported by {by.name}"


@deed("cancel_registration")
def cancel_registration(scene: Scene, provider: Provider, trader: Trader) -> str:
    """Ofsted's register says that the registration was cancelled."""
    by = find_person(scene.session, "yusuf.adeyemi")
    entry = ofsted.Entry(urn=told.registration(trader)["ofsted_urn"], status=RegistrationStatus.CANCELLED)
    registrations.record(scene.session, provider, entry, by=by)
    return f"The registration of {provider.reference} is cancelled"


@deed("renew_insurance")
def renew_insurance(scene: Scene, provider: Provider, trader: Trader) -> str:
    """The provider sends new certificates, a few days late."""
    by, today = arriving.person_of(scene, trader), clock.today()
    for kind, limit in told.LIMITS.items():
        certificates.add(
            scene.session, provider, kind=CertificateKind(kind), issuer="Northern Mutual Insurance", number=f"NM-{trader.number:03}-R",
            limit=Decimal(limit), starts_on=today, ends_on=today + timedelta(days=364), by=by,
        )  # fmt: skip
    return f"New certificates from {provider.reference}"


@deed("verify_certificates")
def verify_certificates(scene: Scene, provider: Provider, _trader: Trader) -> str:
    """Procurement looks at what has come."""
    by = find_person(scene.session, "gwen.abara")
    return f"{_verify(scene, provider.id, by)} certificates of {provider.reference} verified by {by.name}"


@deed("leave")
def leave(scene: Scene, provider: Provider, trader: Trader) -> str:
    """The provider leaves the list of its own accord."""
    membership = memberships.current(scene.session, provider.id)
    if membership is None:
        raise StoryBroken(f"{provider.name} is on no list")
    because = "We close the house at the end of the lease."
    membership_actions.withdraw(scene.session, membership, because=because, by=arriving.person_of(scene, trader))
    return f"{provider.reference} leaves the list"


@deed("meet_conditions")
def meet_conditions(scene: Scene, provider: Provider, trader: Trader) -> str:
    """What the admission was made conditional on has come, and Procurement has seen it."""
    renew_insurance(scene, provider, trader)
    verify_certificates(scene, provider, trader)
    by, membership = find_person(scene.session, "gwen.abara"), memberships.current(scene.session, provider.id)
    for condition in membership.conditions if membership else ():
        membership_actions.meet_condition(scene.session, condition, by=by)
    return f"The conditions of {provider.reference} are met"


@deed("cancel_visit")
def cancel_visit(scene: Scene, provider: Provider, _trader: Trader) -> str:
    """The visit that was planned is not made."""
    inspection = inspections.running_for(scene.session, _first_home(scene, provider))
    if inspection is None:
        raise StoryBroken(f"No inspection of {provider.name} is under way")
    by = find_person(scene.session, "moira.kendrick")
    inspection_actions.cancel(scene.session, inspection, because="The house stands empty until the boiler is replaced.", by=by)
    return f"{inspection.case.reference} cancelled by {by.name}"
