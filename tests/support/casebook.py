"""A small council with an errand for a process: people, cases at each point of their life, and what pages show of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, select

from models import CandidateGroup, Case, GroupKind, GroupMembership, Parameter, ProcessDefinition, User, UserTask, clock
from models.session import new_session, transaction
from tests.support.clients import Browser, client_for
from workflows.actions import audit, instances, tasks
from workflows.actions.operating import Work, operation
from workflows.queries import tasks as task_queries

ERRAND = Path(__file__).parent.parent / "web" / "cases" / "errand.bpmn"
FORM = (
    '{"type": "default", "schemaVersion": 19, "id": "%s", "components": ['
    '{"type": "textfield", "key": "note", "label": "What is to be fetched?", "validate": {"required": true}}]}'
)
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="size" name="size" namespace="https://example.org/dps">
  <decision id="parcel-size" name="How big is the parcel?"><decisionTable hitPolicy="FIRST">
    <input label="Weight"><inputExpression><text>weight</text></inputExpression></input>
    <output label="Size" name="size" />
    <rule><inputEntry><text>&gt;= 5000</text></inputEntry><outputEntry><text>"very_large"</text></outputEntry></rule>
    <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""
README = "# Run an errand\n\nSomeone fetches **something** for the council.\n\n## Who takes part\n\n- Commissioning proposes.\n- Legal reviews.\n"
GROUPS = {
    "children-commissioning": ("Children's commissioning", "commissioning_officer"),
    "legal": ("Legal", "legal_officer"),
    "procurement": ("Procurement", "procurement_officer"),
    "finance": ("Finance", "finance_officer"),
    "democratic-services": ("Democratic Services", "democratic_services"),
    "monitoring-officer": ("Monitoring Officer", "monitoring_officer"),
    "audit": ("Internal audit", "auditor"),
    "administrators": ("System administrators", "system_admin"),
    "service-improvement": ("Service improvement", "process_owner"),
}
FAILING = "fail"


@operation("errands.fetch", gives=("fetched",))
def fetch(work: Work) -> dict[str, Any]:
    """Fetch it, unless the note says that this must fail."""
    if work.data.get("note") == FAILING and not Shop.is_open:
        raise RuntimeError("The shop did not open its door")
    return {"fetched": "yes"}


class Shop:
    """Whether a failing errand would go well now."""

    is_open = False


@dataclass
class Casebook:
    """An app with the small council in it."""

    app: Flask
    people: dict[str, User] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def browser(self, name: str) -> Browser:
        """A browser of the person in a group: by the group's key."""
        return client_for(self.app, self.people[name])

    def errand(self, title: str = "Fetching the minutes", *, restricted: bool = False, reference: str = "") -> str:
        """A case whose process has just begun; its reference."""
        with transaction(self.engine) as session:
            owner = session.get_one(User, self.people["children-commissioning"].id)
            count = len(session.scalars(select(Case.id)).all())
            case = Case(
                reference=reference or f"KD-2020-{count + 1:04d}", kind="errand", title=title, is_restricted=restricted, owner_id=owner.id,
                team_key="children-commissioning", opened_at=clock.now(), closed_at=None,
            )  # fmt: skip
            session.add(case)
            session.flush()
            audit.record(session, "case:opened", case=case, by=owner, detail={"reference": case.reference, "kind": case.kind})
            instances.start(session, case, "errand", data={}, by=owner)
            return case.reference

    def complete(self, reference: str, step: str, *, by: str, **answers: str) -> None:
        """Complete the open task of a step as the person of a group."""
        with transaction(self.engine) as session:
            case = session.scalars(select(Case).where(Case.reference == reference)).one()
            task = next(each for each in task_queries.open_tasks_of(session, case.id) if each.bpmn_id == step)
            tasks.complete(session, task, answers=answers, by=session.get_one(User, self.people[by].id))

    def case(self, reference: str) -> Case:
        """The row of a case."""
        with new_session(self.engine, writes=False) as session:
            return session.scalars(select(Case).where(Case.reference == reference)).one()

    def open_steps(self, reference: str) -> list[str]:
        """The steps of a case that wait for people."""
        with new_session(self.engine, writes=False) as session:
            return list(session.scalars(select(UserTask.bpmn_id).where(UserTask.case_id == self.case(reference).id, UserTask.completed_at.is_(None))))


def open_casebook(app: Flask) -> Casebook:
    """The small council in an app's empty database, its process deployed."""
    Shop.is_open = False
    book = Casebook(app)
    with transaction(book.engine) as session:
        for key, (name, role) in GROUPS.items():
            session.add(CandidateGroup(key=key, name=name, kind=GroupKind.TEAM, role=role, manager_key=None))
        session.flush()
        for key, (name, _) in GROUPS.items():
            user = User(email=f"{key}@example.gov.uk", name=f"Pat {name}", job_title=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
            user.memberships.append(GroupMembership(group_key=key, starts_on=date(2019, 1, 1), ends_on=None))
            session.add(user)
            book.people[key] = user
        session.add(
            Parameter(
                key="task_days", label="Time for a task", value=5, unit="working", calendar="EW", sentence="A task is done within {count} working days",
                valid_from=date(2012, 1, 1), confirmed_at=None,
            )
        )  # fmt: skip
        session.add(errand_definition())
    return book


def errand_definition(version: int = 1) -> ProcessDefinition:
    """A version of the errand process."""
    files = {"process.bpmn": ERRAND.read_text(), "README.md": README, "size.dmn": TABLE, "forms/propose.json": FORM % "propose", "forms/review.json": FORM % "review"}
    return ProcessDefinition(
        key="errand", version=version, name="Run an errand", digest=f"digest-{version}", files=files, is_shipped=True, deployed_at=clock.now(), deployed_by_id=None
    )
