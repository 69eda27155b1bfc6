"""Mails that go as one: those about the same case within ten minutes, and those that waited for the day's digest.

One row leads and has the text; the others are bound to it and share its fate. All of it happens under locks taken in one order, so that two
workers never send the same thing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Case, OutboxMail, User, clock
from workflows.actions import mail as mails
from workflows.letters import digests
from workflows.letters.mails import Line, Section
from workflows.queries import mail_about
from workflows.rules import mail_kinds, permissions


def hold(session: Session, mail_id: uuid.UUID) -> OutboxMail:
    """The mail, with it and all that could go with it locked until the transaction ends."""
    row = session.get_one(OutboxMail, mail_id)
    alike = OutboxMail.id == row.id
    if row.to_user_id is not None and row.case_id is not None:
        alike = or_(alike, (OutboxMail.to_user_id == row.to_user_id) & (OutboxMail.case_id == row.case_id) & OutboxMail.sent_at.is_(None))
    query = select(OutboxMail).where(alike).order_by(OutboxMail.id).with_for_update().execution_options(populate_existing=True)
    return next(each for each in session.scalars(query) if each.id == row.id)


def settle(session: Session, mail_id: uuid.UUID, **values: datetime | str | None) -> None:
    """Set something of a mail and of all that go with it."""
    bound = or_(OutboxMail.id == mail_id, OutboxMail.with_id == mail_id)
    for row in session.scalars(select(OutboxMail).where(bound, OutboxMail.sent_at.is_(None), OutboxMail.not_sent_because == "")):
        for name, value in values.items():
            setattr(row, name, value)


def gather(session: Session, row: OutboxMail) -> str:
    """Bind to a mail what goes with it and write its sections anew; why it is not sent after all, empty when it is."""
    if row.kind == digests.KIND:
        return _digest(session, row)
    others = _others(session, row) if mails.can_wait(row.kind) and row.case_id is not None else []
    row.sections = [Section("", [_line(each) for each in [row, *others]]).to_json()] if others else []
    if others:
        case = session.get_one(Case, row.case_id)
        number = len(others) + 1
        row.subject = f"{number} things in restricted case {case.reference}" if case.is_restricted else f"{number} things in {case.reference}"
        row.body, row.link = "" if case.is_restricted else case.title, f"/cases/{case.reference}"
    return ""


def _line(row: OutboxMail) -> Line:
    return Line(row.subject, row.link, " ".join(row.body.split()))


def _others(session: Session, row: OutboxMail) -> list[OutboxMail]:
    """The other mails of this reader about this case that are to go by now and are still wanted."""
    query = select(OutboxMail).where(
        OutboxMail.to_user_id == row.to_user_id, OutboxMail.case_id == row.case_id, OutboxMail.id != row.id, ~OutboxMail.is_for_digest,
        OutboxMail.sent_at.is_(None), OutboxMail.sending_at.is_(None), OutboxMail.not_sent_because == "",
        or_(OutboxMail.with_id.is_(None), OutboxMail.with_id == row.id), OutboxMail.created_at <= clock.now(),
    )  # fmt: skip
    found = session.scalars(query.order_by(OutboxMail.created_at, OutboxMail.id)).all() if row.to_user_id is not None else []
    return _bound(session, row, [each for each in found if mails.can_wait(each.kind) and each.kind != digests.KIND])


def _bound(session: Session, row: OutboxMail, found: Sequence[OutboxMail]) -> list[OutboxMail]:
    kept = []
    for each in found:
        each.not_sent_because = mail_about.why_not(session, each)
        if not each.not_sent_because:
            each.with_id = row.id
            kept.append(each)
    session.flush()
    return kept


def _digest(session: Session, row: OutboxMail) -> str:
    user = session.get_one(User, row.to_user_id)
    waiting = []
    for each in digests.held(session, user):
        topic = mail_kinds.topic_of(each.kind, for_provider=permissions.is_provider(user))
        if mail_kinds.choice(topic, user.preferences) == mail_kinds.NEVER:
            each.not_sent_because = mail_about.NOT_WANTED
        else:
            waiting.append(each)
    digest = digests.compose(session, user, _bound(session, row, waiting))
    if digest is None:
        return mail_about.NOTHING_LEFT
    row.subject, row.sections = digest.subject, list(digest.sections)
    return ""
