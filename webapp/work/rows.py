"""The lines and cards of the inbox, as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import OPEN_TASKS, TaskStatus, User, clock
from webapp.shared import task_links
from webapp.work.lists import Listed
from workflows.queries.inbox import MOST_COUNTED, Counts, Desk, Item
from workflows.rules import duties
from workflows.rules.calendar import EW, london_date, london_instant, time_left_words
from workflows.rules.calendar.london import END_OF_DAY

CASE_KINDS = {"key-decision": "Key decision"}
CALENDAR = EW


@dataclass(frozen=True)
class Row:
    """A task in the table: plain values for the template."""

    id: str
    href: str
    name: str
    label: str
    reference: str
    title: str
    due_at: datetime | None
    due_time: datetime | None
    due_words: str
    tag: str
    colour: str
    holder: str
    acting: str
    why_here: str
    refusal: str
    can_select: bool
    done_at: datetime | None


def row(item: Item, desk: Desk, found: Listed, refusals: Mapping[Any, str]) -> Row:
    """One line of a list."""
    tag, colour = status_tag(item.status, has_draft=item.has_draft)
    is_open = item.status in OPEN_TASKS
    return Row(
        id=str(item.id), href=task_links.href(item, **found.arguments()), name=item.name, label=item.label,
        reference=item.reference, title=item.title,
        due_at=item.due_at if is_open else None, due_time=time_shown(item.due_at), due_words=due_words(item.due_at), tag=tag, colour=colour,
        holder=_holder(item, desk, found) if is_open else "", acting=desk.acting_name(item),
        why_here=desk.why_here(item), refusal=refusals.get(item.id, ""),
        can_select=is_open and found.name in ("mine", "unassigned", "team"), done_at=item.completed_at,
    )  # fmt: skip


def _holder(item: Item, desk: Desk, found: Listed) -> str:
    """Who has a task, where the list itself does not say it."""
    if found.name == "mine":
        return ""
    if item.assignee_id is not None:
        return "With you" if item.assignee_id == desk.reader.id else f"With {item.assignee}"
    if found.name == "waiting":
        return f"With {item.group}"
    return item.group if len(desk.groups) > 1 else "Not assigned" if found.name == "team" else ""


def status_tag(status: TaskStatus, *, has_draft: bool = False) -> tuple[str, str]:
    """The word and colour of a task's state; a completed one is plain text and has no colour."""
    if status is TaskStatus.COMPLETED:
        return "Completed", ""
    if status is TaskStatus.CANCELLED:
        return "Cancelled", "grey"
    return ("In progress", "teal") if has_draft or status is TaskStatus.CLAIMED else ("Not started", "blue")


def due_words(due_at: datetime) -> str:
    """`3 working days left`, `Due soon`, `Overdue by 1 working day`."""
    return time_left_words(due_at, now=clock.now(), calendar=CALENDAR)


def time_shown(due_at: datetime) -> datetime | None:
    """The time of day to show with a date; none when the whole day is there for it."""
    return None if due_at >= london_instant(london_date(due_at), at=END_OF_DAY).replace(microsecond=0) else due_at


def refusals(doers: Mapping[Any, Mapping[str, list[duties.Doer]]], reader: User) -> dict[Any, str]:
    """For each task with a four-eyes rule, why this reader may not do it."""
    found = {task_id: duties.conflict(reader, done) for task_id, done in doers.items()}
    return {task_id: words for task_id, words in found.items() if words}


def tabs(counts: Counts, found: Listed, names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """The sub-navigation: every list with its number."""
    return [
        {"text": text, "href": Listed(name).href(), "active": name == found.name, "count": capped(getattr(counts, name)) if name != "done" else None}
        for name, text in names.items()
    ]


def cards(counts: Counts) -> list[dict[str, Any]]:
    """What waits in each of the reader's teams."""
    return [
        {
            "name": team.name, "unassigned": capped(team.unassigned), "overdue": capped(team.overdue), "is_overdue": team.overdue > 0,
            "href": Listed("team").href(team=team.key),
        }
        for team in counts.teams
    ]  # fmt: skip


def capped(number: int) -> str:
    """`7`, or `1,000+` where counting stopped."""
    return f"{MOST_COUNTED:,}+" if number >= MOST_COUNTED else f"{number:,}"


def number_of_tasks(number: int, *, shown: Sequence[Any], has_more: bool) -> str:
    """How many tasks the list holds, in words."""
    if has_more and number > len(shown):
        return f"{len(shown)} of {capped(number)} tasks on this page"
    return f"{capped(number)} task{'' if number == 1 else 's'}"
