"""The outline: every change keeps all that it does not touch, and leaves a drawing that people can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from lxml import etree

from tests.processes.library import shipped
from workflows import engine
from workflows.errors import Invalid, NotFound, Refused
from workflows.library import checking, diagrams_reading, layout, outline
from workflows.library.outline import New, OutlineStep

SHIPPED = {key: shipped.files(key)["process.bpmn"] for key in shipped.CALLS}
SMALL = ("clarification", "improvement-action", "renewed-declaration", "site-visit")
EVERY = 17
DRAWN = ("http://www.omg.org/spec/BPMN/20100524/DI", "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI")
TASK = New("userTask", "Look at it a second time")
VISIT = SHIPPED["site-visit"]
Fact = tuple[str, tuple[tuple[str, str], ...], str]


def facts(xml: str) -> Counter[Fact]:
    """Everything a file says about the process: each element with where it stands, its attributes and its text."""
    root = etree.fromstring(xml.encode())
    found: Counter[Fact] = Counter()
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).namespace not in DRAWN:
            parent = element.getparent()
            around = f"{parent.get('id')}/" if parent is not None and parent.get("id") else ""
            found[around + element.tag, tuple(sorted((str(k), str(v)) for k, v in element.attrib.items())), (element.text or "").strip()] += 1
    return found


def places(xml: str) -> tuple[str, ...]:
    """The elements of a file in their order, without the drawing."""
    root = etree.fromstring(xml.encode())
    return tuple(
        str(each.get("id")) for each in root.iter() if isinstance(each.tag, str) and each.get("id") and etree.QName(each).namespace not in DRAWN
    )


def sampled(key: str) -> list[OutlineStep]:
    """All steps of a small process, and every so many of a large one."""
    steps = outline.read_outline(SHIPPED[key]).steps
    return list(steps if key in SMALL else steps[5::EVERY])


def way_of(step: OutlineStep) -> str:
    """The first way out of a step; nothing where it ends."""
    return step.next[0].id if step.next else ""


@pytest.mark.parametrize("key", SHIPPED)
def test_the_outline_lists_every_step_with_where_it_leads(key: str) -> None:
    read = outline.read_outline(SHIPPED[key])

    root = etree.fromstring(SHIPPED[key].encode())
    flows = {each.get("id") for each in root.iter(f"{engine.reading.BPMN}sequenceFlow")}
    assert read.key == key
    assert {step.id for step in read.steps} == {step.id for step in engine.steps_of(root)}
    assert set(read.ways) == flows
    assert read.steps[0].kind == "startEvent"


@pytest.mark.parametrize("key", SHIPPED)
def test_an_added_step_stands_in_the_flow_and_the_drawing_stays_clean(key: str) -> None:
    xml = SHIPPED[key]
    for step in sampled(key):
        if not step.next:
            with pytest.raises(Refused, match="where a path ends"):
                outline.add_after(xml, step.id, TASK)
            continue
        edited = outline.add_after(xml, step.id, TASK, way=way_of(step))

        read = outline.read_outline(edited.xml).by_id
        assert [way.source_id for way in read[edited.step].before] == [step.id]
        assert [way.target_id for way in read[edited.step].next] == [step.next[0].target_id]
        assert read[edited.step].lane_id and step.lane_id in ("", read[edited.step].lane_id)
        assert list(edited.files) == [f"forms/{edited.step}.json"]
        assert layout.problems(edited.xml) == [], step.id
        keeps(xml, edited.xml, gone=4)


def keeps(before: str, after: str, *, gone: int) -> None:
    """Nothing is lost but what the change itself replaces, and what stays keeps its order."""
    lost = facts(before) - facts(after)
    assert sum(lost.values()) <= gone, lost
    kept = [each for each in places(before) if each in set(places(after))]
    assert kept == [each for each in places(after) if each in set(kept)]


@pytest.mark.parametrize("key", SHIPPED)
def test_a_deleted_step_is_mended_over_and_the_drawing_stays_clean(key: str) -> None:
    xml = SHIPPED[key]
    for step in sampled(key):
        try:
            edited = outline.delete(xml, step.id, keep=way_of(step) if len(step.next) > 1 else "")
        except Refused as refused:
            assert step.kind in ("startEvent", "endEvent") or "lead nowhere" in str(refused)
            continue
        read = outline.read_outline(edited.xml)
        assert step.id not in read.by_id
        assert not re.search(f'(?:id|Ref|bpmnElement|default)="{step.id}"|>{step.id}<', edited.xml)
        assert all(way.target_id in read.by_id for way in read.ways.values())
        assert layout.problems(edited.xml) == [], step.id


@pytest.mark.parametrize("key", SHIPPED)
def test_a_renamed_step_can_still_be_read(key: str) -> None:
    for step in sampled(key):
        renamed = outline.rename(SHIPPED[key], step.id, "A name that is rather longer than it was")

        assert outline.read_outline(renamed).by_id[step.id].name == "A name that is rather longer than it was"
        assert layout.problems(renamed) == [], step.id
        keeps(SHIPPED[key], renamed, gone=1)


@pytest.mark.parametrize("key", SMALL)
def test_a_step_in_another_lane_is_drawn_there(key: str) -> None:
    read = outline.read_outline(SHIPPED[key])
    for step in read.steps:
        for lane in read.lanes:
            if lane.id != step.lane_id and not step.attached_to and step.kind != "subProcess":
                moved = outline.assign(SHIPPED[key], step.id, lane=lane.id)

                assert outline.read_outline(moved).by_id[step.id].lane == lane.name
                assert layout.problems(moved) == [], (step.id, lane.id)


@pytest.mark.parametrize("key", SMALL)
def test_a_moved_step_closes_the_flow_behind_it(key: str) -> None:
    read = outline.read_outline(SHIPPED[key])
    for step in read.steps:
        for way in read.ways.values():
            try:
                edited = outline.move(SHIPPED[key], step.id, after=way.source_id, way=way.id)
            except Refused:
                continue
            after = outline.read_outline(edited.xml).by_id
            assert [each.source_id for each in after[step.id].before] == [way.source_id]
            assert [each.target_id for each in after[step.id].next] == [way.target_id]
            assert layout.problems(edited.xml) == [], (step.id, way.id)


@pytest.mark.parametrize("key", SHIPPED)
def test_a_way_is_connected_named_and_taken_out_again(key: str) -> None:
    read = outline.read_outline(SHIPPED[key])
    for gateway in [step for step in read.steps if step.is_choice][::4]:
        target = next(step for step in reversed(read.steps) if step.inside == gateway.inside and step.kind == "endEvent")

        connected = outline.connect(SHIPPED[key], gateway.id, target.id, name="In other cases", condition="1 == 1")

        new = [way for way in outline.read_outline(connected).ways.values() if way.id not in read.ways]
        assert [(way.target_id, way.name, way.condition) for way in new] == [(target.id, "In other cases", "1 == 1")]
        assert layout.problems(connected) == [], gateway.id
        assert not facts(SHIPPED[key]) - facts(connected)
        assert facts(outline.disconnect(connected, new[0].id)) == facts(SHIPPED[key])


def test_a_step_and_its_time_and_its_team_are_only_themselves() -> None:
    timed = outline.set_time(VISIT, "record-visit", rule="lado_referral_days")
    team = outline.assign(timed, "record-visit", group='"legal_officer"')
    back = outline.assign(outline.set_time(team, "record-visit", on="visit_overdue_at"), "record-visit", group="")

    step = outline.read_outline(team).by_id["record-visit"]
    assert (step.properties["dueRule"], step.properties.get("dueOn"), step.properties["candidateGroup"]) == (
        "lado_referral_days",
        None,
        '"legal_officer"',
    )
    assert facts(back) == facts(VISIT)


def test_nothing_that_another_tool_wrote_is_lost() -> None:
    marked = VISIT.replace("<bpmn:startEvent", "<!-- kept --><bpmn:startEvent").replace(
        'name="Record the visit"', 'xmlns:other="http://other.example" other:mark="1" name="Record the visit"'
    )

    edited = outline.add_after(marked, "record-visit", TASK).xml

    assert "<!-- kept -->" in edited
    assert 'other:mark="1"' in edited
    assert edited.startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_a_file_with_other_prefixes_keeps_them() -> None:
    plain = VISIT.replace("xmlns:bpmn=", "xmlns=").replace("<bpmn:", "<").replace("</bpmn:", "</").replace('"bpmn:tFormal', '"tFormal')
    plain = plain.replace("spiffworkflow", "s").replace("bpmndi", "drawn").replace("//s.org", "//spiffworkflow.org")

    edited = outline.add_after(plain, "record-visit", TASK)
    edited_again = outline.set_time(edited.xml, edited.step, rule="lado_referral_days")
    waits = outline.add_after(edited_again, edited.step, New("intermediateCatchEvent", "Wait a week", refers_to='"P7D"')).xml

    assert "ns0" not in waits and "bpmn:" not in waits and "spiffworkflow:" not in waits
    assert layout.problems(waits) == []
    keeps(plain, edited_again, gone=4)


def test_a_file_without_a_drawing_is_edited_too() -> None:
    bare = VISIT[: VISIT.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>"

    edited = outline.add_after(bare, "record-visit", TASK)

    assert outline.read_outline(edited.xml).by_id[edited.step].name == TASK.name
    assert "BPMNShape" not in edited.xml
    assert outline.read_outline(outline.delete(edited.xml, edited.step).xml) == outline.read_outline(bare)


@pytest.mark.parametrize("key", SMALL)
def test_a_new_task_passes_the_whole_gate_with_its_first_form(key: str) -> None:
    files = shipped.files(key)
    task = next(step for step in outline.read_outline(SHIPPED[key]).steps if step.kind == "userTask" and step.next)

    edited = outline.add_after(SHIPPED[key], task.id, TASK)

    after = {**files, **edited.files, "process.bpmn": edited.xml}
    is_called = any(key in called for called in shipped.CALLS.values())
    assert not checking.everything(key, after, shipped.called(key), groups=shipped.groups(), is_called=is_called)


def test_a_step_that_is_moved_takes_its_events_with_it_where_lanes_and_flow_cross() -> None:
    xml = SHIPPED["consultation"]

    for after in ("advice-wanted", "remind-second"):
        assert layout.problems(outline.move(xml, "give-view", after=after).xml) == []
        assert layout.problems(outline.move(xml, "inform-consultee", after=after).xml) == []
    assert layout.problems(outline.assign(xml, "give-advice", lane="lane-author")) == []


def test_deleting_tells_what_went_too() -> None:
    assert set(outline.delete(VISIT, "record-visit").removed) == {"Tell the quality manager", "Quality manager told"}


def test_a_new_step_stands_right_behind_the_one_before_it() -> None:
    edited = outline.add_after(VISIT, "visit-planned", TASK)

    shapes = diagrams_reading.read(edited.xml).by_id
    assert shapes["visit-planned"].box.bottom < shapes[edited.step].box.y < shapes["record-visit"].box.y
    assert shapes["visit-planned"].box.middle[0] == shapes[edited.step].box.middle[0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda: outline.add_after(VISIT, "nowhere", TASK), NotFound, "no longer"),
        (lambda: outline.add_after(VISIT, "was-abuse-disclosed", TASK), Invalid, "Select the way"),
        (lambda: outline.add_after(VISIT, "record-visit", New("userTask", " ")), Invalid, "Enter a name"),
        (lambda: outline.add_after(VISIT, "record-visit", New("manualTask", "By hand")), Invalid, "Select what kind"),
        (lambda: outline.add_after(VISIT, "record-visit", New("serviceTask", "Send it")), Invalid, "Select the operation"),
        (lambda: outline.connect(VISIT, "record-visit", "visit-recorded"), Refused, "already leads to a step"),
        (lambda: outline.connect(VISIT, "visit-recorded", "record-visit"), Refused, "where a path ends"),
        (lambda: outline.connect(VISIT, "was-abuse-disclosed", "visit-planned"), Refused, "where a path begins"),
        (lambda: outline.delete(VISIT, "visit-planned"), Refused, "has to begin"),
        (lambda: outline.delete(VISIT, "was-abuse-disclosed"), Invalid, "Select the way that stays"),
        (lambda: outline.set_condition(VISIT, "refer-disclosure-to-visit-recorded", "1 == 1"), Refused, "gateway that chooses"),
        (lambda: outline.set_property(VISIT, "visit-planned", "dueRule", "x"), Invalid, "no such setting"),
        (lambda: outline.rename(VISIT, "record-visit", "word " * 24), Invalid, "too long"),
        (lambda: outline.assign(VISIT, "visit-overdue", lane="lane-safeguarding"), Refused, "Assign the step"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_why(change, error: type[Exception], words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=words):
        change()


@pytest.mark.long
@pytest.mark.parametrize("key", SHIPPED)
def test_every_change_of_every_step_leaves_a_clean_drawing(key: str) -> None:
    xml, read = SHIPPED[key], outline.read_outline(SHIPPED[key])
    changes: list[tuple[str, Callable[[], str]]] = []
    for step in read.steps:
        changes.append((f"rename {step.id}", partial(outline.rename, xml, step.id, "A name that is rather longer than it was")))
        changes.append((f"delete {step.id}", lambda step=step: outline.delete(xml, step.id, keep=way_of(step) if len(step.next) > 1 else "").xml))
        changes += [(f"add {way.id}", lambda way=way: outline.add_after(xml, way.source_id, TASK, way=way.id).xml) for way in step.next]
        changes += [(f"{step.id} into {lane.id}", partial(outline.assign, xml, step.id, lane=lane.id)) for lane in read.lanes]

    for what, change in changes:
        try:
            after = change()
        except Refused:
            continue
        assert layout.problems(after) == [], what
