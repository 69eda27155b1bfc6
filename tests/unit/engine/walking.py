"""A run that is stored and loaded after every step, as it is in a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflows import engine
from workflows.engine import OperationCall, Run, Spec, WaitingTask

Effects = dict[str, Callable[[OperationCall], Mapping[str, Any] | None]]


class Walk:
    """One case: what it did, and its run, which never outlives a step."""

    def __init__(self, spec: Spec, effects: Effects | None = None, **data: Any) -> None:
        self.spec = spec
        self.effects = effects or {}
        self.done: list[str] = []
        self.calls: list[OperationCall] = []
        self.ended_at: list[str] = []
        run = engine.start(spec, data, perform=self.perform)
        run.advance()
        self._keep(run)

    def perform(self, call: OperationCall) -> Mapping[str, Any] | None:
        self.calls.append(call)
        effect = self.effects.get(call.name)
        return effect(call) if effect else None

    @property
    def run(self) -> Run:
        """The run, loaded afresh."""
        return engine.load(self.spec, self.stored, perform=self.perform)

    @property
    def waiting(self) -> list[str]:
        """The ids of the tasks that wait for people."""
        return [task.bpmn_id for task in self.run.waiting_tasks()]

    def task(self, bpmn_id: str, group: str | None = None) -> WaitingTask:
        found = [task for task in self.run.waiting_tasks() if task.bpmn_id == bpmn_id and group in (None, task.candidate_group)]
        assert found, f"{bpmn_id} does not wait; {self.waiting} do"
        return found[0]

    def complete(self, bpmn_id: str, group: str | None = None, **answers: Any) -> None:
        """Do a waiting task."""
        run = self.run
        run.complete(self.task(bpmn_id, group).id, answers)
        self._keep(run)

    def deliver(self, message: str, correlation: Mapping[str, Any] | None = None, **payload: Any) -> bool:
        run = self.run
        taken = run.deliver(message, payload, correlation)
        self._keep(run)
        return taken

    def fire(self, now: datetime) -> list[str]:
        run = self.run
        fired = run.fire_due(now)
        self._keep(run)
        return fired

    def _keep(self, run: Run) -> None:
        self.ended_at += run.ended_at
        self.done += [passed.element_id for passed in run.trail]
        self.stuck = run.stuck
        self.stored = run.dump()
