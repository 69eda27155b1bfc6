"""A small real process that asks a provider something: a form with a file, and then a declaration to check and sign."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, ProcessDefinition, Provider, User, UserTask, clock
from workflows.actions import instances
from workflows.queries import tasks as task_queries

FORM = {
    "type": "default", "schemaVersion": 19, "id": "reply", "components": [
        {"type": "textarea", "key": "reply", "label": "Your answer", "validate": {"required": True}, "properties": {"errorRequired": "Enter your answer"}},
        {"type": "filepicker", "key": "evidence", "label": "Evidence", "multiple": True},
    ],
}  # fmt: skip
SIGN = {
    "type": "default", "schemaVersion": 19, "id": "declare", "components": [
        {"type": "textfield", "key": "name", "label": "Your name", "validate": {"required": True}, "properties": {"errorRequired": "Enter your name"}},
    ],
}  # fmt: skip
BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  targetNamespace="http://example.org/asked">
  <bpmn:process id="asked" name="Ask a provider" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>one</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="answer" name="Answer our question">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="candidateGroup" value="provider_group" /><spiffworkflow:property name="formKey" value="reply" />
        <spiffworkflow:property name="dueOn" value="due" />
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>one</bpmn:incoming><bpmn:outgoing>two</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="declare" name="Renew your declaration">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="candidateGroup" value="provider_group" /><spiffworkflow:property name="formKey" value="declare" />
        <spiffworkflow:property name="dueOn" value="due" /><spiffworkflow:property name="significant" value="yes" />
        <spiffworkflow:property name="doneWords" value="We will tell you what we decide." />
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:incoming>two</bpmn:incoming><bpmn:outgoing>three</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>three</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="one" sourceRef="start" targetRef="answer" />
    <bpmn:sequenceFlow id="two" sourceRef="answer" targetRef="declare" />
    <bpmn:sequenceFlow id="three" sourceRef="declare" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>"""


def started(session: Session, of: Case, provider: Provider, by: User) -> UserTask:
    """The process on a case, at the question to the provider."""
    if session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == "asked")) is None:
        files = {"process.bpmn": BPMN, "forms/reply.json": json.dumps(FORM), "forms/declare.json": json.dumps(SIGN)}
        session.add(
            ProcessDefinition(
                key="asked", version=1, name="Ask a provider", digest="d" * 64, files=files, calls={}, deployed_at=clock.now(), deployed_by_id=None
            )
        )
        session.flush()
    instances.start(session, of, "asked", data={"due": "2026-03-05", "provider_group": provider.group_key}, by=by)
    return task_queries.open_tasks_of(session, of.id)[0]
