"""An application that has been sent, with its checks or its admission running on the real engine, moved on by the people whose tasks they are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Application,
    ApplicationStatus,
    Case,
    DueDiligenceCheck,
    GroupMembership,
    Incident,
    LegalForm,
    ListCategory,
    ProcessInstance,
    Provider,
    PurchasingList,
    Regime,
    Timer,
    User,
    UserTask,
    clock,
)
from tests.processes.library import shipped
from tests.support import declaring
from workflows.actions import cases, instances, providers, timers
from workflows.demo import people
from workflows.library import forms, task_forms
from workflows.queries import due_diligence as queries
from workflows.queries import tasks as task_queries

SENT = "2026-03-30 10:00"  # the clock of ten working days runs out on Wednesday 15 April: Easter lies in between
DUE = date(2026, 4, 15)
DOERS = {
    "children-commissioning": "amara.osei", "procurement": "raj.patel", "legal": "leah.stone", "finance": "owen.fairley",
    "safeguarding": "yusuf.adeyemi", "quality": "carys.pryce", "executive-director-children": "helen.ashdown",
    "head-of-procurement": "alan.frost", "chief-executive": "david.orme",
}  # fmt: skip
GROUNDS = ("conviction", "tax_final", "tax_other", "labour", "insolvency", "misconduct", "competition", "conflict", "prior_involvement", "performance",
           "misrepresentation", "influence")  # fmt: skip
REGISTERS = {
    "company_status": "active", "accounts_overdue": "no", "disqualified_director": "no", "sanctions_hit": "no", "checked_on": "2026-03-30",
}  # fmt: skip
EXCLUSION = {**dict.fromkeys(GROUNDS, "none"), "debarment": "none", "exclusion_reasons": "Nothing was declared and nothing found."}
FINANCE = {
    "accounts": "yes", "accounts_year_end": "2025-12-31", "expected_annual_value": "100000", "turnover": "250000", "current_assets": "90000",
    "stock": "0", "current_liabilities": "60000", "total_debt": "20000", "equity": "80000", "net_assets": "80000", "loss_last_year": "no",
    "loss_year_before": "no", "insolvency": "no", "finance_narrative": "Sound.",
}  # fmt: skip
INSURANCE = {
    "employers_liability": "certificate", "employers_liability_limit": "10000000", "employers_liability_ends_on": "2026-12-31",
    "public_liability": "certificate", "public_liability_limit": "10000000", "public_liability_ends_on": "2026-12-31",
    "professional_indemnity": "certificate", "professional_indemnity_limit": "2000000", "professional_indemnity_ends_on": "2026-12-31",
    "exclusions_checked": "yes",
}  # fmt: skip
OFSTED = {
    "ofsted_status": "registered", "ofsted_urn": "2765432", "ofsted_categories": ["2"], "enforcement": "no", "register_checked_on": "2026-03-30",
}  # fmt: skip
SAFEGUARDING = {
    **{f"policy_{each}": "ok" for each in ("safeguarding", "missing", "behaviour", "contingency", "complaints", "location", "statement")},
    "single_central_record": "yes", "dbs_sample": ["support worker, 123456789012, 2025-05-01, enhanced with barred list"],
    "prohibition_checked": "yes", "lado_history": "none", "safeguarding_result": "ok", "safeguarding_reasons": "Everything is in place.",
}  # fmt: skip
REFERENCES = {
    "referee_1": "A neighbouring council", "reference_1": "received", "recommends_1": "yes", "reference_score_1": "3", "references_result": "good",
}  # fmt: skip
SITE = {"site_visit": "deferred", "deferred_because": "The premises open in May."}
RECOMMEND = {"diligence_summary": "Every criterion is met.", "recommendation": "admit", "all_categories": "all"}
REPORT = {
    "report_summary": "Every criterion is met.", "estimated_annual_value": "100000", "value_total": "0", "savings": "0", "executive": "yes",
    "treasury": "no", "two_or_more_divisions": "no", "authority_ref": "OKD99 (20/21)", "exempt": "yes",
}  # fmt: skip
DECIDE = {"admission_decision": "admit", "admission_reasons": "Every criterion is met.", "alternatives_rejected": "None.", "has_interest": "no"}
SIGN = {"signed_by_name": "Avery Lark", "signed_by_role": "Director", "agreement_read": True, "authority_confirmed": True}
PUBLISH = {"published_on": "2026-04-08", "no_addresses": True, "notices_checked": True}
PASSED = {"diligence_result": "passed", "conditions": [], "categories_recommended": ["shared"], "advice_needed": "no"}


def scored(score: int = 4, **changes: int) -> dict[str, str]:
    """The answers of an evaluator: this score for every question, but for those that are named."""
    found: dict[str, str] = {}
    for key in queries.QUESTIONS:
        found |= {f"score_{key}": str(changes.get(key, score)), f"comment_{key}": "Read and weighed."}
    return found


CHECKS: dict[str, tuple[dict[str, Any], str]] = {
    "check-registers": (REGISTERS, ""), "assess-exclusion": (EXCLUSION, ""), "assess-finance": (FINANCE, ""), "check-insurance": (INSURANCE, ""),
    "check-ofsted": (OFSTED, ""), "check-safeguarding": (SAFEGUARDING, ""), "take-references": (REFERENCES, ""), "plan-site-visit": (SITE, ""),
    "score-first": (scored(), "tom.birch"), "score-second": (scored(), "lena.hartwell"),
}  # fmt: skip


@dataclass
class Desk:
    """One application on its way."""

    session: Session
    application: Application
    done: list[str] = field(default_factory=list)
    started: list[ProcessInstance] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The case of the application."""
        return self.application.case

    @property
    def instance(self) -> ProcessInstance:
        """The newest process of the case."""
        return self.started[-1]

    @property
    def incidents(self) -> list[str]:
        """What cannot go on."""
        query = select(Incident.message).where(Incident.case_id == self.case.id, Incident.closed_at.is_(None))
        return list(self.session.scalars(query))

    @property
    def waiting(self) -> list[str]:
        """The open tasks."""
        return sorted(task.bpmn_id for task in task_queries.open_tasks_of(self.session, self.case.id))

    @property
    def checks(self) -> Mapping[str, DueDiligenceCheck]:
        """The newest result of each check."""
        return queries.checks(self.session, self.case.id)

    def result(self, kind: str) -> str:
        """The result of one check."""
        return self.checks[kind].result

    def at(self, when: str) -> None:
        """Let the clock come to a London moment; every timer due by then fires at its own time."""
        moment = clock.read_instant(when)
        while True:
            due = self.session.scalar(select(Timer.due_at).where(Timer.instance_id == self.instance.id).order_by(Timer.due_at).limit(1))
            if due is None or due > moment:
                break
            clock.hold(max(due, clock.now()))
            timers.fire(self.session, self.instance.id, clock.now())
        clock.hold(moment)

    def person(self, name: str) -> User:
        """Someone by `first.last`; the provider's own person is `avery.lark`."""
        return people.find_person(self.session, name)

    def task(self, step: str) -> UserTask:
        """The open task of a step."""
        return next(task for task in task_queries.open_tasks_of(self.session, self.case.id) if task.bpmn_id == step)

    def answers(self, step: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What the form of a step makes of these answers; it must take them."""
        schema = task_forms.form_of(self.session, self.task(step))
        checked = forms.validate(schema, shipped.Sent(answers, schema))
        assert checked.errors == {}, f"{step}: {checked.errors}"
        return checked.answers

    def do(self, step: str, answers: Mapping[str, Any] | None = None, *, by: str = "") -> None:
        """Complete a waiting task with answers that its form takes, by the one whose task it is, who has no interest in the provider."""
        task = self.task(step)
        doer = self.person(by or DOERS.get(task.candidate_group, "avery.lark"))
        with self.session.begin_nested():
            declaring.complete(self.session, task, answers=self.answers(step, answers or {}), by=doer)
        self.session.flush()
        assert not self.incidents, self.incidents
        self.done.append(step)

    def check(self, *, leave: tuple[str, ...] = (), **changes: Mapping[str, Any]) -> None:
        """Make every check that waits, with these answers changed: `assess_finance={...}`; `leave` are not made."""
        for step, (answers, by) in CHECKS.items():
            if step not in leave and step in self.waiting:
                self.do(step, {**answers, **changes.get(step.replace("-", "_"), {})}, by=by)

    def restart(self, key: str, data: Mapping[str, Any]) -> None:
        """Start another process of the same case, as the application does when it calls it."""
        self.started.append(instances.start(self.session, self.case, key, data={**data, "case_reference": self.case.reference}, by=None))

    def admit_by(self, data: Mapping[str, Any] = PASSED) -> None:
        """Begin the admission with what the checks gave."""
        self.restart("admission", {"provider_group": self.application.provider.group_key, **data})


def a_list(session: Session, *, regime: Regime = Regime.PCR_R34, criteria_version: str = "", valid_to: date = date(2028, 12, 31)) -> PurchasingList:
    """A list with one category for young people of 16 and 17 in shared homes, and one for lodgings."""
    found = PurchasingList(
        reference=f"WX-LIST-{uuid.uuid4().hex[:6]}", title="Supported accommodation", regime=regime, valid_from=date(2024, 4, 1), valid_to=valid_to,
        criteria_version=criteria_version, created_at=clock.now(), request_deadline=None, first_tender_on=None,
    )  # fmt: skip
    session.add(found)
    session.flush()
    session.add_all(
        [
            ListCategory(list_id=found.id, key="shared", name="Shared homes", position=0, ofsted_category=2),
            ListCategory(list_id=found.id, key="lodgings", name="Lodgings", position=1, ofsted_category=4),
        ]
    )
    session.flush()
    return found


def a_provider(session: Session) -> Provider:
    """A provider with one person of its own, Avery Lark."""
    provider = providers.create(session, name="Harbour Homes Ltd", legal_form=LegalForm.PRIVATE_COMPANY, by=None)
    avery = session.scalar(select(User).where(User.email == "avery.lark@westhampton.example.gov.uk"))
    if avery is None:
        avery = User(email="avery.lark@westhampton.example.gov.uk", name="Avery Lark", created_at=clock.now(), password_hash=None, last_signed_in_at=None)
        session.add(avery)
        session.flush()
    session.add(GroupMembership(user_id=avery.id, group_key=provider.group_key, starts_on=date(2026, 1, 1), ends_on=None))
    session.flush()
    session.refresh(avery)
    return provider


def sent_application(
    session: Session, *, regime: Regime = Regime.PCR_R34, categories: tuple[str, ...] = ("shared",), valid_to: date = date(2028, 12, 31)
) -> Desk:
    """An application that was sent on Monday 30 March 2026 and must be answered by Wednesday 15 April."""
    provider, purchasing_list = a_provider(session), a_list(session, regime=regime, valid_to=valid_to)
    case = cases.open_case(
        session, kind="provider-application", prefix="APP", title="Harbour Homes Ltd: application to join", team_key="children-commissioning",
        by=None, provider=provider, keys={"provider": str(provider.id)},
    )  # fmt: skip
    application = Application(
        case_id=case.id, provider_id=provider.id, list_id=purchasing_list.id, categories=list(categories), status=ApplicationStatus.SENT,
        started_by_id=people.find_person(session, "avery.lark").id, started_at=clock.now(), last_changed_at=clock.now(), sent_at=clock.now(),
        sent_by_id=None, evaluation_due_on=DUE, extended_at=None, decided_at=None, ended_at=None, case=case, provider=provider,
        purchasing_list=purchasing_list,
    )  # fmt: skip
    session.add(application)
    session.flush()
    return Desk(session, application)


def being_checked(session: Session, **changes: Any) -> Desk:
    """A sent application whose checks have begun."""
    desk = sent_application(session, **changes)
    desk.restart("due-diligence", {"regime": desk.application.purchasing_list.regime.value})
    return desk
