"""The checklist of key decisions that took every lawful way: nothing is ever breached, and each way lifts the rules that it is excepted from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models import clock
from tests.processes.law.cases import come_to_advice
from tests.processes.law.test_acceptance import RECORD, URGENT, WAIVER
from tests.processes.law.test_advice_and_signatures import ask_the_objector_again_in_vain, go_on_without
from tests.processes.library.council import COMPLETE, DECISION, Council
from workflows.library import legal
from workflows.library.legal import Checklist, Judgement, State


def checklist(council: Council) -> Checklist:
    """How the council's case stands now."""
    council.session.flush()
    return legal.of_cases(council.session, [council.case.id], now=clock.now())[council.case.id]


def judged(council: Council, rule: str) -> Judgement:
    """How the council's case stands to one rule."""
    return next(line.judgement for line in checklist(council).lines if line.rule.id == rule)


@pytest.fixture(autouse=True)
def lawful(council: Council) -> Iterator[None]:
    """Whatever a test does, nothing is breached in the end."""
    yield
    assert [line.rule.id for line in checklist(council).breached] == []


def test_a_new_case_has_reached_nothing(council: Council) -> None:
    assert set(checklist(council).counts) == {State.WAITING}


def test_advice_that_the_monitoring_officer_went_on_without_is_overridden(council: Council) -> None:
    come_to_advice(council)
    council.advise("procurement", "finance")
    council.at("2026-03-20 09:00")
    before = judged(council, "advice-before-sign-off").state

    go_on_without(council, "legal")

    found = judged(council, "advice-before-sign-off")
    assert (before, found.state, found.who) == (State.AT_RISK, State.OVERRIDDEN, "Martin Quayle")


def test_an_objection_that_is_open_is_no_breach(council: Council) -> None:
    ask_the_objector_again_in_vain(council)
    council.do("resolve-objection", {"resolution": "escalate", "resolution_text": "We could not agree."})
    council.do("decide-escalation", {"resolution": "settled", "resolution_text": "The reserve covers it."})
    council.do("complete-report", COMPLETE)

    assert judged(council, "objections-are-resolved").state is State.WAITING


def test_an_urgent_decision_lifts_the_rule_of_28_days_and_not_that_of_its_own_notice(council: Council) -> None:
    council.propose()
    council.do("choose-route", URGENT)

    assert judged(council, "notice-before-decision").state is State.NOT_APPLICABLE
    assert judged(council, "urgency-is-confirmed").state is State.WAITING
    assert judged(council, "urgent-notice-before-decision").state is State.WAITING


def test_a_waiver_of_the_call_in_takes_effect_lawfully(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", DECISION)
    council.do("publish-record", {**RECORD, **WAIVER})

    assert judged(council, "record-before-effect").state is State.MET
    assert judged(council, "call-in-period-runs").state is State.MET
    assert judged(council, "not-before-the-day").state is State.MET
