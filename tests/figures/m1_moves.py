"""Figure M1: a thousand running cases moved to another version of their process, none with a draft, due date, timer or assignee lost."""

from __future__ import annotations

import sys
import time
import uuid
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import CandidateGroup, Draft, GroupKind, ProcessDefinition, ProcessInstance, TaskStatus, Timer, User, UserTask, clock
from models.session import new_session, transaction
from tests.support import databases, factories, rounds
from tests.support.databases import Database
from tests.unit.engine.drawing import after, boundary, chain, definitions, end, parallel, process, start, user
from workflows.actions import definitions as deploying
from workflows.actions import instances, tasks, undertakings
from workflows.enqueue import Tools
from workflows.jobs import moving_cases
from workflows.jobs.runner import run_once
from workflows.library import definitions as library

CLASS = "bench"
CASES, REAL, LONGEST = 1_000, 20, 60.0
KEY, GROUP = "look-round", "commissioning"
STEPS = ("look", "ask", "one", "two", "check", "sign")


def files(*, later: bool) -> dict[str, str]:
    """A process with a timer and two branches; the later version has other labels and one step more."""
    group = f"'{GROUP}'"
    last = ("join", "check", "sign", "end") if later else ("join", "check", "end")
    sign = (user("sign", group),) if later else ()
    text = definitions(process(
        KEY, start(), user("look", group), boundary("late", "look", after("'P14D'"), interrupts=False), user("ask", group), end("asked"), chain("late", "ask", "asked"),
        parallel("split"), user("one", group), user("two", group), parallel("join"), user("check", group), *sign, end(),
        chain("start", "look", "split", "one", *last), chain("split", "two", "join"),
    ))  # fmt: skip
    form = '{"type": "default", "schemaVersion": 19, "id": "%s", "components": [{"type": "textfield", "key": "note", "label": "Note"}]}'
    return {
        "process.bpmn": text.replace('name="Look"', 'name="Look closely"') if later else text,
        **{f"forms/{step}.json": form % step for step in STEPS},
    }


def main(cases: int = CASES) -> int:
    """Print the line of each database; 1 when one took too long, lost something or left a case where it was."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database:
            library.forget()
            owner = _plant(database, cases)
            before = _kept(database)
            began = time.perf_counter()
            moved = _move_all(database, owner)
            seconds = time.perf_counter() - began
            lost = sum(before[key] != found for key, found in _kept(database).items()) + abs(len(before) - len(_kept(database)))
        is_met = seconds <= LONGEST and moved == cases and lost == 0
        print(f"M1 {kind}_cases_moved {moved} of_{cases}_with_{lost}_lost {cases} {'ok' if moved == cases and not lost else 'short'}")
        print(f"M1 {kind}_time_to_move_{cases}_cases {seconds:.1f} s {LONGEST:.0f} {'ok' if seconds <= LONGEST else 'short'}")
        good = good and is_met
    return 0 if good else 1


def _plant(database: Database, cases: int) -> uuid.UUID:
    """The people and the cases: every second one with its first step done, all with drafts and claimed tasks."""
    with transaction(database.engine) as session:
        for key, role in ((GROUP, "commissioning_officer"), ("owners", "process_owner")):
            session.add(CandidateGroup(key=key, name=key.title(), kind=GroupKind.TEAM, role=role, manager_key=None))
        session.flush()
        owner, officer = factories.officer(session, "Ash Owner", "owners"), factories.officer(session, "Bo Field", GROUP)
        session.add(rounds.task_days())
        deploying.deploy(session, KEY, files(later=False))
        owner_id, officer_id = owner.id, officer.id
    for number in range(REAL):
        with transaction(database.engine) as session:
            _case(session, number, officer_id)
    with transaction(database.engine) as session:
        _multiply(session, cases - REAL)
    with transaction(database.engine) as session:
        deploying.deploy(session, KEY, files(later=True))
    return owner_id


def _case(session: Session, number: int, officer_id: uuid.UUID) -> None:
    officer = session.get_one(User, officer_id)
    case = factories.case(session, officer, reference=f"LR-{number:05d}")
    instance = instances.start(session, case, KEY, data={"number": number}, by=officer)
    if number % 2:
        _complete(session, instance, officer, "look")
    for row in session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == TaskStatus.READY)).all():
        tasks.claim(session, row, by=officer)
        session.add(Draft(task_id=row.id, user_id=officer.id, values={"note": f"draft {number}"}, saved_at=clock.now()))


def _multiply(session: Session, more: int) -> None:
    """So many cases more, each with the rows of one of those there are: starting a thousand would take longer than moving them."""
    first = session.scalars(select(ProcessInstance).order_by(ProcessInstance.started_at)).all()
    levels: tuple[list[Any], ...] = ([], [], [], [])
    for number in range(more):
        pattern = first[number % REAL]
        case = _like(pattern.case, reference=f"LR-{REAL + number:05d}")
        instance = _like(pattern, case_id=case.id)
        levels[0].append(case)
        levels[1].append(instance)
        for task in session.scalars(select(UserTask).where(UserTask.instance_id == pattern.id)):
            twin = _like(task, case_id=case.id, instance_id=instance.id)
            levels[2].append(twin)
            levels[3].extend(_like(draft, task_id=twin.id) for draft in session.scalars(select(Draft).where(Draft.task_id == task.id)))
        levels[3].extend(_like(timer, instance_id=instance.id) for timer in session.scalars(select(Timer).where(Timer.instance_id == pattern.id)))
    for rows in levels:
        session.add_all(rows)
        session.flush()


def _like(row: Any, **other: Any) -> Any:
    """A row as another, but for its key and what is given."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    return type(row)(**{**values, "id": uuid.uuid4(), **other})


def _complete(session: Session, instance: ProcessInstance, officer: Any, step: str) -> None:
    row = session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, UserTask.bpmn_id == step)).one()
    tasks.complete(session, row, answers={"note": "seen"}, by=officer)


def _kept(database: Database) -> dict[Any, Any]:
    """Everything that a move may not change, by the task or timer it belongs to."""
    with new_session(database.engine, writes=False) as session:
        found: dict[Any, Any] = {
            row.id: (row.assignee_id, row.status, row.due_at, row.created_at, row.revision, row.engine_task_id)
            for row in session.scalars(select(UserTask))
        }
        found |= {("timer", row.instance_id, row.engine_task_id): (row.due_at, row.bpmn_id) for row in session.scalars(select(Timer))}
        found |= {("draft", row.task_id): row.values for row in session.scalars(select(Draft))}
        return found


def _move_all(database: Database, owner_id: uuid.UUID) -> int:
    """Move every case as one undertaking; how many stand on the new version afterwards."""
    with transaction(database.engine) as session:
        to = library.latest(session, KEY)
        wanted = [str(each) for each in session.scalars(select(ProcessInstance.id))]
        undertakings.ask(
            session, moving_cases.MOVE, "Move cases", {"to": str(to.id), "instances": wanted}, len(wanted), by=session.get_one(User, owner_id)
        )
    run_once(database.engine, Tools(), clock.now())
    with new_session(database.engine, writes=False) as session:
        version = select(ProcessDefinition.version).join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        return sum(number == 2 for number in session.scalars(version))


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:2])))
