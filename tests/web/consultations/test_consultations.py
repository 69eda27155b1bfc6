"""Giving advice: the question first, one answer, the next request, and what happens to a request in every other state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Answer, ConsultationRequest, ConsultationStatus, TaskStatus, UserTask, clock
from tests.support.stage import WebStage, fields
from workflows.actions import consultations as actions
from workflows.actions import proposals
from workflows.queries import decisions

StageAt = Callable[[str], WebStage]
ADVICE = {"response": "support", "comments": "Sound.", "implications": "There is some risk."}


def request_of(stage: WebStage, key: str) -> ConsultationRequest:
    looking = stage.look()
    return looking.session.get_one(ConsultationRequest, stage.request_id(key))


def open_page(stage: WebStage, name: str = "raj.patel", key: str = "procurement") -> str:
    return stage.browser(name).get(f"/consultations/{stage.request_id(key)}").text


def send(stage: WebStage, name: str = "raj.patel", key: str = "procurement", **answers: str):  # type: ignore[no-untyped-def]
    return stage.browser(name).post(f"/consultations/{stage.request_id(key)}", data={**fields(open_page(stage, name, key)), **answers})


def test_the_list_shows_what_my_team_was_asked_and_when_it_is_due(stage_at: StageAt) -> None:
    page = stage_at("give-advice").browser("raj.patel").get("/consultations").text

    assert "Extending the purchasing system for 16+ accommodation" in page
    assert "working days left" in page
    assert ">Asked<" in page


def test_nothing_to_advise_on(stage_at: StageAt) -> None:
    page = stage_at("give-advice").browser("bea.lindqvist").get("/consultations").text

    assert "Nothing to advise on." in page


def test_the_question_comes_first_and_the_deadline_is_worked_out(stage_at: StageAt) -> None:
    page = open_page(stage_at("give-advice"))

    assert page.index("What does Procurement say to this proposal?") < page.index("Recommendation") < page.index("What is your answer?")
    assert "How we worked this out" in page
    assert "stays asked" not in page


def test_a_task_leads_to_its_request(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    answer = stage.browser("raj.patel").get(f"/consultations/task/{stage.task_id('give-advice', 'procurement')}")

    assert answer.location == f"/consultations/{stage.request_id('procurement')}"


def test_advice_is_sent_from_the_mails_link_and_the_case_goes_on(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    answer = send(stage, **ADVICE)

    assert answer.status_code == 303
    assert answer.location == "/consultations"
    request = request_of(stage, "procurement")
    assert request.status is ConsultationStatus.ANSWERED
    assert request.answered_by is not None
    assert request.answered_by.name == "Raj Patel"
    assert "Procurement answered on" in open_page(stage)


def test_an_answer_that_lacks_its_words_gets_a_message_at_the_field_and_keeps_the_rest(stage_at: StageAt) -> None:
    answer = send(stage_at("give-advice"), response="object", implications="It costs more.")

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert answer.text.count("Enter your comments") == 2
    assert "It costs more." in answer.text


def test_more_time_is_a_request_and_not_an_answer(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    url = f"/consultations/{stage.request_id('procurement')}"
    browser = stage.browser("raj.patel")

    empty = browser.post(f"{url}/more-time", data={"because": " "})
    asked = browser.post(f"{url}/more-time", data={"because": "We wait for the market report"})

    assert empty.status_code == 422
    assert "Enter why you need more time" in empty.text
    assert asked.status_code == 303
    assert request_of(stage, "procurement").status is ConsultationStatus.ASKED
    assert "We wait for the market report" in open_page(stage)


def test_a_question_goes_to_the_author_and_comes_back_answered(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    send(stage, response="need_information", question="How many providers are there?")
    assert "More information needed" in open_page(stage)

    with stage.writing() as writing:
        writing.complete("inform-consultee", "amara.osei", {"information": "There are 31."})

    page = open_page(stage)
    assert "There are 31." in page
    assert "How many providers are there?" in page
    assert "Send advice" in page


def test_an_overdue_request_stays_asked(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    with clock.held(clock.now() + timedelta(days=40)):
        page = open_page(stage)
        listed = stage.browser("raj.patel").get("/consultations").text

    assert "Overdue by" in page
    assert "It stays asked until you answer" in page
    assert ">Asked<" in listed


def test_another_team_can_read_but_not_answer(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    page = open_page(stage, "owen.fairley", "procurement")

    answer = stage.browser("owen.fairley").post(f"/consultations/{stage.request_id('procurement')}", data=ADVICE)

    assert "You can read the request but not answer it" in page
    assert "Send advice" not in page
    assert answer.status_code == 403


def test_the_author_cannot_advise_even_as_a_member_of_the_team(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    with stage.writing() as writing:
        writing.acts_for("raj.patel", "amara.osei")

    page = open_page(stage, "amara.osei")
    answer = stage.browser("amara.osei").post(f"/consultations/{stage.request_id('procurement')}", data=ADVICE)

    assert "You cannot advise on this: you wrote the report" in page
    assert answer.status_code == 403
    assert request_of(stage, "procurement").status is ConsultationStatus.ASKED


def test_a_withdrawn_matter_says_by_whom_and_why(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    with stage.writing() as writing:
        proposals.withdraw(writing.session, writing.decision, because="The money is needed elsewhere", by=writing.person("amara.osei"))

    page = open_page(stage)

    assert "by Amara Osei because: The money is needed elsewhere" in page
    assert "Send advice" not in page
    assert "Nothing to advise on." in stage.browser("raj.patel").get("/consultations").text


def test_a_colleague_who_was_faster_is_named_and_nothing_is_lost(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    sent = fields(open_page(stage))
    send(stage, **ADVICE)

    answer = stage.browser("raj.patel").post(f"/consultations/{stage.request_id('procurement')}", data={**sent, **ADVICE, "form_key": "x"})

    assert answer.status_code == 409
    assert "completed this task" in answer.text
    assert len(stage.look().session.scalars(select(Answer).where(Answer.bpmn_id == "give-advice")).all()) == 1


def test_the_monitoring_officer_goes_on_without_a_silent_consultee(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    url = f"/consultations/{stage.request_id('procurement')}"
    assert "Go on without this advice" not in open_page(stage, "martin.quayle")

    with clock.held(clock.now() + timedelta(days=40)):
        browser = stage.browser("martin.quayle")
        assert "Go on without this advice" in browser.get(url).text
        short = browser.post(f"{url}/override", data={"reason": "Too late"})
        other = stage.browser("amara.osei").post(f"{url}/override", data={"reason": "The list closes before they can answer"})
        done = browser.post(f"{url}/override", data={"reason": "The list closes before they can answer"})

    assert (short.status_code, other.status_code, done.status_code) == (422, 403, 303)
    assert "The list closes before they can answer" in open_page(stage)
    task = stage.look().session.scalars(select(UserTask).where(UserTask.bpmn_id == "give-advice", UserTask.candidate_group == "procurement")).one()
    assert task.status is TaskStatus.COMPLETED


def test_whoever_is_asked_again_sees_what_changed(stage_at: StageAt) -> None:
    stage = stage_at("complete-report")
    with stage.writing() as writing:
        report = decisions.newest_report(writing.session, writing.decision)
        assert report is not None
        changed = dict(report.content) | {"consultation_summary": "All were asked.", "legal_implications": "The option is used late."}
        writing.complete(
            "complete-report", "amara.osei",
            changed | {"material_change": "yes", "what_changed": "The option is late", "consult_again": ["legal"]},
        )  # fmt: skip

    page = open_page(stage, "leah.stone", "legal")

    assert "round 2" in page
    assert "Changed since you were asked before" in page
    assert "<ins>" in page
    assert "<del>" in page
    assert "What you said before" in page


def test_exempt_advice_is_kept_from_other_teams(stage_at: StageAt) -> None:
    stage = stage_at("complete-report")
    with stage.writing() as writing:
        request = decisions.requests(writing.session, writing.decision)[0]
        request.is_exempt, request.comments = True, "A secret price"
        key = request.consultee_key

    other = open_page(stage, "bea.lindqvist", key)

    assert "You may not read it" in other
    assert "A secret price" not in other


@pytest.mark.parametrize("resolution", ["amend", "escalate"])
def test_the_author_alone_never_lifts_an_objection(stage_at: StageAt, resolution: str) -> None:
    stage = stage_at("give-advice")

    with stage.writing() as writing:
        given = writing.perform("consultations.resolve", by="amara.osei", answers={"resolution": resolution, "resolution_text": "We talked"})

    assert given == {"resolution": resolution}
    assert actions.LIFTS_AN_OBJECTION.keys() == {"amend", "settled"}
    assert all(not one.resolution for one in decisions.requests(stage.look().session, stage.look().decision))
