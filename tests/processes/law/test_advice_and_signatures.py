"""Silence is not consent, an objection stands until it is met, and every signature is a person's own on the present words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import ConsultationRequest, ConsultationResponse, ConsultationStatus, DecisionRecord, SignOff, UserTask
from tests.processes.law.cases import come_to_advice, join, perform, request_to
from tests.processes.library.council import COMPLETE, DECISION, Council
from workflows.actions import consultations, tasks
from workflows.errors import Conflict, Invalid, NotYetLawful, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import tasks as task_queries

OBJECTS = {"response": "object", "comments": "There is no budget.", "implications": "Not funded."}
CHANGED = {**COMPLETE, "material_change": "yes", "what_changed": "A lower sum.", "finance_implications": "A lower sum.", "consult_again": ["finance"]}


def go_on_without(council: Council, key: str) -> None:
    consultations.override(
        council.session, request_to(council, key), reason="They have no one free before the list closes.", by=council.person("martin.quayle")
    )


def ask_the_objector_again_in_vain(council: Council) -> None:
    """Finance objects, is asked about the changed report, says nothing, and the Monitoring Officer goes on without them."""
    come_to_advice(council)
    council.do("give-advice", OBJECTS, of="finance")
    council.advise("procurement", "legal")
    council.do("resolve-objection", {"resolution": "amend", "resolution_text": "We will lower the sum."})
    council.do("complete-report", CHANGED)
    council.at("2026-03-20 09:00")

    go_on_without(council, "finance")


def test_an_objection_is_not_lifted_by_going_on_without_a_second_answer(council: Council) -> None:
    ask_the_objector_again_in_vain(council)

    assert council.waiting == ["resolve-objection"]
    council.do("resolve-objection", {"resolution": "amend", "resolution_text": "We lowered the sum."})
    with pytest.raises(Invalid):
        council.do("complete-report", COMPLETE)


def test_the_chief_executive_can_still_settle_it(council: Council) -> None:
    ask_the_objector_again_in_vain(council)

    council.do("resolve-objection", {"resolution": "escalate", "resolution_text": "We could not agree."})
    council.do("decide-escalation", {"resolution": "settled", "resolution_text": "The reserve covers it."})
    council.do("complete-report", COMPLETE)

    assert council.waiting == ["sign-off section-151-officer"]


def test_nobody_but_the_head_of_paid_service_lifts_an_objection_whatever_the_diagram_says(council: Council) -> None:
    come_to_advice(council)
    council.do("give-advice", OBJECTS, of="finance")

    with pytest.raises(Refused):
        perform(council, "consultations.decide_escalation", by="amara.osei", answers={"resolution": "settled", "resolution_text": "It is fine."})

    assert request_to(council, "finance").resolution == ""


def test_a_consultee_whose_question_is_open_is_not_gone_on_without(council: Council) -> None:
    come_to_advice(council)
    council.do("give-advice", {"response": "need_information", "question": "Which clause?"}, of="legal")
    council.at("2026-03-20 09:00")

    with pytest.raises(Conflict):
        go_on_without(council, "legal")

    council.do("inform-consultee", {"information": "Clause 4."})
    assert request_to(council, "legal").status is ConsultationStatus.ASKED


@pytest.mark.parametrize(("key", "step"), [("legal", "give-advice"), ("public-health", "give-view")])
def test_information_never_shortens_the_time_to_answer(council: Council, key: str, step: str) -> None:
    come_to_advice(council, other_consultees=["public-health"])
    council.at("2026-02-24 09:00")
    council.do(step, {"response": "need_information", "question": "Which clause?"}, of=key)

    council.do("inform-consultee", {"information": "Clause 4."})

    assert request_to(council, key).due_at.date().isoformat() == "2026-03-09"
    again = next(task for task in task_queries.open_tasks_of(council.session, council.case.id) if task.bpmn_id == step and task.candidate_group == key)
    assert again.due_at.date().isoformat() == "2026-03-09"
    council.at("2026-03-06 12:00")
    assert f"{step} {key}" in council.waiting
    assert request_to(council, key).escalated_to == ""


def test_what_was_said_in_the_first_round_stays_beside_what_is_said_in_the_second(council: Council) -> None:
    come_to_advice(council)
    council.do("give-advice", OBJECTS, of="finance")
    council.advise("procurement", "legal")
    council.do("resolve-objection", {"resolution": "amend", "resolution_text": "We will lower the sum."})
    council.do("complete-report", CHANGED)

    council.advise("finance")

    rounds = [(each.round, each.response) for each in _requests(council, "finance")]
    assert rounds == [(1, ConsultationResponse.OBJECT), (2, ConsultationResponse.SUPPORT)]
    assert request_to(council, "legal").response is ConsultationResponse.SUPPORT


def _requests(council: Council, key: str) -> list[ConsultationRequest]:
    return [each for each in decision_queries.requests(council.session, council.decision) if each.consultee_key == key]


def come_to_sign_off(council: Council) -> None:
    """An extension after expiry of £2.4 million: both statutory officers sign."""
    come_to_advice(council, extends_after_expiry="yes", term_ended="2026-01-31", extension_until="2028-01-31")
    council.advise()
    council.do("complete-report", COMPLETE)
    assert council.waiting == ["sign-off monitoring-officer", "sign-off section-151-officer"]


def test_one_person_does_not_sign_off_for_two_statutory_posts(council: Council) -> None:
    come_to_sign_off(council)
    join(council, "sunita.rao", "monitoring-officer")
    council.do("sign-off", {"sign_off": "approve"}, of="section-151-officer", by="sunita.rao")

    with pytest.raises(Refused):
        council.do("sign-off", {"sign_off": "approve"}, of="monitoring-officer", by="sunita.rao")

    council.do("sign-off", {"sign_off": "approve"}, of="monitoring-officer")
    assert council.waiting == []


def test_who_returned_a_version_signs_the_next_one(council: Council) -> None:
    come_to_sign_off(council)
    council.do("sign-off", {"sign_off": "return", "comments": "The table is old."}, of="section-151-officer")
    council.do("sign-off", {"sign_off": "approve"}, of="monitoring-officer")
    council.do("complete-report", {**COMPLETE, "risk": "Very low."})

    assert council.waiting == ["sign-off monitoring-officer", "sign-off section-151-officer"]


def test_a_decision_waits_when_nobody_has_worked_out_who_signs_off(council: Council) -> None:
    council.come_to_decide()
    facts = dict(council.decision.facts)
    del facts["signatories"]
    council.decision.facts = facts

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION)

    assert [check.id for check in refused.value.checks] == ["sign-off"]


def test_a_diagram_that_skips_its_table_signs_nothing_off(council: Council) -> None:
    come_to_advice(council)
    council.advise()
    council.do("complete-report", COMPLETE)

    assert perform(council, "signoffs.check", data={}) == {"signed_off": False}


def test_a_small_matter_of_two_divisions_needs_no_signature_before_the_makers(council: Council) -> None:
    come_to_advice(council, value_total="40000")
    council.advise()
    council.do("complete-report", COMPLETE)

    assert council.waiting == []
    council.at("2026-04-02 09:00")
    council.do("decide", DECISION)


def test_an_adviser_does_not_decide_whatever_the_steps_of_the_diagram_are_called(council: Council) -> None:
    council.come_to_decide()
    task = next(each for each in _tasks(council) if each.bpmn_id == "give-advice" and each.candidate_group == "legal")
    task.bpmn_id = "write-an-opinion"
    for name in ("leah.stone", "sunita.rao"):
        join(council, name, "executive-director-children")
    signed = next(each for each in _tasks(council) if each.bpmn_id == "sign-off")
    signed.bpmn_id = "put-a-stamp-on"
    council.session.flush()

    for name in ("leah.stone", "sunita.rao"):
        with pytest.raises(NotYetLawful) as refused:
            perform(council, "decisions.decide", by=name, answers=DECISION)
        assert "separation" in [check.id for check in refused.value.checks]


def _tasks(council: Council) -> list[UserTask]:
    return list(council.session.scalars(select(UserTask).where(UserTask.case_id == council.case.id)))


@pytest.mark.parametrize("field", ["decision_text", "reasons", "alternatives_rejected"])
def test_a_record_without_what_the_law_wants_in_it_is_not_signed(council: Council, field: str) -> None:
    council.come_to_decide()

    with pytest.raises(Invalid) as refused:
        perform(council, "decisions.decide", by="helen.ashdown", answers={**DECISION, field: "  "})

    assert set(refused.value.errors) == {field}
    assert council.session.query(DecisionRecord).filter_by(decision_id=council.decision.id).count() == 0


def test_a_task_is_not_given_to_somebody_who_cannot_sign_in(council: Council) -> None:
    council.propose()
    task = task_queries.open_tasks_of(council.session, council.case.id)[0]
    tom = council.person("tom.birch")
    tom.is_active = False

    with pytest.raises(Invalid):
        tasks.claim(council.session, task, by=council.person("amara.osei"))
        tasks.reassign(council.session, task, to=tom, by=council.person("amara.osei"))


def test_a_signature_belongs_to_the_version_that_was_signed(council: Council) -> None:
    council.come_to_decide()
    council.do("decide", {"decision": "send_back", "return_because": "The table is old."})
    council.do("complete-report", {**COMPLETE, "risk": "Very low."})

    with pytest.raises(NotYetLawful) as refused:
        perform(council, "decisions.decide", by="helen.ashdown", answers=DECISION)

    assert [check.id for check in refused.value.checks] == ["sign-off"]
    assert council.session.query(SignOff).filter_by(decision_id=council.decision.id).count() == 1
