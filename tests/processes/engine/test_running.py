"""What a run does when something is not as it should be."""

from __future__ import annotations

import contextlib
import itertools
import time
import uuid
from datetime import UTC, datetime

import pytest

from models import clock
from tests.unit.engine import models as m
from tests.unit.engine.drawing import boundary, chain, end, on_date, script, start, sub, user
from tests.unit.engine.drawing import end as plain_end
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.engine import running


def spec_of(*elements: str) -> engine.Spec:
    return engine.read("p", {"process.bpmn": m.one(*elements)})


def test_a_task_that_does_not_wait_cannot_be_completed() -> None:
    case = Walk(spec_of(start(), user("work"), end(), chain("start", "work", "end")))
    done = case.task("work").id
    case.complete("work")
    for task_id in (done, uuid.uuid4()):
        with pytest.raises(engine.TaskNotWaiting):
            case.run.complete(task_id, {})


def test_an_edge_that_cannot_begin_to_wait_is_named_by_its_step() -> None:
    with clock.held(datetime(2026, 6, 1, tzinfo=UTC)):
        case = Walk(
            spec_of(
                start(), user("work"), boundary("late", "work", on_date("due_on")), end(), plain_end("too-late"), chain("start", "work", "end"),
                chain("late", "too-late"),
            )
        )  # fmt: skip
    assert case.stuck is not None
    assert case.stuck.element_id == "work" and "due_on" in case.stuck.message


def test_an_end_that_ends_everything_keeps_the_last_data() -> None:
    inner = sub(
        "inner", start("s"), user("work"), script("note", "noted = true"), end("stop", "<terminateEventDefinition />"), chain("s", "work", "note", "stop")
    )
    case = Walk(spec_of(start(), inner, user("after"), end(), chain("start", "inner", "after", "end")))
    case.complete("work", found="a home")
    assert case.ended_at == ["stop"] and case.task("after").data == {"found": "a home", "noted": True}
    case.complete("after")
    assert case.run.finished and case.run.data["noted"] is True


def test_a_loop_that_never_waits_is_stopped_and_named() -> None:
    with pytest.raises(engine.StepBudgetSpent, match="Count|Enough"):
        Walk(engine.read("p", {"process.bpmn": m.COUNTING_LOOP.replace("rounds &gt; 700", "rounds &lt; 0")}), rounds=0)


@pytest.mark.parametrize(
    ("which", "passes", "is_stopped"),
    [("monotonic", running.LONGEST_SECONDS + 1, False), ("monotonic", running.LONGEST_WALL_SECONDS + 1, True), ("thread_time", running.LONGEST_SECONDS + 1, True)],
    ids=["a busy machine", "an operation that hangs", "a process that works on and on"],
)
def test_only_what_a_process_takes_itself_counts_against_it(
    monkeypatch: pytest.MonkeyPatch, which: str, passes: float, *, is_stopped: bool
) -> None:
    case = Walk(spec_of(start(), user("work"), script("note", "noted = true"), end(), chain("start", "work", "note", "end")))
    moments = itertools.count(getattr(time, which)(), passes)
    monkeypatch.setattr(running.time, which, lambda: next(moments))

    with pytest.raises(engine.StepBudgetSpent) if is_stopped else contextlib.nullcontext():
        case.complete("work")
    assert case.ended_at == ([] if is_stopped else ["end"])
