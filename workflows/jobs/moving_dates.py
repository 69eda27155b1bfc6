"""Moving open dates after a change of the calendars: one transaction and one line of result for each case whose dates moved."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import Engine

from models import Case
from models.session import new_session, transaction
from workflows.actions import days_off, redating, undertakings
from workflows.actions.redating import Moved
from workflows.actions.undertakings import undertaking
from workflows.enqueue import Tools
from workflows.errors import Conflict, Refused
from workflows.rules.calendar import date_words


@undertaking(days_off.RECOMPUTE)
def move_dates(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
    """Move the dates of every open case. Begun again after a crash it moves nothing twice: what has moved already gives the same day."""
    with new_session(engine, writes=False) as session:
        args = undertakings.find(session, row_id).args
        wanted = redating.concerned(session)
    moved = 0
    for done, case_id in enumerate(wanted, 1):
        undertakings.go_on(engine, row_id)
        moved += _one(engine, row_id, case_id, done, args)
    with transaction(engine) as session:
        undertakings.step(session, row_id, len(wanted), summary={"moved": moved, "href": "/admin/calendars", "link": "Calendars"})


def _one(engine: Engine, row_id: uuid.UUID, case_id: uuid.UUID, done: int, args: dict[str, str]) -> int:
    try:
        with transaction(engine) as session:
            found = redating.move(session, case_id, replace(days_off.days_of(session, args), key=str(row_id)))
            reference = session.get_one(Case, case_id).reference
            undertakings.step(session, row_id, done, _line(reference, True, _words(found)) if found else None)
            return len(found)
    except (Refused, Conflict) as error:
        with transaction(engine) as session:
            undertakings.step(session, row_id, done, _line(session.get_one(Case, case_id).reference, False, str(error)))
        return 0


def _words(found: list[Moved]) -> str:
    return "; ".join(f"{each.what}: from {date_words(each.before)} to {date_words(each.after)}" for each in found)


def _line(reference: str, ok: bool, words: str) -> dict[str, object]:
    return {"what": reference, "ok": ok, "words": words, "href": f"/cases/{reference}"}
