"""The period for evaluating an application: nothing pauses it, one prolongation moves it, and a breach is reported (acceptance point 2)."""

from __future__ import annotations

from datetime import date

import pytest

from models import Regime, clock
from tests.processes.applications.applicant import ASKS, EXTENDS, LEAVES, REPLIES, UNCLEAR, Applicant, begun
from workflows.errors import Closed, Conflict, Invalid, Refused
from workflows.rules import calendar


def asked_on_thursday(draft: Applicant) -> None:
    """Received on Monday 30 March 2026, and a clarification asked for on Thursday 2 April."""
    draft.send()
    draft.at("2026-04-02 09:00")
    draft.do("check-completeness", UNCLEAR)
    draft.do("ask-clarification", ASKS)


def days_of(draft: Applicant, kind: str) -> list[date]:
    return [calendar.london_date(event.at) for event in draft.events(kind)]


def test_2_an_unanswered_clarification_does_not_move_the_warnings_or_the_day_of_the_answer(draft: Applicant) -> None:
    asked_on_thursday(draft)

    draft.at("2026-04-15 23:59")

    assert days_of(draft, "application:due_soon") == [date(2026, 4, 9), date(2026, 4, 13)]
    assert draft.application.evaluation_due_on == date(2026, 4, 15)
    assert days_of(draft, "clarification:unanswered") == [date(2026, 4, 8)]
    assert draft.events("application:breached") == []


def test_2_a_period_that_runs_out_is_reported_to_the_head_of_procurement_and_the_answer_stays_owed(draft: Applicant) -> None:
    asked_on_thursday(draft)

    draft.at("2026-04-16 00:00")

    assert days_of(draft, "application:breached") == [date(2026, 4, 16)]
    assert draft.mails("application:breached") == ["alan.frost@westhampton.example.gov.uk"]
    assert draft.waiting == ["write-admission-report"]


def test_a_breach_while_nothing_ran_is_reported_when_it_runs_again(draft: Applicant) -> None:
    draft.send()
    clock.hold(clock.read_instant("2026-04-20 08:00"))

    draft.at("2026-04-20 08:00")

    assert [event.detail["due"] for event in draft.events("application:breached")] == ["2026-04-15"]


def test_the_clock_stops_with_the_decision_and_not_with_the_signature(draft: Applicant) -> None:
    draft.come_to_decide()
    draft.do(
        "decide-admission",
        {"admission_decision": "admit", "admission_reasons": "All is met.", "alternatives_rejected": "None.", "has_interest": "no"},
    )

    draft.at("2026-04-16 09:00")

    assert draft.waiting == ["sign-agreement"]
    assert draft.events("application:due_soon") == draft.events("application:breached") == []


def test_an_answer_is_never_asked_for_later_than_two_working_days_before_the_end(draft: Applicant) -> None:
    draft.send_and_look(UNCLEAR)

    with pytest.raises(Invalid) as refused:
        draft.do("ask-clarification", {**ASKS, "reply_by": "2026-04-14"})

    assert refused.value.errors == {"reply_by": "The answer must be here by Monday 13 April 2026, so that there is time to decide"}
    draft.do("ask-clarification", {**ASKS, "reply_by": "2026-04-13"})


def test_when_no_day_is_left_nothing_can_be_asked(draft: Applicant) -> None:
    draft.send_and_look(UNCLEAR)
    draft.at("2026-04-14 09:00")

    with pytest.raises(Closed, match="No day is left"):
        draft.do("ask-clarification", {**ASKS, "reply_by": "2026-04-15"})


