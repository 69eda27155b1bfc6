"""What the engine does without our layer, trap by trap. Run in a process of its own, since ours changes the engine for good; prints JSON."""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.unit.engine import models as m


class TooLong(BaseException):
    """The parser was still at it. Not an Exception, because the parser catches those."""


def workflow(xml: str, key: str = "p", *more: str, **data: Any) -> Any:
    parser = SpiffBpmnParser()
    for text in (xml, *more):
        if "decisionTable" in text:
            parser.add_dmn_str(text.encode())
        else:
            parser.add_bpmn_str(text.encode())
    run = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
    for task in run.get_tasks():
        task.data.update(data)
    run.do_engine_steps()
    return run


def ready(run: Any) -> list[str]:
    return sorted(task.task_spec.name for task in run.get_tasks(state=TaskState.READY, manual=True))


def complete(run: Any, name: str, **data: Any) -> None:
    task = next(task for task in run.get_tasks(state=TaskState.READY, manual=True) if task.task_spec.name == name)
    task.data.update(data)
    task.run()
    run.do_engine_steps()


def t01() -> bool:
    run = workflow(m.SIGNAL_END)
    complete(run, "work")
    return not run.is_completed() and ready(run) == []


def t02() -> bool:
    run = workflow(m.LINKS)
    return bool(run.is_completed()) and "after" not in {task.task_spec.name for task in run.get_tasks()}


def t03() -> bool:
    return bool(workflow(m.COMPENSATION).is_completed())


def t04() -> bool:
    try:
        workflow(m.IMPLICIT_SPLIT)
    except Exception as error:
        return "Multiple outgoing" in str(error)
    return False


def t05() -> bool:
    run = workflow(m.COUNTING_LOOP, rounds=0)
    return bool(run.is_completed()) and run.data.get("rounds") is None and any(task.state == TaskState.READY for task in run.tasks.values())


def t07() -> bool:
    run = workflow(m.TWO_COMMENTS, comments=[])
    return len(run.data["comments"]) == 1


def t08() -> bool:
    run = workflow(m.NESTED_DATA)
    complete(run, "first", home={"street": {"beds": 1}})
    done = next(task for task in run.get_tasks(state=TaskState.COMPLETED) if task.task_spec.name == "first")
    return done.data["home"]["street"]["beds"] == 2


def t09() -> bool:
    return len(workflow(m.SIX_PAIRS).get_tasks()) > 4_000


def t11() -> bool:
    run = workflow(m.EVENT_SUB_PROCESS)
    run.send_event(BpmnEvent(MessageEventDefinition("Stop"), payload={}))
    run.do_engine_steps()
    return "work" in ready(run)


def t13() -> bool:
    return [event.name for event in workflow(m.RACE).waiting_events()] == [None]


def t15() -> bool:
    try:
        workflow(m.FAILING_SERVICE)
    except NameError as error:
        return "script" in str(error)
    except Exception:
        return False
    return False


def t16() -> bool:
    def too_long(*arguments: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(3)
    try:
        workflow(m.DEEP_DATA_OBJECT)
    except TooLong:
        return True
    except Exception:
        return False
    finally:
        signal.alarm(0)
    return False


def t17() -> bool:
    overlap = workflow(m.ASK_TABLE, "p", m.OVERLAP, n=5)
    collect = workflow(m.ASK_TABLE, "p", m.SUM_TABLE, n=5)
    return overlap.data["say"] == 1 and collect.data["say"] != 3


def t18() -> bool:
    winter, summer = (datetime.fromisoformat(TimerEventDefinition.get_datetime(f"2026-{month}-10T09:00:00").isoformat()) for month in ("01", "07"))
    return winter.utcoffset() == summer.utcoffset()


def t20() -> bool:
    try:
        workflow(m.NO_DEFAULT, colour="blue")
    except Exception as error:
        return "No conditions" in str(error)
    return False


def t21() -> bool:
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(m.HALF_A_SCRIPT.encode())
    run = BpmnWorkflow(parser.get_spec("p"))
    try:
        run.do_engine_steps()
    except Exception:
        return any(task.data.get("half") == 1 for task in run.tasks.values())
    return False


def t24() -> bool:
    run = workflow(m.CALLER_IN_A_LANE, "p", m.CALLED)
    return next(task for task in run.get_tasks(state=TaskState.READY, manual=True)).task_spec.lane is None


def t26() -> bool:
    waiting = workflow(m.MESSAGE_CATCH)
    workflow(m.MESSAGE_THROW)
    return not waiting.is_completed()


def _second_round(order: tuple[str, ...], data: bool) -> bool:
    run = workflow(m.THREE_ASKED_AGAIN)
    for name in ("ask-a", "ask-b", "ask-c"):
        complete(run, name, **{f"answer_{name[-1]}": "first"})
    complete(run, "judge", again=True)
    for place, name in enumerate(order):
        complete(run, name, **{f"answer_{name[-1]}": "second"})
        if place < 2 and "judge" in ready(run):
            return True
    judge = next((task for task in run.get_tasks(state=TaskState.READY, manual=True) if task.task_spec.name == "judge"), None)
    return data and (judge is None or any(judge.data.get(f"answer_{letter}") != "second" for letter in "abc"))


def t27() -> bool:
    return any(_second_round(order, data=False) for order in m.ORDERS)


def t28() -> bool:
    return any(_second_round(order, data=True) for order in m.ORDERS)


def t29() -> bool:
    run = workflow(m.INSTANCES_AGAIN, homes=["a", "b"])
    for _ in range(2):
        complete(run, "visit [child]", note="x")
    try:
        complete(run, "judge", again=True)
    except Exception as error:
        return "exists" in str(error) or "must be empty" in str(error)
    return False


def t30() -> bool:
    try:
        workflow(m.LONG_CHAIN)
    except Exception as error:
        return isinstance(error, RecursionError) or "recursion" in repr(error).lower()
    return False


def t34() -> bool:
    try:
        workflow(m.ASK_TABLE, "p", m.DMN_TRUE, n=True)
    except Exception as error:
        return "true" in str(error)
    return False


FACTS: dict[str, Callable[[], bool]] = {name: found for name, found in list(globals().items()) if name[:1] == "t" and name[1:].isdigit()}


def main() -> int:
    """Print which traps the bare engine still falls into; the text of an unexpected error stands for no."""
    logging.disable()
    found: dict[str, Any] = {}
    for name, fact in FACTS.items():
        try:
            found[name] = fact()
        except Exception as error:
            found[name] = repr(error)[:200]
    print(json.dumps(found))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
