"""User tasks move a case: claimed, drafted, put back, given away, completed; and what happens when someone was faster."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Answer, AuditEvent, CaseStatus, Draft, Incident, InstanceStatus, Message, ProcessInstance, TaskStatus, Timer, clock
from tests.support.town import Town
from workflows.actions import audit, instances, messages, tasks, timers
from workflows.errors import Conflict, Refused, TaskGone


def kinds(town: Town) -> list[str]:
    return list(town.session.scalars(select(AuditEvent.kind).order_by(AuditEvent.at, AuditEvent.sequence)))


def test_starting_a_case_puts_its_first_task_in_the_inbox_of_the_lane(town: Town) -> None:
    case = town.visit()

    task = town.task(case, "plan")

    assert task.candidate_group == "visitors"
    assert task.status is TaskStatus.READY
    assert task.due_explanation and task.due_explanation["sentence"] == "A task is done within 5 working days"


def test_completing_a_task_records_the_answer_does_the_service_and_waits_for_the_timer(town: Town) -> None:
    case = town.visit()

    tasks.complete(town.session, town.task(case, "plan"), answers={"note": "Tuesday"}, by=town.people["ann"])

    answer = town.session.scalars(select(Answer)).one()
    assert answer.values == {"note": "Tuesday"} and answer.said_by_id == town.people["ann"].id
    timer = town.session.scalars(select(Timer)).one()
    assert timer.bpmn_id == "wait"
    assert {"task:completed", "step:completed"} <= set(kinds(town))
    assert audit.verify(town.session).ok


def test_a_due_timer_opens_the_next_task_once(town: Town) -> None:
    case = town.visit()
    tasks.complete(town.session, town.task(case, "plan"), answers={"note": "x"}, by=town.people["ann"])
    later = clock.now() + timedelta(days=15)

    with clock.held(later):
        due = timers.due_instances(town.session, later)
        fired = [timers.fire(town.session, each, later) for each in due]
        again = timers.due_instances(town.session, later)

    assert fired == [["wait"]] and list(again) == []
    assert town.task(case, "report").candidate_group == "writers"
    assert town.session.scalars(select(Timer)).all() == []


def test_someone_who_was_slower_is_told_who_was_faster_and_what_they_answered(town: Town) -> None:
    case = town.visit()
    task = town.task(case, "plan")
    tasks.complete(town.session, task, answers={"note": "first"}, by=town.people["ann"])

    with pytest.raises(TaskGone) as caught:
        tasks.complete(town.session, task, answers={"note": "second"}, by=town.people["ben"])

    assert caught.value.who == "Ann" and caught.value.answers == {"note": "first"}
    assert len(town.session.scalars(select(Answer)).all()) == 1


def test_another_team_is_refused(town: Town) -> None:
    task = town.task(town.visit(), "plan")

    with pytest.raises(Refused):
        tasks.claim(town.session, task, by=town.people["cat"])


def test_the_first_change_claims_the_task_and_keeps_the_draft(town: Town) -> None:
    task = town.task(town.visit(), "plan")

    tasks.save_draft(town.session, task, values={"note": ["Half a th"]}, by=town.people["ann"])

    assert task.assignee_id == town.people["ann"].id
    assert town.session.scalars(select(Draft)).one().values == {"note": ["Half a th"]}
    with pytest.raises(TaskGone):
        tasks.save_draft(town.session, task, values={"note": ["mine"]}, by=town.people["ben"])


def test_a_task_put_back_refuses_the_form_that_was_open_before(town: Town) -> None:
    task = town.task(town.visit(), "plan")
    opened_with = task.revision
    tasks.claim(town.session, task, by=town.people["ann"])
    tasks.release(town.session, task, by=town.people["ann"])

    with pytest.raises(Conflict):
        tasks.complete(town.session, task, answers={}, by=town.people["ben"], revision=opened_with)
    tasks.complete(town.session, task, answers={}, by=town.people["ben"], revision=task.revision)


def test_take_next_never_gives_two_people_the_same_task(town: Town) -> None:
    first, second = town.visit(), town.visit()

    taken = [tasks.take_next(town.session, by=town.people[name]) for name in ("ann", "ben", "dov")]

    assert {task.case_id for task in taken if task} == {first.id, second.id}
    assert taken[2] is None


def test_four_eyes_hold_for_the_step_that_names_the_other(town: Town) -> None:
    case = town.visit()
    tasks.complete(town.session, town.task(case, "plan"), answers={}, by=town.people["dov"])
    later = clock.now() + timedelta(days=15)
    with clock.held(later):
        timers.fire(town.session, town.session.scalars(select(ProcessInstance.id)).one(), later)

    with pytest.raises(Refused, match="Plan the visit"):
        tasks.complete(town.session, town.task(case, "report"), answers={}, by=town.people["dov"])
    tasks.complete(town.session, town.task(case, "report"), answers={}, by=town.people["cat"])

    assert case.status is CaseStatus.CLOSED and case.outcome == "end"


def test_a_failing_service_keeps_the_answer_and_says_so_until_a_retry_gets_past_it(town: Town) -> None:
    case = town.visit()

    tasks.complete(town.session, town.task(case, "plan"), answers={"note": "fail"}, by=town.people["ann"])

    incident = town.session.scalars(select(Incident)).one()
    assert incident.element_id == "record" and "did not answer" in incident.message
    instance = town.session.scalars(select(ProcessInstance)).one()
    instances.move(town.session, instances.locked(town.session, instance.id), lambda run: run.advance())
    assert incident.tries == 2 and incident.closed_at is None


def test_a_message_that_comes_too_early_waits_and_one_sent_twice_counts_once(town: Town) -> None:
    case = town.visit()

    assert not messages.send_to_case(town.session, case, "VisitCalledOff", {}, message_id="off:1")
    assert not messages.send_to_case(town.session, case, "VisitCalledOff", {}, message_id="off:1")
    tasks.complete(town.session, town.task(case, "plan"), answers={"note": "x"}, by=town.people["ann"])
    later = clock.now() + timedelta(days=15)
    with clock.held(later):
        timers.fire(town.session, town.session.scalars(select(ProcessInstance.id)).one(), later)

    instance = town.session.scalars(select(ProcessInstance)).one()
    assert instance.status is InstanceStatus.COMPLETED and instance.ended_as == "no-visit"
    assert town.session.scalars(select(Message)).one().delivered_at is not None
