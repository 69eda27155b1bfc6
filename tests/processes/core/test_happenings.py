"""What happens in one case reaches the cases it is about and starts the processes that wait for it, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Case, CaseStatus, Message, ProcessInstance, User
from tests.support.town import DIAGRAM, FORM, Town
from workflows.actions import cases, definitions, happenings, instances
from workflows.library import definitions as library

STARTED_BY = '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="startedBy" value="BellRang" />' \
    "</spiffworkflow:properties></bpmn:extensionElements>"  # fmt: skip


@happenings.opener("visit")
def open_visit(session: Session, name: str, payload: Mapping[str, Any], by: User | None) -> happenings.Opened:
    if payload.get("door") == "locked":
        return None
    return cases.open_case(session, kind="visit", prefix="V", title="The bell rang", team_key="visitors", by=by, keys={"door": payload["door"]}), {}


@pytest.fixture(autouse=True)
def a_visit_that_a_bell_starts(town: Town) -> Iterator[None]:
    diagram = DIAGRAM.read_text().replace('isExecutable="true">', f'isExecutable="true">{STARTED_BY}', 1)
    files = {"process.bpmn": diagram} | {f"forms/{form}.json": FORM % form for form in ("plan", "report")}
    definitions.deploy(town.session, "visit", files)
    yield
    library.forget()


def opened(town: Town) -> int:
    return town.session.scalar(select(func.count()).select_from(ProcessInstance)) or 0


def test_a_happening_starts_the_process_that_says_so(town: Town) -> None:
    found = happenings.announce(town.session, "BellRang", {"door": "front"}, message_id="ring-1", keys={}, by=town.people["ann"])

    assert [case.title for case in found] == ["The bell rang"]
    assert town.task(found[0], "plan").candidate_group == "visitors"


def test_the_same_happening_again_starts_nothing(town: Town) -> None:
    happenings.announce(town.session, "BellRang", {"door": "front"}, message_id="ring-1", keys={})

    again = happenings.announce(town.session, "BellRang", {"door": "front"}, message_id="ring-1", keys={})

    assert again == [] and opened(town) == 1


def test_what_opens_a_case_may_find_that_nothing_needs_doing(town: Town) -> None:
    assert happenings.announce(town.session, "BellRang", {"door": "locked"}, message_id="ring-1", keys={}) == []
    assert opened(town) == 0


def test_a_happening_that_starts_nothing_and_concerns_nobody_is_let_go(town: Town) -> None:
    assert happenings.announce(town.session, "PhoneRang", {"door": "front"}, message_id="ring-1", keys={"door": "front"}) == []


def test_a_running_case_hears_what_it_is_about_and_no_other_does(town: Town) -> None:
    front, back = (_waiting_for_report(town, door) for door in ("front", "back"))

    told = happenings.announce(town.session, "VisitCalledOff", {}, message_id="off-1", keys={"door": "front"})

    assert told == [front]
    assert front.status is CaseStatus.CLOSED and back.status is CaseStatus.OPEN


def test_a_case_is_told_once(town: Town) -> None:
    front = _waiting_for_report(town, "front", far=False)
    happenings.announce(town.session, "VisitCalledOff", {}, message_id="off-1", keys={"door": "front"})

    again = happenings.announce(town.session, "VisitCalledOff", {}, message_id="off-1", keys={"door": "front"})

    sent = town.session.scalars(select(Message.message_id).where(Message.name == "VisitCalledOff")).all()
    assert again == [] and sent == [f"off-1:{front.reference}"]


def test_every_key_must_fit(town: Town) -> None:
    _waiting_for_report(town, "front", far=False)

    assert happenings.announce(town.session, "VisitCalledOff", {}, message_id="off-1", keys={"door": "front", "street": "Mill Lane"}) == []


def _waiting_for_report(town: Town, door: str, *, far: bool = True) -> Case:
    """A case about a door, gone on to the report when `far`."""
    case = cases.open_case(town.session, kind="visit", prefix="V", title="A visit", team_key="visitors", by=town.people["ann"], keys={"door": door})
    instance = instances.start(town.session, case, "visit", data={}, by=town.people["ann"])
    if far:
        instances.complete(town.session, instance, town.task(case, "plan").engine_task_id, {"note": "x"})
        timer = instances.move(town.session, instance, lambda run: run.timers())[0]
        instances.fire_due(town.session, instance, timer.due_at)
    return case
