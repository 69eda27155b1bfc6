"""Tasks and cases for the tests of the work area: plain rows for lists, and a small real process for doing things."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Draft, ProcessDefinition, ProcessInstance, TaskStatus, User, UserTask, clock
from tests.support import factories
from workflows.actions import instances
from workflows.queries import tasks as task_queries

FORM = {
    "type": "default", "schemaVersion": 19, "id": "check", "components": [
        {"type": "radio", "key": "seen", "label": "Have you seen the certificate?", "values": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
         "validate": {"required": True}, "properties": {"errorRequired": "Select whether you have seen the certificate"}},
        {"type": "textfield", "key": "insurer", "label": "Insurer"},
        {"type": "textarea", "key": "notes", "label": "Notes", "validate": {"required": True, "maxLength": 4000}, "properties": {"errorRequired": "Enter your notes"}},
        {"type": "datetime", "key": "ends", "label": "The date the policy ends"},
    ],
}  # fmt: skip
BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  targetNamespace="http://example.org/plain">
  <bpmn:process id="plain" name="Plain" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>one</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="check" name="Check the insurance">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="candidateGroup" value="'quality'" /><spiffworkflow:property name="formKey" value="check" />
        <spiffworkflow:property name="dueOn" value="due" /><spiffworkflow:property name="stage" value="Checks" />
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>one</bpmn:incoming><bpmn:outgoing>two</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="sign" name="Sign the check">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="candidateGroup" value="'quality'" /><spiffworkflow:property name="formKey" value="check" />
        <spiffworkflow:property name="dueOn" value="due" /><spiffworkflow:property name="stage" value="Signing" />
        <spiffworkflow:property name="significant" value="yes" />
        <spiffworkflow:property name="doneWords" value="The provider is told." />
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>two</bpmn:incoming><bpmn:outgoing>three</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="countersign" name="Countersign">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="candidateGroup" value="'quality'" /><spiffworkflow:property name="formKey" value="check" />
        <spiffworkflow:property name="dueOn" value="due" /><spiffworkflow:property name="stage" value="Signing" />
        <spiffworkflow:property name="differentFrom" value="check" />
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>three</bpmn:incoming><bpmn:outgoing>four</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>four</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="one" sourceRef="start" targetRef="check" />
    <bpmn:sequenceFlow id="two" sourceRef="check" targetRef="sign" />
    <bpmn:sequenceFlow id="three" sourceRef="sign" targetRef="countersign" />
    <bpmn:sequenceFlow id="four" sourceRef="countersign" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>"""
ANSWERS = {"seen": "yes", "notes": "The certificate is in order."}


def definition(session: Session) -> ProcessDefinition:
    """A process with one step and one form; the same one for every task."""
    found = session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == "plain"))
    if found is None:
        files = {"process.bpmn": BPMN, "forms/check.json": json.dumps(FORM)}
        found = ProcessDefinition(key="plain", version=1, name="Plain", digest="d" * 64, files=files, calls={}, deployed_at=clock.now(), deployed_by_id=None)
        session.add(found)
        session.flush()
    return found


def case(session: Session, owner: User, number: int = 1, *, title: str = "Insurance of Elm Lodge") -> Case:
    """A case whose reference says its number."""
    return factories.case(session, owner, reference=f"KD-2026-{number:04}", title=title)


def started(session: Session, owner: User, number: int = 1, *, due: str = "2026-03-05", title: str = "Insurance of Elm Lodge") -> UserTask:
    """A case on the small process, at its first task."""
    definition(session)
    of = case(session, owner, number, title=title)
    instances.start(session, of, "plain", data={"due": due}, by=owner)
    return task_queries.open_tasks_of(session, of.id)[0]


def task(
    session: Session,
    of: Case,
    *,
    name: str = "Check the insurance",
    label: str = "",
    group: str = "quality",
    assignee: User | None = None,
    due: datetime | None = None,
    properties: dict[str, Any] | None = None,
    bpmn_id: str = "check",
) -> UserTask:
    """An open task; somebody's when it has an assignee. It is not behind a real process: completing it goes wrong after the checks."""
    factories.group(session, group)
    process = definition(session)
    instance = ProcessInstance(case_id=of.id, definition_id=process.id, state=b"", started_at=clock.now(), ended_as=None, ended_at=None)
    session.add(instance)
    session.flush()
    made = UserTask(
        instance_id=instance.id, case_id=of.id, definition_id=process.id, engine_task_id=uuid.uuid4(), bpmn_id=bpmn_id, name=name, label=label,
        candidate_group=group, assignee_id=assignee.id if assignee else None, status=TaskStatus.CLAIMED if assignee else TaskStatus.READY,
        properties={"formKey": "check", **(properties or {})}, due_at=due or clock.now(), due_explanation=None, created_at=clock.now(),
        claimed_at=clock.now() if assignee else None, completed_at=None, completed_by_id=None, acting_for_id=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def draft(session: Session, of: UserTask, user: User, values: dict[str, list[str]], *, is_shared: bool = False) -> Draft:
    """What somebody typed into a task."""
    made = Draft(task_id=of.id, user_id=user.id, values=values, is_shared=is_shared, saved_at=clock.now())
    session.add(made)
    session.flush()
    return made
