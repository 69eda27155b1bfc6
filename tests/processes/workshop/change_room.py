"""A small office with one process, and people who change it: an owner, another owner, two of Legal and the Monitoring Officer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, CandidateGroup, GroupKind, GroupMembership, OutboxMail, ProcessDraft, User, clock
from models.session import transaction
from workflows.actions import definitions, process_drafts

KEY = "leaflet"
PEOPLE = {
    "owner": "process_owner", "second": "process_owner", "legal": "legal_officer", "other_legal": "legal_officer",
    "monitoring": "monitoring_officer", "officer": "commissioning_officer",
}  # fmt: skip
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="leaflet-definitions" targetNamespace="https://example.org/dps">
  <bpmn:collaboration id="people"><bpmn:participant id="pool" name="Leaflet" processRef="leaflet" /></bpmn:collaboration>
  <bpmn:process id="leaflet" name="Print a leaflet" isExecutable="true">
    <bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="commissioning_officer">
      <bpmn:flowNodeRef>start</bpmn:flowNodeRef><bpmn:flowNodeRef>write</bpmn:flowNodeRef><bpmn:flowNodeRef>end</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="start" name="Wanted"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="write" name="Write it"><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end" name="Written"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write" />
    <bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>"""
FORM = '{"type": "default", "schemaVersion": 19, "id": "write", "components": [{"type": "textarea", "key": "words", "label": "What does it say?"}]}'
RULES = "rules: []\n"
FILES = {"process.bpmn": DIAGRAM, "forms/write.json": FORM, "rules.yml": RULES, "README.md": "# Print a leaflet\n"}


@dataclass
class Room:
    """The engine of the office's database, and the ids of its people."""

    engine: Engine
    ids: dict[str, object] = field(default_factory=dict)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction."""
        with transaction(self.engine) as session:
            yield session

    def who(self, session: Session, name: str) -> User:
        """A person of the office."""
        return session.get_one(User, self.ids[name])

    def draft(self, session: Session) -> ProcessDraft:
        """The draft of the leaflet that is going."""
        return process_drafts.going(session, KEY)

    def change(self, name: str, path: str = "README.md", text: str = "# Print a better leaflet\n") -> int:
        """Somebody opens the draft and saves one file of it."""
        with self.session() as session:
            by = self.who(session, name)
            draft = process_drafts.open_draft(session, KEY, by=by)
            return process_drafts.save_file(session, draft, path, text, based_on=process_drafts.revision_of(session, draft, path), by=by)

    def kinds(self) -> list[str]:
        """The kinds of what the administration's trail says of drafts, in order."""
        with self.session() as session:
            found = session.scalars(select(AuditEvent.kind).where(AuditEvent.chain == "administration").order_by(AuditEvent.sequence))
            return [kind for kind in found if kind.startswith(("draft:", "process:"))]

    def mails(self, kind: str) -> list[str]:
        """Whom mails of a kind went to."""
        with self.session() as session:
            return sorted(session.scalars(select(OutboxMail.to_address).where(OutboxMail.kind == kind)))


def furnish(engine: Engine) -> Room:
    """The office in an empty database, its process deployed."""
    room = Room(engine)
    with room.session() as session:
        for role in sorted(set(PEOPLE.values())):
            session.add(CandidateGroup(key=role, name=role, kind=GroupKind.TEAM, role=role, manager_key=None))
        session.flush()
        for name, role in PEOPLE.items():
            user = User(email=f"{name}@example.gov.uk", name=name.title(), password_hash=None, created_at=clock.now(), last_signed_in_at=None)
            user.memberships.append(GroupMembership(group_key=role, starts_on=date(2020, 1, 1), ends_on=None))
            session.add(user)
            session.flush()
            room.ids[name] = user.id
        definitions.deploy(session, KEY, FILES)
    return room
