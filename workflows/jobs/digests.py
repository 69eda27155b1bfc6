"""The daily mail: written for everyone who may have one, once each working day at a time of the council's choice."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Job, OutboxMail, User, clock
from workflows.actions import mail
from workflows.enqueue import Tools, enqueue, job
from workflows.jobs import planning
from workflows.letters import digests
from workflows.queries import parameters
from workflows.rules import calendar, permissions

PLAN, WRITE = "mail.plan_digests", "mail.write_digests"
AT_NIGHT = time(0, 5)
# A daily mail of the afternoon is news of yesterday: after an outage it is left out.
LATEST = time(12)
SUBJECT = "Your work today"
WHY = "You get this once each working day because you chose it, or have chosen nothing else."

planning.daily(PLAN, AT_NIGHT, at_once=True)


@job(PLAN)
def plan(session: Session, tools: Tools) -> None:
    """Ask for today's daily mails at their time, on a working day; and for the next night's look."""
    moment = time_today(session)
    if moment is not None and clock.now() < calendar.london_instant(clock.today(), at=LATEST):
        asked = select(Job.id).where(Job.name == WRITE, Job.run_at >= calendar.london_instant(clock.today())).limit(1)
        if session.scalar(asked) is None:
            enqueue(session, WRITE, {"on": clock.today().isoformat()}, at=moment)
    planning.plan(session, PLAN)


def time_today(session: Session) -> datetime | None:
    """When today's daily mails go, by the parameter `mail_digest_at` in London; None when the council does not work today."""
    working = calendar.find_calendar("EW", parameters.closures(session))
    if not calendar.is_working_day(clock.today(), working):
        return None
    return calendar.london_instant(clock.today(), at=parameters.time_of_day(session, "mail_digest_at"))


@job(WRITE)
def write(session: Session, tools: Tools, *, on: str) -> None:
    """Write one mail for each reader, whose words come when it goes. A second run on the same day writes none; a late one none at all."""
    day = date.fromisoformat(on)
    if day != clock.today() or clock.now() >= calendar.london_instant(day, at=LATEST):
        return
    written = set(session.scalars(select(OutboxMail.key).where(OutboxMail.key.startswith(_key(day, None)))))
    for user in digests.readers(session):
        if _key(day, user) not in written:
            _write(session, user, day)


def _key(day: date, user: User | None) -> str:
    return f"digest:{day.isoformat()}:{user.id.hex if user else ''}"


def _start(user: User) -> str:
    return "/provider" if permissions.is_provider(user) else digests.WORK


def _write(session: Session, user: User, day: date) -> None:
    row = OutboxMail(
        to_address=user.email, to_user_id=user.id, case_id=None, kind=digests.KIND, subject=SUBJECT, body="", link=_start(user), why=WHY,
        key=_key(day, user), with_id=None, created_at=clock.now(), sending_at=None, sent_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    enqueue(session, mail.JOB, {"mail": str(row.id)})
