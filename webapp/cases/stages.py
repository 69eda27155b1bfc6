"""The stage bar of a case: its stages in order, what became of each, and which one it is at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import CaseStatus, UserTask
from webapp.shared import filters
from workflows.queries.case_pages import Whole
from workflows.rules import decidable

ADVICE = frozenset({"give-advice", "give-view"})


@dataclass(frozen=True)
class StageOfCase:
    """One place on the bar; `when` says what became of it in words."""

    name: str
    when: str
    state: str


def stages(whole: Whole, names: Sequence[str]) -> list[StageOfCase]:
    """The bar of a case whose process has these stages. Exactly one is `now`: for a closed case the one it ended in."""
    here = _present(whole, names)
    return [_stage(whole, name, place, here) for place, name in enumerate(names)]


def _stage(whole: Whole, name: str, place: int, here: int) -> StageOfCase:
    is_closed = whole.case.status is CaseStatus.CLOSED
    if place == here:
        return StageOfCase(name, _end(whole) if is_closed else _now(whole, name), "now")
    if place < here:
        return _passed(whole, name)
    if is_closed:
        return StageOfCase(name, "Not reached", "skipped")
    done = _last_done(whole, name)  # a case that went back has been here before
    return StageOfCase(name, f"Last done {filters.table_day(done.completed_at)}" if done else "Not started", "to come")


def _present(whole: Whole, names: Sequence[str]) -> int:
    """The place of the furthest stage in which somebody has work; without work, of the stage that was worked in last."""
    waiting = [names.index(stage) for task in whole.open_tasks if (stage := stage_of(task)) in names]
    if waiting:
        return max(waiting)
    done = [stage for task in whole.done_tasks if (stage := stage_of(task)) in names]
    return names.index(done[-1]) if done else 0


def stage_of(task: UserTask) -> str:
    """The stage a task belongs to; empty when its process does not say."""
    return str(task.properties.get("stage", ""))


def _passed(whole: Whole, name: str) -> StageOfCase:
    done = _last_done(whole, name)
    return StageOfCase(name, f"Done {filters.table_day(done.completed_at)}" if done else "Nothing to do", "done" if done else "skipped")


def _last_done(whole: Whole, name: str) -> UserTask | None:
    return next((task for task in reversed(whole.done_tasks) if stage_of(task) == name), None)


def _now(whole: Whole, name: str) -> str:
    in_stage = [task for task in whole.open_tasks if stage_of(task) == name]
    if any(task.bpmn_id in ADVICE for task in in_stage) and whole.standing is not None:
        asked = whole.standing.current_requests()
        answered = [request for request in asked if not decidable.is_silent(request) and request.response is not None]
        return f"Now: {len(answered)} of {len(asked)} in"
    return "Now"


def _end(whole: Whole) -> str:
    outcome = whole.case.outcome or "finished"
    return f"{outcome[:1].upper()}{outcome[1:]}, {filters.table_day(whole.case.closed_at)}"
