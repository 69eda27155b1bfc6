"""Calendars as files and feeds (RFC 5545): which dates there are, in references only, with nobody's name and no place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, CandidateGroup, Case, GroupKind, Inspection, TaskStatus, User, UserTask, clock
from workflows.queries import inspections, unspoken
from workflows.rules import calendar, permissions
from workflows.rules.calendar.london import END_OF_DAY

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Casework//Dates//EN"
MOST = 500
# What a service level leaves in a diary: a moment, not a meeting.
A_MOMENT = timedelta(minutes=15)
RESTRICTED = "A task in a restricted case"


@dataclass(frozen=True)
class Entry:
    """One line of a calendar: a London date for the whole day, or an aware moment. `path` is that of its page, empty for none."""

    uid: str
    summary: str
    on: date | datetime
    changed_at: datetime
    path: str = ""


def write(entries: Iterable[Entry], *, name: str, public_url: str) -> bytes:
    """A calendar of these entries as UTF-8 text. Moments carry London's clock, and the calendar says when it changes."""
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("x-wr-timezone", "Europe/London")
    found.add("x-published-ttl", "PT1H")
    for entry in entries:
        found.add_component(_event(entry, public_url))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _event(entry: Entry, public_url: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@casework")
    event.add("dtstamp", entry.changed_at)
    event.add("summary", entry.summary)
    if isinstance(entry.on, datetime):
        at = entry.on.astimezone(clock.LONDON)
        event.add("dtstart", at - A_MOMENT)
        event.add("dtend", at)
    else:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if entry.path:
        event.add("description", f"{public_url}{entry.path}")
        event.add("url", f"{public_url}{entry.path}")
    return event


def entries_for(session: Session, user: User) -> list[Entry]:
    """The dates of one person: their own tasks and those of a post they hold, and the visits they make.

    Nothing about an inspection whose provider does not know of it: a calendar is shown to others on a shared screen (ux 2.4).
    """
    return [*_tasks(session, user), *visits(session, user)]


def _tasks(session: Session, user: User) -> list[Entry]:
    posts = select(CandidateGroup.key).where(CandidateGroup.key.in_(sorted(permissions.groups_of(user))), CandidateGroup.kind == GroupKind.POST)
    free = (UserTask.status == TaskStatus.READY) & UserTask.candidate_group.in_(posts)
    query = (
        select(UserTask, Case)
        .join(Case, Case.id == UserTask.case_id)
        .where(UserTask.status.in_(OPEN_TASKS), (UserTask.assignee_id == user.id) | free)
        .order_by(UserTask.due_at, UserTask.id)
        .limit(MOST)
    )
    rows = [(task, case) for task, case in session.execute(query)]
    secret = unspoken.secret_visits(session, {case.id for _, case in rows})
    return [_of_task(task, case) for task, case in rows if case.id not in secret]


def _of_task(task: UserTask, case: Case) -> Entry:
    summary = RESTRICTED if case.is_restricted else f"{task.name}: {case.reference}"
    changed = max(moment for moment in (task.created_at, task.claimed_at) if moment is not None)
    return Entry(task.id.hex, summary, due(task), changed, f"/tasks/{task.id}")


def due(task: UserTask) -> date | datetime:
    """When a task is due: a date where the whole day is there for it, as for a statutory date; else the moment of a service level."""
    day = calendar.london_date(task.due_at)
    is_whole_day = task.due_at >= calendar.london_instant(day, at=END_OF_DAY).replace(microsecond=0)
    has_law = bool((task.due_explanation or {}).get("legal_basis"))
    return day if is_whole_day or has_law else task.due_at


def visits(session: Session, user: User) -> list[Entry]:
    """The planned visits of an inspector that their providers know of."""
    query = select(Inspection).where(Inspection.inspector_id == user.id, Inspection.planned_for.is_not(None), Inspection.visit_ended_at.is_(None))
    found = session.scalars(query.order_by(Inspection.planned_for, Inspection.id).limit(MOST))
    return [entry for each in found if inspections.provider_knows(each) for entry in _of_visit(each)]


def _of_visit(inspection: Inspection) -> list[Entry]:
    if inspection.planned_for is None or inspection.status not in inspections.RUNNING:
        return []
    return [Entry(inspection.id.hex, f"Visit {inspection.case.reference}", inspection.planned_for, inspection.created_at)]
