"""The figures of speed are short when the product is made slow or talkative on purpose; how fast it really is, `make bench` says."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.figures import m3_idle, p1_statements, p4_completion, p6_http, p11_pages, r18_backup_cost
from tests.support import databases, rounds
from webapp.cases import frame
from workflows.actions import tasks as task_actions
from workflows.actions import waiting

SLOW = 0.1


@pytest.fixture(autouse=True)
def on_sqlite_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "available", lambda: ["sqlite"])


def test_one_statement_too_many_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    keep = waiting.keep_timers

    def talkative(session: Any, *rest: Any) -> None:
        session.execute(text("SELECT 1"))
        keep(session, *rest)

    assert p1_statements.main(5) == 0
    monkeypatch.setattr(waiting, "keep_timers", talkative)

    assert p1_statements.main(5) == 1
    assert "P1 sqlite_statements_of_a_completion 15 count 14 short" in capsys.readouterr().out


def test_a_slow_completion_is_noticed_against_the_whole_workflow_and_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    complete = p4_completion.complete_ours

    def slow(*arguments: Any) -> None:
        time.sleep(SLOW)
        complete(*arguments)

    monkeypatch.setattr(p4_completion, "complete_ours", slow)

    with databases.fresh("sqlite") as database:
        p4_completion.metadata.create_all(database.engine)
        ratio, against_commit = p4_completion.whole_case(database, 1)

    assert ratio < 1 < p4_completion.GOALS["sqlite"]
    assert against_commit > p4_completion.MOST_AGAINST_A_COMMIT


@pytest.mark.long
def test_a_slow_post_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    complete = task_actions.complete

    def slow(*arguments: Any, **named: Any) -> None:
        time.sleep(5 * SLOW)
        complete(*arguments, **named)

    monkeypatch.setattr(task_actions, "complete", slow)

    with databases.fresh("sqlite") as database, rounds.quiet():
        assert p6_http.measure(database, tmp_path, 3) > p6_http.MOST["sqlite"]


@pytest.mark.long
def test_a_slow_page_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find = frame.find

    def slow(reference: str) -> Any:
        time.sleep(SLOW)
        return find(reference)

    monkeypatch.setattr(frame, "find", slow)

    with rounds.quiet():
        found = p11_pages.measure(tmp_path, 3)

    assert found["case"][0] >= p11_pages.MOST_MS


def test_an_app_that_is_busy_while_nobody_asks_is_noticed() -> None:
    stop = threading.Event()
    busy = threading.Thread(target=lambda: [None for _ in iter(stop.is_set, True)])
    busy.start()
    share = m3_idle.share_of_a_processor([os.getpid()], 0.2)
    stop.set()
    busy.join()

    assert share > m3_idle.MOST


def test_a_backup_that_keeps_people_waiting_is_noticed() -> None:
    acknowledged: list[str] = []
    may_work, stop = threading.Lock(), threading.Event()

    def work() -> None:
        while not stop.wait(0.005):
            with may_work:
                acknowledged.append("done")

    def back_up(_number: int) -> None:
        with may_work:
            time.sleep(0.1)

    at_work = threading.Thread(target=work)
    at_work.start()
    cost, _ = r18_backup_cost.by_turns(acknowledged, back_up, 1)
    stop.set()
    at_work.join()

    assert cost > r18_backup_cost.MOST
