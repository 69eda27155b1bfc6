"""The clock of a notice runs from the day the public could read it, and counts for the matter and the person it named."""

from __future__ import annotations

from typing import Any

import pytest

from models import NoticeRoute, clock
from tests.processes.law.cases import join, leave, perform, publish_the_notice
from tests.processes.library import shipped
from tests.processes.library.council import COMPLETE, DECISION, NOTICE, PROPOSAL, REPORT, Council
from workflows.actions import corrections, proposals
from workflows.errors import Invalid, NotYetLawful
from workflows.library import forms
from workflows.queries import decisions as decision_queries

DIRECTOR = "executive-director-children"
URGENT = {"can_wait_28": "no", "impracticable_because": "The provider gave notice last week."}


def unmet(refused: pytest.ExceptionInfo[NotYetLawful]) -> list[str]:
    return [check.id for check in refused.value.checks]


def correct(council: Council, *, restarts_clock: bool, **changes: str) -> None:
    corrections.correct(
        council.session, council.decision, changes=changes, reason="What is proposed changed", restarts_clock=restarts_clock, by=council.person("ines.marlow")
    )


def test_a_notice_cannot_be_said_to_have_been_public_before_it_was(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})

    with pytest.raises(Invalid) as refused:
        council.publish_notice("2026-01-23")

    assert set(refused.value.errors) == {"website_on"}


def test_a_notice_names_who_holds_the_post_when_it_is_published(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    leave(council, "helen.ashdown", DIRECTOR)
    join(council, "kofi.mensah", DIRECTOR)

    council.publish_notice("2026-02-23")

    notice = decision_queries.newest_notice(council.session, council.decision)
    assert notice is not None
    assert notice.content["maker_name"] == "Kofi Mensah"


def test_a_notice_of_a_vacant_post_is_not_published(council: Council) -> None:
    council.propose()
    council.do("choose-route", {"can_wait_28": "yes"})
    leave(council, "helen.ashdown", DIRECTOR)

    with pytest.raises(NotYetLawful) as refused:
        council.publish_notice("2026-02-23")

    assert unmet(refused) == ["named-maker"]


def test_someone_whom_the_notice_does_not_name_decides_only_after_a_new_notice(council: Council) -> None:
    council.come_to_decide()
    leave(council, "helen.ashdown", DIRECTOR)
    join(council, "david.orme", DIRECTOR)

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION, by="david.orme")
    assert unmet(refused) == ["notice"]
    proposals.defer(
        council.session, council.decision, answers={"new_due_month": "5", "new_due_year": 2026, "because": "There is a new director."},
        by=council.person("amara.osei"),
    )  # fmt: skip
    correct(council, restarts_clock=True)
    council.at("2026-05-05 09:00")
    council.do("decide", DECISION, by="david.orme")

    assert decision_queries.newest_notice(council.session, council.decision).content["maker_name"] == "David Orme"  # type: ignore[union-attr]


def test_of_two_who_share_a_post_only_the_one_named_decides(council: Council) -> None:
    council.come_to_decide()
    join(council, "david.orme", DIRECTOR)

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION, by="david.orme")

    assert unmet(refused) == ["notice"]
    council.do("decide", DECISION)


def come_to_an_urgent_decision(council: Council, route: str) -> None:
    """A decision due in February 2026, urgent by the general exception (B) or by agreement (C), signed off by both officers."""
    council.propose(due_month="3" if route == "B" else "2")
    more: dict[str, Any] = {"can_wait_5": "yes"} if route == "B" else {"can_wait_5": "no", "urgent_because": "Beds close."}
    council.do("choose-route", {**URGENT, **more})
    council.do("confirm-urgency", {"urgency_confirmed": "yes"})
    if route == "B":
        council.do("inform-chair", {"informed_office": "scrutiny_chair", "informed_name": "P. Hollis", "informed_on": "2026-02-23"})
    else:
        agreed = {"agreed_by": "scrutiny_chair", "agreed_name": "P. Hollis", "agreed_on": "2026-02-23", "agreement_reasons": "It cannot wait."}
        council.do("record-agreement", agreed)
    council.publish_notice("2026-02-23", "publish-urgent-notice", reasons_published="The provider gave notice.")
    council.do("draft-report", REPORT)
    council.advise()
    council.do("complete-report", COMPLETE)
    for post in ("section-151-officer", "monitoring-officer"):
        council.do("sign-off", {"sign_off": "approve"}, of=post)


