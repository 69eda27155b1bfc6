"""Trials: where somebody's walk through a draft has come to, kept between pages. Nothing else is ever written by a walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ProcessDraft, Trial, User, clock
from workflows.library import trying
from workflows.rules import drafting

PENDING, ASKED = "pending", "asked"


def find(session: Session, draft: ProcessDraft, *, by: User) -> Trial | None:
    """This person's walk through a draft, or None."""
    return session.scalar(select(Trial).where(Trial.draft_id == draft.id, Trial.user_id == by.id))


def place_of(trial: Trial) -> trying.Place:
    """Where the walk has come to; without moves when it has not begun."""
    return trying.Place(tuple(trying.Made.from_json(each) for each in trial.log), trial.state, trial.clock)


def keep(session: Session, draft: ProcessDraft, place: trying.Place, *, digest: str, by: User, data: Mapping[str, Any] | None = None) -> Trial:
    """Keep where a walk has come to on the files with this digest. `data` is a move that waits for a result, and which.

    Refused for those who may not change processes.
    """
    drafting.check_edit(by)
    trial = find(session, draft, by=by)
    if trial is None:
        trial = Trial(draft_id=draft.id, user_id=by.id, digest=digest, state=b"", clock=place.at, saved_at=clock.now())
        session.add(trial)
    trial.digest, trial.state, trial.clock = digest, place.state, place.at
    trial.log, trial.data, trial.saved_at = [made.to_json() for made in place.made], dict(data or {}), clock.now()
    session.flush()
    return trial


def forget(session: Session, draft: ProcessDraft, *, by: User) -> None:
    """Throw this person's walk away."""
    trial = find(session, draft, by=by)
    if trial is not None:
        session.delete(trial)
        session.flush()
