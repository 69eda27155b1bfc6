"""The demo decisions come out as they should whatever the day of set-up, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Case, DecisionState, KeyDecision, clock
from models.session import new_session
from tests.support import factories, invariants
from tests.support.databases import Database
from workflows.demo import stories, walking
from workflows.library import legal
from workflows.library.legal import State
from workflows.queries import decisions as decision_queries
from workflows.queries import tasks as task_queries
from workflows.rules import decidable

DAYS = ("2026-01-01 08:00", "2026-10-31 17:30", "2027-03-01 00:30", "2028-02-29 23:50")


@pytest.mark.parametrize("day", DAYS)
def test_the_third_decision_waits_for_its_maker_with_every_check_met(database: Database, day: str) -> None:
    with factories.held(day):
        decision_id = walked(database, "waiting_for_decision")

        with new_session(database.engine, writes=False) as session:
            decision = session.get_one(KeyDecision, decision_id)
            standing = decision_queries.standing(session, decision)
            (maker,) = decision_queries.holders(session, decision.maker_key)
            assert [check.words for check in decidable.unmet(decidable.checks_to_decide(standing, by=maker, at=clock.now()))] == []
            assert [task.bpmn_id for task in task_queries.open_tasks_of(session, decision.case_id)] == ["decide"]
        assert invariants.broken(database.engine) == []


@pytest.mark.parametrize("day", DAYS)
def test_the_second_decision_waits_for_the_last_of_three_consultees(database: Database, day: str) -> None:
    with factories.held(day):
        decision_id = walked(database, "half_way")

        with new_session(database.engine, writes=False) as session:
            decision = session.get_one(KeyDecision, decision_id)
            waiting = task_queries.open_tasks_of(session, decision.case_id)
            assert decision.state is DecisionState.NOTICE_PUBLISHED
            assert [(task.bpmn_id, task.candidate_group) for task in waiting] == [("give-advice", "legal")]
        assert invariants.broken(database.engine) == []


def test_the_first_decision_is_carried_out_under_the_reference_of_its_time(database: Database) -> None:
    decision_id = walked(database, "extension")

    with new_session(database.engine, writes=False) as session:
        decision = session.get_one(KeyDecision, decision_id)
        assert (decision.public_reference, decision.state) == ("OKD99 (20/21)", DecisionState.CARRIED_OUT)
    assert invariants.broken(database.engine) == []


@pytest.mark.parametrize("story", ["extension", "half_way", "waiting_for_decision"])
def test_no_demo_decision_breaks_a_rule(database: Database, story: str) -> None:
    with factories.held("2026-10-31 17:30"):
        walked(database, story)
        with new_session(database.engine, writes=False) as session:
            found = legal.of_cases(session, list(session.scalars(select(Case.id))), now=clock.now())

    states = [line.judgement.state for checklist in found.values() for line in checklist.lines]
    assert State.MET in states
    assert State.BREACHED not in states


def walked(database: Database, name: str) -> object:
    """The decision that a story makes."""
    factories.council(database.engine)
    for _ in walking.walk(database.engine, stories.read_story(name), until=clock.now()):
        pass
    with new_session(database.engine, writes=False) as session:
        return session.scalars(select(KeyDecision.id)).one()
