"""What a new process begins with: a start, one task of one team with its form, and an end, drawn; and what a key may be."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from workflows.errors import Invalid
from workflows.library.outline import first_form

LONGEST_KEY = 40
LONGEST_NAME = 120
KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
# What stands at the place of a key in the addresses of pages about all processes.
TAKEN = frozenset({"new", "elements", "conditions"})
STEP = "first-step"
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="{key}-definitions" targetNamespace="https://westhampton.example.gov.uk/bpmn/{key}">
  <bpmn:collaboration id="{key}-collaboration">
    <bpmn:participant id="{key}-pool" name={name} processRef="{key}" />
  </bpmn:collaboration>
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:laneSet id="{key}-lanes">
      <bpmn:lane id="lane-{group}" name={team}>
        <bpmn:flowNodeRef>begun</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>{step}</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>finished</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="begun" name="Begun">
      <bpmn:outgoing>begun-to-{step}</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="{step}" name="First step">
      <bpmn:incoming>begun-to-{step}</bpmn:incoming>
      <bpmn:outgoing>{step}-to-finished</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="finished" name="Finished">
      <bpmn:incoming>{step}-to-finished</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begun-to-{step}" sourceRef="begun" targetRef="{step}" />
    <bpmn:sequenceFlow id="{step}-to-finished" sourceRef="{step}" targetRef="finished" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{key}-diagram">
    <bpmndi:BPMNPlane id="{key}-plane" bpmnElement="{key}-collaboration">
      <bpmndi:BPMNShape id="{key}-pool-shape" bpmnElement="{key}-pool" isHorizontal="true">
        <dc:Bounds x="100" y="80" width="560" height="180" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lane-{group}-shape" bpmnElement="lane-{group}" isHorizontal="true">
        <dc:Bounds x="130" y="80" width="530" height="180" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="begun-shape" bpmnElement="begun">
        <dc:Bounds x="192" y="152" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="192" y="195" width="37" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="{step}-shape" bpmnElement="{step}">
        <dc:Bounds x="310" y="130" width="120" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="finished-shape" bpmnElement="finished">
        <dc:Bounds x="532" y="152" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="522" y="195" width="56" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begun-to-{step}-edge" bpmnElement="begun-to-{step}">
        <di:waypoint x="228" y="170" />
        <di:waypoint x="310" y="170" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="{step}-to-finished-edge" bpmnElement="{step}-to-finished">
        <di:waypoint x="430" y="170" />
        <di:waypoint x="532" y="170" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""  # noqa: E501  one line holds every namespace


def check_key(key: str) -> str:
    """The key without spaces around it. Invalid at `key` when it is none."""
    words = key.strip()
    if not words:
        raise Invalid({"key": "Enter a key"})
    if len(words) > LONGEST_KEY:
        raise Invalid({"key": f"The key must be {LONGEST_KEY} characters or fewer"})
    if KEY.fullmatch(words) is None:
        raise Invalid({"key": "The key must be small letters and numbers, with hyphens between words, like site-visit"})
    if words in TAKEN:
        raise Invalid({"key": f"The key cannot be “{words}”, which is the address of another page"})
    return words


def check_name(name: str) -> str:
    """The name in one line. Invalid at `name` when there is none or it is too long."""
    words = " ".join(name.split())
    if not words:
        raise Invalid({"name": "Enter a name"})
    if len(words) > LONGEST_NAME:
        raise Invalid({"name": f"The name must be {LONGEST_NAME} characters or fewer"})
    if not words.isprintable():
        raise Invalid({"name": "The name must be letters, numbers and ordinary signs"})
    return words


def files(key: str, name: str, *, group: str, team: str) -> dict[str, str]:
    """The files of a new process, by path: its diagram in the lane of a team (`group` is its key, `team` its name), its form and its description."""
    xml = DIAGRAM.format(key=key, name=quoteattr(name), group=group, team=quoteattr(team), step=STEP)
    return {
        "process.bpmn": xml,
        f"forms/{STEP}.json": first_form.write(STEP, "First step"),
        "README.md": f"# {escape(name)}\n\nSay here what this process is for, who takes part, and what it ends with.\n",
    }
