"""The inbox, a task and a conflict on SQLite and on PostgreSQL: the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from models import TaskStatus
from tests.support.databases import Database, database
from tests.web.work import test_conflicts, test_inbox
from tests.web.work.conftest import Office
from tests.web.work.factories import ANSWERS
from webapp import create_app
from webapp.settings import from_environment

__all__ = ["database"]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The app on either database."""
    (tmp_path / "var").mkdir()
    environ = {"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": database.url}
    app = create_app(from_environment(environ, folder=tmp_path))
    yield app
    app.extensions["dps_engine"].dispose()


def test_pages_follow_one_another_without_gaps(office: Office) -> None:
    test_inbox.test_a_long_list_is_read_page_by_page_in_order_and_without_gaps(office)


def test_the_filter_finds_the_same(office: Office) -> None:
    test_inbox.test_the_filter_narrows_by_words_team_and_kind_and_says_so_when_nothing_is_left(office)


def test_two_people_at_once_have_one_winner(office: Office) -> None:
    test_conflicts.test_two_people_at_once_one_wins_and_the_other_is_told_who(office)


def test_a_task_is_taken_drafted_and_completed(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    taken = browser.post("/work/next")
    browser.post(f"/tasks/{task.id}/draft", data={"notes": "Half"})
    browser.post(f"/tasks/{task.id}", data=ANSWERS)

    assert str(task.id) in taken.location
    assert office.task(task.id).status is TaskStatus.COMPLETED
    assert "KD-2026-0001" in browser.get("/work?list=done").text
