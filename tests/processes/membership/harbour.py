"""A provider on the list with two premises, its certificates and the young people who live there, and a suspension case moved on by people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from models import (
    Case,
    Certificate,
    CertificateKind,
    GroupMembership,
    Hold,
    Job,
    LegalForm,
    Letter,
    ListCategory,
    Membership,
    MembershipPeriod,
    MembershipStatus,
    OutboxMail,
    Placement,
    Premises,
    Provider,
    PurchasingList,
    Regime,
    Registration,
    RegistrationStatus,
    User,
    UserTask,
    clock,
)
from models.session import new_session, transaction
from tests.support import declaring, factories
from workflows.actions import cases, certificates, definitions, memberships, organisation, providers, standing
from workflows.demo import people
from workflows.enqueue import Tools, enqueue
from workflows.jobs import planning, standing_watch
from workflows.jobs.passing import pass_time
from workflows.jobs.runner import run_once
from workflows.library import definitions as library
from workflows.library import forms
from workflows.queries import tasks as task_queries
from workflows.rules import calendar

STARTS = "2026-03-02 09:30"
DOERS = {
    "children-commissioning": "amara.osei", "procurement": "raj.patel", "legal": "leah.stone", "executive-director-children": "helen.ashdown", "social-work": "tess.warrick",
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "confirm-status": {"confirm": "confirm", "clause": "14.2", "confirm_reasons": "The cover has ended and no new certificate is here."},
    "tell-provider": {"letter_reasons": "Your cover ended. We cannot place without it.", "lifts_when": "A new certificate, verified by us."},
    "make-representations": {"representations": "The broker is late. The new policy begins on Monday."},
    "check-welfare": {"seen": "yes", "seen_on": "2026-04-01", "outcome": "well"},
    "advise-status": {"lawful": "all", "advice": "Clause 14.2 allows to hold and to suspend."},
    "decide-status": {"decision": "reinstate", "decision_reasons": "What we asked for has been done and verified."},
    "review-status": {"review": "keep", "review_reasons": "Nothing has changed."},
    "reinstate": {"reinstate": "lift", "reinstate_reasons": "The new cover is in place."},
    "return-declaration": {"nothing_changed": "yes", "signatory_name": "Amy Lowe", "signatory_role": "Director", "truth_declared": "yes"},
    "check-declaration": {"declaration_accepted": "yes", "check_reasons": "Nothing has changed."},
}
KINDS = ("suspension", "renewed-declaration")
TOOLS = Tools(council_name="Westhampton County Council")


@dataclass
class Harbour:
    """Harbour Homes on the list since 2 March 2026: insured to the end of the year unless a test says otherwise."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with transaction(self.engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with new_session(self.engine, writes=False) as session:
            yield session

    def pass_until(self, when: str) -> None:
        """Let time pass: timers, jobs and midnights come at their own moments."""
        pass_time(self.engine, TOOLS, until=clock.read_instant(when))
        clock.hold(clock.read_instant(when))

    def skip_to(self, when: str) -> None:
        """Go to a moment without the midnights before it, which change nothing in a test that does not look at them."""
        clock.hold(clock.read_instant(when))
        with self.writing() as session:
            session.execute(delete(Job).where(Job.name == standing_watch.NAME))
        planning.plan_one(self.engine, standing_watch.NAME)
        self.pass_until(when)

    def insure(self, kind: CertificateKind, ends_on: date, *, starts_on: date = date(2026, 1, 1), limit: int = 10_000_000, place: str = "",
               verified_by: str = "raj.patel") -> uuid.UUID:  # fmt: skip
        """A certificate that the provider sent and somebody of Procurement verified, unless nobody did."""
        with self.writing() as session:
            of_premises = self.premises(session, place) if place else None
            made = certificates.add(
                session, self.provider(session), kind=kind, issuer="Northgate Mutual", number="NM-1", limit=None if place else Decimal(limit),
                starts_on=starts_on, ends_on=ends_on, by=self.person(session, "amy"), premises=of_premises,
            )  # fmt: skip
            if verified_by:
                certificates.verify(session, made, by=self.person(session, verified_by))
            return made.id

    def cover_ends(self, kind: CertificateKind, ends_on: date, *, place: str = "") -> None:
        """Let a certificate that the provider has end on another day."""
        with self.writing() as session:
            premises_id = self.premises(session, place).id if place else None
            query = select(Certificate).where(Certificate.kind == kind, Certificate.premises_id == premises_id)
            session.scalars(query).one().ends_on = ends_on

    def look_now(self) -> None:
        """What a change of the provider's record asks for: a look at it at once."""
        with self.writing() as session:
            enqueue(session, standing.LOOK, {"provider": str(self.provider(session).id)})
        run_once(self.engine, TOOLS, clock.now())

    def told(self, kinds: str) -> set[str]:
        """The names of the people who got a mail of these kinds."""
        with self.reading() as session:
            query = select(User.name).join(OutboxMail, OutboxMail.to_user_id == User.id)
            return set(session.scalars(query.where(OutboxMail.kind.startswith(kinds))))

    def mails(self, kind: str) -> list[date]:
        """The London days on which mails of a kind were written."""
        with self.reading() as session:
            found = session.scalars(select(OutboxMail.created_at).where(OutboxMail.kind == kind).order_by(OutboxMail.created_at))
            return [calendar.london_date(each) for each in found]

    def placement_ends(self, placement_id: uuid.UUID) -> date | None:
        with self.reading() as session:
            return session.get_one(Placement, placement_id).ends_on

    def provider(self, session: Session) -> Provider:
        return session.scalars(select(Provider).where(Provider.name == "Harbour Homes Ltd")).one()

    def membership(self, session: Session) -> Membership:
        return session.scalars(select(Membership)).one()

    def premises(self, session: Session, name: str = "Quay House") -> Premises:
        return session.scalars(select(Premises).where(Premises.name == name)).one()

    def person(self, session: Session, name: str) -> User:
        if name == "amy":
            return session.scalars(select(User).where(User.name == "Amy Lowe")).one()
        return people.find_person(session, name)

    def status(self) -> MembershipStatus:
        with self.reading() as session:
            return self.membership(session).status

    def holds(self) -> list[Hold]:
        with self.reading() as session:
            return list(session.scalars(select(Hold).order_by(Hold.starts_at)))

    def periods(self) -> list[MembershipPeriod]:
        with self.reading() as session:
            return list(session.scalars(select(MembershipPeriod).order_by(MembershipPeriod.starts_at)))

    def letters(self) -> list[Letter]:
        with self.reading() as session:
            return list(session.scalars(select(Letter).order_by(Letter.sent_at)))

    def cases(self, *kinds: str) -> list[Case]:
        """The suspension cases, or those of other kinds."""
        with self.reading() as session:
            query = select(Case).where(Case.kind.in_(kinds or ("suspension",)))
            return list(session.scalars(query.order_by(Case.opened_at, Case.reference)))

    def waits_for(self) -> list[str]:
        """The ids of the tasks that wait in the cases about the provider."""
        with self.reading() as session:
            found = [task for case in self.cases(*KINDS) for task in task_queries.open_tasks_of(session, case.id)]
            return sorted(task.bpmn_id for task in found)

    def complete(self, step: str, *, by: str = "", **answers: Any) -> None:
        """Complete the first open task of a step as the person whose it is; the answers go through its form first."""
        with self.writing() as session:
            task = self.task(session, step)
            person = self.person(session, by) if by else self.person(session, DOERS.get(task.candidate_group, "amy"))
            declaring.complete(session, task, answers=self._checked(session, task, {**ANSWERS[step], **answers}), by=person)

    def task(self, session: Session, step: str) -> UserTask:
        found = [task for case in self.cases(*KINDS) for task in task_queries.open_tasks_of(session, case.id) if task.bpmn_id == step]
        assert found, f"{step} does not wait, but {self.waits_for()}"
        return found[0]

    def _checked(self, session: Session, task: UserTask, answers: Mapping[str, Any]) -> dict[str, Any]:
        schema = forms.read_form(library.form_source(task.definition, task.properties["formKey"]) or "")
        checked = forms.validate(schema, _Sent(answers), known=task.variables)
        assert not checked.errors, checked.errors
        return dict(checked.answers)

    def place_young_person(self, reference: str = "YP-204417", *, name: str = "Quay House", starts_on: date = date(2026, 3, 2)) -> uuid.UUID:
        """Somebody who lives there already, as a row of its own."""
        with self.writing() as session:
            placement = Placement(
                reference=reference, premises_id=self.premises(session, name).id, starts_on=starts_on, ends_on=None,
                social_worker_post="Social worker, team 4", recorded_by_id=self.person(session, "bridget.nolan").id, recorded_at=clock.now(),
            )  # fmt: skip
            session.add(placement)
            session.flush()
            return placement.id


