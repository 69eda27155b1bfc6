"""The long pieces of work a person may look at: their own, and everyone's for administrators."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Undertaking, User, clock
from workflows.errors import NotFound
from workflows.rules import permissions

KEPT = timedelta(days=30)
MOST = 200


def sees_all(user: User) -> bool:
    """Whether a person sees what everyone asked for."""
    return permissions.has_role(user, "system_admin")


def of(session: Session, user: User) -> Sequence[Undertaking]:
    """What was asked for in the last thirty days, the newest first."""
    query = select(Undertaking).where(Undertaking.asked_at >= clock.now() - KEPT).options(joinedload(Undertaking.started_by))
    if not sees_all(user):
        query = query.where(Undertaking.started_by_id == user.id)
    return session.scalars(query.order_by(Undertaking.asked_at.desc()).limit(MOST)).all()


def one(session: Session, user: User, row_id: uuid.UUID) -> Undertaking:
    """One of them. NotFound when there is none with this id that this person may look at."""
    found = session.get(Undertaking, row_id, options=[joinedload(Undertaking.started_by)])
    if found is None or not (found.started_by_id == user.id or sees_all(user)):
        raise NotFound("There is no such job")
    return found
