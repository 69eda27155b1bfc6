"""The tables that say who may join a list: they stay as they are while a market of the Procurement Act 2023 is open."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from models import clock
from workflows.engine import DefinitionRefused, Problem
from workflows.queries import due_diligence as queries


def refuse_changed(session: Session, key: str, files: Mapping[str, str]) -> None:
    """Raise DefinitionRefused when a new version would change the conditions of an open market (Procurement Act 2023 s.36(7)(b))."""
    if key != queries.KEY:
        return
    mark = queries.criteria_digest(files)
    held = [each for each in queries.fixed_lists(session, clock.today()) if each.criteria_version != mark]
    if held:
        named = ", ".join(f"{each.reference} ({each.title})" for each in held)
        message = f"the tables {', '.join(queries.CRITERIA)} say who may join {named}, and may not change while it is open"
        raise DefinitionRefused([Problem("criteria", message, fix="Set up a new market with the new criteria, or leave the tables as they are")])
