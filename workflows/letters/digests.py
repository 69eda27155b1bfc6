"""The daily mail: what a person has to do today, put together at the moment it goes, so that nothing in it is done or taken back already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OutboxMail, User, clock
from workflows.letters.mails import Line, Section
from workflows.queries import inbox, unspoken
from workflows.queries.inbox import Desk, Item
from workflows.rules import calendar, mail_kinds, permissions, words

KIND = "digest"
MOST_OWN, MOST_SHOWN = 200, 15
THIS_WEEK = timedelta(days=7)
WORK, UNASSIGNED = "/work", "/work?list=unassigned"
_WAITS = (OutboxMail.is_for_digest, OutboxMail.sent_at.is_(None), OutboxMail.sending_at.is_(None), OutboxMail.not_sent_because == "")


@dataclass(frozen=True)
class Digest:
    """The subject and the sections of a daily mail."""

    subject: str
    sections: Sequence[dict[str, Any]]


def wants_tasks(user: User) -> bool:
    """Whether a person wants their tasks in a daily mail."""
    return permissions.is_staff(user) and mail_kinds.choice(mail_kinds.TOPICS["tasks"], user.preferences) == mail_kinds.DIGEST


def held(session: Session, user: User) -> Sequence[OutboxMail]:
    """The mails that wait for this person's next daily mail, the oldest first."""
    query = select(OutboxMail).where(OutboxMail.to_user_id == user.id, *_WAITS).order_by(OutboxMail.created_at, OutboxMail.id)
    return session.scalars(query.with_for_update()).all()


def compose(session: Session, user: User, waiting: Sequence[OutboxMail]) -> Digest | None:
    """The daily mail of a person with the mails that waited for it; None when there is nothing to say."""
    sections, subject = [], ""
    if wants_tasks(user):
        desk = Desk.of(session, user)
        own = inbox.page(session, desk, "mine", size=MOST_OWN).items
        sections, subject = _of_tasks(session, desk, own), _subject(own)
        sections += _of_teams(inbox.counts(session, desk))
    sections += _of_mails(waiting, provider=permissions.is_provider(user))
    if not sections:
        return None
    return Digest(subject or f"Today: {_number(len(waiting), 'thing')} to know", [section.to_json() for section in sections])


def _subject(own: Sequence[Item]) -> str:
    if not own:
        return ""
    today = sum(calendar.london_date(item.due_at) == clock.today() for item in own)
    overdue = sum(item.due_at < clock.now() for item in own)
    more = "+" if len(own) >= MOST_OWN else ""
    parts = [f"{len(own)}{more} task{'' if len(own) == 1 else 's'}", f"{today} due today", *([f"{overdue} overdue"] if overdue else [])]
    return f"Your work today: {', '.join(parts)}"


def _of_tasks(session: Session, desk: Desk, own: Sequence[Item]) -> list[Section]:
    now, today = clock.now(), clock.today()
    known = {item.case_id for item in own}
    unnamed, secret = unspoken.restricted(session, known), unspoken.secret_visits(session, known)
    found: dict[str, list[Line]] = {"Overdue": [], "Due today": [], "Due in the next 7 days": [], "Later": []}
    for item in own:
        day = calendar.london_date(item.due_at)
        heading = "Overdue" if item.due_at < now else "Due today" if day == today else _later(day, today)
        found[heading].append(Line(_task_words(item, unnamed, secret), f"/tasks/{item.id}", _due_words(item, desk)))
    later = found.pop("Later")
    sections = [Section(heading, _capped(lines, WORK)) for heading, lines in found.items() if lines]
    return [*sections, *([Section("Later", [Line(f"{_number(len(later), 'task')} due later", WORK)])] if later else [])]


def _later(day: date, today: date) -> str:
    return "Due in the next 7 days" if day <= today + THIS_WEEK else "Later"


def _task_words(item: Item, unnamed: Iterable[Any], secret: Iterable[Any]) -> str:
    """Which task it is. The label is left out, which may stand for a young person, and the title where it would name a place or a matter."""
    if item.case_id in unnamed:
        return f"A task in restricted case {item.reference}"
    if item.case_id in secret:
        return f"{item.name}: {item.reference}"
    return f"{item.name}: {item.title} ({item.reference})"


def _due_words(item: Item, desk: Desk) -> str:
    acting = desk.acting_name(item)
    due = f"due {words.short_day(calendar.london_date(item.due_at))}"
    return f"{due}, for {acting}" if acting else due


def _capped(lines: Sequence[Line], link: str) -> list[Line]:
    if len(lines) <= MOST_SHOWN:
        return list(lines)
    return [*lines[:MOST_SHOWN], Line(f"and {len(lines) - MOST_SHOWN} more", link)]


def _of_teams(counts: inbox.Counts) -> list[Section]:
    lines = [
        Line(f"{_number(team.unassigned, 'task')} unassigned in {team.name}", f"{UNASSIGNED}&team={team.key}",
             f"{team.overdue} overdue" if team.overdue else "")
        for team in counts.teams
        if team.unassigned
    ]  # fmt: skip
    return [Section("In your teams", lines)] if lines else []


def _of_mails(waiting: Sequence[OutboxMail], *, provider: bool) -> list[Section]:
    found: dict[str, list[Line]] = {}
    for mail in waiting:
        topic = mail_kinds.topic_of(mail.kind, for_provider=provider)
        # What was told by a daily list of tasks needs no second line.
        if topic.key != "tasks":
            found.setdefault(topic.name, []).append(Line(mail.subject, mail.link))
    return [Section(name, _capped(lines, "")) for name, lines in found.items()]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def readers(session: Session) -> list[User]:
    """Everybody who may have a daily mail today: with a mail that waits for it, or who wants their tasks in it."""
    waiting = set(session.scalars(select(OutboxMail.to_user_id).where(*_WAITS)))
    found = session.scalars(select(User).where(User.is_active).order_by(User.id)).all()
    return [user for user in found if user.id in waiting or wants_tasks(user)]
