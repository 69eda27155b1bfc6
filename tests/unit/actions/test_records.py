"""After the decision: nothing is carried out before its day or while it is called in, and the record says what can be called in."""

from __future__ import annotations

from typing import Any

import pytest

from models import CallIn, CallInStatus, DecisionOutcome, DecisionRecord, DecisionState, clock
from tests.support.stage import Stage
from tests.unit.actions.conftest import StageAt
from workflows.actions import call_ins
from workflows.errors import Invalid, NotYetLawful, Refused
from workflows.queries import decisions

PUBLISHED = {"published_on": "2020-11-12", "offices_too": True, "urgent_exemption": "no"}
WAIVED = {"urgent_exemption": "yes", "waiver_agreed_by": "council_chair", "waiver_name": "Cllr Reed", "waiver_reasons": "The list closes tomorrow"}


def record_of(stage: Stage) -> DecisionRecord:
    record = decisions.newest_record(stage.session, stage.decision)
    assert record is not None
    return record


def publish(stage: Stage, **changes: Any) -> dict[str, Any]:
    return stage.perform("decisions.publish_record", by="ines.marlow", answers={**PUBLISHED, **changes})


def implement(stage: Stage, on: str) -> None:
    stage.perform("decisions.implement", by="amara.osei", answers={"implemented_on": on, "implementation": "Signed"})


def unmet(stage: Stage, on: str) -> list[str]:
    with pytest.raises(NotYetLawful) as refused:
        implement(stage, on)
    return [check.id for check in refused.value.checks]


def test_an_officers_key_decision_can_be_called_in_for_seven_working_days(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")

    given = publish(stage)

    assert given == {"outcome": "approve", "callable": "yes", "effective_from": "2020-11-24"}
    assert stage.decision.state is DecisionState.CALL_IN_OPEN


def test_a_decision_takes_effect_on_a_saturday_when_the_period_says_so(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")

    with clock.held(clock.read_instant("2020-11-18 10:00")):
        given = publish(stage, published_on="2020-11-18")

    assert given["effective_from"] == "2020-11-28"
    assert record_of(stage).effective_from.weekday() == 5  # type: ignore[union-attr]


@pytest.mark.parametrize(("moment", "is_lawful"), [("2020-11-23 23:59", False), ("2020-11-24 00:00", True)])
def test_nothing_is_carried_out_before_the_decision_takes_effect(stage_at: StageAt, moment: str, is_lawful: bool) -> None:
    stage = stage_at("publish-record")
    publish(stage)

    with clock.held(clock.read_instant(moment)):
        if is_lawful:
            implement(stage, "2020-11-24")
        else:
            assert unmet(stage, "2020-11-23") == ["effective"]
    assert stage.decision.state is (DecisionState.CARRIED_OUT if is_lawful else DecisionState.CALL_IN_OPEN)


def test_nothing_takes_effect_before_its_day(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    publish(stage)

    with clock.held(clock.read_instant("2020-11-23 12:00")), pytest.raises(NotYetLawful):
        stage.perform("decisions.take_effect")


def test_nothing_is_carried_out_before_the_record_is_published(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")

    with clock.held(clock.read_instant("2020-12-01 12:00")):
        assert unmet(stage, "2020-12-01") == ["published", "effective"]


def call_in(stage: Stage) -> CallIn:
    with clock.held(clock.read_instant("2020-11-16 10:00")):
        return call_ins.request(
            stage.session, stage.decision, answers={"requesters": ["A", "B", "C", "D"], "reasons": "Cost"}, by=stage.person("peter.hollis")
        )


@pytest.mark.parametrize("status", [CallInStatus.RECEIVED, CallInStatus.VALID, CallInStatus.REFERRED_BACK, CallInStatus.REFERRED_TO_COUNCIL])
def test_nothing_is_carried_out_while_it_is_called_in(stage_at: StageAt, status: CallInStatus) -> None:
    stage = stage_at("publish-record")
    publish(stage)
    requested = call_in(stage)
    requested.status = status

    with clock.held(clock.read_instant("2020-12-01 12:00")):
        assert unmet(stage, "2020-12-01") == ["call-in"]
        requested.closed_at = clock.now()
        implement(stage, "2020-12-01")


def test_a_decision_not_to_approve_is_neither_called_in_nor_carried_out(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    record_of(stage).outcome = DecisionOutcome.REFUSED

    given = publish(stage)

    assert given["callable"] == "no"
    assert stage.decision.state is DecisionState.NOT_APPROVED
    with clock.held(clock.read_instant("2020-12-01 12:00")):
        assert unmet(stage, "2020-12-01") == ["approved"]


def test_a_waiver_of_call_in_prints_its_reason_and_needs_its_agreement(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")

    with pytest.raises(Invalid) as refused:
        publish(stage, urgent_exemption="yes")
    given = publish(stage, **WAIVED)

    assert set(refused.value.errors) == {"waiver_agreed_by", "waiver_name", "waiver_reasons"}
    assert (given["callable"], given["effective_from"]) == ("no", "2020-11-12")
    assert "too urgent to wait for call-in" in record_of(stage).not_callable_because


@pytest.mark.parametrize(("day", "words"), [("2020-11-13", "today or in the past"), ("2020-11-11", "cannot be published before")])
def test_a_record_is_published_between_its_signature_and_today(stage_at: StageAt, day: str, words: str) -> None:
    stage = stage_at("publish-record")

    with pytest.raises(Invalid, match=words):
        publish(stage, published_on=day)


def test_a_record_is_published_once(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    publish(stage)

    with pytest.raises(Refused, match="has been published"):
        publish(stage)


def test_a_withdrawn_matter_is_not_published(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    decision = stage.decision
    decision.withdrawn_at, decision.withdrawn_because = clock.now(), "The money is gone"

    with pytest.raises(Refused, match="withdrawn"):
        publish(stage)


def test_a_decision_that_was_reconsidered_takes_effect_at_once_and_cannot_be_called_in_again(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    publish(stage)
    requested = call_in(stage)
    requested.status, stage.decision.state = CallInStatus.REFERRED_BACK, DecisionState.RECONSIDERING
    answers = {"outcome": "amend", "decision_text": "One year only.", "response_to_concerns": "The cost is halved."}

    with clock.held(clock.read_instant("2020-12-03 10:00")):
        stage.perform("decisions.reconsider", by="helen.ashdown", answers=answers)
        given = stage.perform("decisions.publish_reconsidered", by="ines.marlow", answers={"published_on": "2020-12-03", "offices_too": True})
        with pytest.raises(Refused, match="cannot be called in"):
            call_in(stage)
        implement(stage, "2020-12-03")

    assert given == {"outcome": "approve_amended", "effective_from": "2020-12-03"}
    assert record_of(stage).response_to_concerns == "The cost is halved."


def test_nobody_reconsiders_what_was_not_referred_back(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    publish(stage)

    with pytest.raises(Refused, match="has not been referred back"):
        stage.perform("decisions.reconsider", by="helen.ashdown", answers={"outcome": "confirm", "response_to_concerns": "No change"})