class _Sent:
    """Answers as a browser sends them."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def getlist(self, key: str) -> list[str]:
        value = self.answers.get(key)
        if value is None:
            return []
        return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def build(engine: Engine) -> Harbour:
    """The provider on the list, with everything in date to the end of 2026, at half past nine on 2 March 2026; the clock is held there."""
    clock.hold(clock.read_instant(STARTS))
    library.forget()
    with transaction(engine) as session:
        organisation.load(session, factories.LIBRARY / "organisation.yml")
        organisation.load_parameters(session, factories.LIBRARY / "parameters.yml")
        for key in ("suspension", "renewed-declaration"):
            definitions.deploy_folder(session, Path(factories.LIBRARY / key))
        people.load_people(session)
        _provider_on_the_list(session)
    harbour = Harbour(engine)
    for kind, limit in ((CertificateKind.EMPLOYERS_LIABILITY, 10), (CertificateKind.PUBLIC_LIABILITY, 10), (CertificateKind.PROFESSIONAL_INDEMNITY, 5)):
        harbour.insure(kind, date(2026, 12, 31), limit=limit * 1_000_000)
    for name in ("Quay House", "Mill Lane"):
        for kind in (CertificateKind.GAS_SAFETY, CertificateKind.ELECTRICAL, CertificateKind.FIRE_RISK):
            harbour.insure(kind, date(2026, 12, 31), place=name)
    planning.plan_one(engine, standing_watch.NAME)
    harbour.pass_until(STARTS)
    return harbour


def _provider_on_the_list(session: Session) -> None:
    officer = people.find_person(session, "amara.osei")
    provider = providers.create(session, name="Harbour Homes Ltd", legal_form=LegalForm.PRIVATE_COMPANY, by=officer)
    amy = User(email="amy@harbour.example", name="Amy Lowe", password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    amy.memberships.append(GroupMembership(group_key=provider.group_key, starts_on=date(2020, 1, 1), ends_on=None))
    purchasing_list = PurchasingList(
        reference="LIST-1", title="Supported accommodation", regime=Regime.PCR_R34, valid_from=date(2025, 1, 1), valid_to=date(2027, 3, 31),
        request_deadline=None, first_tender_on=None, created_at=clock.now(),
    )  # fmt: skip
    purchasing_list.categories.append(ListCategory(key="shared", name="Shared, looked-after only", ofsted_category=2))
    session.add_all([amy, purchasing_list])
    session.flush()
    session.add(
        Registration(provider_id=provider.id, urn="2765432", status=RegistrationStatus.REGISTERED, categories=[2], last_inspected_on=None,
                     last_outcome=None, starts_at=clock.now(), ends_at=None, checked_by_id=None)
    )  # fmt: skip
    for place, reference in (("Quay House", "PREM-0001"), ("Mill Lane", "PREM-0002")):
        session.add(
            Premises(provider_id=provider.id, reference=reference, name=place, address="14 Sluice Row", postcode="WH1 4QZ", district="Harbour",
                     category=2, spaces=2, weekly_price=None, grade="green", graded_at=clock.now(), opened_on=None, closed_on=None)
        )  # fmt: skip
    case = cases.open_case(session, kind="provider-application", prefix="APP", title="An application", team_key="procurement", by=officer, provider=provider)
    membership = Membership(
        provider_id=provider.id, list_id=purchasing_list.id, case_id=case.id, categories=["shared"], admitted_at=clock.now(), starts_on=None,
        ends_on=None, review_due_on=None, ended_at=None, agreement_signed_at=None, provider=provider, purchasing_list=purchasing_list,
    )  # fmt: skip
    session.add(membership)
    session.flush()
    session.add(MembershipPeriod(membership_id=membership.id, status=MembershipStatus.ADMITTED, case_id=case.id, by_id=officer.id,
                                 starts_at=clock.now(), ends_at=None))  # fmt: skip
    session.flush()
    memberships.activate(session, membership, signed_by_name="Amy Lowe", by=amy)
