"""A small town for tests of the core: two teams, four people, and a process of one gateway, one operation and one timer."""


from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import CandidateGroup, Case, GroupKind, GroupMembership, Model, User, UserTask, clock
from models.session import make_engine, new_session
from workflows.actions import definitions, instances, organisation
from workflows.actions.operating import Work, operation
from workflows.library import definitions as library
from workflows.queries import tasks as task_queries

PARAMETERS = """
parameters:
  - {key: task_days, label: Time for a task, value: 5, unit: working, calendar: EW, sentence: "A task is done within {count} working days"}
"""
DIAGRAM = Path(__file__).parent / "visit.bpmn"
FORM = '{"type": "default", "schemaVersion": 19, "id": "%s", "components": [{"type": "textfield", "key": "note", "label": "Note"}]}'


@operation("town.note_visit", gives=("visited",))
def record_visit(work: Work) -> dict[str, Any]:
    """Give the diagram a yes, or fail when the note asks for it."""
    if work.data.get("note") == "fail":
        raise RuntimeError("the register did not answer")
    return {"visited": "yes"}


@dataclass
class Town:
    """A database with people of two teams and the small process deployed."""

    session: Session
    people: dict[str, User]

    def visit(self, by: str = "ann") -> Case:
        """A started case."""
        case = Case(
            reference=f"V-{len(self.people)}-{self.session.query(Case).count()}", kind="visit", title="A visit", team_key="visitors",
            opened_at=clock.now(), owner_id=None, closed_at=None,
        )  # fmt: skip
        self.session.add(case)
        self.session.flush()
        instances.start(self.session, case, "visit", data={}, by=self.people[by])
        return case

    def task(self, case: Case, step: str) -> UserTask:
        """The open task of a step."""
        return next(task for task in task_queries.open_tasks_of(self.session, case.id) if task.bpmn_id == step)


@contextmanager
def build_town(folder: Path, url: str = "") -> Iterator[Town]:
    """A town on an empty database: a SQLite file in `folder` unless another address is given."""
    visit = folder / "bpmn" / "visit"
    (visit / "forms").mkdir(parents=True)
    (visit / "process.bpmn").write_text(DIAGRAM.read_text())
    for form in ("plan", "report"):
        (visit / "forms" / f"{form}.json").write_text(FORM % form)
    (folder / "parameters.yml").write_text(PARAMETERS)
    engine = make_engine(url or f"sqlite:///{folder}/town.db")
    Model.metadata.create_all(engine)
    library.forget()
    with new_session(engine) as session:
        session.add_all([
            CandidateGroup(key="visitors", name="Visitors", kind=GroupKind.TEAM, role="qa_inspector", manager_key=None),
            CandidateGroup(key="writers", name="Writers", kind=GroupKind.TEAM, role="commissioning_officer", manager_key=None),
        ])  # fmt: skip
        session.flush()
        people = {}
        for name, group in (("ann", "visitors"), ("ben", "visitors"), ("cat", "writers"), ("dov", "visitors")):
            user = User(email=f"{name}@example.gov.uk", name=name.title(), password_hash=None, created_at=clock.now(), last_signed_in_at=None)
            user.memberships.append(GroupMembership(group_key=group, starts_on=date(2020, 1, 1), ends_on=None))
            if name == "dov":
                user.memberships.append(GroupMembership(group_key="writers", starts_on=date(2020, 1, 1), ends_on=None))
            session.add(user)
            people[name] = user
        organisation.load_parameters(session, folder / "parameters.yml")
        definitions.deploy_folder(session, visit)
        session.commit()
        yield Town(session, people)
    engine.dispose()
