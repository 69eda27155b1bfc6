"""A process with a step of the system that can fail, branches side by side and one step for each of a list; and what people do in it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ProcessInstance, TaskStatus, UserTask
from tests.processes.workshop.change_room import Room
from tests.support import factories
from tests.unit.engine.drawing import (
    after,
    boundary,
    catch,
    chain,
    definitions,
    end,
    exclusive,
    flow,
    instances,
    message,
    on_message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    user,
)
from workflows.actions import definitions as deploying
from workflows.actions import instances as running
from workflows.actions import tasks
from workflows.actions.operating import Work, operation

KEY = "roundabout"
GROUP = "'commissioning_officer'"
PARAMETERS = """
parameters:
  - {key: task_days, label: Time for a task, value: 5, unit: working, calendar: EW, sentence: "A task is done within {count} working days"}
  - {key: first_reminder_percent, label: First reminder, value: 50, unit: percent}
  - {key: escalate_manager_days, label: Manager, value: 1, unit: number}
  - {key: escalation_fallback_group, label: Fallback, value: administrators, unit: group}
"""
broken: set[str] = set()


@operation("roundabout.send", gives=("sent",))
def send(work: Work) -> dict[str, Any]:
    """Give a yes, or fail while it is broken."""
    if "send" in broken:
        raise RuntimeError("the other system did not answer")
    return {"sent": "yes"}


@operation("roundabout.tell")
def tell(work: Work) -> None:
    """Give nothing, or fail while it is broken."""
    if "tell" in broken:
        raise RuntimeError("the other system did not answer")


def form(step: str) -> str:
    components = [{"type": "textfield", "key": key, "label": f"What about {key}?"} for key in ("note", "way")]
    return json.dumps({"type": "default", "schemaVersion": 19, "id": step, "components": components})


def files(*elements: str, rules: str = "", messages: tuple[str, ...] = ()) -> dict[str, str]:
    steps = ("look", "ask", "check", "sign", "left", "right", "each", "inner")
    text = definitions(*(message(name) for name in messages), process(KEY, *elements))
    return {"process.bpmn": text, **{f"forms/{step}.json": form(step) for step in steps}, **({"rules.yml": rules} if rules else {})}


LATE = boundary("late", "look", after("'P14D'"), interrupts=False) + user("chase", GROUP, formKey="ask") + end("chased") + chain("late", "chase", "chased")
# look, then the system tells; left and right side by side; an inner part; sign.
WHOLE = files(
    start(), user("look", GROUP, routes="note"), LATE, service("tell", "roundabout.tell"), user("check", GROUP, routes="note"), parallel("split"),
    user("left", GROUP), user("right", GROUP), parallel("join"), sub("part", start("in"), user("inner", GROUP), end("out"), chain("in", "inner", "out")),
    user("sign", GROUP, significant="yes"), user("ask", GROUP), end(), chain("start", "look", "tell", "check", "split"), chain("split", "left", "join"),
    chain("split", "right", "join"), chain("join", "part", "sign", "ask", "end"),
)  # fmt: skip
# The system sends, and the way on depends on what that gave.
NEEDED = files(
    start(), user("look", GROUP), service("send", "roundabout.send"), exclusive("way", "check"), user("check", GROUP), user("ask", GROUP), end(),
    chain("start", "look", "send", "way", "check", "end"), flow("way", "ask", "sent == 'no'"), flow("ask", "end"),
)  # fmt: skip
WAITING = files(start(), user("look", GROUP), catch("news", on_message("News")), end(), chain("start", "look", "news", "end"), messages=("News",))
EACH = files(
    start(), script("list", "things = ['a', 'b']"), user("look", GROUP, inner=instances("things", "thing")), user("ask", GROUP), end(),
    chain("start", "list", "look", "ask", "end"),
)  # fmt: skip


def deploy(room: Room, content: dict[str, str]) -> None:
    with room.session() as session:
        deploying.deploy(session, KEY, content)


def begin(room: Room, **data: Any) -> uuid.UUID:
    with room.session() as session:
        case = factories.case(session, room.who(session, "officer"), reference=f"RO-{uuid.uuid4().hex[:6]}")
        return running.start(session, case, KEY, data=data, by=room.who(session, "officer")).id


def instance_of(session: Session, instance_id: uuid.UUID) -> ProcessInstance:
    return session.get_one(ProcessInstance, instance_id, populate_existing=True)


def open_steps(room: Room, instance_id: uuid.UUID) -> list[str]:
    with room.session() as session:
        wanted = (UserTask.instance_id == instance_id, UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED]))
        return sorted(session.scalars(select(UserTask.bpmn_id).where(*wanted)))


def do(room: Room, instance_id: uuid.UUID, *steps: str, note: str = "seen") -> None:
    for step in steps:
        with room.session() as session:
            wanted = (UserTask.instance_id == instance_id, UserTask.bpmn_id == step, UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED]))
            task = session.scalars(select(UserTask).where(*wanted).limit(1)).one()
            tasks.complete(session, task, answers={"note": note}, by=room.who(session, "officer"))
