"""The figures of reliability find a fault that is planted, so that their `ok` means something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models import clock
from models.session import transaction
from tests.figures import r1_same_task, r2_pairs, r3_chosen_orders, r5_failing_calls, r12_double_posts, s6_uploads, s19_audit
from tests.support import factories, hostile_files, invariants, ordering, rounds, tampering
from tests.support.databases import Database
from webapp import form_keys
from webapp.shared import downloads
from workflows.actions import chaining, tasks
from workflows.errors import TaskGone
from workflows.rules import file_types, policies


def blind(*_: Any, **__: Any) -> None:
    """See nothing."""


def test_r1_counts_only_rounds_whose_loser_is_told_who_won(database: Database, tmp_path: Path) -> None:
    with rounds.quiet():
        fair, failed, broken = r1_same_task.fight(database, tmp_path, 2)
    assert (fair, failed, broken) == (2, 0, [])


def test_r1_finds_that_a_task_is_not_looked_at_again(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "check_waiting", blind)

    with rounds.quiet():
        fair, _, _ = r1_same_task.fight(database, tmp_path, 2)

    assert fair == 0


def test_r2_finds_that_a_task_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert r2_pairs.main(2, pairs=r2_pairs.PAIRS[:1]) == 0

    monkeypatch.setattr(policies, "check_waiting", blind)

    assert r2_pairs.main(2, pairs=r2_pairs.PAIRS[:1]) == 1


@pytest.mark.parametrize("hook", ordering.HOOKS)
def test_r3_finds_that_a_task_is_not_looked_at_again(database: Database, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = rounds.build(database)
    deeds = ("claim_ann", "claim_ben", (type(None), TaskGone))
    assert r3_chosen_orders.try_order(ring, *deeds, hook=hook) == []

    monkeypatch.setattr(policies, "check_waiting", blind)

    assert "claim_ben ended as NoneType, not TaskGone" in r3_chosen_orders.try_order(ring, *deeds, hook=hook)[0]


def test_r5_finds_an_action_that_keeps_half_of_what_it_did(database: Database) -> None:
    ring = rounds.build(database)

    def half_by_half(session: Any) -> None:
        with transaction(database.engine) as first:
            tasks.save_draft(first, first.merge(ring.task()), values={"note": ["half"]}, by=ring.user(0, first))
        tasks.complete(session, session.merge(ring.task()), answers={"note": "seen", "more": "yes"}, by=ring.user(0, session))

    _, found = r5_failing_calls.every_call(database.engine, r5_failing_calls.Action("half by half", clock.now(), half_by_half))

    assert "failed and something was kept" in found[0]


def test_r12_finds_that_a_second_post_is_done_again(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_keys, "recall", blind)

    with rounds.quiet():
        same, _, _, _ = r12_double_posts.double(database, tmp_path, 2)

    assert same == 0


@pytest.mark.parametrize(
    ("check", "edit"), [("_check_place", "row_away"), ("_check_content", "field"), ("_check_words", "words"), ("_check_tail", "cut")]
)
def test_s19_finds_that_something_is_not_verified(database: Database, check: str, edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tampering.plant(database.engine, cases=2, events=6)
    assert s19_audit.tamper(database, 12, only=edit) == (12, [])

    monkeypatch.setattr(chaining._Walk, check, blind)

    found, missed = s19_audit.tamper(database, 12, only=edit)
    assert found < 12
    assert missed


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("DELETE FROM answer", "has 0 answers"),
        ("UPDATE user_task SET status = 'cancelled' WHERE status = 'ready'", "0 open rows"),
        ("UPDATE user_task SET status = 'ready', completed_at = NULL, completed_by_id = NULL WHERE status = 'completed'", "has 1 events"),
        ("DELETE FROM timer", "waits for other times than its timers"),
        ('UPDATE "case" SET status = \'closed\'', "runs and its case is closed"),
        ("UPDATE process_instance SET status = 'completed'", "is open and its process has ended"),
        ("DELETE FROM job", "has 0 jobs"),
    ],
)
def test_a_broken_invariant_is_found(database: Database, harm: str, words: str) -> None:
    factories.council(database.engine)
    factories.decision_at(database.engine, "give-advice" if "timer" in harm else "complete-report")
    assert invariants.broken(database.engine) == []

    with transaction(database.engine) as session:
        session.execute(text(harm))

    assert any(words in found for found in invariants.broken(database.engine))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("content", "was answered 303 and 1 kept"),
        ("name", "is called"),
        ("headers", "Content-Security-Policy is"),
    ],
)
def test_s6_finds_a_file_that_could_do_harm(tmp_path: Path, fault: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = [each for each in hostile_files.refused() if each.name in ("policy.pdf", "plan.png")]
    inert = [each for each in hostile_files.inert() if each.name in ("both.pdf", "CON.txt")]
    plants = {
        "content": (file_types, "media_type", lambda _name, _content: "application/pdf"),
        "name": (file_types, "clean_name", lambda given: given),
        "headers": (downloads, "SEALED", "default-src 'self'"),
    }
    monkeypatch.setattr(*plants[fault])

    with rounds.quiet():
        found = list(s6_uploads.faults(tmp_path, refused, inert))

    assert any(words in each for each in found), found
