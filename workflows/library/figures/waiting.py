"""Where the cases of a process wait: how many stand at each step now, and how long each step took in a time."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import User
from workflows.engine import Step
from workflows.library.figures import durations
from workflows.library.figures.drawn import Drawn, merged
from workflows.library.figures.durations import Days
from workflows.library.working_hours import WorkingHours
from workflows.queries import parameters, process_figures
from workflows.queries.process_figures import Done, Scope
from workflows.rules import small_counts
from workflows.rules.small_counts import Shown

PLACES = frozenset({"user task", "catch event", "receive task", "call activity", "manual task", "task"})
DRAWN_AROUND = frozenset({"sub-process"})


@dataclass(frozen=True)
class Row:
    """A step where cases wait. `days` are None where too few cases say them, or where nobody does the step; `is_drawn` says that the
    newest version has it.
    """

    id: str
    name: str
    step: Step | None
    waiting: int
    done: int = 0
    cases: int = 0
    late: int = 0
    days: Days | None = None
    is_drawn: bool = True

    @property
    def is_work(self) -> bool:
        """Whether people do the step, so that it is known when it began."""
        return self.step is None or self.step.kind == "user task"


@dataclass(frozen=True)
class Waiting:
    """Every step where cases wait, in the order of the flow, and in how many cases anything was done in the time."""

    rows: Sequence[Row]
    cases: int
    shown: Shown

    @property
    def is_empty(self) -> bool:
        """Whether no case stands anywhere and none did anything."""
        return not self.cases and not any(row.waiting for row in self.rows)

    @property
    def has_days(self) -> bool:
        """Whether there are enough cases to say how long anything took."""
        return any(row.days is not None for row in self.rows)

    @property
    def longest(self) -> Row | None:
        """The step at which half of the cases wait longest."""
        return max((row for row in self.rows if row.days is not None), key=lambda row: row.days.median if row.days else 0.0, default=None)


def find(session: Session, reader: User, scope: Scope, drawings: Mapping[uuid.UUID, Drawn]) -> Waiting:
    """Where cases wait, for a reader: whoever may not see all of them is not told how few they are. `drawings` of each version, the newest first."""
    shown = Shown(process_figures.sees_every_case(session, reader, scope))
    done = process_figures.done(session, scope)
    days = durations.by_key(process_figures.times(session, scope), WorkingHours(parameters.closures(session))) if done else {}
    known = merged(drawings)
    newest = next(iter(drawings.values()))
    counted = _Counted(known, frozenset(newest.steps), _standing(session, scope, drawings), done, days)
    places = [step.id for step in newest.steps.values() if step.kind in PLACES]
    # Steps of older versions only, and those where a case stands though nobody waits there, come last.
    rows = [_row(each, counted) for each in dict.fromkeys([*places, *done, *counted.standing])]
    return Waiting(rows, process_figures.count_with_work_done(session, scope), shown)


@dataclass(frozen=True)
class _Counted:
    drawn: Drawn
    newest: frozenset[str]
    standing: Mapping[str, int]
    done: Mapping[str, Done]
    days: Mapping[str, Days]


def _standing(session: Session, scope: Scope, drawings: Mapping[uuid.UUID, Drawn]) -> Mapping[str, int]:
    """How many cases stand at each element; the elements of a process that calls or is called are left to its own figures."""
    found: Counter[str] = Counter()
    for version, live, count in process_figures.standing(session, scope):
        steps = drawings[version].steps
        found.update({each: count for each in live if each in steps and steps[each].kind not in DRAWN_AROUND})
    return found


def _row(element: str, counted: _Counted) -> Row:
    step, own = counted.drawn.steps.get(element), counted.done.get(element)
    name, waiting = counted.drawn.called(element), counted.standing.get(element, 0)
    if own is None:
        return Row(element, name, step, waiting, is_drawn=element in counted.newest)
    days = counted.days.get(element) if small_counts.is_enough(own.cases) else None
    return Row(element, name, step, waiting, own.times, own.cases, own.late, days, element in counted.newest)


def in_order(found: Waiting, by: str, *, smallest_first: bool = False) -> Sequence[Row]:
    """The rows by a column, the largest first unless told; by anything else in the order of the flow.

    The order goes by what is shown, so that no place in it tells a count that is not said.
    """
    if by not in COLUMNS:
        return list(reversed(found.rows)) if smallest_first else found.rows
    return sorted(found.rows, key=lambda row: COLUMNS[by](row, found.shown), reverse=not smallest_first)


def _share(row: Row, shown: Shown) -> float:
    words = shown.share_of(row.late, row.done).removesuffix("%")
    return float(words) if words.isdecimal() else -1


COLUMNS: Mapping[str, Callable[[Row, Shown], float]] = {
    "waiting": lambda row, shown: shown.band(row.waiting)[0],
    "done": lambda row, shown: shown.band(row.cases)[0],
    "median": lambda row, shown: row.days.median if row.days else -1,
    "slowest": lambda row, shown: row.days.slowest if row.days else -1,
    "late": _share,
}
