"""A decision waits for its call-in period, whoever asks, whenever they ask, and however often."""

from __future__ import annotations

import pytest

from models import CallInStatus, DecisionState, clock
from tests.processes.law.cases import FOUR, RECORD, UPHELD, call_in, join, perform
from tests.processes.library.council import DECISION, Council
from workflows.actions import call_ins, proposals, timers
from workflows.errors import Invalid, NotYetLawful, Refused


def test_a_record_cannot_be_said_to_have_been_public_before_it_was(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", DECISION)
    council.at("2026-04-10 09:00")

    with pytest.raises(Invalid) as refused:
        council.do("publish-record", RECORD)

    assert set(refused.value.errors) == {"published_on"}


def test_an_executive_member_cannot_ask_for_call_in_even_as_a_scrutiny_councillor(council: Council) -> None:
    council.come_to_call_in()
    join(council, "grace.whitlock", "scrutiny")

    with pytest.raises(Refused):
        call_in(council, by="grace.whitlock")


def test_a_request_that_needs_an_executive_member_is_not_in_order(council: Council) -> None:
    council.come_to_call_in()

    requested = call_in(council, [*FOUR[:3], "grace  WHITLOCK"])

    unmet = [check.id for check in call_ins.validity_checks(council.session, requested) if not check.is_met]
    assert unmet == ["requesters", "eligible"]


def test_a_councillor_named_twice_counts_once(council: Council) -> None:
    council.come_to_call_in()

    requested = call_in(council, ["A. Able", "a. able", "A.  ABLE", "B. Baker"])

    assert len(requested.requesters) == 2


@pytest.mark.parametrize(("when", "names"), [("2026-04-15 17:01", FOUR), ("2026-04-15 16:59", FOUR[:3])])
def test_a_request_out_of_order_cannot_be_upheld(council: Council, when: str, names: list[str]) -> None:
    council.come_to_call_in()
    council.at(when)
    call_in(council, names)

    with pytest.raises(Invalid) as refused:
        council.do("judge-call-in", UPHELD)

    assert set(refused.value.errors) == {"valid"}
    council.do("judge-call-in", {"valid": "no", "judgement": "Not in order."})
    council.at("2026-04-16 00:00")
    assert council.waiting == ["implement"]


def test_a_request_in_the_last_minute_holds_the_decision(council: Council) -> None:
    council.come_to_call_in()
    council.at("2026-04-15 16:59")

    requested = call_in(council)
    council.at("2026-04-20 09:00")

    assert not requested.is_late
    assert council.waiting == ["judge-call-in"]
    with pytest.raises(NotYetLawful):
        perform(council, "decisions.implement", by="amara.osei", answers={"implemented_on": "2026-04-20", "implementation": "Signed."})


def test_a_late_request_does_not_overtake_a_timer_that_the_server_slept_through(council: Council) -> None:
    council.come_to_call_in()
    clock.hold(clock.read_instant("2026-04-16 09:00"))

    requested = call_in(council)
    timers.fire(council.session, council.instance.id, clock.now())

    assert (requested.status, requested.is_late) == (CallInStatus.INVALID, True)
    assert council.waiting == ["implement"]


def test_what_scrutiny_let_stand_is_not_called_in_a_second_time(council: Council) -> None:
    council.come_to_call_in()
    call_in(council)
    council.do("judge-call-in", UPHELD)
    council.at("2026-04-10 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-10", "outcome": "no_action"})

    with pytest.raises(Refused, match="called in before"):
        call_in(council)

    with pytest.raises(NotYetLawful):
        perform(council, "decisions.implement", by="amara.osei", answers={"implemented_on": "2026-04-10", "implementation": "Signed."})


def test_a_meeting_that_is_still_to_come_has_decided_nothing(council: Council) -> None:
    council.come_to_call_in()
    call_in(council)
    council.do("judge-call-in", UPHELD)

    for day in ("2026-04-30", "2026-04-01"):
        with pytest.raises(Invalid) as refused:
            perform(council, "call_ins.record_outcome", by="ines.marlow", answers={"meeting_on": day, "outcome": "no_action"})
        assert set(refused.value.errors) == {"meeting_on"}

    council.at("2026-04-20 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-20", "outcome": "refer_council", "concerns": "The cost."})
    with pytest.raises(Invalid) as refused:
        perform(council, "call_ins.record_council", by="ines.marlow", answers={"council_met_on": "2026-05-30", "council_objects": "no"})
    assert set(refused.value.errors) == {"council_met_on"}


def test_call_in_is_not_waived_without_an_agreement(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", DECISION)

    with pytest.raises(Invalid) as refused:
        perform(council, "decisions.publish_record", by="ines.marlow", answers={**RECORD, "urgent_exemption": "yes"})

    assert set(refused.value.errors) == {"waiver_agreed_by", "waiver_name", "waiver_reasons"}


def test_nothing_is_done_about_a_decision_that_was_withdrawn(council: Council) -> None:
    council.come_to_call_in()
    call_in(council)
    council.do("judge-call-in", UPHELD)
    council.at("2026-04-20 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-20", "outcome": "refer_back", "concerns": "The cost."})
    proposals.withdraw(council.session, council.decision, because="Scrutiny convinced us.", by=council.person("amara.osei"))

    for name, answers in (
        ("decisions.reconsider", {"outcome": "confirm", "response_to_concerns": "No."}),
        ("decisions.implement", {"implemented_on": "2026-04-20", "implementation": "Signed."}),
        ("decisions.take_effect", {}),
    ):
        with pytest.raises(Refused, match="withdrawn"):
            perform(council, name, by="helen.ashdown", answers=answers)
    assert council.decision.state is DecisionState.WITHDRAWN
