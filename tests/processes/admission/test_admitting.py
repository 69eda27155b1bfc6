"""Admission by the real actions: who decides, on which criteria, and what follows from the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    ApplicationStatus,
    Case,
    Delegation,
    GroupMembership,
    InterestKind,
    Letter,
    Membership,
    MembershipStatus,
    OutboxMail,
    TaskStatus,
    UserTask,
    clock,
)
from tests.processes.admission.desk import DECIDE, PASSED, PUBLISH, RECOMMEND, REPORT, SIGN, Desk, being_checked, scored
from workflows.actions import interests, tasks
from workflows.errors import Invalid, Refused

CONDITIONAL = {
    "diligence_result": "passed_with_conditions", "conditions": [{"words": "Show the certificate", "due_on": "2026-05-29"}],
    "categories_recommended": ["shared"], "advice_needed": "yes",
}  # fmt: skip
ADVICE = {"response": "support", "implications": "None."}


def to_decide(session: Session, data: dict[str, Any] = PASSED, *, report: dict[str, Any] = REPORT, **checks: Any) -> Desk:
    """An application whose checks are done and whose report Amara Osei wrote."""
    desk = being_checked(session, **checks.pop("made", {}))
    desk.check(**checks)
    desk.do("recommend", {**RECOMMEND, **checks.get("recommend", {})})
    desk.admit_by(data)
    desk.do("write-admission-report", report)
    return desk


def to_sign(session: Session) -> Desk:
    """An application that was admitted and waits for the provider's signature."""
    desk = to_decide(session)
    desk.do("decide-admission", DECIDE)
    return desk


def membership_of(desk: Desk) -> Membership:
    """The provider's place on the list."""
    return desk.session.scalars(select(Membership).where(Membership.provider_id == desk.application.provider_id)).one()


def test_whoever_meets_every_criterion_is_admitted_signs_and_is_on_the_list(session: Session) -> None:
    desk = to_decide(session)
    assert desk.application.decided_at is None

    desk.do("decide-admission", DECIDE)
    assert desk.application.decided_at == clock.now()
    assert desk.application.status is ApplicationStatus.ADMITTED
    assert membership_of(desk).status is MembershipStatus.ADMITTED
    letter = session.scalars(select(Letter).where(Letter.case_id == desk.case.id)).one()
    assert letter.kind == "admission"
    assert "Shared homes" in letter.body
    desk.do("sign-agreement", SIGN)
    assert membership_of(desk).status is MembershipStatus.ACTIVE
    assert membership_of(desk).agreement_signed_by == "Avery Lark"
    desk.do("publish-membership", {**PUBLISH, "published_on": "2026-03-30"})

    assert desk.instance.ended_as == "admitted"


def test_the_clock_of_the_evaluation_stops_with_the_decision_and_not_before(session: Session) -> None:
    desk = to_decide(session)
    desk.at("2026-04-10 10:00")
    assert desk.application.decided_at is None

    desk.do("decide-admission", {"admission_decision": "return", "return_because": "Say more about support."})
    assert desk.application.decided_at is None
    desk.do("write-admission-report", REPORT)
    desk.do("decide-admission", DECIDE)

    assert desk.application.decided_at == clock.read_instant("2026-04-10 10:00")


def test_the_decision_is_due_on_the_day_by_which_the_provider_must_have_an_answer(session: Session) -> None:
    desk = to_decide(session)

    assert desk.task("decide-admission").due_at == clock.read_instant("2026-04-15 17:00")


def test_any_number_of_providers_is_admitted(session: Session) -> None:
    desks = [to_sign(session) for _ in range(3)]

    assert {membership_of(desk).status for desk in desks} == {MembershipStatus.ADMITTED}


def test_a_provider_that_meets_the_criteria_cannot_be_turned_away(session: Session) -> None:
    desk = to_decide(session)
    refusal = {**DECIDE, "admission_decision": "reject", "why_scores": "There are enough providers."}

    with pytest.raises(Invalid) as refused:
        desk.do("decide-admission", refusal)

    assert "Whoever meets the criteria is admitted" in refused.value.errors["admission_decision"]


