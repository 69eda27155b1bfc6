"""Withdrawing, moving to another month, giving a consultee more time, and going on without advice that is overdue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Case, CaseStatus, ConsultationRequest, ConsultationStatus, DecisionState, KeyDecision, TaskStatus, UserTask, clock
from models.session import new_session
from tests.web.cases.conftest import Council
from workflows.rules.calendar import EW, london_date, next_working_day

REASON = "Legal is closed by a flood until further notice"


def decision_of(council: Council, reference: str) -> KeyDecision:
    """The decision of a case as it stands."""
    with new_session(council.engine, writes=False) as session:
        return session.scalars(select(KeyDecision).join(Case).where(Case.reference == reference)).one()


def asked_of_legal(council: Council) -> ConsultationRequest:
    """The request that Legal has not answered in the case that is being consulted on."""
    with new_session(council.engine, writes=False) as session:
        query = select(ConsultationRequest).join(KeyDecision).join(Case).where(Case.reference == council.in_consultation)
        return session.scalars(query.where(ConsultationRequest.consultee_key == "legal")).one()


def test_the_page_before_withdrawing_says_what_it_does(council: Council) -> None:
    page = council.browser("amara.osei").get(f"/cases/{council.in_consultation}/withdraw")

    assert page.status_code == 200
    assert "All open tasks of this case end and the case closes. You cannot undo this." in page.text
    assert "The public can read this." in page.text


def test_a_withdrawn_case_is_closed_and_its_tasks_are_gone(council: Council) -> None:
    browser = council.browser("amara.osei")

    answer = browser.post(f"/cases/{council.in_consultation}/withdraw", data={"because": "The money is needed elsewhere"})
    page = browser.get(f"/cases/{council.in_consultation}").text

    assert answer.status_code == 303
    decision = decision_of(council, council.in_consultation)
    assert (decision.state, decision.withdrawn_because) == (DecisionState.WITHDRAWN, "The money is needed elsewhere")
    with new_session(council.engine, writes=False) as session:
        case = session.get_one(Case, decision.case_id)
        open_ones = session.scalars(select(UserTask).where(UserTask.case_id == case.id, UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED])))
        assert (case.status, list(open_ones)) == (CaseStatus.CLOSED, [])
    assert "Withdrawn</strong>" in page
    assert "/withdraw" not in page


@pytest.mark.parametrize(("because", "message"), [("  ", "Enter why the proposal is withdrawn"), ("x" * 1001, "The reason must be 1,000 characters or fewer")])
def test_withdrawing_needs_a_reason_of_some_length(council: Council, because: str, message: str) -> None:
    page = council.browser("amara.osei").post(f"/cases/{council.in_consultation}/withdraw", data={"because": because})

    assert page.status_code == 422
    assert page.text.count(message) == 2
    assert decision_of(council, council.in_consultation).state is DecisionState.NOTICE_PUBLISHED


def test_only_the_team_and_the_monitoring_officer_may_withdraw(council: Council) -> None:
    stranger = council.browser("owen.fairley")

    page = stranger.get(f"/cases/{council.in_consultation}").text
    asked = stranger.get(f"/cases/{council.in_consultation}/withdraw")
    forged = stranger.post(f"/cases/{council.in_consultation}/withdraw", data={"because": "Out of spite"})
    officer = council.browser("martin.quayle").get(f"/cases/{council.in_consultation}/withdraw")

    assert "Withdraw</a>" not in page
    assert (asked.status_code, forged.status_code, officer.status_code) == (403, 403, 200)


def test_what_is_carried_out_can_be_neither_withdrawn_nor_moved(council: Council) -> None:
    browser = council.browser("amara.osei")

    answers = [browser.get(f"/cases/{council.carried_out}/{action}").status_code for action in ("withdraw", "defer")]

    assert answers == [403, 403]


def test_a_moved_decision_has_its_new_month_and_reason(council: Council) -> None:
    decision = decision_of(council, council.in_consultation)
    later = (decision.due_to + timedelta(days=40)).replace(day=1)
    data = {"new_due_month": str(later.month), "new_due_year": str(later.year), "because": "The market event takes longer"}

    answer = council.browser("amara.osei").post(f"/cases/{council.in_consultation}/defer", data=data)

    assert answer.status_code == 303
    moved = decision_of(council, council.in_consultation)
    assert (moved.due_from, moved.moved_because) == (later, "The market event takes longer")


def test_an_earlier_month_is_refused_at_its_field_and_the_rest_kept(council: Council) -> None:
    decision = decision_of(council, council.in_consultation)
    data = {"new_due_month": str(decision.due_from.month), "new_due_year": str(decision.due_from.year), "because": "A good reason"}

    page = council.browser("amara.osei").post(f"/cases/{council.in_consultation}/defer", data=data)

    assert page.status_code == 422
    assert page.text.count("The new month must be later than the one planned now") == 2
    assert "A good reason" in page.text


@pytest.mark.parametrize("missing", ["new_due_month", "because"])
def test_moving_needs_a_month_and_a_reason(council: Council, missing: str) -> None:
    decision = decision_of(council, council.in_consultation)
    later = decision.due_to + timedelta(days=40)
    data = {"new_due_month": str(later.month), "new_due_year": str(later.year), "because": "A good reason"} | {missing: ""}

    page = council.browser("amara.osei").post(f"/cases/{council.in_consultation}/defer", data=data)

    assert page.status_code == 422
    assert "There is a problem" in page.text


def test_the_monitoring_officer_goes_on_without_overdue_advice_and_says_why(council: Council) -> None:
    asked = asked_of_legal(council)
    place = f"/cases/{council.in_consultation}/consultations/{asked.id}/override"
    with clock.held(asked.due_at + timedelta(days=5)):
        browser = council.browser("martin.quayle")
        offered = browser.get(f"/cases/{council.in_consultation}/consultations").text
        short = browser.post(place, data={"reason": "Too slow"})
        done = browser.post(place, data={"reason": REASON})
        page = browser.get(f"/cases/{council.in_consultation}/consultations").text

    assert place in offered
    assert short.status_code == 422
    assert short.text.count("Enter a reason of 20 characters or more") == 2
    assert done.status_code == 303
    assert asked_of_legal(council).status is ConsultationStatus.OVERRIDDEN
    assert REASON in page
    assert place not in page


def test_advice_that_is_not_overdue_is_waited_for(council: Council) -> None:
    asked = asked_of_legal(council)
    browser = council.browser("martin.quayle")
    place = f"/cases/{council.in_consultation}/consultations/{asked.id}/override"
    with clock.held(asked.asked_at + timedelta(hours=1)):
        page = browser.get(place)
        forged = browser.post(place, data={"reason": REASON})

    assert "This advice is not overdue" in page.text
    assert forged.status_code == 403
    assert asked_of_legal(council).status is ConsultationStatus.ASKED


def test_a_consultee_gets_more_time_with_a_reason(council: Council) -> None:
    asked = asked_of_legal(council)
    place = f"/cases/{council.in_consultation}/consultations/{asked.id}/more-time"
    with clock.held(asked.asked_at + timedelta(hours=1)):
        browser = council.browser("amara.osei")
        offered = browser.get(f"/cases/{council.in_consultation}/consultations").text
        wrong = browser.post(place, data={"until-day": "31", "until-month": "2", "until-year": "2027", "because": "No"})
        day = next_working_day(london_date(asked.due_at), EW)
        data = {"until-day": str(day.day), "until-month": str(day.month), "until-year": str(day.year), "because": REASON}
        done = browser.post(place, data=data)
        others = council.browser("leah.stone").get(place).status_code
        told = browser.get(f"/cases/{council.in_consultation}/timeline").text

    assert place in offered
    assert wrong.status_code == 422 and 'href="#until-day"' in wrong.text and 'href="#because"' in wrong.text and 'value="31"' in wrong.text
    assert done.status_code == 303 and london_date(asked_of_legal(council).due_at) == day
    assert others == 403
    assert "has until" in told and REASON in told


def test_nobody_else_may_go_on_without_advice(council: Council) -> None:
    asked = asked_of_legal(council)
    place = f"/cases/{council.in_consultation}/consultations/{asked.id}/override"
    with clock.held(asked.due_at + timedelta(days=5)):
        browser = council.browser("amara.osei")
        answers = [browser.get(place).status_code, browser.post(place, data={"reason": REASON}).status_code]

    assert answers == [403, 403]
    assert asked_of_legal(council).status is ConsultationStatus.ASKED


def test_a_request_of_another_case_is_not_found(council: Council) -> None:
    asked = asked_of_legal(council)

    answer = council.browser("martin.quayle").get(f"/cases/{council.to_decide}/consultations/{asked.id}/override")

    assert answer.status_code == 404


def test_a_new_decision_leads_to_its_first_task(council: Council) -> None:
    browser = council.browser("amara.osei")

    answer = browser.post("/cases/new", data={"title": "A new home for the archive"})

    with new_session(council.engine, writes=False) as session:
        case = session.scalars(select(Case).where(Case.title == "A new home for the archive")).one()
        task = session.scalars(select(UserTask).where(UserTask.case_id == case.id)).one()
    assert answer.status_code == 303
    assert answer.location.partition("?")[0] == f"/tasks/{task.id}"


def test_the_same_form_sent_twice_starts_one_decision(council: Council) -> None:
    browser = council.browser("amara.osei")
    data = {"title": "A new home for the archive", "form_key": "the same key"}

    first, second = browser.post("/cases/new", data=data), browser.post("/cases/new", data=data)

    assert first.location == second.location
    with new_session(council.engine, writes=False) as session:
        assert len(session.scalars(select(Case).where(Case.title == data["title"])).all()) == 1


def test_a_case_can_be_withdrawn_before_anything_is_proposed(council: Council) -> None:
    browser = council.browser("amara.osei")
    browser.post("/cases/new", data={"title": "A new home for the archive"})
    with new_session(council.engine, writes=False) as session:
        reference = session.scalars(select(Case.reference).where(Case.title == "A new home for the archive")).one()

    asked = browser.get(f"/cases/{reference}/withdraw").text
    answer = browser.post(f"/cases/{reference}/withdraw", data={"because": "Started by mistake"})

    assert "Nothing about this proposal is public, and nothing will be." in asked
    assert answer.status_code == 303
    with new_session(council.engine, writes=False) as session:
        assert session.scalars(select(Case.status).where(Case.reference == reference)).one() is CaseStatus.CLOSED
    assert browser.get(f"/cases/{reference}").status_code == 200