@pytest.mark.parametrize("route", ["B", "C"])
def test_an_urgent_decision_that_is_moved_was_not_urgent_and_needs_28_clear_days(council: Council, route: str) -> None:
    come_to_an_urgent_decision(council, route)
    month = {"new_due_month": "3" if route == "C" else "4", "new_due_year": 2026}
    proposals.defer(council.session, council.decision, answers={**month, "because": "The provider gave us more time."}, by=council.person("amara.osei"))

    assert str(council.decision.earliest_decision_on) == "2026-03-24"
    assert council.decision.route is NoticeRoute.NORMAL
    if route == "C":
        council.at("2026-03-23 12:00")
        with pytest.raises(NotYetLawful) as refused:
            council.do("decide", DECISION)
        assert unmet(refused) == ["notice"]
        council.at("2026-03-24 00:01")
        council.do("decide", DECISION)


def test_an_urgent_notice_without_its_reasons_is_not_published(council: Council) -> None:
    council.propose(due_month="3")
    council.do("choose-route", {**URGENT, "can_wait_5": "yes"})
    council.do("confirm-urgency", {"urgency_confirmed": "yes"})
    council.do("inform-chair", {"informed_office": "scrutiny_chair", "informed_name": "P. Hollis", "informed_on": "2026-02-23"})

    with pytest.raises(Invalid) as refused:
        answers = {**NOTICE, "website_on": "2026-02-23", "offices_on": "2026-02-23", "reasons_published": " "}
        perform(council, "notices.publish_urgent", by="ines.marlow", answers=answers)

    assert set(refused.value.errors) == {"reasons_published"}


@pytest.mark.parametrize("typed", ["5,00", "1,2,3", "500.000,00", "500,0000"])
def test_an_amount_that_can_be_read_in_two_ways_is_not_taken(council: Council, typed: str) -> None:
    schema = shipped.forms_of("key-decision")["propose"]

    checked = forms.validate(schema, shipped.Sent({**PROPOSAL, "value_total": typed}, schema))

    assert set(checked.errors) == {"value_total"}


def test_a_changed_matter_is_not_covered_by_the_urgency_of_the_old_one(council: Council) -> None:
    come_to_an_urgent_decision(council, "B")

    correct(council, restarts_clock=True, proposal="Two years instead of one.")

    assert str(council.decision.earliest_decision_on) == "2026-03-24"
    assert council.decision.route is NoticeRoute.NORMAL


def test_a_new_clock_holds_even_while_the_decision_waits_on_the_makers_desk(council: Council) -> None:
    council.come_to_decide()
    with clock.held(clock.read_instant("2026-04-01 09:00")):
        correct(council, restarts_clock=True, proposal="Two years instead of one.")

    with pytest.raises(NotYetLawful) as refused:
        council.do("decide", DECISION)

    assert "notice" in unmet(refused)


def test_the_kind_of_decision_maker_agrees_with_who_decides(council: Council) -> None:
    for maker_type, maker in (("officer", "cabinet-member-children"), ("cabinet_member", "executive-director-children"), ("cabinet", "cabinet-member-children")):
        with pytest.raises(Invalid) as refused:
            council.propose(maker_type=maker_type, maker=maker)
        assert set(refused.value.errors) == {"maker"}

    publish_the_notice(council, maker_type="cabinet_member", maker="cabinet-member-children")
