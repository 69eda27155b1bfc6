"""The versions of a process side by side, by the cases that began in a time: how they ended, how long they took, what was late or done again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import InstanceStatus, User
from workflows.library.figures import durations
from workflows.library.figures.drawn import Drawn, merged
from workflows.library.figures.durations import Days
from workflows.library.working_hours import WorkingHours
from workflows.queries import parameters, process_figures
from workflows.queries.process_figures import Began, Scope, Taken
from workflows.rules import small_counts
from workflows.rules.small_counts import Shown


@dataclass(frozen=True)
class OfVersion:
    """One version by its figures. `ends` are cases by the id of their end; `days` None where too few cases ended, or only inside other processes."""

    number: int
    not_ended: int
    ends: Mapping[str, int]
    days: Days | None
    worked_on: int
    late: int
    done_again: int

    @property
    def parts(self) -> list[int]:
        """What the cases that began are now: not ended, or at one of the ends."""
        return [self.not_ended, *self.ends.values()]

    @property
    def begun(self) -> int:
        """How many began."""
        return sum(self.parts)

    @property
    def ended(self) -> int:
        """How many came to any end."""
        return sum(self.ends.values())


@dataclass(frozen=True)
class Versions:
    """The versions, the newest first, and the names of all ends that any case came to, by id."""

    versions: Sequence[OfVersion]
    ends: Mapping[str, str]
    shown: Shown

    @property
    def is_empty(self) -> bool:
        """Whether no case began in the time."""
        return not any(each.begun for each in self.versions)


def find(session: Session, reader: User, scope: Scope, drawings: Mapping[uuid.UUID, Drawn]) -> Versions:
    """The figures of each version, for a reader."""
    shown = Shown(process_figures.sees_every_case(session, reader, scope))
    began = process_figures.began(session, scope)
    called = process_figures.passed(session, scope, called_only=True) if scope.callers else {}
    days = durations.by_key(process_figures.lengths(session, scope), WorkingHours(parameters.closures(session)))
    worked_on, again = process_figures.worked_on(session, scope), process_figures.done_again(session, scope)
    found = [
        _of_version(each.number, began.get(each.id, []), _inside(drawings[each.id], called.get(each.id, {})), days.get(each.id),
                    (*worked_on.get(each.id, (0, 0)), again.get(each.id, 0)))
        for each in scope.chosen
    ]  # fmt: skip
    known = merged(drawings)
    ends = dict.fromkeys(element for each in found for element in each.ends)
    return Versions(found, {element: known.called(element) if element else "Ended early" for element in ends}, shown)


def _inside(drawn: Drawn, passed: Mapping[str, Taken]) -> tuple[int, Mapping[str, int]]:
    """How often another process called this version, and which ends that came to."""
    begun = sum(passed[element].times for element in drawn.outermost("start event") if element in passed)
    return begun, {element: passed[element].times for element in drawn.outermost("end event") if element in passed}


def _of_version(
    number: int, began: Sequence[Began], inside: tuple[int, Mapping[str, int]], days: Days | None, work: tuple[int, int, int]
) -> OfVersion:
    inner_begun, inner_ends = inside
    ends, completed = dict(inner_ends), 0
    for each in began:
        if each.status is InstanceStatus.COMPLETED:
            ends[each.ended_as] = ends.get(each.ended_as, 0) + each.cases
            completed += each.cases
    # A run inside another process that came to no end still runs or was broken off with what it was part of.
    not_ended = sum(each.cases for each in began) - completed + max(0, inner_begun - sum(inner_ends.values()))
    return OfVersion(number, not_ended, ends, days if small_counts.is_enough(completed) else None, *work)
