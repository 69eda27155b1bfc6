"""Many cases on the real engine at once, in simulated time: people are shared between them, timers fire when they are due."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from models import clock
from workflows import engine
from workflows.engine import OperationCall, Run, Spec, WaitingTask, language, operations
from workflows.library import scenarios
from workflows.library.simulating import planning
from workflows.library.simulating.planning import Plan
from workflows.library.simulating.tallies import Tally
from workflows.library.working_hours import DAY_MINUTES, WorkingHours

MOST_MOVES = 600
MOVES_KEPT = 4
TOO_LONG = "Went on for too long"
NOTHING_LEFT = "Waits for nothing that could come"


@dataclass
class Work:
    """One waiting task of one case: since when, since when somebody works on it (None while in line), and how long it takes."""

    task: WaitingTask
    group: str
    since: datetime
    minutes: float
    begun: datetime | None = None


@dataclass
class CaseRun:
    """A simulated case."""

    number: int
    run: Run
    began: datetime
    moves: int = 0
    work: dict[UUID, Work] = field(default_factory=dict)
    live: dict[str, datetime] = field(default_factory=dict)
    asked_for: set[str] = field(default_factory=set)
    next_timer: datetime | None = None
    is_over: bool = False


class Simulation:
    """All cases of one simulation. The clock is held apart while it runs."""

    def __init__(self, spec: Spec, plan: Plan, *, groups: Mapping[str, str], hours: WorkingHours, seed: int) -> None:
        self.spec, self.plan, self.groups, self.hours = spec, plan, groups, hours
        self.keys = {name: key for key, name in groups.items()}
        # Nothing secret: a simulation must come out the same again.
        self.chance = random.Random(seed)
        self.tally = Tally(spec, plan, hours)
        self.line: dict[str, deque[tuple[CaseRun, UUID]]] = {}
        self.busy: Counter[str] = Counter()
        self.events: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = itertools.count()

    def go_through(self, cases: int, *, stop: Callable[[], bool], progress: Callable[[int], None]) -> bool:
        """Let so many cases begin and go on until all are over; whether it was stopped before that."""
        begins = self.hours.opening(self.plan.begins or clock.now())
        apart = planning.spacing(self.plan.a_day)
        at = begins
        with clock.apart(begins):
            for number in range(cases):
                self._at(at, lambda number=number: self._begin(number))  # type: ignore[misc]
                at = self.hours.after(at, apart)
                self.tally.last_arrival = at
            return self._until_over(stop, progress)

    def _until_over(self, stop: Callable[[], bool], progress: Callable[[int], None]) -> bool:
        told = 0
        while self.events:
            if stop():
                return True
            moment, _, happen = heapq.heappop(self.events)
            clock.hold(moment)
            happen()
            if self.tally.over > told:
                told = self.tally.over
                progress(told)
        return False

    def _at(self, moment: datetime, happen: Callable[[], None]) -> None:
        heapq.heappush(self.events, (moment, next(self.order), happen))

    def _begin(self, number: int) -> None:
        now = clock.now()
        days = planning.days_apart(self.plan.data_of, now) if self.plan.data_of else 0
        run = engine.start(self.spec, planning.shifted(dict(self.plan.data), days), perform=self._perform)
        run.guess_with(self._choose)
        case = CaseRun(number, run, now)
        self._move(case, Run.advance)

    def _perform(self, call: OperationCall) -> Mapping[str, Any]:
        return self._given(call.element_id, operations.given_by(call.name))

    def _given(self, element: str, announced: frozenset[str]) -> dict[str, Any]:
        """What a step gives this time, its dates as far from now as they were in the sample walk."""
        found = self.plan.draw_result(element, self.chance)
        if found is None:
            if announced:
                self.tally.unknown[element] += 1
            return {}
        values: dict[str, Any] = planning.shifted(dict(found.gives), planning.days_apart(found.at, clock.now()))
        return values

    def _choose(self, element: str, ways: Sequence[str], error: Exception | None) -> str | None:
        stated = {way: share for way, share in self.plan.shares.get(element, {}).items() if way in ways and share > 0}
        if stated:
            return self.chance.choices(list(stated), list(stated.values()))[0]
        if error is None:
            return None
        self.tally.guessed[element] += 1
        return self.chance.choice(list(ways))

    def _move(self, case: CaseRun, how: Callable[[Run], Any]) -> None:
        if case.is_over:
            return
        case.moves += 1
        try:
            how(case.run)
            waiting = case.run.waiting_tasks()
        except (language.EvaluationError, engine.OperationFailed, engine.StepBudgetSpent, ValueError) as error:
            self._end(case, stuck=_where(case.run, error))
            return
        if case.run.stuck is not None:
            self._end(case, stuck=_where(case.run, case.run.stuck.error))
            return
        case.run.trail, trail = [], case.run.trail
        if case.moves % MOVES_KEPT == 0:
            case.run.drop_history()
        self.tally.pass_by(case.live, case.run.live, clock.now())
        self._keep_work(case, waiting)
        if case.run.finished:
            ends = [passed.element_id for passed in trail if passed.kind == "end event" and passed.process_key == self.spec.key]
            self._end(case, ended_at=ends[-1] if ends else "")
        elif case.moves >= MOST_MOVES:
            self._end(case, stuck=TOO_LONG)
        else:
            self._look_ahead(case)

    def _end(self, case: CaseRun, *, ended_at: str = "", stuck: str = "") -> None:
        case.is_over = True
        self.tally.pass_by(case.live, set(), clock.now())
        for key in list(case.work):
            self._drop(case, key)
        self.tally.end(case.began, clock.now(), ended_at=ended_at, stuck=stuck)

    def _keep_work(self, case: CaseRun, waiting: Sequence[WaitingTask]) -> None:
        wanted = {task.id: task for task in waiting}
        for key in [key for key in case.work if key not in wanted]:
            self._drop(case, key)
        for key, task in wanted.items():
            if key not in case.work:
                group = task.candidate_group or self.keys.get(task.lane, task.lane)
                work = Work(task, group, clock.now(), self.plan.duration_of(task.bpmn_id).draw(self.chance))
                case.work[key] = work
                self._take_up(case, key) if self._has_hands(group) else self._stand_in_line(case, key, group)

    def _has_hands(self, group: str) -> bool:
        return group not in self.plan.people or self.busy[group] < self.plan.people[group]

    def _stand_in_line(self, case: CaseRun, key: UUID, group: str) -> None:
        line = self.line.setdefault(group, deque())
        line.append((case, key))
        self.tally.longest_line[group] = max(self.tally.longest_line[group], len(line))

    def _take_up(self, case: CaseRun, key: UUID) -> None:
        work = case.work[key]
        self.busy[work.group] += 1
        work.begun = self.hours.opening(clock.now())
        self._at(self.hours.after(work.begun, work.minutes), lambda: self._finish(case, key))

    def _finish(self, case: CaseRun, key: UUID) -> None:
        if case.is_over or key not in case.work:
            return
        task = case.work[key].task
        self._drop(case, key, is_done=True)
        routed = dict.fromkeys(task.properties.get("routes", "").split())
        values = routed | self._given(task.bpmn_id, operations.given_by(task.properties.get("operation", "")))
        self._move(case, lambda run: run.complete(key, values))

    def _drop(self, case: CaseRun, key: UUID, *, is_done: bool = False) -> None:
        """A task is over: its person takes up what has been longest in line."""
        work = case.work.pop(key)
        self.tally.count_work(work.task, work.group, since=work.since, begun=work.begun, minutes=work.minutes if is_done else None)
        if work.begun is None:
            return
        self.busy[work.group] -= 1
        line = self.line.get(work.group)
        while line and self._has_hands(work.group):
            other, waiting = line.popleft()
            if waiting in other.work:
                self._take_up(other, waiting)

    def _look_ahead(self, case: CaseRun) -> None:
        """Wait for the next timer, for messages that come by chance, and for one that must come when nothing else can."""
        timers = case.run.timers()
        due = timers[0].due_at if timers else None
        if due != case.next_timer:
            case.next_timer = due
            if due is not None:
                self._at(max(due, clock.now()), lambda: self._fire(case, due))
        for message in dict.fromkeys(each.name for each in case.run.messages()):
            if message not in case.asked_for:
                case.asked_for.add(message)
                if self.chance.random() * 100 < self.plan.messages.get(message, 0.0):
                    self._send(case, message)
        if not timers and not case.work:
            names = [each.name for each in case.run.messages()]
            if names:
                self.tally.messages[names[0]] += 1
                self._send(case, names[0])
            else:
                self._end(case, stuck=NOTHING_LEFT)

    def _fire(self, case: CaseRun, due: datetime) -> None:
        """Fire a timer unless the case waits for another, or none, by now."""
        if not case.is_over and case.next_timer == due:
            case.next_timer = None
            self._move(case, lambda run: run.fire_due(clock.now()))

    def _send(self, case: CaseRun, message: str) -> None:
        when = self.hours.after(clock.now(), self.chance.uniform(0.2, 3.0) * DAY_MINUTES)
        self._at(when, lambda: self._deliver(case, message))

    def _deliver(self, case: CaseRun, message: str) -> None:
        if not case.is_over and any(each.name == message for each in case.run.messages()):
            payload = self._given(f"{scenarios.MESSAGE}{message}", frozenset())
            self._move(case, lambda run: run.deliver(message, payload))


def _where(run: Run, error: BaseException) -> str:
    where = f"“{run.stuck.element_name}”: " if run.stuck is not None else ""
    return f"{where}{error}"
