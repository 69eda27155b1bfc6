"""The shipped diagrams and the real actions together: what may go wrong with a key decision, and what then happens."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import CaseStatus, ConsultationRequest, ConsultationStatus, DecisionState
from tests.processes.library.council import COMPLETE, DECISION, REPORT, Council
from workflows.actions import call_ins, consultations, decisions, proposals
from workflows.errors import Invalid, NotYetLawful, Refused
from workflows.queries import decisions as decision_queries

URGENT = {"can_wait_28": "no", "impracticable_because": "The provider gave notice last week."}
RECORD = {"published_on": "2026-04-02", "offices_too": True, "urgent_exemption": "no"}
FOUR = ["A. Able", "B. Baker", "C. Cole", "D. Dean"]


def ask_for_call_in(council: Council, requesters: list[str]) -> None:
    """A scrutiny councillor asks on behalf of these councillors."""
    answers = {"requesters": requesters, "reasons": "The cost is not clear.", "grounds": ["evidence"]}
    call_ins.request(council.session, council.decision, answers=answers, by=council.person("peter.hollis"))


def test_a_decision_goes_all_the_way_and_the_case_closes(council: Council) -> None:
    council.come_to_call_in()
    assert council.waiting == []
    assert council.decision.state is DecisionState.CALL_IN_OPEN

    council.at("2026-04-16 00:00")
    assert council.decision.state is DecisionState.IN_EFFECT
    council.do("implement", {"implemented_on": "2026-04-16", "implementation": "Signed.", "actions": ["extension_signed"]})

    assert council.decision.state is DecisionState.CARRIED_OUT
    assert council.instance.ended_as == "carried-out"
    assert council.case.status is CaseStatus.CLOSED
    assert council.incidents == []


def test_the_key_test_finds_a_small_matter_not_key(council: Council) -> None:
    council.propose(value_total="40000", two_or_more_divisions="no")

    council.do("record-not-key", {"not_key_because": "£40,000 and one division."})

    assert council.decision.state is DecisionState.NOT_KEY
    assert council.instance.ended_as == "not-key"


def test_the_public_reads_why_it_is_key(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})

    assert council.decision.key_reasons == [
        "Spending of £500,000 or more", "Significant effect on communities in two or more divisions",
    ]  # fmt: skip


def test_the_general_exception_needs_the_monitoring_officer_and_the_chair(council: Council) -> None:
    council.propose(due_month="3")
    council.do("choose-route", {**URGENT, "can_wait_5": "yes"})
    council.do("confirm-urgency", {"urgency_confirmed": "yes"})
    council.do("inform-chair", {"informed_office": "scrutiny_chair", "informed_name": "P. Hollis", "informed_on": "2026-02-23"})

    council.publish_notice("2026-02-23", "publish-urgent-notice", reasons_published="The provider gave notice.")

    assert str(council.decision.earliest_decision_on) == "2026-03-03"
    council.do("draft-report", REPORT)
    council.advise()
    council.do("complete-report", COMPLETE)
    assert council.waiting == ["sign-off monitoring-officer", "sign-off section-151-officer"]
    council.do("sign-off", {"sign_off": "approve"}, of="section-151-officer")
    council.do("sign-off", {"sign_off": "approve"}, of="monitoring-officer")
    council.at("2026-03-02 23:59")
    assert council.waiting == []
    council.at("2026-03-03 09:00")
    council.do("decide", DECISION)


def test_special_urgency_takes_the_offices_in_their_order(council: Council) -> None:
    council.propose(due_month="2")
    council.do("choose-route", {**URGENT, "can_wait_5": "no", "urgent_because": "Young people would lose their homes."})
    council.do("confirm-urgency", {"urgency_confirmed": "yes"})
    assert council.waiting == ["record-agreement"]
    agreement = {"agreed_by": "council_chair", "agreed_name": "A. Able", "agreed_on": "2026-02-23", "agreement_reasons": "It cannot wait."}

    council.do("record-agreement", {**agreement, "why_not_higher": "There is no chair of scrutiny this week."})
    council.publish_notice("2026-02-23", "publish-urgent-notice", reasons_published="A. Able agreed.")

    assert str(council.decision.earliest_decision_on) == "2026-02-23"


def test_an_unconfirmed_urgency_goes_back_and_nothing_is_published(council: Council) -> None:
    council.propose()
    council.do("choose-route", {**URGENT, "can_wait_5": "yes"})

    council.do("confirm-urgency", {"urgency_confirmed": "no", "urgency_comments": "There is time."})

    assert council.waiting == ["choose-route"]
    assert council.decision.state is DecisionState.DRAFT


def test_the_first_lawful_day_is_counted_from_the_later_publication(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.at("2026-02-25 09:00")

    council.publish_notice("2026-02-24", offices_on="2026-02-25")

    assert str(council.decision.earliest_decision_on) == "2026-03-26"


def test_a_silent_mandatory_consultee_holds_the_case_until_the_override(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    council.advise("procurement", "finance")
    council.at("2026-03-20 09:00")
    assert council.waiting == ["give-advice legal"]
    request = next(each for each in decision_queries.requests(council.session, council.decision) if each.consultee_key == "legal")
    assert request.reminded_count == 2
    assert request.escalated_to == "monitoring-officer"

    consultations.override(council.session, request, reason="Legal has no one free before the deadline.", by=council.person("martin.quayle"))

    assert request.status is ConsultationStatus.OVERRIDDEN
    assert council.waiting == ["complete-report"]
    assert council.incidents == []


def test_a_silent_advisory_consultee_holds_nothing_up(council: Council) -> None:
    council.propose(other_consultees=["public-health"])
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    council.advise()
    assert council.waiting == ["give-view public-health"]

    council.at("2026-03-09 17:00")

    request = council.session.scalars(select(ConsultationRequest).where(ConsultationRequest.consultee_key == "public-health")).one()
    assert request.comments == "No response received by Monday 9 March 2026"
    assert council.waiting == ["complete-report"]


def test_a_consultee_who_needs_to_know_more_gets_three_more_working_days(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    council.at("2026-03-09 09:00")

    council.do("give-advice", {"response": "need_information", "question": "Which clause?"}, of="legal")
    council.do("inform-consultee", {"information": "Clause 4."})

    request = next(each for each in decision_queries.requests(council.session, council.decision) if each.consultee_key == "legal")
    assert request.status is ConsultationStatus.ASKED
    assert request.due_at.date().isoformat() == "2026-03-12"
    council.advise("legal", "procurement", "finance")
    assert council.waiting == ["complete-report"]


def object_to_it(council: Council) -> None:
    """Take the case to an objection by Finance."""
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    council.do("give-advice", {"response": "object", "comments": "There is no budget.", "implications": "Not funded."}, of="finance")
    council.advise("procurement", "legal")


def test_an_objection_is_resolved_and_the_objector_asked_again(council: Council) -> None:
    object_to_it(council)
    assert council.waiting == ["resolve-objection"]

    council.do("resolve-objection", {"resolution": "amend", "resolution_text": "We agreed a lower sum with Finance."})
    council.at("2026-02-24 09:00")
    change = {"material_change": "yes", "what_changed": "The sum is lower.", "consult_again": ["finance"]}
    council.do("complete-report", {**COMPLETE, "finance_implications": "A lower sum.", **change})
    assert council.waiting == ["give-advice finance"]
    council.advise("finance")
    council.do("complete-report", COMPLETE)

    assert council.waiting == ["sign-off section-151-officer"]
    assert max(request.round for request in decision_queries.requests(council.session, council.decision)) == 2


def test_the_chief_executive_settles_an_escalated_objection(council: Council) -> None:
    object_to_it(council)

    council.do("resolve-objection", {"resolution": "escalate", "resolution_text": "We could not agree."})
    council.do("decide-escalation", {"resolution": "settled", "resolution_text": "The reserve covers it."})

    assert council.waiting == ["complete-report"]


def test_an_objection_can_end_the_proposal(council: Council) -> None:
    object_to_it(council)

    council.do("resolve-objection", {"resolution": "withdraw", "withdrawn_because": "There is no budget for it."})

    assert council.decision.state is DecisionState.WITHDRAWN
    assert council.decision.withdrawn_because == "There is no budget for it."
    assert council.instance.ended_as == "withdrawn"


def test_a_returned_sign_off_takes_the_report_back_to_its_author(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    council.advise()
    council.do("complete-report", COMPLETE)

    council.do("sign-off", {"sign_off": "return", "comments": "The cost table is out of date."}, of="section-151-officer")

    assert council.waiting == ["complete-report"]
    council.do("complete-report", {**COMPLETE, "risk": "Very low."})
    council.do("sign-off", {"sign_off": "approve"}, of="section-151-officer")
    assert council.waiting == []


def test_sent_back_by_the_decision_maker_it_is_signed_off_anew(council: Council) -> None:
    council.come_to_decide()

    council.do("decide", {"decision": "send_back", "return_because": "The cost table is out of date."})
    council.do("complete-report", {**COMPLETE, "risk": "Very low."})

    assert council.waiting == ["sign-off section-151-officer"]
    council.do("sign-off", {"sign_off": "approve"}, of="section-151-officer")
    council.do("decide", DECISION)
    assert council.decision.state is DecisionState.DECIDED


def test_moved_by_its_maker_it_waits_for_the_new_month(council: Council) -> None:
    council.come_to_decide()

    council.do("decide", {"decision": "defer", "new_due_month": "5", "new_due_year": 2026, "defer_because": "The review is not finished."})
    assert council.waiting == []
    council.at("2026-05-01 09:00")

    assert council.waiting == ["decide"]
    council.do("decide", DECISION)


def test_moved_while_comments_are_open_it_cannot_be_decided_before_the_new_month(council: Council) -> None:
    council.come_to_decide()
    month: dict[str, Any] = {"new_due_month": "5", "new_due_year": 2026, "because": "More time is needed."}
    proposals.defer(council.session, council.decision, answers=month, by=council.person("amara.osei"))
    assert council.waiting == ["decide"]

    with pytest.raises(NotYetLawful):
        council.do("decide", DECISION)
    council.at("2026-05-01 09:00")
    council.do("decide", DECISION)

    assert council.decision.state is DecisionState.DECIDED


def test_a_matter_can_be_moved_twice(council: Council) -> None:
    council.propose()
    for month in ("5", "6"):
        answers = {"new_due_month": month, "new_due_year": 2026, "because": "More time is needed."}
        proposals.defer(council.session, council.decision, answers=answers, by=council.person("amara.osei"))

    assert council.decision.due_from.isoformat() == "2026-06-01"
    assert council.waiting == ["choose-route"]


def test_withdrawn_while_consulted_on_nothing_waits_any_more(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")
    council.do("draft-report", REPORT)
    assert len(council.waiting) == 3

    proposals.withdraw(council.session, council.decision, because="It is no longer needed.", by=council.person("amara.osei"))

    assert council.waiting == []
    assert council.instance.ended_as == "withdrawn"
    assert council.case.status is CaseStatus.CLOSED


def test_a_refused_decision_is_published_and_closes_the_case(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", {**DECISION, "decision": "refuse"})

    council.do("publish-record", RECORD)

    assert council.decision.state is DecisionState.NOT_APPROVED
    assert council.instance.ended_as == "not-approved"


def test_a_waived_call_in_takes_effect_at_once_and_says_why(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", {**DECISION, "decision": "approve_amended"})
    waiver = {"urgent_exemption": "yes", "waiver_agreed_by": "council_chair", "waiver_name": "A. Able", "waiver_reasons": "Beds close on Friday."}

    council.do("publish-record", {**RECORD, **waiver})

    assert council.waiting == ["implement"]
    assert council.decision.state is DecisionState.IN_EFFECT


def test_nobody_carries_out_a_decision_before_its_day(council: Council) -> None:
    council.come_to_call_in()

    council.at("2026-04-15 23:59")

    assert council.waiting == []
    assert council.decision.state is DecisionState.CALL_IN_OPEN


def test_a_call_in_by_too_few_leaves_the_date_and_a_second_one_can_follow(council: Council) -> None:
    council.come_to_call_in()
    council.at("2026-04-08 10:00")
    ask_for_call_in(council, ["A. Able"])
    assert council.waiting == ["judge-call-in"]
    council.do("judge-call-in", {"valid": "no", "judgement": "Four councillors are needed."})
    assert council.waiting == []

    ask_for_call_in(council, FOUR)
    council.do("judge-call-in", {"valid": "yes", "judgement": "In time, with reasons."})

    assert council.decision.state is DecisionState.CALLED_IN
    council.at("2026-04-20 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-20", "outcome": "no_action"})
    assert council.waiting == ["implement"]
    assert council.incidents == []


def test_two_requests_at_once_are_judged_one_after_the_other_even_after_the_last_day(council: Council) -> None:
    council.come_to_call_in()
    council.at("2026-04-15 16:00")
    ask_for_call_in(council, ["A. Able"])
    ask_for_call_in(council, FOUR)
    council.at("2026-04-16 09:00")
    assert council.waiting == ["judge-call-in"]

    council.do("judge-call-in", {"valid": "no", "judgement": "Four councillors are needed."})

    assert council.incidents == []
    assert council.waiting == ["judge-call-in"]
    council.do("judge-call-in", {"valid": "yes", "judgement": "In time, with reasons."})
    assert council.waiting == ["record-scrutiny"]


def test_let_stand_before_the_call_in_period_is_over_it_still_waits_for_its_day(council: Council) -> None:
    council.come_to_call_in()
    ask_for_call_in(council, FOUR)
    council.do("judge-call-in", {"valid": "yes", "judgement": "In time, with reasons."})
    council.at("2026-04-10 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-10", "outcome": "no_action"})
    assert council.waiting == []

    council.at("2026-04-16 00:00")

    assert council.waiting == ["implement"]
    assert council.incidents == []


def refer(council: Council, outcome: str) -> None:
    """Take the case through a call-in to what scrutiny decided on 20 April 2026."""
    council.come_to_call_in()
    ask_for_call_in(council, FOUR)
    council.do("judge-call-in", {"valid": "yes", "judgement": "In time, with reasons."})
    council.at("2026-04-20 10:00")
    council.do("record-scrutiny", {"meeting_on": "2026-04-20", "outcome": outcome, "concerns": "The cost is not clear."})


def test_referred_back_it_is_reconsidered_and_never_called_in_again(council: Council) -> None:
    refer(council, "refer_back")
    council.do("reconsider", {"outcome": "amend", "decision_text": "The extension is used for one year.", "response_to_concerns": "We heard them."})
    council.do("publish-reconsidered", {"published_on": "2026-04-20", "offices_too": True})

    with pytest.raises(Refused):
        ask_for_call_in(council, FOUR)
    council.do("implement", {"implemented_on": "2026-04-20", "implementation": "Signed.", "actions": ["extension_signed"]})

    assert council.decision.state is DecisionState.CARRIED_OUT


def test_council_may_object_and_then_the_maker_reconsiders(council: Council) -> None:
    refer(council, "refer_council")

    council.do("record-council", {"council_met_on": "2026-04-20", "council_objects": "yes"})

    assert council.waiting == ["reconsider"]
    assert council.decision.state is DecisionState.RECONSIDERING


def test_council_may_let_it_stand(council: Council) -> None:
    refer(council, "refer_council")

    council.do("record-council", {"council_met_on": "2026-04-20", "council_objects": "no"})

    assert council.waiting == ["implement"]
    assert council.incidents == []


def test_withdrawn_while_called_in_it_ends(council: Council) -> None:
    refer(council, "refer_back")

    proposals.withdraw(council.session, council.decision, because="Scrutiny convinced us.", by=council.person("amara.osei"))

    assert council.waiting == []
    assert council.instance.ended_as == "withdrawn"


def test_a_decision_one_day_early_is_refused_whatever_the_diagram_says(council: Council) -> None:
    council.come_to_decide()
    decision = council.decision
    decision_queries.standing(council.session, decision)

    with pytest.raises(NotYetLawful):
        decisions.check_lawful(
            council.session, decision, by=council.person("helen.ashdown"), at=decision.representations_close_at
        )  # type: ignore[arg-type]


def test_a_notice_too_late_for_its_month_is_refused_with_the_day_it_would_be(council: Council) -> None:
    council.propose(due_month="3")
    council.do("choose-route", {"can_wait_28": "yes"})
    council.at("2026-03-16 09:00")

    with pytest.raises(Invalid) as refused:
        council.publish_notice("2026-03-16")

    assert "Tuesday 14 April 2026" in refused.value.errors["website_on"]


def test_nobody_decides_on_what_they_prepared(council: Council) -> None:
    council.come_to_decide()

    with pytest.raises(Refused):
        council.do("decide", DECISION, by="amara.osei")
