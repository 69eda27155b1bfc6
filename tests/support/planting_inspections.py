"""Inspections for tests: a provider with premises and people, and a walk that does the steps of an inspection as those whose turn it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Case, GroupMembership, Inspection, LegalForm, OutboxMail, Premises, ProcessInstance, Provider, User, UserTask, clock
from models.session import transaction
from tests.support import declaring, factories
from workflows.actions import definitions, findings, inspections, premises, providers, timers, visits
from workflows.demo import people
from workflows.library import checklists
from workflows.library import definitions as library
from workflows.queries import inspections as queries
from workflows.rules import standards

PARTS = ("organisation.yml", "parameters.yml", "inspection", "site-visit", "improvement-action")
ADDRESS, POSTCODE, HOUSE = "17 Quarrelton Rise, Saltings", "SW1A 1AA", "Quarrelton House"
MANAGER, INSPECTOR, COLLEAGUE, PROTECTOR, COMMISSIONER = "moira.kendrick", "carys.pryce", "dev.anand", "yusuf.adeyemi", "amara.osei"
TRIAGE = {"trigger": "calendar", "risk": "medium", "immediate_embargo": "no", "referral_needed": "no", "triage_because": "It is due."}
VISITED = {"visit_result": "visited", "visit_from": "10:00", "visit_to": "12:30", "staff_on_duty": 2, "young_people_spoken_to": 3,
           "young_people_declined": 1, "restricted_notes": "They feel safe.", "disclosure": "no"}  # fmt: skip
REPORT = "The house is well run. What is still to do stands below."
FINAL = {"report_decision": "final", "report": REPORT, "grade_decision": "keep", "accepted_changes": []}
EVIDENCE = {"evidence": "It was repaired, and the certificate is with us."}


def council(engine: Engine, folder: Path, *also: str) -> None:
    """The inspection with what it calls, copied into a folder and deployed, and the demo people; no other process but those named."""
    folder.mkdir(exist_ok=True)
    for part in (*PARTS, *also):
        source = factories.LIBRARY / part
        shutil.copytree(source, folder / part) if source.is_dir() else shutil.copy(source, folder / part)
    library.forget()
    with transaction(engine) as session:
        definitions.deploy_library(session, folder)
        people.load_people(session)


def premises_of_a_provider(session: Session, *, name: str = "Harbour Homes", supports: tuple[str, ...] = ()) -> Premises:
    """A provider with one premises, whose address and name must never be seen where they do not belong."""
    by = factories.person(session, COMMISSIONER)
    provider = providers.create(session, name=name, legal_form=LegalForm.PRIVATE_COMPANY, by=by, contact_name="Una Brook", contact_email="una@example.org")
    return premises.add(
        session, provider, by=by, name=HOUSE, address=ADDRESS, postcode=POSTCODE, district="Harbour", category=2, spaces=4, supports=list(supports),
        opened_on=date(2024, 5, 1),
    )  # fmt: skip


def somebody_of(session: Session, provider: Provider, name: str = "Una Brook") -> User:
    """A person who may act for a provider; the same one when asked again."""
    email = f"{name.lower().replace(' ', '.')}@{provider.reference.lower()}.example.org"
    known = session.scalar(select(User).where(User.email == email))
    if known is not None:
        return known
    user = User(email=email, name=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    user.memberships.append(GroupMembership(group_key=provider.group_key, starts_on=date(2020, 1, 1), ends_on=None))
    session.add(user)
    session.flush()
    return user


@dataclass
class Walk:
    """One inspection as it goes on, with the clock held by the test."""

    session: Session
    premises: Premises
    case: Case
    provider_person: User
    done: list[str] = field(default_factory=list)

    @property
    def inspection(self) -> Inspection:
        """The inspection as it stands."""
        return queries.of_case(self.session, self.case.id)

    def waiting(self) -> set[str]:
        """The ids of the steps that wait."""
        return {task.bpmn_id for task in queries.open_tasks(self.session, self.inspection)}

    def task(self, step: str) -> UserTask:
        """The open task of a step."""
        found = [task for task in queries.open_tasks(self.session, self.inspection) if task.bpmn_id == step]
        assert found, f"{step} does not wait; waiting: {sorted(self.waiting())}"
        return found[0]

    def person(self, name: str) -> User:
        """A demo person, or the provider's own for `provider`."""
        return self.provider_person if name == "provider" else factories.person(self.session, name)

    def do(self, step: str, answers: Mapping[str, Any], by: str) -> None:
        """Do a step as somebody."""
        declaring.complete(self.session, self.task(step), answers=answers, by=self.person(by))
        self.session.expire_all()
        self.done.append(step)

    def plan(self, day: date | None = None, *, announced: str = "yes", **also: Any) -> None:
        """Plan the visit for a day, by default the next lawful one."""
        on = day or clock.today() + timedelta(days=8)
        self.do("plan-visit", {"visit_on": on.isoformat(), "announced": announced, "scope": ["protection"], **also}, INSPECTOR)

    def move_to(self, moment: datetime | str) -> None:
        """Let time pass to a London time, and let what was due by then happen."""
        clock.hold(clock.read_instant(moment) if isinstance(moment, str) else moment)
        for _ in range(20):
            due = timers.due_instances(self.session, clock.now())
            if not due:
                return
            for instance in due:
                timers.fire(self.session, instance, clock.now())
        raise AssertionError("The timers never come to rest")

    def to_the_visit(self) -> None:
        """Let it be two in the afternoon on the day of the visit."""
        planned = self.inspection.planned_for
        assert planned is not None
        self.move_to(f"{planned.isoformat()} 14:00")

    def mark(self, *lines: str, mark: str = "met", evidence: str = "", by: str = INSPECTOR) -> None:
        """Mark lines of the checklist; all of them in scope when none is named."""
        declaring.declare_none(self.session, self.case, self.person(by))
        known = [line.key for line in standards.lines_of(checklists.of_inspection(self.session, self.inspection))]
        for line in lines or known:
            visits.mark(self.session, self.inspection, line=line, mark=mark, evidence=evidence, by=self.person(by))

    def visit(self, **changed: Any) -> None:
        """Record the visit as made on its day."""
        answers = {**VISITED, "visited_on": clock.today().isoformat(), **changed}
        self.do("record-visit", answers, INSPECTOR)

    def find(self, line: str, severity: str, by: str = INSPECTOR) -> None:
        """Write down a finding."""
        declaring.declare_none(self.session, self.case, self.person(by))
        findings.write_down(self.session, self.inspection, line=line, severity=severity, evidence="Seen on the day.", action_wanted="Put it right.", by=self.person(by))

    def grade(self) -> None:
        """Finish the findings with the draft report."""
        self.do("grade-visit", {"report": REPORT}, INSPECTOR)

    def mails_to_provider(self) -> list[OutboxMail]:
        """What was mailed to the provider's people."""
        return list(self.session.scalars(select(OutboxMail).where(OutboxMail.to_user_id == self.provider_person.id)))

    def ended_as(self) -> str:
        """The end that the process came to; empty while it runs."""
        self.session.expire_all()
        return self.session.scalars(select(ProcessInstance.ended_as).where(ProcessInstance.case_id == self.case.id)).one() or ""


def begin(session: Session, place: Premises | None = None, *, trigger: str = "calendar", risk: str = "medium") -> Walk:
    """An inspection that waits for its triage."""
    found = place or premises_of_a_provider(session)
    person = somebody_of(session, found.provider)
    case = inspections.start(session, found, trigger=trigger, risk=risk, by=None)
    return Walk(session, found, case, person)


def at_the_visit(session: Session, place: Premises | None = None, *, risk: str = "medium") -> Walk:
    """An announced inspection on the afternoon of its visit."""
    walk = begin(session, place)
    walk.do("triage", {**TRIAGE, "risk": risk}, MANAGER)
    walk.plan(announced="no" if risk == "critical" else "yes", day=clock.today() if risk == "critical" else None)
    walk.to_the_visit()
    return walk


def graded(session: Session, place: Premises | None = None, *, severities: Mapping[str, str] | None = None) -> Walk:
    """An inspection whose draft is with the provider, with these findings by line."""
    walk = at_the_visit(session, place)
    walk.mark()
    walk.visit()
    for line, severity in (severities or {}).items():
        walk.find(line, severity)
    walk.grade()
    return walk
