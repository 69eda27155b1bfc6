"""What is counted while simulated cases go on, and what it comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from workflows.engine import Spec, WaitingTask
from workflows.library.simulating.planning import Plan
from workflows.library.simulating.result import FULL, GroupFound, StepFound, as_days
from workflows.library.working_hours import WorkingHours

WAITS = frozenset({"user task", "manual task", "catch event", "receive task", "event-based gateway"})
ONE_DAY = timedelta(days=1)


class Tally:
    """The running counts of one simulation."""

    def __init__(self, spec: Spec, plan: Plan, hours: WorkingHours) -> None:
        self.spec, self.plan, self.hours = spec, plan, hours
        self.kinds = {step.id: step.kind for step in spec.steps}
        self.days: list[float] = []
        self.working: list[float] = []
        self.ends: Counter[str] = Counter()
        self.stuck: Counter[str] = Counter()
        self.guessed: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.visits: Counter[str] = Counter()
        self.stood: Counter[str] = Counter()
        self.work_minutes: Counter[str] = Counter()
        self.line_minutes: Counter[str] = Counter()
        self.group_of: dict[str, str] = {}
        self.group_tasks: Counter[str] = Counter()
        self.group_work: Counter[str] = Counter()
        self.group_line: Counter[str] = Counter()
        self.longest_line: Counter[str] = Counter()
        self.first_arrival: datetime | None = None
        self.last_arrival: datetime | None = None

    @property
    def over(self) -> int:
        """How many cases are over, well or not."""
        return len(self.days) + sum(self.stuck.values())

    def pass_by(self, before: dict[str, datetime], live: set[str], now: datetime) -> None:
        """Note where a case no longer stands and where it does now; `before` is brought up to date."""
        for element in [element for element in before if element not in live]:
            if self.kinds.get(element) in WAITS:
                self.visits[element] += 1
                self.stood[element] += (now - before[element]).total_seconds()  # type: ignore[assignment]
            del before[element]
        for element in live:
            before.setdefault(element, now)

    def count_work(self, task: WaitingTask, group: str, *, since: datetime, begun: datetime | None, minutes: float | None) -> None:
        """Count a task that is over; `minutes` of work are None when the process took it away."""
        step = task.bpmn_id
        in_line = self.hours.between(since, begun) if begun else 0.0
        self.group_of[step] = group
        self.group_tasks[group] += 1
        self.line_minutes[step] += in_line  # type: ignore[assignment]
        self.group_line[group] += in_line  # type: ignore[assignment]
        self.work_minutes[step] += minutes or 0.0  # type: ignore[assignment]
        self.group_work[group] += minutes or 0.0  # type: ignore[assignment]

    def end(self, began: datetime, now: datetime, *, ended_at: str, stuck: str) -> None:
        """Count a case that is over."""
        self.first_arrival = min(self.first_arrival or began, began)
        if stuck:
            self.stuck[stuck] += 1
            return
        self.days.append((now - began) / ONE_DAY)
        self.working.append(as_days(self.hours.between(began, now)))
        self.ends[self.spec.names.get(ended_at) or ended_at or "the end"] += 1

    def steps(self) -> tuple[StepFound, ...]:
        """The places where cases waited, the longest in all first."""
        found = [
            StepFound(
                id=step, name=self.spec.names.get(step) or step, kind=self.kinds[step], group=self.group_of.get(step, ""), count=count,
                days=self.stood[step] / ONE_DAY.total_seconds(), in_line_days=as_days(self.line_minutes[step]),
                work_days=as_days(self.work_minutes[step]), is_guess=step in self.group_of and self.plan.duration_of(step).is_guess,
            )
            for step, count in self.visits.items()
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda each: (-each.days, each.id)))

    def groups(self, names: Mapping[str, str]) -> tuple[GroupFound, ...]:
        """The groups by their work, the fullest first."""
        span = self.hours.between(self.first_arrival, self.last_arrival) if self.first_arrival and self.last_arrival else 0.0
        found = [self._group(key, names.get(key, key), span) for key in self.group_tasks]
        return tuple(sorted(found, key=lambda each: (-(each.load or 0.0), -each.work_days, each.key)))

    def _group(self, key: str, name: str, span: float) -> GroupFound:
        people, work = self.plan.people.get(key), float(self.group_work[key])
        return GroupFound(
            key=key, name=name, tasks=self.group_tasks[key], work_days=as_days(work), people=people,
            load=work / (people * span) if people and span else None, needed=work / (span * FULL) if span else 0.0,
            in_line_days=as_days(self.group_line[key] / self.group_tasks[key]), longest_line=self.longest_line[key],
        )  # fmt: skip
