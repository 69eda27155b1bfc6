"""An application from its first section to its end on the real engine: filled in, sent and looked at by the people whose tasks they are."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, AuditEvent, Case, Letter, OutboxMail, ProcessInstance, Provider, PurchasingList, Timer, User, UserTask, clock
from tests.processes.admission import desk
from tests.processes.admission.desk import CHECKS, DECIDE, DOERS, PUBLISH, RECOMMEND, REPORT, SIGN
from tests.processes.library import shipped
from tests.support import declaring
from workflows.actions import application_drafts, applications, operating, provider_documents, timers
from workflows.demo import filling, people
from workflows.library import forms, task_forms
from workflows.queries import applications as queries
from workflows.queries import providers
from workflows.queries import tasks as task_queries
from workflows.rules import applying

RECEIVED = "2026-03-30 10:00"  # answered by Wednesday 15 April: Good Friday and Easter Monday lie in between
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HOME = {
    "name": "Mill House", "address": "4 Weaver Street", "postcode": "WX1 2AB", "district": "Harbour", "category": "2", "spaces": 5, "age_from": 16,
    "age_to": 17, "gender": "any", "night_cover": "waking", "is_step_free": "no", "support_hours": 12, "weekly_price": "850.00",
    "gas_until": "2027-01-31", "electrical_until": "2030-01-31", "fire_until": "2026-12-31", "needs_licence": "no",
}  # fmt: skip
COVER = {
    "has": "yes", "limit": "10000000.00", "issuer": "Tideway Mutual", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "covers_abuse": "yes",
}  # fmt: skip
SECTIONS: dict[str, Any] = {
    "organisation": {
        "legal_name": "Harbour Homes Ltd",
        "legal_form": "private_company",
        "is_small": "yes",
        "is_voluntary": "no",
        "company_number": "sc 123456",
        "vat_number": "GB 980 7806 84",
        "address": "1 Quay Road",
        "postcode": "wx1 1aa",
        "contact_name": "Avery Lark",
        "contact_email": "avery@harbour-homes.example.org",
        "contact_phone": "01632 960301",
    },
    "people": [{"name": "Avery Lark", "role": "Director", "is_in_control": "yes", "starts_on": "2020-05-01"}],
    "exclusion": {"conviction": "none"},
    "ofsted": {"ofsted_status": "registered", "ofsted_urn": "2765432", "ofsted_categories": ["2"], "has_enforcement": "no"},
    "safeguarding": {"safeguarding_lead": "Avery Lark"},
    "staff": {"staff_count": 9, "staff_qualified": 6},
    "methods": {key: "As we work." for key in ("leadership", "protection", "accommodation", "support")},
    "premises": [HOME],
    "finance": {"accounts_kind": "accounts"},
    "insurance": [{**COVER, "kind": "employers_liability", "number": "EL-1"}, {"kind": "public_liability", "has": "will", "limit": "10000000"}],
    "experience": [],
}
DECLARATION = {
    "signatory_name": "Avery Lark", "signatory_role": "Director", "authority_confirmed": True, "truth_declared": True, "privacy_read": True,
}  # fmt: skip
COMPLETE = {**{f"item_{key}": "present" for key in SECTIONS}, "is_manifest": "no"}
UNCLEAR = {**COMPLETE, "item_finance": "missing"}
MANIFEST = {**COMPLETE, "is_manifest": "yes", "manifest_because": "It is not a legal entity."}
AGREES = {"rejection_agreed": "yes", "rejection_reasons": "The applicant is not a legal entity."}
EXTENDS = {"extend": "yes", "extended_because": "The accounts must be examined together with those of the parent company."}
LEAVES = {"extend": "no"}
ASKS = {"items": ["finance"], "questions": ["Which accounts are the latest?"], "reply_by": "2026-04-08"}
REPLIES = {"reply": "Those of December 2025 are attached to our record."}
SECOND = "gwen.abara"


@dataclass
class Applicant:
    """One application on its way, with what its provider and the council do to it."""

    session: Session
    application: Application

    @property
    def case(self) -> Case:
        """The case of the application."""
        return self.application.case

    @property
    def instance(self) -> ProcessInstance:
        """The process of the case."""
        query = select(ProcessInstance).where(ProcessInstance.case_id == self.case.id)
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    @property
    def ended_as(self) -> str:
        """The end that the process came to; nothing while it runs."""
        return self.instance.ended_as or ""

    @property
    def waiting(self) -> list[str]:
        """The open tasks."""
        return sorted(task.bpmn_id for task in task_queries.open_tasks_of(self.session, self.case.id))

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

    def do(self, step: str, answers: Mapping[str, Any] | None = None, *, by: str = "") -> None:
        """Complete a waiting task with answers that its form takes, by the one whose task it is, who has no interest in the provider."""
        task = self.task(step)
        schema = task_forms.form_of(self.session, task)
        checked = forms.validate(schema, shipped.Sent(answers or {}, schema))
        assert checked.errors == {}, f"{step}: {checked.errors}"
        doer = self.person(by or DOERS.get(task.candidate_group, "avery.lark"))
        with self.session.begin_nested():
            declaring.complete(self.session, task, answers=checked.answers, by=doer)
        self.session.flush()

    def check(self, *, leave: tuple[str, ...] = ()) -> None:
        """Make every check that waits but those to `leave`."""
        for step, (answers, by) in CHECKS.items():
            if step not in leave and step in self.waiting:
                self.do(step, answers, by=by)

    def fill_in(self, *, leave: tuple[str, ...] = ()) -> None:
        """Complete every section but those to `leave`, as its form wants it."""
        _give_paper(self.session, self.application.provider, self.person("avery.lark"))
        known = {row.key: row.revision for row in queries.sections_of(self.session, self.application).values()}
        for key, told in SECTIONS.items():
            if key not in leave:
                form = application_drafts.form_of(self.session, self.application, key)
                entries = [filling.fill(form, each, chance=random.Random(key)) for each in (told if isinstance(told, list) else [told])]
                values = {"items": [{"id": f"{n:08x}", **one} for n, one in enumerate(entries)]} if applying.BY_KEY[key].is_list else entries[0]
                application_drafts.save_section(
                    self.session, self.application, key, values, problems={}, is_completed=True, by=self.person("avery.lark"),
                    revision=known.get(key, 0),
                )  # fmt: skip

    def send(self) -> None:
        """Complete everything and send it."""
        self.fill_in()
        self.do("complete-application", DECLARATION)
        self.session.refresh(self.application)

    def send_and_look(self, found: Mapping[str, Any] = COMPLETE) -> None:
        """Send it and look for what is missing."""
        self.send()
        self.do("check-completeness", found)

    def pass_checks(self, recommending: Mapping[str, Any] = RECOMMEND) -> None:
        """Make every check that waits and recommend admission, or what else is told."""
        self.check()
        self.do("recommend", recommending, by="lena.hartwell")

    def come_to_decide(self) -> None:
        """Take the application to the director's decision."""
        self.send_and_look()
        self.pass_checks()
        self.do("write-admission-report", REPORT, by="nils.verhoeven")

    def sign(self) -> None:
        """Sign the agreement and look at the public list."""
        self.do("sign-agreement", SIGN)
        self.do("publish-membership", {**PUBLISH, "published_on": clock.today().isoformat()})

    def admit(self, **changes: Any) -> None:
        """Decide for admission and go on to the end."""
        self.do("decide-admission", {**DECIDE, **changes})
        self.sign()

    def reject(self, criterion: str, because: str) -> None:
        """Write the report on what is not met and let the director refuse."""
        self.do("write-admission-report", REPORT, by="nils.verhoeven")
        self.do("decide-admission", {**DECIDE, "admission_decision": "reject", f"why_{criterion}": because})

    def admit_with_conditions(self) -> None:
        """Recommend and decide admission with a condition, on which all three advise, and go on to the end."""
        self.check()
        condition = {"recommendation": "admit_conditional", "conditions": "Show the certificate", "conditions_due_on": "2026-06-30"}
        self.do("recommend", {**RECOMMEND, **condition, "departure_reasons": "The certificate is renewed in June."}, by="lena.hartwell")
        self.do("write-admission-report", REPORT, by="nils.verhoeven")
        for adviser in ("procurement", "legal", "finance"):
            self.do(f"advise-{adviser}", {"response": "support", "implications": "None."})
        self.admit(admission_decision="admit_conditional")

    def perform(self, name: str, *, by: str = "", answers: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """An operation by itself, as a diagram that asked for it at the wrong time would have it done."""
        work = operating.Work(
            session=self.session, case=self.case, instance=self.instance, element_id="anywhere", now=clock.now(), data={}, answers=answers or {},
            by=self.person(by) if by else None,
        )  # fmt: skip
        return operating.perform(name, work)

    def letter(self, kind: str) -> Letter:
        """The letter of a kind."""
        return self.session.scalars(select(Letter).where(Letter.case_id == self.case.id, Letter.kind == kind)).one()

    def withdraw(self, because: str = "We found other work.") -> None:
        """The provider takes it back."""
        applications.withdraw(self.session, self.application, because=because, by=self.person("avery.lark"))

    def letters(self) -> list[str]:
        """The kinds of the letters that were sent, in order."""
        return list(self.session.scalars(select(Letter.kind).where(Letter.case_id == self.case.id).order_by(Letter.sent_at)))

    def events(self, kind: str) -> list[AuditEvent]:
        """What was recorded of a kind."""
        query = select(AuditEvent).where(AuditEvent.chain == self.case.id.hex, AuditEvent.kind == kind)
        return list(self.session.scalars(query.order_by(AuditEvent.sequence)))

    def mails(self, kind: str) -> list[str]:
        """The addresses to which mail of a kind went."""
        query = select(OutboxMail.to_address).where(OutboxMail.case_id == self.case.id, OutboxMail.kind == kind)
        return list(self.session.scalars(query.order_by(OutboxMail.created_at)))


def begun(session: Session, provider: Provider | None = None, purchasing_list: PurchasingList | None = None, **changes: Any) -> Applicant:
    """An application that a provider has begun to a list for homes and lodgings."""
    provider = provider or desk.a_provider(session)
    purchasing_list = purchasing_list or desk.a_list(session, **{key: changes[key] for key in ("regime", "valid_to") if key in changes})
    by = people.find_person(session, "avery.lark")
    application = applications.start(
        session, provider=provider, purchasing_list=purchasing_list, categories=changes.get("categories", ["shared"]), by=by
    )
    return Applicant(session, application)


def _give_paper(session: Session, provider: Provider, by: User) -> None:
    """The one document that this provider names wherever it is asked for one."""
    if not providers.documents_of(session, provider):
        provider_documents.add(
            session, provider, filename="papers.pdf", content=PAPER, kind="policies", title="Policies and certificates", expires_on=None, by=by,
            folder=Path(tempfile.mkdtemp()),
        )  # fmt: skip
