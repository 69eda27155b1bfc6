"""The kill test leaves a sound service alone, and finds one that says "done" before it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures import r4_kills, r6_restarts
from tests.support import databases, rounds
from tests.support.databases import Database

# The page is sent at once, and the commit follows a moment later in a thread of its own.
TOO_EARLY = """
import threading
import flask
from sqlalchemy.orm import Session
from webapp import db
commit, close = Session.commit, db.close
def later(session):
    commit(session)
    session.close()
def too_early(session):
    if not flask.has_request_context():
        return commit(session)
    session.flush()
    flask.g.pop("database_session", None)
    threading.Timer(0.15, later, [session]).start()
Session.commit = too_early
"""


def test_nothing_is_lost_when_processes_are_killed(database: Database, tmp_path: Path) -> None:
    with rounds.quiet():
        outcome = r4_kills.kill(database, tmp_path, 3)

    assert outcome.acknowledged >= 3
    assert (outcome.lost, outcome.broken, outcome.faults) == ([], [], [])


def test_a_service_that_says_done_before_the_commit_is_found(tmp_path: Path) -> None:
    with databases.fresh("sqlite") as database, rounds.quiet():
        outcome = r4_kills.kill(database, tmp_path, 8, fault=TOO_EARLY)

    assert any("is stored 0 times" in words for words in outcome.lost)


@pytest.mark.long
@pytest.mark.postgresql
def test_the_same_is_found_when_the_database_is_restarted(tmp_path: Path) -> None:
    with databases.fresh("postgresql") as database, rounds.quiet():
        outcome = r6_restarts.restart(database, tmp_path, 4, fault=TOO_EARLY)

    assert any("is stored 0 times" in words for words in outcome.lost)
