"""No decision before the law allows it, by the wrong person, without the advice, or on a report that changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import (
    AuditEvent,
    ConsultationResponse,
    ConsultationStatus,
    DecisionRecord,
    Delegation,
    GroupMembership,
    NoticeRoute,
    Report,
    UrgencyAgreement,
    clock,
)
from tests.support.stage import DECIDES, Stage
from tests.unit.actions.conftest import StageAt
from workflows.actions import corrections, decisions, timers
from workflows.actions.decisions import ReportChanged
from workflows.errors import Invalid, NotYetLawful, Refused
from workflows.queries import consultations
from workflows.queries import decisions as decision_queries


def decide(stage: Stage, by: str = "helen.ashdown", **changes: Any) -> dict[str, Any]:
    return stage.perform("decisions.decide", by=by, answers={**DECIDES, **changes})


def unmet(stage: Stage, by: str = "helen.ashdown", **changes: Any) -> list[str]:
    """The checks that refuse the decision."""
    with pytest.raises(NotYetLawful) as refused:
        decide(stage, by, **changes)
    return [check.id for check in refused.value.checks]


def restart_the_clock(stage: Stage, on: str) -> None:
    with clock.held(clock.read_instant(on)):
        corrections.correct(
            stage.session, stage.decision, changes={"proposal": "Extend it for one year."}, reason="The proposal changed", restarts_clock=True,
            by=stage.person("ines.marlow"),
        )  # fmt: skip


@pytest.mark.parametrize(("day", "is_lawful"), [("2020-11-26", False), ("2020-11-27", True)])
def test_a_decision_is_refused_until_the_first_lawful_day(stage_at: StageAt, day: str, is_lawful: bool) -> None:
    stage = stage_at("decide")
    restart_the_clock(stage, "2020-10-29 09:00")
    stage.decision.representations_close_at = clock.read_instant("2020-10-31 23:59")

    with clock.held(clock.read_instant(f"{day} 09:00")):
        if is_lawful:
            assert decide(stage) == {"outcome": "approve", "returned": "no"}
        else:
            assert unmet(stage) == ["notice"]


@pytest.mark.parametrize(("moment", "is_lawful"), [("2020-10-31 23:59", False), ("2020-11-01 00:00", True)])
def test_a_decision_is_refused_while_people_can_comment_and_before_its_month(stage_at: StageAt, moment: str, is_lawful: bool) -> None:
    stage = stage_at("decide")

    with clock.held(clock.read_instant(moment)):
        if is_lawful:
            assert decide(stage)["outcome"] == "approve"
        else:
            assert unmet(stage) == ["period", "comments"]


def test_a_decision_is_refused_after_its_month(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    with clock.held(clock.read_instant("2020-12-01 09:00")):
        assert unmet(stage) == ["period"]


@pytest.mark.parametrize("key", ["procurement", "legal", "finance"])
def test_a_silent_mandatory_consultee_blocks_the_decision(stage_at: StageAt, key: str) -> None:
    stage = stage_at("decide")
    request = next(one for one in consultations.current(stage.session, stage.decision) if one.consultee_key == key)
    request.status, request.response = ConsultationStatus.ASKED, None

    assert unmet(stage) == ["advice"]


def test_an_open_question_of_a_mandatory_consultee_blocks_the_decision(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    consultations.current(stage.session, stage.decision)[0].response = ConsultationResponse.NEED_INFORMATION

    assert unmet(stage) == ["advice"]


def test_a_mandatory_consultee_who_was_never_asked_blocks_the_decision(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    stage.session.delete(consultations.current(stage.session, stage.decision)[0])
    stage.session.flush()

    assert unmet(stage) == ["advice"]


def test_a_silent_advisory_consultee_does_not(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    request = consultations.current(stage.session, stage.decision)[0]
    request.is_mandatory = True
    other = type(request)(
        decision_id=request.decision_id, report_id=request.report_id, round=1, consultee_key="communities", is_mandatory=False,
        asked_at=request.asked_at, due_at=request.due_at,
    )  # fmt: skip
    stage.session.add(other)
    stage.session.flush()

    assert decide(stage)["outcome"] == "approve"


def test_the_monitoring_officers_override_opens_the_decision(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    request = consultations.current(stage.session, stage.decision)[0]
    request.status, request.override_reason = ConsultationStatus.OVERRIDDEN, "Legal cannot answer before the list closes"

    assert decide(stage)["outcome"] == "approve"


def test_an_objection_on_legality_blocks_until_it_is_resolved(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    request = next(one for one in consultations.current(stage.session, stage.decision) if one.consultee_key == "legal")
    request.response = ConsultationResponse.OBJECT

    assert unmet(stage) == ["objections"]
    request.resolution = "The Chief Executive decided to go on"
    assert decide(stage)["outcome"] == "approve"


def test_only_the_holder_of_the_named_post_decides(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    assert unmet(stage, "david.orme") == ["maker"]


def make_maker(stage: Stage, name: str) -> None:
    person = stage.person(name)
    person.memberships.append(GroupMembership(group_key="executive-director-children", starts_on=clock.today(), ends_on=None))
    stage.session.flush()


@pytest.mark.parametrize("name", ["amara.osei", "raj.patel", "sunita.rao"])
def test_whoever_wrote_advised_or_signed_off_cannot_decide(stage_at: StageAt, name: str) -> None:
    stage = stage_at("decide")
    make_maker(stage, name)

    assert "separation" in unmet(stage, name)


def test_a_delegate_of_the_author_cannot_decide_nor_a_delegate_of_the_delegate(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    stage.acts_for("amara.osei", "tom.birch")
    stage.acts_for("tom.birch", "helen.ashdown")

    assert unmet(stage) == ["separation"]
    with pytest.raises(NotYetLawful, match="You cannot sign this: you act for Tom Birch, who may not sign it either"):
        decide(stage)


def test_an_ended_delegation_bars_nobody(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    stage.acts_for("amara.osei", "helen.ashdown")
    delegation = stage.session.scalars(select(Delegation)).one()
    delegation.ended_at = clock.now()
    stage.session.flush()

    assert decide(stage)["outcome"] == "approve"


@pytest.mark.parametrize(
    ("route", "kind", "is_lawful"),
    [
        (NoticeRoute.SPECIAL_URGENCY, None, False),
        (NoticeRoute.SPECIAL_URGENCY, "informed", False),
        (NoticeRoute.SPECIAL_URGENCY, "call_in_waiver", False),
        (NoticeRoute.SPECIAL_URGENCY, "agreed", True),
        (NoticeRoute.GENERAL_EXCEPTION, None, False),
        (NoticeRoute.GENERAL_EXCEPTION, "agreed", False),
        (NoticeRoute.GENERAL_EXCEPTION, "informed", True),
    ],
)
def test_an_urgent_route_needs_what_the_law_rests_it_on(stage_at: StageAt, route: NoticeRoute, kind: str | None, is_lawful: bool) -> None:
    stage = stage_at("decide")
    stage.decision.route = route
    if kind is not None:
        stage.session.add(
            UrgencyAgreement(
                decision_id=stage.decision.id, kind=kind, office="scrutiny_chair", agreed_on=clock.today(), recorded_at=clock.now(),
                recorded_by_id=stage.person("ines.marlow").id,
            )
        )  # fmt: skip
    stage.session.flush()

    if is_lawful:
        assert decide(stage)["outcome"] == "approve"
    else:
        assert unmet(stage) == ["notice"]


def new_version(stage: Stage, *, is_material: bool) -> None:
    stage.session.add(
        Report(
            decision_id=stage.decision.id, version=9, content={"recommendations": "Something else"}, digest="d" * 64, is_material_change=is_material,
            what_changed="The recommendation", written_by_id=stage.person("amara.osei").id, written_at=clock.now(),
        )
    )  # fmt: skip
    stage.session.flush()


def test_a_report_that_changed_in_substance_has_to_be_advised_on_and_signed_off_again(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    new_version(stage, is_material=True)

    assert unmet(stage) == ["sign-off", "report"]


def test_a_report_that_is_not_the_one_that_was_read_is_not_signed(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    report = decision_queries.newest_report(stage.session, stage.decision)
    assert report is not None
    decisions.check_same_report(stage.session, stage.decision, digest=report.digest)

    new_version(stage, is_material=False)

    with pytest.raises(ReportChanged):
        decisions.check_same_report(stage.session, stage.decision, digest=report.digest)


def test_sending_back_and_moving_stay_open_when_a_check_fails(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    request = consultations.current(stage.session, stage.decision)[0]
    request.status, request.response = ConsultationStatus.ASKED, None

    assert decide(stage, decision="send_back", return_because="Ask Legal")["returned"] == "yes"
    moved = decide(stage, decision="defer", new_due_month="1", new_due_year=2021, defer_because="Legal has not answered")
    assert moved["outcome"] == "defer"
    assert stage.decision.due_from.isoformat() == "2021-01-01"


@pytest.mark.parametrize("choice", ["send_back", "defer"])
def test_nobody_but_the_maker_sends_back_or_moves(stage_at: StageAt, choice: str) -> None:
    stage = stage_at("decide")

    assert unmet(stage, "david.orme", decision=choice) == ["maker"]


def test_a_decision_is_made_once(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    decide(stage)

    with pytest.raises(Refused, match="has been made"):
        decide(stage)


def test_a_withdrawn_proposal_is_not_decided(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    decision = stage.decision
    decision.withdrawn_at, decision.withdrawn_because = clock.now(), "The money is gone"

    with pytest.raises(Refused, match="withdrawn"):
        decide(stage)


def test_a_declared_interest_needs_its_words_and_the_dispensation(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    with pytest.raises(Invalid) as refused:
        decide(stage, has_interest="yes", representations_considered=False)

    assert set(refused.value.errors) == {"interests", "dispensation", "representations_considered"}


def test_the_record_holds_exactly_the_words_that_were_shown(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    shown = decisions.words_decided(stage.decision, DECIDES, by=stage.person("helen.ashdown"), at=clock.now())

    decide(stage)

    record = stage.session.scalars(select(DecisionRecord)).one()
    assert {key: str(getattr(record, key)) for key in shown if key != "outcome"} == {key: text for key, text in shown.items() if key != "outcome"}
    assert record.digest == decisions.reports.digest(shown)


def test_a_refused_try_is_remembered(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    decisions.note_refusal(stage.session, stage.decision, by=stage.person("amara.osei"), because="You cannot sign this")

    kinds = stage.session.scalars(select(AuditEvent.kind).where(AuditEvent.chain == stage.case.id.hex).order_by(AuditEvent.sequence)).all()
    assert kinds[-1] == "decision:signing_refused"


def test_the_decision_goes_through_the_engine(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    stage.complete("decide", "helen.ashdown", DECIDES)

    assert stage.task("publish-record").candidate_group == "democratic-services"


def test_the_author_is_refused_through_the_engine_too(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    make_maker(stage, "amara.osei")

    with pytest.raises(Refused):
        stage.complete("decide", "amara.osei", DECIDES)


def test_the_author_cannot_sign_off_even_as_the_officer(stage_at: StageAt) -> None:
    stage = stage_at("sign-off")
    person = stage.person("amara.osei")
    person.memberships.append(GroupMembership(group_key="section-151-officer", starts_on=clock.today(), ends_on=None))
    stage.session.flush()

    with pytest.raises(Refused):
        stage.complete("sign-off", "amara.osei", {"sign_off": "approve"}, group="section-151-officer")


def test_a_delegate_of_the_author_cannot_sign_off(stage_at: StageAt) -> None:
    stage = stage_at("sign-off")
    stage.acts_for("amara.osei", "sunita.rao")

    with pytest.raises(Refused, match="You cannot sign this: you act for Amara Osei"):
        stage.complete("sign-off", "sunita.rao", {"sign_off": "approve"}, group="section-151-officer")


def test_timers_do_not_move_an_undecided_case(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    instance = stage.task("decide").instance_id

    assert timers.fire(stage.session, instance, clock.now()) == []
