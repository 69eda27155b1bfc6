"""Figures P4 and P5: completing a task with our way to keep a case, against the whole serialised workflow in one column, and
against a bare durable one-row commit; load, complete, step, save, commit, without HTTP or audit on any side.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, select, update

from tests.support import databases
from tests.support.databases import Database
from tests.unit.engine import models
from tests.unit.engine.drawing import call, chain, definitions, end, exclusive, flow, parallel, process, script, start, user
from workflows import engine
from workflows.engine.environment import SafeEngine

GOALS = {"sqlite": 4.0, "postgresql": 2.5}
MOST_AGAINST_A_COMMIT, AFTER_ROUNDS, LEAST_AFTER = 6.0, 200, 25.0
TASKS = 17

metadata = MetaData()
ours = Table("bench_ours", metadata, Column("id", Integer, primary_key=True), Column("state", LargeBinary), Column("revision", Integer))
naive = Table("bench_naive", metadata, Column("id", Integer, primary_key=True), Column("state", Text), Column("revision", Integer))
bare = Table("bench_bare", metadata, Column("id", Integer, primary_key=True), Column("state", LargeBinary), Column("revision", Integer))


def seventeen_tasks() -> str:
    """A case of seventeen user tasks: two parallel branches, a called process for each of three consultees, and four tasks after they have met."""
    first, second, last = ([f"{name}-{place}" for place in range(count)] for name, count in (("write", 4), ("check", 3), ("decide", 4)))
    return definitions(
        process(
            "p", start(), script("name-them", "consultees = [{'key': 'law'}, {'key': 'money'}, {'key': 'buying'}]"), parallel("split"),
            *(user(name) for name in (*first, *second, *last)), call("consult", "c", each=("consultees", "consultee")),
            script("weigh", "value = 500000"), exclusive("is-key", default="check-0"), end("not-key"), parallel("join"), end(),
            chain("start", "name-them", "split", *first, "join"), chain("split", "consult", "join"), chain("split", "weigh", "is-key", *second, "join"),
            flow("is-key", "not-key", "value < 500000"), chain("join", *last, "end"),
        ),
        process("c", start("asked"), user("advise"), user("explain"), end("advised"), chain("asked", "advise", "explain", "advised")),
    )  # fmt: skip


def main(repeats: int = 5) -> int:
    """Print the figures' lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database:
            metadata.create_all(database.engine)
            ratio, against_commit = whole_case(database, repeats)
            after = after_a_loop(database)
        for line, value, goal, is_met in (
            (f"P4 {kind}_faster_than_the_whole_workflow", ratio, GOALS[kind], ratio >= GOALS[kind]),
            (f"P4 {kind}_faster_after_{AFTER_ROUNDS}_rounds", after, LEAST_AFTER, after >= LEAST_AFTER),
            (f"P5 {kind}_against_a_bare_commit", against_commit, MOST_AGAINST_A_COMMIT, against_commit <= MOST_AGAINST_A_COMMIT),
        ):
            print(f"{line} {value:.1f} ratio {goal} {'ok' if is_met else 'short'}")
            good = good and is_met
    return 0 if good else 1


def whole_case(database: Database, repeats: int) -> tuple[float, float]:
    """How much faster ours completes the seventeen tasks, and how much slower it is than bare commits, by medians of interleaved runs."""
    xml = seventeen_tasks()
    spec, stock = engine.read("p", {"process.bpmn": xml}), Stock(xml)
    times: dict[str, list[float]] = {"ours": [], "naive": [], "bare": []}
    for _ in range(repeats):
        _begin(database, spec, stock)
        for _task in range(TASKS):
            times["ours"].append(_timed(lambda: complete_ours(database, spec)))
            times["naive"].append(_timed(lambda: complete_naive(database, stock)))
            times["bare"].append(_timed(lambda: commit_bare(database)))
    median = {name: statistics.median(found) for name, found in times.items()}
    return median["naive"] / median["ours"], median["ours"] / median["bare"]


def after_a_loop(database: Database) -> float:
    """How much faster ours completes a task of a case that has gone round two hundred times."""
    spec, stock = engine.read("p", {"process.bpmn": models.ASKING_LOOP}), Stock(models.ASKING_LOOP)
    _begin(database, spec, stock, {"rounds": 0})
    for _ in range(AFTER_ROUNDS):
        complete_ours(database, spec)
        complete_naive(database, stock)
    times = [(_timed(lambda: complete_naive(database, stock)), _timed(lambda: complete_ours(database, spec))) for _ in range(7)]
    return statistics.median(slow for slow, _ in times) / statistics.median(fast for _, fast in times)


def _timed(do: Callable[[], None]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _begin(database: Database, spec: Any, stock: Stock, data: dict[str, Any] | None = None) -> None:
    run = engine.start(spec, data or {}, perform=lambda call: None)
    run.advance()
    with database.engine.begin() as connection:
        for table, state in ((ours, run.dump()), (naive, stock.begin(data or {})), (bare, b"x" * 1_600)):
            connection.execute(table.delete())
            connection.execute(table.insert().values(id=1, state=state, revision=0))


def complete_ours(database: Database, spec: Any) -> None:
    """Load, complete, step, save, commit, as the product does it."""
    with database.engine.begin() as connection:
        state, revision = connection.execute(select(ours.c.state, ours.c.revision).where(ours.c.id == 1)).one()
        run = engine.load(spec, state, perform=lambda call: None)
        run.complete(run.waiting_tasks()[0].id, {"said": "yes"})
        connection.execute(update(ours).where(ours.c.id == 1, ours.c.revision == revision).values(state=run.dump(), revision=revision + 1))


def complete_naive(database: Database, stock: Stock) -> None:
    """The same with everything the library's serializer writes in one column."""
    with database.engine.begin() as connection:
        state, revision = connection.execute(select(naive.c.state, naive.c.revision).where(naive.c.id == 1)).one()
        after = stock.complete(state, {"said": "yes"})
        connection.execute(update(naive).where(naive.c.id == 1, naive.c.revision == revision).values(state=after, revision=revision + 1))


def commit_bare(database: Database) -> None:
    """One durable row and nothing else."""
    with database.engine.begin() as connection:
        connection.execute(update(bare).where(bare.c.id == 1).values(revision=bare.c.revision + 1))


class Stock:
    """The library used as its documentation shows: its own parser, its own serializer, the spec stored with every case."""

    def __init__(self, xml: str) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.parse(BytesIO(xml.encode())).getroot(), filename="process.bpmn")
        self.spec, self.called = parser.get_spec("p"), parser.get_subprocess_specs("p")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def begin(self, data: dict[str, Any]) -> str:
        """A started case as text."""
        workflow = BpmnWorkflow(self.spec, self.called, script_engine=SafeEngine(lambda call: None))
        workflow.task_tree.data.update(data)
        for task in workflow.tasks.values():
            task.data.update(data)
        workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))

    def complete(self, text: str, data: dict[str, Any]) -> str:
        """The case after its first waiting task has been completed."""
        workflow = self.serializer.deserialize_json(text)
        workflow.script_engine = SafeEngine(lambda call: None)
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))


if __name__ == "__main__":
    sys.exit(main())