FAILED = {"diligence_result": "failed", "conditions": [], "categories_recommended": [], "advice_needed": "no"}


def failed(session: Session) -> Desk:
    """An application that two minimum standards and the insurance stand against."""
    weak = scored(4, support=2)
    desk = being_checked(session)
    desk.check(check_insurance={"public_liability": "none"}, score_first=weak, score_second=weak)
    desk.do("recommend", {"diligence_summary": "Not met.", "recommendation": "reject"})
    desk.admit_by(FAILED)
    desk.do("write-admission-report", REPORT)
    return desk


def test_a_refusal_gives_a_reason_for_each_criterion_that_is_not_met(session: Session) -> None:
    desk = failed(session)
    refusal = {**DECIDE, "admission_decision": "reject", "admission_reasons": "Two criteria are not met."}

    with pytest.raises(Invalid) as refused:
        desk.do("decide-admission", refusal)
    assert set(refused.value.errors) == {"why_insurance", "why_scores"}
    with pytest.raises(Invalid) as extra:
        desk.do("decide-admission", {**refusal, "why_insurance": "No cover.", "why_scores": "2 of 5 for support.", "why_finance": "Too small."})
    assert set(extra.value.errors) == {"why_finance"}
    desk.do("decide-admission", {**refusal, "why_insurance": "No public liability cover.", "why_scores": "Support scored 2, the mark is 3."})

    assert desk.application.status is ApplicationStatus.REJECTED
    letter = session.scalars(select(Letter).where(Letter.case_id == desk.case.id)).one()
    assert "No public liability cover." in letter.body
    assert "Apply again at any time" in letter.body
    assert desk.instance.ended_as == "rejected"


def test_nobody_is_admitted_against_a_criterion_that_is_not_met(session: Session) -> None:
    desk = failed(session)

    with pytest.raises(Invalid) as refused:
        desk.do("decide-admission", DECIDE)

    assert "insurance, minimum standards" in refused.value.errors["admission_decision"]


def test_nobody_is_admitted_on_checks_that_were_not_finished(session: Session) -> None:
    desk = being_checked(session)
    desk.check(leave=("check-safeguarding",))
    desk.at("2026-04-13 17:00")
    desk.admit_by({**FAILED, "diligence_result": "inconclusive"})
    desk.do("write-admission-report", REPORT)

    with pytest.raises(Invalid) as refused:
        desk.do("decide-admission", DECIDE)
    desk.do("decide-admission", {**DECIDE, "admission_decision": "reject", "why_evidence": "The policies were not sent in time."})

    assert "evidence given in time" in refused.value.errors["admission_decision"]
    assert desk.application.status is ApplicationStatus.REJECTED


def test_conditions_that_are_recommended_are_part_of_the_admission(session: Session) -> None:
    desk = to_decide(session, CONDITIONAL)
    for step in ("advise-procurement", "advise-legal", "advise-finance"):
        desk.do(step, ADVICE)

    with pytest.raises(Invalid):
        desk.do("decide-admission", DECIDE)
    desk.do("decide-admission", {**DECIDE, "admission_decision": "admit_conditional"})

    conditions = [(each.words, each.due_on) for each in membership_of(desk).conditions]
    assert conditions == [("Show the certificate", date(2026, 5, 29))]
    assert desk.application.status is ApplicationStatus.ADMITTED_WITH_CONDITIONS


def test_advice_is_asked_only_where_there_is_something_to_advise_on(session: Session) -> None:
    assert to_decide(session).waiting == ["decide-admission"]
    assert to_decide(session, CONDITIONAL).waiting == ["advise-finance", "advise-legal", "advise-procurement"]


def test_silent_advisers_are_reminded_and_escalated_and_nobody_goes_on_without_them(session: Session) -> None:
    desk = to_decide(session, CONDITIONAL)
    assert desk.task("advise-legal").due_at == clock.read_instant("2026-04-01 17:00")

    desk.at("2026-04-02 09:00")

    kinds = {each.kind for each in session.scalars(select(OutboxMail).where(OutboxMail.case_id == desk.case.id))}
    assert {"admission:advice_reminder", "admission:advice_overdue"} <= kinds
    assert desk.waiting == ["advise-finance", "advise-legal", "advise-procurement"]


