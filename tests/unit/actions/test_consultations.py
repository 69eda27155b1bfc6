"""Asking for advice: five answers, no consent by silence, objections that stand, and a consultee who is not the author."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import ConsultationRequest, ConsultationResponse, ConsultationStatus, OutboxMail, clock
from tests.support.stage import Stage
from tests.unit.actions.conftest import StageAt
from workflows.actions import consultations
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import consultations as consultation_queries
from workflows.queries import decisions

PROCUREMENT = {"consultee": {"key": "procurement", "name": "Procurement", "mandatory": True}}
COMPLETE: dict[str, Any] = {"comments": "Sound.", "implications": "A notice follows.", "conditions": ["Publish it"], "question": "How many?"}


def request_to(stage: Stage, key: str = "procurement") -> ConsultationRequest:
    return next(one for one in consultation_queries.current(stage.session, stage.decision) if one.consultee_key == key)


def answer(stage: Stage, by: str = "raj.patel", **answers: Any) -> dict[str, Any]:
    return stage.perform("consultations.answer", by=by, answers=answers, data=PROCUREMENT)


@pytest.mark.parametrize("response", list(ConsultationResponse))
def test_each_of_the_five_answers_is_kept(stage_at: StageAt, response: ConsultationResponse) -> None:
    stage = stage_at("give-advice")

    given = answer(stage, **COMPLETE, response=response.value)

    request = request_to(stage)
    assert given == {"response": response.value}
    assert (request.status, request.response) == (ConsultationStatus.ANSWERED, response)


@pytest.mark.parametrize(
    ("response", "missing"),
    [
        ("no_comment", {"implications"}),
        ("support", {"implications"}),
        ("support_with_conditions", {"comments", "implications", "conditions"}),
        ("object", {"comments", "implications"}),
        ("need_information", {"question"}),
    ],
)
def test_each_answer_wants_its_words(stage_at: StageAt, response: str, missing: set[str]) -> None:
    stage = stage_at("give-advice")

    with pytest.raises(Invalid) as refused:
        answer(stage, response=response)

    assert set(refused.value.errors) == missing


def test_an_answer_after_the_date_is_taken_and_called_late(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    with clock.held(request_to(stage).due_at + timedelta(seconds=1)):
        answer(stage, **COMPLETE, response="support")

    assert request_to(stage).is_late


@pytest.mark.parametrize("delegates", [False, True])
def test_the_author_does_not_advise_on_their_own_report_nor_does_who_acts_for_them(stage_at: StageAt, delegates: bool) -> None:
    stage = stage_at("give-advice")
    if delegates:
        stage.acts_for("amara.osei", "raj.patel")

    with pytest.raises(Refused, match="You cannot advise on this"):
        answer(stage, by="raj.patel" if delegates else "amara.osei", **COMPLETE, response="support")


def test_the_consulted_are_told_by_mail_with_the_link_to_their_request(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    mails = stage.session.scalars(select(OutboxMail).where(OutboxMail.kind == "consultation:asked")).all()

    assert f"/consultations/{request_to(stage).id}" in {mail.link for mail in mails}


def test_time_never_answers_for_a_mandatory_consultee(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    before = request_to(stage).reminded_count

    with clock.held(clock.now() + timedelta(days=400)):
        for name, params in (("consultations.remind", {}), ("consultations.escalate", {"to": "manager"})):
            stage.perform(name, data=PROCUREMENT | params)
        with pytest.raises(Refused, match="Silence is not consent"):
            stage.perform("consultations.note_silence", data=PROCUREMENT)

    request = request_to(stage)
    assert (request.status, request.response, request.reminded_count) == (ConsultationStatus.ASKED, None, before + 1)


def test_an_advisory_consultee_who_is_silent_is_noted_and_the_case_goes_on(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    request_to(stage).is_mandatory = False

    stage.perform("consultations.note_silence", data=PROCUREMENT)

    assert request_to(stage).comments.startswith("No response received by ")


def test_information_gives_at_least_three_more_working_days(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")
    answer(stage, **COMPLETE, response="need_information")

    with clock.held(clock.read_instant("2020-10-19 10:00")):
        stage.perform("consultations.inform", by="amara.osei", data=PROCUREMENT, answers={"information": "There are 31"})

    request = request_to(stage)
    assert request.status is ConsultationStatus.ASKED
    assert request.due_at == clock.read_instant("2020-10-22 17:00")


def test_more_time_is_asked_of_the_author_and_answers_nothing(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    consultations.ask_more_time(stage.session, request_to(stage), because="We wait for figures", by=stage.person("raj.patel"))

    assert request_to(stage).status is ConsultationStatus.ASKED
    assert stage.session.scalars(select(OutboxMail.kind).where(OutboxMail.kind == "consultation:more_time")).all() == ["consultation:more_time"]
    with pytest.raises(Refused):
        consultations.ask_more_time(stage.session, request_to(stage), because="Me too", by=stage.person("owen.fairley"))


def override(stage: Stage, *, by: str = "martin.quayle", reason: str = "The list closes before they can answer") -> None:
    consultations.override(stage.session, request_to(stage), reason=reason, by=stage.person(by))


def test_only_the_monitoring_officer_goes_on_without_advice_and_only_when_it_is_overdue(stage_at: StageAt) -> None:
    stage = stage_at("give-advice")

    with pytest.raises(Refused, match="still have time"):
        override(stage)
    with clock.held(request_to(stage).due_at + timedelta(days=1)):
        with pytest.raises(Refused):
            override(stage, by="helen.ashdown")
        with pytest.raises(Invalid):
            override(stage, reason="x" * 19)
        override(stage)
        with pytest.raises(Conflict):
            override(stage)

    assert request_to(stage).status is ConsultationStatus.OVERRIDDEN
    assert consultation_queries.open_task(stage.session, request_to(stage)) is None


def object_to(stage: Stage, key: str = "legal") -> None:
    request = request_to(stage, key)
    request.status, request.response = ConsultationStatus.ANSWERED, ConsultationResponse.OBJECT


def test_an_objection_on_legality_is_summed_up_and_the_author_alone_cannot_lift_it(stage_at: StageAt) -> None:
    stage = stage_at("complete-report")
    object_to(stage)

    stage.perform("consultations.resolve", by="amara.osei", answers={"resolution": "amend", "resolution_text": "We will change it"})

    assert stage.perform("consultations.sum_up") == {"advice": {"objection": True, "objectors": ["Legal"]}}


def test_the_chief_executive_lifts_an_objection_that_was_escalated(stage_at: StageAt) -> None:
    stage = stage_at("complete-report")
    object_to(stage)

    stage.perform("consultations.decide_escalation", by="david.orme", answers={"resolution": "settled", "resolution_text": "The risk is small"})

    assert stage.perform("consultations.sum_up") == {"advice": {"objection": False, "objectors": []}}
    assert request_to(stage, "legal").resolution.endswith("The risk is small")


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"material_change": "no"}, "material_change"), ({"material_change": "yes", "consult_again": ["finance"]}, "consult_again")],
)
def test_whoever_objected_is_asked_again_about_the_changed_report(stage_at: StageAt, answers: dict[str, Any], field: str) -> None:
    stage = stage_at("complete-report")
    object_to(stage)

    with pytest.raises(Invalid) as refused:
        stage.perform("reports.complete", by="amara.osei", answers={"recommendations": "Less", "what_changed": "The sum", **answers})

    assert set(refused.value.errors) == {field}


def test_a_change_of_substance_is_put_to_those_it_concerns_once_more(stage_at: StageAt) -> None:
    stage = stage_at("complete-report")
    object_to(stage)

    given = stage.perform(
        "reports.complete", by="amara.osei",
        answers={"recommendations": "Less", "material_change": "yes", "what_changed": "The sum", "consult_again": ["legal"]},
    )  # fmt: skip

    assert (given["material_change"], given["consultation_round"], [one["key"] for one in given["consultees"]]) == ("yes", 2, ["legal"])
    report = decisions.newest_report(stage.session, stage.decision)
    assert report is not None
    assert report.is_material_change
