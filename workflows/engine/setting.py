"""Putting a case where a person wants it: past a step that cannot be carried out, or back at an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models import clock
from workflows.engine import language, moving
from workflows.engine.definition import Spec
from workflows.engine.moving import PASSED, CannotMove, Verdict
from workflows.engine.places import Place, places_of
from workflows.engine.running import Run

INNER = "it is inside a part of the process that can only be begun as a whole"


def failed_step(run: Run, element: str) -> Task:
    """The one engine task of a step that the system should have done and did not. CannotMove when there is none, or more than one."""
    found = [task for task in run._tasks() if task.state == TaskState.READY and not task.task_spec.manual and task.task_spec.bpmn_id == element]
    if len(found) != 1:
        raise CannotMove("the case does not stand there any more" if not found else "the case stands there more than once")
    return found[0]


def places_after(run: Run, element: str) -> list[Place]:
    """Where a run would stand if the step were taken as done; the run must not be stored afterwards."""
    failed_step(run, element).complete()
    return list(places_of(run.workflow))


def skip(run: Run, element: str) -> None:
    """Take a step as done without doing it, and go on."""
    run._begin()
    failed_step(run, element).complete()
    run._go_on()


def standing_at(spec: Spec, stored: bytes, element: str, data: Mapping[str, Any]) -> Verdict:
    """The state of a case that stands at one step of its own diagram and nowhere else, with the data that step began with.

    Its events at the edge wait anew. The verdict says why where it cannot be: inside a called or embedded process, or done for each of a list.
    """
    try:
        return moving.verdict(spec, spec, _one_token(spec, json.loads(stored), element, data))
    except CannotMove as error:
        return Verdict(moves=False, why=str(error), harmless=False)


def _one_token(spec: Spec, before: Mapping[str, Any], element: str, data: Mapping[str, Any]) -> bytes:
    step = spec.top.task_specs.get(element)
    if step is None:
        raise CannotMove(INNER if any(each.id == element for each in spec.steps) else "its process no longer has this step")
    if isinstance(step, LoopTask):
        raise CannotMove("it is done for each of a list, and the list as it was is not kept")
    if not step.manual:
        raise CannotMove("no person does it")
    now, kept = clock.now().timestamp(), [language.clean_data(dict(data))]
    rows = [[uuid4().hex, -1, PASSED, int(TaskState.COMPLETED), now, kept], [uuid4().hex, 0, element, int(TaskState.READY), now, kept]]
    packed = {
        "data": before["data"], "keys": before["keys"], "last": 0, "success": True, "completed": False, "tasks": rows, "version": before["version"],
        "subs": [],
    }  # fmt: skip
    return json.dumps(packed, ensure_ascii=False).encode()