def objected(session: Session) -> Desk:
    """An admission that Legal objects to."""
    desk = to_decide(session, CONDITIONAL)
    desk.do("advise-legal", {"response": "object", "comments": "The condition is too vague.", "implications": "It cannot be enforced."})
    desk.do("advise-procurement", ADVICE)
    desk.do("advise-finance", ADVICE)
    return desk


def test_an_objection_stands_until_legal_advises_anew(session: Session) -> None:
    desk = objected(session)
    assert desk.waiting == ["resolve-admission-objection"]

    desk.do("resolve-admission-objection", {"objection_resolution": "amend", "resolution_text": "It names the certificate now."})
    desk.at("2026-03-30 11:00")
    desk.do("write-admission-report", REPORT)
    for step in ("advise-procurement", "advise-legal", "advise-finance"):
        desk.do(step, ADVICE)

    assert desk.waiting == ["decide-admission"]


def test_only_the_chief_executive_settles_an_objection_that_was_escalated(session: Session) -> None:
    desk = objected(session)
    desk.do("resolve-admission-objection", {"objection_resolution": "escalate", "resolution_text": "We could not agree."})
    desk.at("2026-03-30 11:00")

    desk.do("settle-admission-objection", {"objection_resolution": "settled", "resolution_text": "The wording is common."})

    assert desk.waiting == ["decide-admission"]
    desk.do("decide-admission", {**DECIDE, "admission_decision": "admit_conditional"})


@pytest.mark.parametrize("name", ["amara.osei", "tom.birch", "lena.hartwell"])
def test_whoever_prepared_or_scored_cannot_decide_even_as_the_director(session: Session, name: str) -> None:
    desk = to_decide(session)
    session.add(GroupMembership(user_id=desk.person(name).id, group_key="executive-director-children", starts_on=date(2026, 1, 1), ends_on=None))
    session.flush()
    session.refresh(desk.person(name))

    with pytest.raises(Refused, match="You cannot do this: you completed"):
        desk.do("decide-admission", DECIDE, by=name)


def test_a_delegate_who_wrote_the_report_cannot_decide_for_the_director(session: Session) -> None:
    desk = to_decide(session)
    helen, amara = desk.person("helen.ashdown"), desk.person("amara.osei")
    session.add(
        Delegation(
            from_user_id=helen.id, to_user_id=amara.id, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), authorised_by_id=helen.id,
            created_at=clock.now(), ended_at=None,
        )
    )  # fmt: skip
    session.flush()

    with pytest.raises(Refused):
        desk.do("decide-admission", DECIDE, by="amara.osei")

    assert desk.application.decided_at is None


def test_the_action_refuses_an_author_whatever_the_diagram_says(session: Session) -> None:
    desk = to_decide(session)
    task = desk.task("decide-admission")
    task.properties = {**task.properties, "differentFrom": "", "significant": ""}
    session.add(GroupMembership(user_id=desk.person("amara.osei").id, group_key="executive-director-children", starts_on=date(2026, 1, 1), ends_on=None))
    session.flush()
    session.refresh(desk.person("amara.osei"))

    with pytest.raises(Refused, match="you wrote the report, made the recommendation or scored"):
        tasks.complete(session, task, answers=desk.answers("decide-admission", DECIDE), by=desk.person("amara.osei"))


def inspected_by(desk: Desk, name: str, when: str) -> None:
    """Let somebody have visited a home of the provider at a London moment."""
    case = Case(
        reference="INS-2026-0777", kind="inspection", title="A visit", team_key="quality", provider_id=desk.application.provider_id,
        opened_at=clock.now(), closed_at=None, owner_id=None,
    )  # fmt: skip
    desk.session.add(case)
    desk.session.flush()
    like = desk.task("decide-admission")
    desk.session.add(
        UserTask(
            instance_id=like.instance_id, case_id=case.id, definition_id=like.definition_id, engine_task_id=case.id, bpmn_id="record-visit",
            name="Record the visit", label="", candidate_group="quality", properties={}, variables={}, due_at=clock.now(), due_explanation=None,
            created_at=clock.now(), status=TaskStatus.COMPLETED, assignee_id=None, claimed_at=None, completed_at=clock.read_instant(when),
            completed_by_id=desk.person(name).id, acting_for_id=None,
        )
    )  # fmt: skip
    desk.session.flush()


