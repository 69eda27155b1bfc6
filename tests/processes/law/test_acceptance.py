"""The acceptance points 1, 3, 4, 5, 9, 10, 15, 16 and 17 of the domain notes, each through the shipped diagrams and the real actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, CaseStatus, ConsultationStatus, DecisionRecord, DecisionState, Delegation, Report, clock
from tests.processes.law.cases import RECORD, UPHELD, call_in, come_to_advice, perform, publish_the_notice, request_to
from tests.processes.library.council import COMPLETE, DECISION, Council
from workflows.actions import messages, proposals, timers
from workflows.errors import Conflict, Invalid, NotYetLawful, Refused
from workflows.library import definitions
from workflows.queries import decisions as decision_queries

URGENT = {"can_wait_28": "no", "can_wait_5": "no", "impracticable_because": "The provider gave notice.", "urgent_because": "Beds close."}
WAIVER = {"urgent_exemption": "yes", "waiver_agreed_by": "council_chair", "waiver_name": "A. Able", "waiver_reasons": "Beds close on Friday."}
AGREEMENT = {"agreed_by": "council_chair", "agreed_name": "A. Able", "agreed_on": "2026-02-23", "agreement_reasons": "It cannot wait."}


def record_of(council: Council) -> DecisionRecord:
    record = decision_queries.newest_record(council.session, council.decision)
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("published", "due_month", "earliest"),
    [("2026-03-05 09:00", "4", "2026-04-03"), ("2026-11-27 09:00", "12", "2026-12-26"), ("2026-12-24 09:00", "1", "2027-01-22"),
     ("2028-02-01 23:59", "3", "2028-03-01"), ("2026-03-01 00:01", "4", "2026-03-30"), ("2026-10-01 09:00", "11", "2026-10-30")],
)  # fmt: skip
def test_1_the_first_lawful_day_is_what_the_worked_examples_say(council: Council, published: str, due_month: str, earliest: str) -> None:
    council.at(published)
    council.propose(due_month=due_month, due_year=int(earliest[:4]))
    council.do("choose-route", {"can_wait_28": "yes"})

    council.publish_notice(published[:10])

    assert str(council.decision.earliest_decision_on) == earliest


def test_3_the_decision_is_refused_the_day_before_and_taken_on_the_first_lawful_day(council: Council) -> None:
    council.come_to_decide()
    decision = council.decision
    notice = decision_queries.newest_notice(council.session, decision)
    assert notice is not None
    notice.earliest_decision_on = decision.earliest_decision_on = date(2026, 4, 3)
    council.at("2026-04-02 23:59")

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION)
    assert [check.id for check in refused.value.checks] == ["notice"]
    council.at("2026-04-03 00:00")
    council.do("decide", DECISION)

    assert record_of(council).made_on == date(2026, 4, 3)


def test_4_an_officers_key_decision_can_be_called_in(council: Council) -> None:
    council.come_to_call_in()

    assert record_of(council).can_be_called_in
    assert call_in(council).reference


def test_4_a_decision_that_is_not_the_executives_is_no_key_decision_and_nothing_to_call_in(council: Council) -> None:
    council.propose(executive="no")
    council.do("record-not-key", {"not_key_because": "A committee of the council decides it."})

    with pytest.raises(Refused):
        call_in(council)

    assert council.decision.state is DecisionState.NOT_KEY


def test_4_an_urgent_waiver_prints_its_reason_and_takes_effect_at_once(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", DECISION)
    council.do("publish-record", {**RECORD, **WAIVER})

    with pytest.raises(Refused, match="too urgent to wait for call-in"):
        call_in(council)

    assert council.waiting == ["implement"]


def test_5_a_decision_takes_effect_on_the_saturday_that_the_period_gives(council: Council) -> None:
    council.come_to_decide()
    council.at("2026-04-08 09:00")
    council.do("decide", DECISION)

    council.do("publish-record", {**RECORD, "published_on": "2026-04-08"})

    assert (record_of(council).call_in_last_day, record_of(council).effective_from) == (date(2026, 4, 17), date(2026, 4, 18))
    council.at("2026-04-17 23:59")
    assert council.waiting == []
    council.at("2026-04-18 00:00")
    assert council.waiting == ["implement"]


def delegate(council: Council, absent: str, to: str) -> None:
    council.session.add(
        Delegation(
            from_user_id=council.person(absent).id, to_user_id=council.person(to).id, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1),
            authorised_by_id=council.person(absent).id, created_at=clock.now(), ended_at=None,
        )
    )  # fmt: skip
    council.session.flush()


@pytest.mark.parametrize("chain", [["amara.osei", "helen.ashdown"], ["amara.osei", "tom.birch", "helen.ashdown"], ["leah.stone", "helen.ashdown"]])
def test_9_whoever_prepared_or_advised_does_not_decide_also_along_a_chain_of_delegations(council: Council, chain: list[str]) -> None:
    council.come_to_decide()
    for absent, to in zip(chain, chain[1:], strict=False):
        delegate(council, absent, to)

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION)

    assert [check.id for check in refused.value.checks] == ["separation"]


def test_9_the_makers_delegate_cannot_sign_for_them(council: Council) -> None:
    council.come_to_decide()
    delegate(council, "helen.ashdown", "david.orme")

    with pytest.raises(Refused):
        council.do("decide", DECISION, by="david.orme")


def test_9_advice_given_for_an_absent_colleague_is_on_record_as_such_and_bars_both(council: Council) -> None:
    come_to_advice(council)
    delegate(council, "leah.stone", "kofi.mensah")

    council.do("give-advice", {"response": "support", "implications": "None."}, of="legal", by="kofi.mensah")

    involved = decision_queries.involved(council.session, council.decision)
    assert {council.person("kofi.mensah").id, council.person("leah.stone").id} <= set(involved)
    event = council.session.scalars(select(AuditEvent).where(AuditEvent.kind == "task:completed").order_by(AuditEvent.sequence.desc())).first()
    assert event is not None
    assert (event.by_id, event.acting_for_id) == (council.person("kofi.mensah").id, council.person("leah.stone").id)


def test_10_silent_legal_blocks_and_a_silent_adviser_does_not(council: Council) -> None:
    come_to_advice(council, other_consultees=["public-health"])
    council.advise("procurement", "finance")

    council.at("2026-04-29 09:00")

    assert council.waiting == ["give-advice legal"]
    assert request_to(council, "public-health").status is ConsultationStatus.WITHDRAWN
    with pytest.raises(NotYetLawful) as refused:
        perform(council, "decisions.decide", by="helen.ashdown", answers=DECISION)
    assert "advice" in [check.id for check in refused.value.checks]


def test_15_special_urgency_needs_its_agreement_and_the_reason_why_a_lower_office_gave_it(council: Council) -> None:
    council.propose(due_month="2")
    council.do("choose-route", URGENT)
    council.do("confirm-urgency", {"urgency_confirmed": "yes"})

    with pytest.raises(Refused, match="cannot be published"):
        perform(council, "notices.publish_urgent", by="ines.marlow", answers={})
    with pytest.raises(Invalid) as refused:
        perform(council, "notices.record_agreement", by="ines.marlow", answers=AGREEMENT)

    assert set(refused.value.errors) == {"why_not_higher"}
    council.do("record-agreement", {**AGREEMENT, "why_not_higher": "There is no chair of scrutiny this week."})
    assert council.waiting == ["publish-urgent-notice"]


def reconsidering(council: Council) -> None:
    council.come_to_call_in()
    call_in(council)
    council.do("judge-call-in", UPHELD)
    council.at("2026-04-20 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-20", "outcome": "refer_back", "concerns": "The cost."})


def sign_off(council: Council) -> None:
    come_to_advice(council)
    council.advise()
    council.do("complete-report", COMPLETE)


def in_effect(council: Council) -> None:
    council.come_to_call_in()
    council.at("2026-04-16 09:00")


WAYS: dict[str, Callable[[Council], None]] = {
    "choose-route": lambda council: council.propose(),
    "record-not-key": lambda council: council.propose(executive="no"),
    "draft-report": publish_the_notice,
    "give-advice": come_to_advice,
    "sign-off": sign_off,
    "decide": lambda council: council.come_to_decide(),
    "call-in": lambda council: council.come_to_call_in(),
    "reconsider": reconsidering,
    "implement": in_effect,
}


@pytest.mark.parametrize("step", list(WAYS))
def test_16_a_proposal_withdrawn_at_any_step_ends_cleanly_and_keeps_what_there_was(council: Council, step: str) -> None:
    WAYS[step](council)
    before = [row.id for kind in (Report, DecisionRecord) for row in council.session.scalars(select(kind).where(kind.decision_id == council.decision.id))]

    proposals.withdraw(council.session, council.decision, because="It is no longer needed.", by=council.person("amara.osei"))

    after = [row.id for kind in (Report, DecisionRecord) for row in council.session.scalars(select(kind).where(kind.decision_id == council.decision.id))]
    assert (council.waiting, council.incidents, after) == ([], [], before)
    assert (council.case.status, council.instance.ended_as) == (CaseStatus.CLOSED, "withdrawn")
    assert (council.decision.state, council.decision.withdrawn_because) == (DecisionState.WITHDRAWN, "It is no longer needed.")
    with pytest.raises((Refused, Conflict)):
        proposals.withdraw(council.session, council.decision, because="Again.", by=council.person("amara.osei"))


def test_17_a_timer_that_fell_due_while_the_server_was_down_fires_once(council: Council) -> None:
    council.come_to_call_in()
    # The server stops: nothing of the process is left in memory, and the day passes.
    definitions.forget()
    council.session.flush()
    council.session.expire_all()
    clock.hold(clock.read_instant("2026-04-18 09:00"))

    first = timers.fire(council.session, council.instance.id, clock.now())
    again = timers.fire(council.session, council.instance.id, clock.now())

    assert (first, again) == (["call-in-period-over", "effective-day"], [])
    assert council.waiting == ["implement"]
    assert council.decision.state is DecisionState.IN_EFFECT
    effects = council.session.scalars(select(AuditEvent).where(AuditEvent.chain == council.case.id.hex, AuditEvent.kind == "timer:fired")).all()
    assert [event.detail["step"] for event in effects].count("call-in-period-over") == 1


def test_17_a_message_sent_twice_counts_once(council: Council) -> None:
    council.propose()
    for _ in range(2):
        messages.send_to_case(
            council.session, council.case, "DecisionDeferred", {"deferred_to": "2026-06-01", "deferred_because": "Time."}, message_id="once"
        )  # fmt: skip

    assert council.decision.due_from == date(2026, 6, 1)
    moved = council.session.scalars(select(AuditEvent).where(AuditEvent.chain == council.case.id.hex, AuditEvent.kind == "message:delivered")).all()
    assert len(moved) == 1


