"""A small process of the council to change in a browser: booking a room, in three tasks of two teams, with cases that stand at its steps."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Draft, ProcessInstance, UserTask, clock
from tests.support import factories
from tests.support.server import Site
from workflows.actions import definitions as deploying
from workflows.actions import instances, process_drafts, tasks
from workflows.library import blank, definitions, outline
from workflows.library.outline import New

KEY, NAME = "room-booking", "Book a room"
ASK, CHECK, CONFIRM = "first-step", "check-the-dates", "confirm-the-room"
OWNER, LEGAL, OFFICER = "jo.castell", "leah.stone", "amara.osei"
GROUP, TEAM = "children-commissioning", "Children's commissioning"
FIRST_MOMENT = "2026-03-02 09:30"
SCENARIOS = """a room is booked:
  - starts: 2026-03-02 09:30
  - completes: first-step
    answers: {first_step_notes: The big one}
  - completes: check-the-dates
    answers: {check_the_dates_notes: It is free}
  - completes: confirm-the-room
    answers: {confirm_the_room_notes: Told}
  - ends_at: finished
"""


def files() -> dict[str, str]:
    """The folder of the process: a start, three tasks and an end, drawn; one test walks all of it."""
    made = blank.files(KEY, NAME, group=GROUP, team=TEAM)
    check = outline.add_after(made["process.bpmn"], ASK, New("userTask", "Check the dates"))
    confirm = outline.add_after(check.xml, CHECK, New("userTask", "Confirm the room"))
    named = outline.set_time(outline.rename(confirm.xml, ASK, "Ask for a room"), CHECK, rule="task_days")
    return made | dict(check.files) | dict(confirm.files) | {"process.bpmn": named, "scenarios.yml": SCENARIOS}


def without_the_check() -> dict[str, str]:
    """The folder after a change: the middle task is gone, and the last one has another name."""
    before = files()
    shorter = outline.delete(before["process.bpmn"], CHECK).xml
    kept = {path: text for path, text in before.items() if path != f"forms/{CHECK}.json"}
    scenarios = SCENARIOS.replace("  - completes: check-the-dates\n    answers: {check_the_dates_notes: It is free}\n", "")
    return kept | {"process.bpmn": outline.rename(shorter, CONFIRM, "Tell them the room"), "scenarios.yml": scenarios}


def deploy(site: Site) -> None:
    """Make it live, as version 1."""
    definitions.forget()
    with site.writing() as session:
        deploying.deploy(session, KEY, files())


def begin_cases(site: Site, count: int, *, past_the_first: int = 0) -> list[str]:
    """Open cases on the live version, each claimed with a draft at the step it stands at; the last ones have the first step behind them."""
    references = [f"RB-2026-{number:04d}" for number in range(1, count + 1)]
    with site.writing() as session:
        officer = factories.person(session, OFFICER)
        for number, reference in enumerate(references):
            case = factories.case(session, officer, reference=reference, title="A room for the panel")
            instance = instances.start(session, case, KEY, data={}, by=officer)
            if number >= count - past_the_first:
                tasks.complete(session, open_task(session, instance), answers={"first_step_notes": "The big one"}, by=officer)
            task = open_task(session, instance)
            tasks.claim(session, task, by=officer)
            session.add(Draft(task_id=task.id, user_id=officer.id, values={"first_step_notes": f"half of {reference}"}, saved_at=clock.now()))
    return references


def open_task(session: Session, instance: ProcessInstance) -> UserTask:
    """The task that a case of one step at a time waits for."""
    return session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, UserTask.completed_at.is_(None))).one()


def kept(site: Site) -> dict[str, tuple[object, ...]]:
    """What a move may never change, by the reference of the case: who has the task, its due moment, and what was typed."""
    found = {}
    with site.reading() as session:
        for instance in session.scalars(select(ProcessInstance)):
            task = open_task(session, instance)
            typed = session.scalars(select(Draft.values).where(Draft.task_id == task.id)).all()
            found[instance.case.reference] = (task.bpmn_id, task.assignee_id, task.due_at, typed)
    return found


def versions(site: Site) -> dict[str, int]:
    """The version that each case runs on, by its reference."""
    with site.reading() as session:
        return {each.case.reference: each.definition.version for each in session.scalars(select(ProcessInstance))}


def change(site: Site, after: dict[str, str], *, key: str = KEY, by: str = OWNER) -> None:
    """A draft of the process that says something else."""
    with site.writing() as session:
        owner = factories.person(session, by)
        draft = process_drafts.open_draft(session, key, by=owner)
        process_drafts.replace_files(session, draft, after, by=owner)


