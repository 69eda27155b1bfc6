"""The legal checklist of a case: every rule of the version it runs on and of what that called, with how the case stands to it."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from models import ProcessDefinition, ProcessInstance, Timer, User, UserTask
from workflows.library import rules_in_words
from workflows.library.exploring import Rule
from workflows.library.legal import book as books
from workflows.library.legal.book import Book, Folder
from workflows.library.legal.calling import CalledRun, runs_of
from workflows.library.legal.gathering import Event, events_of, history_of
from workflows.library.legal.history import Doing, History
from workflows.library.legal.judging import Judgement, State, judge
from workflows.library.rules_in_words import RuleInWords

ORDER = list(State)


@dataclass(frozen=True)
class Line:
    """One rule as it stands in one case.

    `key`, `process` (its name) and `version` are of the folder that holds the rule; `is_called` when the case's own process calls it.
    """

    instance_id: uuid.UUID
    key: str
    process: str
    version: int
    rule: RuleInWords
    judgement: Judgement
    is_called: bool = False

    @property
    def mark(self) -> tuple[uuid.UUID, str, str]:
        """Which rule of which run it is about."""
        return self.instance_id, self.key, self.rule.id


@dataclass(frozen=True)
class Checklist:
    """The lines of a case in the order of its processes and their rules; `names` of steps, by id. `unreadable` says which rules cannot be read."""

    lines: tuple[Line, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[State]:
        """How many rules have each state."""
        return Counter(line.judgement.state for line in self.lines)

    @property
    def breached(self) -> list[Line]:
        """The rules that were broken."""
        return [line for line in self.lines if line.judgement.state is State.BREACHED]


@dataclass(frozen=True)
class Rows:
    """The rows of one case that its checklist is made from."""

    instances: Sequence[ProcessInstance]
    tasks: Sequence[UserTask]
    timers: Sequence[Timer]


def of_case(
    session: Session, rows: Rows, *, now: datetime, soon: datetime, groups: Mapping[str, str], dates: Mapping[str, datetime] | None = None
) -> Checklist:  # fmt: skip
    """The checklist of a case at an aware moment, from rows that a page has read already. `soon` is until when a due step is due soon.

    `dates` are when timers that do not run yet will be over, by their ids, where the case knows that.

    One statement, and one more for a case that was moved from another version.
    """
    case_ids = {instance.case_id for instance in rows.instances}
    if not any(has_rules(session, instance.definition_id) for instance in rows.instances):
        return Checklist((), {})
    events = [event for found in events_of(session, case_ids).values() for event in found]
    return _judged(session, rows, events, now=now, soon=soon, groups=groups, dates=dates or {})


def has_rules(session: Session, definition_id: uuid.UUID) -> bool:
    """Whether a version, or what it calls, has any rules to judge its cases by. No statement once the version has been read."""
    return books.book_of(session, definition_id).asks


def of_cases(session: Session, case_ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Checklist]:
    """The checklists of some cases, for looking at many at once: four statements, however many they are."""
    rows = _rows_of(session, case_ids)
    events = events_of(session, case_ids)
    return {case_id: _judged(session, found, events.get(case_id, []), now=now, soon=now, groups={}, dates={}) for case_id, found in rows.items()}


def _rows_of(session: Session, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Rows]:
    instances: dict[uuid.UUID, list[ProcessInstance]] = defaultdict(list)
    tasks: dict[uuid.UUID, list[UserTask]] = defaultdict(list)
    timers: dict[uuid.UUID, list[Timer]] = defaultdict(list)
    of_these = select(ProcessInstance).where(ProcessInstance.case_id.in_(case_ids))
    for instance in session.scalars(of_these.order_by(ProcessInstance.started_at, ProcessInstance.id)):
        instances[instance.case_id].append(instance)
    people = [joinedload(each).lazyload(User.memberships) for each in (UserTask.assignee, UserTask.completed_by, UserTask.acting_for)]
    for task in session.scalars(select(UserTask).where(UserTask.case_id.in_(case_ids)).options(*people)):
        tasks[task.case_id].append(task)
    query = select(Timer, ProcessInstance.case_id).join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
    for timer, case_id in session.execute(query.where(ProcessInstance.case_id.in_(case_ids))):
        timers[case_id].append(timer)
    return {case_id: Rows(found, tasks[case_id], timers[case_id]) for case_id, found in instances.items()}


def _judged(
    session: Session, rows: Rows, events: Sequence[Event], *, now: datetime, soon: datetime, groups: Mapping[str, str],
    dates: Mapping[str, datetime],
) -> Checklist:  # fmt: skip
    lines: list[Line] = []
    names: dict[str, str] = {}
    unreadable: list[str] = []
    for instance in rows.instances:
        book = _book_of(session, instance, events)
        names |= book.names
        unreadable += [f"{folder.name}, version {folder.version}: {folder.unreadable}" for folder in book.folders if folder.unreadable]
        if book.rules:
            history = history_of(book, instance, rows.tasks, rows.timers, events)
            history = replace(history, timers={**dates, **history.timers})
            lines += [
                _line(instance, book, folder, rules_in_words.in_words(rule, book.names, groups), found)
                for folder, rule, found in judged(book, history, now=now, soon=soon)
            ]
    return Checklist(tuple(lines), names, tuple(unreadable))


def _line(instance: ProcessInstance, book: Book, folder: Folder, rule: RuleInWords, found: Judgement) -> Line:
    return Line(instance.id, folder.key, folder.name, folder.version, rule, found, folder.key != book.key)


def judged(book: Book, history: History, *, now: datetime, soon: datetime) -> list[tuple[Folder, Rule, Judgement]]:
    """Every rule of a book with how a history stands to it; those of a called process once that process has run."""
    found = []
    for folder in book.folders:
        for rule in folder.rules:
            if folder.key == book.key:
                found.append((folder, rule, judge(rule, history, book.meant, now=now, soon=soon)))
                continue
            runs = [] if book.unknown(rule) else _histories(book, folder.key, history)
            if runs:
                each = [judge(rule, run, book.meant, now=now, soon=soon) for run in runs]
                found.append((folder, rule, min(reversed(each), key=lambda one: ORDER.index(one.state))))
    return found


def _histories(book: Book, key: str, history: History) -> list[History]:
    """The history once for each run of a called process: what happened outside it belongs to every run."""
    inside = [each for each in history.doings if each.process == key]
    outside = [each for each in history.doings if each.process != key]
    return [_during(book, run, history, outside) for run in runs_of(inside, book.ends)]


def _during(book: Book, run: CalledRun, history: History, outside: Sequence[Doing]) -> History:
    over = run.over(book.ends)
    ended, ended_at = (over, run.last.at) if over is not None else (history.ended, history.ended_at)
    return history.only([*outside, *run.doings], ended=ended, ended_at=ended_at)


def _book_of(session: Session, instance: ProcessInstance, events: Iterable[Event]) -> Book:
    """The book of the present version, in which an operation means also the steps that carried it out in the versions it was moved from."""
    book = books.book_of(session, instance.definition_id)
    moves = [each.detail for each in events if each.kind == "process:moved" and each.detail.get("instance") == instance.id.hex]
    if not moves:
        return book
    versions = {int(each[way]) for each in moves for way in ("from", "to")} - {book.folders[0].version}
    query = select(ProcessDefinition.id).where(ProcessDefinition.key == book.key, or_(*(ProcessDefinition.version == each for each in versions)))
    meant = dict(book.meant)
    for older in session.scalars(query) if versions else ():
        for name, ids in books.book_of(session, older).meant.items():
            meant[name] = meant.get(name, frozenset()) | ids
    return replace(book, meant=meant)
