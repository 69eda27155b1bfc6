"""The check of a drawing finds what makes a diagram hard to read, and says nothing of a clean one."""

from __future__ import annotations

import pytest

from workflows.library import layout

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d">
<bpmn:collaboration id="c"><bpmn:participant id="pool" name="Council" processRef="p" /></bpmn:collaboration>
<bpmn:process id="p">
 <bpmn:laneSet id="lanes"><bpmn:lane id="legal" name="Legal"><bpmn:flowNodeRef>read</bpmn:flowNodeRef></bpmn:lane>
  <bpmn:lane id="team" name="Team"><bpmn:flowNodeRef>write</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
 <bpmn:userTask id="read" name="Read it" />
 <bpmn:exclusiveGateway id="ask" name="Is it right?" />
 <bpmn:userTask id="write" name="Write it" />
 <bpmn:boundaryEvent id="late" name="Late" attachedToRef="write" />
 <bpmn:subProcess id="part" name="Part"><bpmn:userTask id="inner" name="Look inside" /></bpmn:subProcess>
 <bpmn:sequenceFlow id="to-ask" sourceRef="read" targetRef="ask" />
 <bpmn:sequenceFlow id="to-write" name="Yes" sourceRef="ask" targetRef="write" />
</bpmn:process>
<bpmndi:BPMNDiagram id="dd"><bpmndi:BPMNPlane id="pl" bpmnElement="c">
 <bpmndi:BPMNShape id="s1" bpmnElement="pool"><dc:Bounds x="0" y="0" width="700" height="400" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s2" bpmnElement="legal"><dc:Bounds x="0" y="30" width="350" height="370" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s3" bpmnElement="team"><dc:Bounds x="350" y="30" width="350" height="370" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s4" bpmnElement="read"><dc:Bounds x="40" y="80" width="100" height="60" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s5" bpmnElement="ask"><dc:Bounds x="200" y="90" width="40" height="40" />
  <bpmndi:BPMNLabel><dc:Bounds x="185" y="135" width="70" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s6" bpmnElement="write"><dc:Bounds x="400" y="80" width="100" height="60" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s7" bpmnElement="late"><dc:Bounds x="430" y="122" width="36" height="36" />
  <bpmndi:BPMNLabel><dc:Bounds x="470" y="150" width="30" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s8" bpmnElement="part" isExpanded="true"><dc:Bounds x="40" y="200" width="300" height="150" /></bpmndi:BPMNShape>
 <bpmndi:BPMNShape id="s9" bpmnElement="inner"><dc:Bounds x="100" y="240" width="100" height="60" /></bpmndi:BPMNShape>
 <bpmndi:BPMNEdge id="e1" bpmnElement="to-ask"><di:waypoint x="140" y="110" /><di:waypoint x="200" y="110" /></bpmndi:BPMNEdge>
 <bpmndi:BPMNEdge id="e2" bpmnElement="to-write"><di:waypoint x="240" y="110" /><di:waypoint x="400" y="110" />
  <bpmndi:BPMNLabel><dc:Bounds x="250" y="92" width="24" height="14" /></bpmndi:BPMNLabel></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""


def test_a_clean_drawing_has_no_problem() -> None:
    assert layout.problems(DIAGRAM) == []


@pytest.mark.parametrize(
    ("clean", "planted", "code", "element"),
    [
        pytest.param('<bpmndi:BPMNShape id="s9" bpmnElement="inner"', '<bpmndi:BPMNShape id="s9" bpmnElement="nobody"', "missing", "inner", id="a missing shape"),
        pytest.param('bpmnElement="to-ask"', 'bpmnElement="nobody"', "missing", "to-ask", id="a missing edge"),
        pytest.param('x="400" y="80" width="100"', 'x="210" y="80" width="100"', "overlap", "ask", id="shapes on one another"),
        pytest.param('x="40" y="80" width="100"', 'x="400" y="200" width="100"', "lane", "read", id="a task in another's lane"),
        pytest.param('x="100" y="240" width="100"', 'x="560" y="240" width="100"', "outside", "inner", id="a step outside its sub-process"),
        pytest.param('x="400" y="80" width="100"', 'x="640" y="80" width="100"', "outside", "write", id="a shape outside the pool"),
        pytest.param('x="185" y="135" width="70"', 'x="60" y="100" width="70"', "label", "ask", id="words on a shape"),
        pytest.param('x="185" y="135" width="70"', 'x="260" y="105" width="70"', "label", "ask", id="words under a line"),
        pytest.param('x="470" y="150" width="30"', 'x="190" y="138" width="30"', "label", "ask", id="words on words"),
        pytest.param('x="470" y="150" width="30"', 'x="690" y="150" width="30"', "label", "late", id="words outside the pool"),
        pytest.param('<di:waypoint x="200" y="110" />', '<di:waypoint x="200" y="120" />', "slanted", "to-ask", id="a slanted line"),
        pytest.param('<di:waypoint x="140" y="110" />', '<di:waypoint x="160" y="110" />', "loose", "to-ask", id="a line that does not touch"),
        pytest.param(
            '<di:waypoint x="240" y="110" /><di:waypoint x="400" y="110" />',
            '<di:waypoint x="220" y="130" /><di:waypoint x="220" y="260" /><di:waypoint x="380" y="260" /><di:waypoint x="380" y="110" />'
            '<di:waypoint x="400" y="110" />',
            "through", "to-write", id="a line through a sub-process that it does not belong to",
        ),
        pytest.param(
            '<di:waypoint x="240" y="110" />',
            '<di:waypoint x="220" y="90" /><di:waypoint x="220" y="60" /><di:waypoint x="90" y="60" /><di:waypoint x="90" y="180" />'
            '<di:waypoint x="300" y="180" /><di:waypoint x="300" y="110" />',
            "through", "to-write", id="a line through a task",
        ),
        pytest.param('width="100" height="60" /></bpmndi:BPMNShape>\n <bpmndi:BPMNEdge', 'width="0" height="60" /></bpmndi:BPMNShape>\n <bpmndi:BPMNEdge', "size", "inner", id="a shape without size"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(clean: str, planted: str, code: str, element: str) -> None:
    assert DIAGRAM.count(clean) == 1

    found = layout.problems(DIAGRAM.replace(clean, planted))

    assert (f"layout-{code}", element) in {(problem.code, problem.element_id) for problem in found}
    assert all(str(problem).endswith(problem.fix) and problem.fix for problem in found)


def test_a_boundary_event_may_lie_on_its_task_but_not_on_another() -> None:
    moved = DIAGRAM.replace('<dc:Bounds x="430" y="122"', '<dc:Bounds x="80" y="122"').replace('x="470" y="150"', 'x="120" y="150"')

    assert "layout-overlap" in {problem.code for problem in layout.problems(moved)}
