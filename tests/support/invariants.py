"""The invariants of everything that is stored, as one check for every test that does harm."""

from __future__ import annotations

from sqlalchemy import Engine, text

from models.session import new_session
from workflows.actions import audit
from workflows.library import invariants


def broken(engine: Engine) -> list[str]:
    """What does not hold in a database, in words: the tables against one another, the audit chain, the file itself."""
    with new_session(engine, writes=False) as session:
        found = invariants.broken(session)
        verdict = audit.verify(session)
        if not verdict.ok:
            found.append(str(verdict))
        if engine.dialect.name == "sqlite":
            found += [f"SQLite says {line}" for line in session.scalars(text("PRAGMA integrity_check")) if line != "ok"]
            found += [f"a foreign key is broken: {tuple(row)}" for row in session.execute(text("PRAGMA foreign_key_check"))]
    return found