@pytest.mark.parametrize(("visited", "may"), [("2025-03-29 10:00", True), ("2025-04-30 10:00", False)])
def test_whoever_inspected_the_provider_within_twelve_months_cannot_decide(session: Session, visited: str, may: bool) -> None:
    desk = to_decide(session)
    inspected_by(desk, "helen.ashdown", visited)

    if may:
        desk.do("decide-admission", DECIDE)
    else:
        with pytest.raises(Refused, match="inspected this provider"):
            desk.do("decide-admission", DECIDE)

    assert (desk.application.decided_at is not None) is may


def test_scores_withdrawn_before_the_decision_send_the_application_back_to_the_checks(session: Session) -> None:
    desk = to_decide(session)
    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="Family.", by=desk.person("lena.hartwell"))

    with pytest.raises(Refused, match="Have it checked again"):
        desk.do("decide-admission", {**DECIDE, "has_interest": "yes", "interests": "An evaluator.", "dispensation": "None."})
    desk.do("decide-admission", {"admission_decision": "check_again", "return_because": "Scores were withdrawn."})

    assert desk.instance.ended_as == "checks-wanted-again"


def test_an_interest_on_record_is_part_of_the_decision(session: Session) -> None:
    desk = to_decide(session)
    interests.declare(session, desk.case, kind=InterestKind.PERCEIVED, nature="A neighbour.", mitigation="Reads only.", by=desk.person("gwen.abara"))

    with pytest.raises(Invalid) as refused:
        desk.do("decide-admission", DECIDE)

    assert "has_interest" in refused.value.errors
    desk.do("decide-admission", {**DECIDE, "has_interest": "yes", "interests": "A neighbour in Procurement.", "dispensation": "None."})


def test_nobody_is_admitted_to_a_list_that_is_over(session: Session) -> None:
    desk = to_decide(session, made={"valid_to": date(2026, 4, 8)})
    desk.at("2026-04-09 09:00")

    with pytest.raises(Refused, match="The list ended"):
        desk.do("decide-admission", DECIDE)


def test_a_key_admission_waits_for_its_key_decision(session: Session) -> None:
    desk = to_decide(session, report={**REPORT, "value_total": "500000"})
    reference = desk.checks["report"].detail["key_decision"]
    opened = session.scalars(select(Case).where(Case.reference == reference)).one()
    assert opened.kind == "key-decision"

    with pytest.raises(Refused, match=f"{reference} is not in effect"):
        desk.do("decide-admission", DECIDE)
    desk.do("decide-admission", {"admission_decision": "return", "return_because": "Look at the value again."})
    desk.do("write-admission-report", {**REPORT, "value_total": "500000"})

    assert len(session.scalars(select(Case).where(Case.kind == "key-decision")).all()) == 1


def test_the_provider_is_reminded_twice_and_the_admission_lapses_after_sixty_days(session: Session) -> None:
    desk = to_sign(session)
    assert desk.task("sign-agreement").due_at == clock.read_instant("2026-04-15 17:00")

    desk.at("2026-05-29 16:59")
    reminders = session.scalars(select(OutboxMail).where(OutboxMail.kind == "admission:sign")).all()
    assert desk.waiting == ["sign-agreement"]
    desk.at("2026-05-29 17:00")

    assert sorted(each.created_at.date().isoformat() for each in reminders) == ["2026-04-08", "2026-04-13"]
    assert membership_of(desk).status is MembershipStatus.WITHDRAWN
    assert desk.application.status is ApplicationStatus.LAPSED
    assert desk.instance.ended_as == "lapsed"


def test_only_the_providers_own_people_sign(session: Session) -> None:
    desk = to_sign(session)

    with pytest.raises(Refused):
        desk.do("sign-agreement", SIGN, by="raj.patel")
