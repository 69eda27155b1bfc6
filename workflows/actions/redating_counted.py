"""Dates that a running process keeps among its values and that were counted in working days from a day that is past (domain CAL-7).

Such a value says neither its rule nor its first day. Neither is needed: the first day lies before the day that becomes a day off, or is none
any more, so it is enough to count anew from there on. The parts of a process that are still open know the values that matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, Case, InstanceStatus, ProcessDefinition, ProcessInstance, Timer, UserTask, clock
from workflows.engine.redating import Known
from workflows.queries import parameters
from workflows.rules import calendar
from workflows.rules.calendar import Calendar, Closure

CLOSE_OF_BUSINESS = time(17)


@dataclass(frozen=True)
class Counted:
    """What is waited for, the parameter that gives the days, and the values that go with it, the one that is told first.

    A date that a provider was told in a letter (`is_told`) never comes nearer.
    """

    what: str
    rule: str
    values: tuple[str, ...]
    is_told: bool = False


# The checks of an application are not here: they end before its answer is due, and look at that date again whenever their own time is up.
COUNTED: Mapping[str, tuple[Counted, ...]] = {
    "inspection": (
        Counted("Comments on the draft report", "accuracy_comment_days", ("comments_due_at",), is_told=True),
        Counted("Action plan", "action_plan_days", ("plan_due_at", "plan_given_up_at"), is_told=True),
    ),
    "renewed-declaration": (
        Counted("Renewed declaration", "declaration_days", ("declaration_due_at", "declaration_late_at", "declaration_remind_at"), is_told=True),
    ),
    "admission": (
        Counted("Advice on the application", "admission_advice_days", ("advice_due_on", "remind_advice_at", "escalate_advice_at")),
        Counted("Signed agreement", "agreement_days", ("agreement_due_on", "remind_signature_first_at", "remind_signature_second_at"), is_told=True),
    ),
    "suspension": (
        Counted("The hold is confirmed", "suspension_confirm_days", ("confirm_due_at",)),
        Counted("Welfare of the young people", "welfare_days", ("welfare_due_at",)),
        Counted("What the provider says about it", "representation_days", ("representations_until",), is_told=True),
        Counted("Review of the hold", "suspension_review_days", ("review_at",)),
    ),
}
# The first moment after the last day, which need not be a working day.
DAY_AFTER = frozenset({"declaration_late_at"})
# Half of the time that is left, to the minute: it stays where it is.
STAYS = frozenset({"declaration_remind_at"})


@dataclass(frozen=True)
class Recounted:
    """A date that moves: from and to which London day, its rule in words with its legal basis, and the values by name and old one."""

    what: str
    before: date
    after: date
    rule: str
    legal_basis: str
    values: dict[Known, str]


def of_case(session: Session, case: Case, before: tuple[Closure, ...], after: tuple[Closure, ...]) -> Iterator[Recounted]:
    """The dates of the processes of a case that move when the days off change; nothing is changed."""
    changed = {each.on for each in before} ^ {each.on for each in after}
    if not changed:
        return
    since, awaited = min(changed) - timedelta(days=1), _awaited(session, case)
    for key, known in _known(session, case):
        for counted in COUNTED.get(key, ()):
            row = parameters.find(session, counted.rule)
            if row.unit not in ("working", "number"):
                continue
            name = row.calendar or "EW"
            moved = _moved(counted, known, since, calendar.find_calendar(name, before), calendar.find_calendar(name, after))
            if moved is not None and any(_moment(old) in awaited for _, old in moved[2]):
                words = (row.sentence or row.label).replace("{count}", str(row.value))
                yield Recounted(counted.what, moved[0], moved[1], words, row.legal_basis, moved[2])


def _known(session: Session, case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """The key of each running process of a case and what its open steps know."""
    query = (
        select(ProcessDefinition.key, ProcessInstance.id)
        .join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        .where(ProcessInstance.case_id == case.id, ProcessInstance.status == InstanceStatus.RUNNING)
    )
    for key, instance_id in session.execute(query).all():
        rows = session.scalars(
            select(UserTask.variables).where(UserTask.instance_id == instance_id, UserTask.status.in_(OPEN_TASKS)).order_by(UserTask.created_at)
        )
        known: dict[str, Any] = {}
        for variables in rows:
            known |= variables
        yield key, known


def _awaited(session: Session, case: Case) -> set[datetime]:
    """The moments that something in a case waits for: a value that nothing waits for any longer is no open date."""
    running = select(ProcessInstance.id).where(ProcessInstance.case_id == case.id, ProcessInstance.status == InstanceStatus.RUNNING)
    timers = session.scalars(select(Timer.due_at).where(Timer.instance_id.in_(running)))
    tasks = session.scalars(select(UserTask.due_at).where(UserTask.instance_id.in_(running), UserTask.status.in_(OPEN_TASKS)))
    return {*timers, *tasks}


def _moved(
    counted: Counted, known: Mapping[str, Any], since: date, before: Calendar, after: Calendar
) -> tuple[date, date, dict[Known, str]] | None:
    first: tuple[date, date] | None = None
    values: dict[Known, str] = {}
    for name in counted.values:
        text = str(known.get(name) or "")
        if not text or name in STAYS:
            continue
        extra = timedelta(days=1 if name in DAY_AFTER else 0)
        was = _day(text) - extra
        now = _recount(was, since, before, after)
        if now == was or (counted.is_told and now < was):
            continue
        first = first or (was, now)
        values[name, text] = _written(text, now + extra)
    return (*first, values) if first else None


def _recount(day: date, since: date, before: Calendar, after: Calendar) -> date:
    """The day that is as many working days after `since` in the one calendar as `day` is in the other."""
    if day <= since:
        return day
    left = calendar.working_days_between(since, day, before)
    for _ in range(left):
        since = calendar.next_working_day(since, after)
    return since if left else day


def _day(text: str) -> date:
    return date.fromisoformat(text) if len(text) == len("2026-03-31") else calendar.london_date(clock.read_instant(text))


def _moment(text: str) -> datetime:
    is_day = len(text) == len("2026-03-31")
    return calendar.london_instant(date.fromisoformat(text), at=CLOSE_OF_BUSINESS) if is_day else clock.read_instant(text)


def _written(text: str, day: date) -> str:
    """The day as the value before was written: as a date, or as a moment at the same London time."""
    if len(text) == len("2026-03-31"):
        return day.isoformat()
    return calendar.london_instant(day, at=clock.read_instant(text).astimezone(clock.LONDON).time()).isoformat()
