"""Walking a story: every step is taken through the real actions at its own moment, and timers fire when they fall due."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Case, KeyDecision, ProcessInstance, ReferenceCounter, Timer, User, UserTask, clock
from models.session import new_session, transaction
from workflows.actions import cases, representations, tasks, timers
from workflows.demo.people import find_person
from workflows.demo.stories import Step, Story
from workflows.queries import decisions as decision_queries
from workflows.queries import tasks as task_queries

REFERENCE = re.compile(r"([A-Z]+)(\d+) \((\d\d/\d\d)\)")


class StoryBroken(Exception):
    """A step of a story cannot be taken: the task it names does not wait."""


Opens = Callable[[Session, User], Case]
Deed = Callable[[Session], str]


def propose_anew(session: Session, by: User) -> Case:
    """Start a key decision about a matter that the product does not know yet."""
    return cases.start_key_decision(session, title="A new proposal", by=by)


def walk(engine: Engine, story: Story, *, until: datetime | None = None, opens: Opens = propose_anew) -> Iterator[str]:
    """Take the steps of a story one by one, each in a transaction of its own, and say what was done; stop before `until` (aware).

    `opens` starts the case. The clock is held at each step's moment and is as it was before after each step. StoryBroken when a task does not wait.
    """
    if until is not None and story.starts > until:
        return
    with clock.held(story.starts), transaction(engine) as session:
        _prepare_reference(session, story.reference)
        case = opens(session, find_person(session, story.started_by))
        case_id, reference = case.id, case.reference
    yield f"{story.starts:%d %B %Y}: {reference} started by {story.started_by}"
    for step in story.steps:
        if until is not None and step.at > until:
            break
        yield from fire_until(engine, case_id, step.at)
        with clock.held(step.at), transaction(engine) as session:
            _take(session, case_id, step)
        yield f"{step.at.astimezone(clock.LONDON):%d %B %Y %H:%M}: {step.completes or 'representation'} by {step.by or 'the public'}"
    yield from fire_until(engine, case_id, until or clock.now())


def _prepare_reference(session: Session, reference: str) -> None:
    """Let the counter stand just before the reference that the story tells of, unless it is past it."""
    found = REFERENCE.fullmatch(reference)
    if found is None or session.get(ReferenceCounter, (found[1], found[3])) is not None:
        return
    session.add(ReferenceCounter(prefix=found[1], year=found[3], last_number=int(found[2]) - 1))
    session.flush()


def _take(session: Session, case_id: uuid.UUID, step: Step) -> None:
    if step.represents is not None:
        representations.receive(session, decision_queries.of_case(session, case_id), answers=step.represents)
        return
    task = _waiting(session, case_id, step)
    tasks.complete(session, task, answers=step.answers, by=find_person(session, step.by))


def _waiting(session: Session, case_id: uuid.UUID, step: Step) -> UserTask:
    waiting = task_queries.open_tasks_of(session, case_id)
    for task in waiting:
        if task.bpmn_id == step.completes and step.of in ("", task.candidate_group):
            return task
    names = ", ".join(f"{task.bpmn_id} of {task.candidate_group}" for task in waiting) or "nothing"
    raise StoryBroken(f"{step.completes} does not wait at {step.at.isoformat()}; waiting: {names}")


def fire_until(engine: Engine, case_id: uuid.UUID, moment: datetime) -> Iterator[str]:
    """Fire the timers of the case that fall due by a moment, each at its own time."""
    while True:
        due = _next_due(engine, case_id)
        if due is None or due[1] > moment:
            return
        instance_id, at = due
        with clock.held(at), transaction(engine) as session:
            fired = timers.fire(session, instance_id, at)
        yield f"{at.astimezone(clock.LONDON):%d %B %Y %H:%M}: {', '.join(fired)}"


def _next_due(engine: Engine, case_id: uuid.UUID) -> tuple[uuid.UUID, datetime] | None:
    with new_session(engine, writes=False) as session:
        query = select(Timer).join(ProcessInstance, ProcessInstance.id == Timer.instance_id).where(ProcessInstance.case_id == case_id)
        timer = session.scalar(query.order_by(Timer.due_at).limit(1))
        return (timer.instance_id, timer.due_at) if timer is not None else None


def decision_of(session: Session, story: Story) -> KeyDecision | None:
    """The decision that a story with a fixed reference has made; None before it was walked."""
    return session.scalar(select(KeyDecision).where(KeyDecision.public_reference == story.reference))
