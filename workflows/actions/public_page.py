"""The public page of a decision: each change of it is remembered with its reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import KeyDecision, PageRevision, clock


def changed(session: Session, decision: KeyDecision, what: str, *, reason: str = "") -> None:
    """Remember that the page changed in a way the public should be able to see; nothing for a draft that was never public."""
    if decision.earliest_decision_on is None:
        return
    session.add(PageRevision(decision_id=decision.id, what=what, reason=reason, at=clock.now()))
    session.flush()
