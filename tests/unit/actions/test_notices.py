"""Notices: what the law demands of each route, and corrections that are open about what they change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Notice, NoticeKind, NoticeRoute, UrgencyAgreement, clock
from tests.support.stage import Stage
from tests.unit.actions.conftest import StageAt
from workflows.actions import corrections, notices
from workflows.errors import Invalid, NotYetLawful, Refused

CONTENTS = {
    "documents_list": "Report",
    "documents_address": "County Hall",
    "other_documents": True,
    "request_procedure": "Write to us",
    "no_exempt_text": True,
    "website_on": "2020-09-28",
    "offices_on": "2020-09-28",
}


def correct(stage: Stage, *, by: str = "ines.marlow", restarts_clock: bool = False, reason: str = "A slip", **changes: str) -> Notice:
    return corrections.correct(stage.session, stage.decision, changes=changes, reason=reason, restarts_clock=restarts_clock, by=stage.person(by))


@pytest.mark.parametrize("missing", list(notices.DEMANDED))
def test_a_notice_without_something_the_law_demands_is_not_published(stage_at: StageAt, missing: str) -> None:
    stage = stage_at("publish-notice")

    with pytest.raises(Invalid) as refused:
        stage.perform("notices.publish", by="ines.marlow", answers={**CONTENTS, missing: ""})

    assert set(refused.value.errors) == {missing}


def test_the_later_of_the_two_days_starts_the_clock(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    given = stage.perform("notices.publish", by="ines.marlow", answers={**CONTENTS, "website_on": "2020-09-25"})

    assert given["earliest_decision_on"] == "2020-10-27"


def test_a_day_to_come_is_no_day_of_publication(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    with pytest.raises(Invalid) as refused:
        stage.perform("notices.publish", by="ines.marlow", answers={**CONTENTS, "offices_on": "2020-09-29"})

    assert set(refused.value.errors) == {"offices_on"}


def test_an_officer_entered_as_lead_member_blocks_every_publication(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")
    stage.decision.lead_member = "Helen Ashdown"

    with pytest.raises(NotYetLawful, match="entered as lead member"):
        stage.perform("notices.publish", by="ines.marlow", answers=CONTENTS)


@pytest.mark.parametrize("route", [NoticeRoute.SPECIAL_URGENCY, NoticeRoute.GENERAL_EXCEPTION])
@pytest.mark.parametrize("kind", [None, "call_in_waiver"])
def test_an_urgent_notice_is_refused_without_what_the_law_rests_it_on(stage_at: StageAt, route: NoticeRoute, kind: str | None) -> None:
    stage = stage_at("publish-notice")
    stage.decision.route = route
    if kind is not None:
        stage.session.add(agreement(stage, kind))

    with pytest.raises(Refused, match="has not been told or has not agreed"):
        stage.perform("notices.publish_urgent", by="ines.marlow", answers=CONTENTS)


def agreement(stage: Stage, kind: str) -> UrgencyAgreement:
    return UrgencyAgreement(
        decision_id=stage.decision.id, kind=kind, office="scrutiny_chair", agreed_on=clock.today(), recorded_at=clock.now(),
        recorded_by_id=stage.person("ines.marlow").id,
    )  # fmt: skip


def test_an_urgent_notice_with_its_agreement_is_published(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")
    stage.decision.route = NoticeRoute.SPECIAL_URGENCY
    stage.session.add(agreement(stage, "agreed"))

    given = stage.perform("notices.publish_urgent", by="ines.marlow", answers={**CONTENTS, "reasons_published": "The home closes."})

    assert given["earliest_decision_on"] == "2020-09-28"


def test_the_normal_route_has_no_urgent_notice(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    with pytest.raises(Refused, match="normal route"):
        stage.perform("notices.publish_urgent", by="ines.marlow", answers=CONTENTS)


@pytest.mark.parametrize("office", ["council_chair", "council_vice_chair"])
def test_a_lower_office_agrees_only_when_the_higher_could_not(stage_at: StageAt, office: str) -> None:
    stage = stage_at("publish-notice")
    answers = {"agreed_by": office, "agreed_name": "Cllr Reed", "agreed_on": "2020-09-25", "agreement_reasons": "It cannot wait"}

    with pytest.raises(Invalid) as refused:
        stage.perform("notices.record_agreement", by="ines.marlow", answers=answers)
    stage.perform("notices.record_agreement", by="ines.marlow", answers=answers | {"why_not_higher": "There is no chair of scrutiny"})

    assert set(refused.value.errors) == {"why_not_higher"}
    assert stage.session.scalars(select(UrgencyAgreement)).one().why_not_higher == "There is no chair of scrutiny"


def test_a_slip_is_corrected_and_keeps_the_clock(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    notice = correct(stage, title="A better title")

    assert (notice.kind, notice.restarts_clock, notice.earliest_decision_on) == (NoticeKind.CORRECTION, False, stage.decision.earliest_decision_on)
    assert str(stage.decision.earliest_decision_on) == "2020-10-27"
    assert (stage.decision.title, stage.case.title) == ("A better title", "A better title")
    kinds = stage.session.scalars(select(AuditEvent.kind).where(AuditEvent.chain == stage.case.id.hex).order_by(AuditEvent.sequence)).all()
    assert kinds[-1] == "notice:corrected"


def test_a_second_correction_keeps_what_the_first_one_changed(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    correct(stage, title="A better title")
    second = correct(stage, documents="Report and appendix")

    assert (second.version, second.content["title"], second.content["documents"]) == (3, "A better title", "Report and appendix")


def test_a_new_notice_starts_the_clock_again(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")
    with clock.held(clock.read_instant("2020-10-01 09:00")):
        notice = correct(stage, restarts_clock=True, proposal="Extend it for one year.")

    assert (notice.kind, notice.restarts_clock, str(notice.earliest_decision_on)) == (NoticeKind.KEY_DECISION, True, "2020-10-30")
    assert str(stage.decision.earliest_decision_on) == "2020-10-30"


def test_a_new_clock_that_ends_after_the_due_month_is_refused(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    with clock.held(clock.read_instant("2020-11-02 09:00")), pytest.raises(Invalid) as refused:
        correct(stage, restarts_clock=True, proposal="Something else.")

    assert "Tuesday 1 December 2020" in refused.value.errors["restarts_clock"]


def test_the_clock_of_a_decision_that_is_made_does_not_start_again(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")

    with pytest.raises(Refused, match="has been made"):
        correct(stage, restarts_clock=True, proposal="Something else.")


@pytest.mark.parametrize(
    ("changes", "field"), [({"reason": " ", "title": "New"}, "reason"), ({"title": ""}, "title"), ({}, "title"), ({"documents": " "}, "documents")]
)
def test_a_correction_needs_a_reason_and_a_change_and_leaves_nothing_empty(stage_at: StageAt, changes: dict[str, Any], field: str) -> None:
    stage = stage_at("draft-report")

    with pytest.raises(Invalid) as refused:
        correct(stage, **changes)

    assert field in refused.value.errors


def test_only_those_who_publish_correct(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    with pytest.raises(Refused):
        correct(stage, by="amara.osei", title="New")