def test_the_period_is_prolonged_once_to_fifteen_working_days_and_the_provider_is_told_why(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-10 09:00")
    draft.do("check-completeness", UNCLEAR)

    draft.do("decide-extension", EXTENDS)

    assert draft.application.evaluation_due_on == date(2026, 4, 22)
    assert draft.letters()[-1] == "extension"
    draft.at("2026-04-22 12:00")
    assert days_of(draft, "application:due_soon") == [date(2026, 4, 9), date(2026, 4, 16), date(2026, 4, 20)]
    assert draft.events("application:breached") == []


def test_a_period_is_never_prolonged_twice(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-14 09:00")
    draft.do("check-completeness", UNCLEAR)
    draft.do("extend-first", EXTENDS)

    with pytest.raises(Conflict, match="only once"):
        draft.perform("applications.decide_extension", by="alan.frost", answers=EXTENDS)


def test_only_the_head_of_procurement_prolongs_a_period_and_only_with_a_reason(draft: Applicant) -> None:
    draft.send()

    with pytest.raises(Refused, match="Only the Head of Procurement"):
        draft.perform("applications.decide_extension", by="raj.patel", answers=EXTENDS)
    with pytest.raises(Invalid, match="30 characters"):
        draft.perform("applications.decide_extension", by="alan.frost", answers={"extend": "yes", "extended_because": "We are busy."})

    assert draft.application.extended_at is None


def test_what_is_over_cannot_be_prolonged(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-16 09:00")

    with pytest.raises(Closed, match="What is over cannot be prolonged"):
        draft.perform("applications.decide_extension", by="alan.frost", answers=EXTENDS)


def test_checks_that_ran_out_of_time_are_made_again_when_the_period_is_prolonged(draft: Applicant) -> None:
    draft.send_and_look()
    draft.at("2026-04-13 17:00")
    assert draft.waiting == ["extend-for-checks"]

    draft.do("extend-for-checks", EXTENDS)

    assert "check-registers" in draft.waiting
    draft.pass_checks()
    assert draft.waiting == ["write-admission-report"]


def test_checks_that_ran_out_of_time_without_more_time_go_to_the_director_who_cannot_admit(draft: Applicant) -> None:
    draft.send_and_look()
    draft.at("2026-04-13 17:00")

    draft.do("extend-for-checks", LEAVES)

    assert draft.waiting == ["write-admission-report"]
    assert draft.task("write-admission-report").variables["diligence_result"] == "inconclusive"


def test_answers_in_time_are_checked_and_the_application_goes_on(draft: Applicant) -> None:
    asked_on_thursday(draft)
    draft.at("2026-04-08 16:59")

    draft.do("answer-clarification", REPLIES)
    draft.do("check-answers", {"clarification_result": "answered"})
    draft.pass_checks()

    assert draft.task("write-admission-report").variables["diligence_result"] == "passed"


def test_a_reply_after_the_time_is_not_waited_for_and_the_provider_is_told(draft: Applicant) -> None:
    asked_on_thursday(draft)
    draft.at("2026-04-08 17:00")

    draft.check()
    draft.do("recommend", {"diligence_summary": "It is met.", "recommendation": "admit", "all_categories": "all"}, by="lena.hartwell")

    assert draft.mails("clarification:over") == ["avery.lark@westhampton.example.gov.uk"]
    assert draft.task("write-admission-report").variables["diligence_result"] == "inconclusive"


def test_a_question_can_be_asked_again_only_while_there_is_time(draft: Applicant) -> None:
    asked_on_thursday(draft)
    draft.do("answer-clarification", REPLIES)
    again = {"clarification_result": "ask_again", "check_reasons": "The parent company's accounts are missing."}
    draft.at("2026-04-13 09:00")

    with pytest.raises(Invalid, match="no time to ask once more"):
        draft.do("check-answers", again)
    draft.do("check-answers", {**again, "clarification_result": "not_evidenced"})

    assert "ask-clarification" not in draft.waiting


def test_a_question_asked_again_in_time_waits_for_the_provider_again(draft: Applicant) -> None:
    asked_on_thursday(draft)
    draft.do("answer-clarification", REPLIES)

    draft.do("check-answers", {"clarification_result": "ask_again", "check_reasons": "The parent company's accounts are missing."})

    assert "ask-clarification" in draft.waiting


def test_a_market_of_the_newer_act_has_its_own_period_by_policy(draft: Applicant) -> None:
    other = begun(draft.session, draft.application.provider, regime=Regime.PA23_DYNAMIC_MARKET)

    other.send()

    assert other.application.evaluation_due_on == date(2026, 4, 29)
    assert not other.application.evaluation_explanation["confirmed"]
