"""Every way in which an application ends, with the record that stays."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import ApplicationStatus, CaseStatus, Membership, MembershipStatus, clock
from tests.processes.admission.desk import DECIDE, REGISTERS
from tests.processes.applications.applicant import DECLARATION, Applicant, begun
from workflows.actions import happenings
from workflows.errors import Closed, Refused
from workflows.queries import applications as queries


def close_list(draft: Applicant) -> None:
    """Say that the list has closed, as the sweep does on the day after its last one."""
    of = draft.application.list_id
    happenings.announce(draft.session, "ListClosed", {"list": str(of)}, message_id=f"list-closed:{of.hex}", keys={"list": str(of)})
    draft.session.refresh(draft.application)


def test_conditions_are_part_of_the_end(draft: Applicant) -> None:
    draft.send_and_look()

    draft.admit_with_conditions()

    assert (draft.ended_as, draft.case.outcome) == ("closed-with-conditions", "admitted-with-conditions")
    assert draft.application.status is ApplicationStatus.ADMITTED_WITH_CONDITIONS


def test_a_provider_that_does_not_meet_the_criteria_is_told_why_and_may_apply_again(draft: Applicant) -> None:
    draft.send_and_look()
    draft.at("2026-04-13 17:00")
    draft.do("extend-for-checks", {"extend": "no"})
    draft.reject("evidence", "The checks were not finished because papers came late.")

    again = begun(draft.session, draft.application.provider, draft.application.purchasing_list)

    assert (draft.ended_as, draft.case.outcome) == ("closed-rejected", "rejected")
    assert draft.letters()[-1] == "rejection"
    assert again.waiting == ["complete-application"]


def test_a_draft_that_nobody_changes_is_reminded_three_times_and_lapses_after_ninety_days(draft: Applicant) -> None:
    draft.at("2026-06-27 09:00")
    reminded = [event.detail["days"] for event in draft.events("application:reminded")]
    assert (reminded, draft.waiting) == ([30, 60, 80], ["complete-application"])

    draft.at("2026-06-28 09:00")

    assert (draft.ended_as, draft.application.status) == ("lapsed-draft", ApplicationStatus.LAPSED)
    assert draft.case.status is CaseStatus.CLOSED


def test_a_change_begins_the_ninety_days_anew(draft: Applicant) -> None:
    draft.at("2026-06-20 12:00")
    draft.fill_in(leave=("finance",))

    draft.at("2026-07-20 08:59")

    assert [event.detail["days"] for event in draft.events("application:reminded")] == [30, 60, 80]
    draft.at("2026-09-17 12:00")
    assert draft.waiting == ["complete-application"]
    draft.at("2026-09-18 09:00")
    assert draft.ended_as == "lapsed-draft"


def test_a_newer_application_for_the_same_category_replaces_the_one_before(draft: Applicant) -> None:
    draft.send_and_look()
    newer = begun(draft.session, draft.application.provider, draft.application.purchasing_list)

    newer.send()

    draft.session.refresh(draft.application)
    assert (draft.ended_as, draft.application.status) == ("superseded", ApplicationStatus.SUPERSEDED)
    assert newer.waiting == ["check-completeness"]
    assert draft.events("application:superseded")[0].detail == {"by_case": newer.case.reference}


def test_an_application_for_another_category_leaves_the_first_and_its_clock_alone(draft: Applicant) -> None:
    draft.send_and_look()
    draft.at("2026-04-07 10:00")
    other = begun(draft.session, draft.application.provider, draft.application.purchasing_list, categories=["lodgings"])

    other.send()

    assert draft.ended_as == "" and draft.application.evaluation_due_on == date(2026, 4, 15)
    assert other.application.evaluation_due_on == date(2026, 4, 21)


def test_an_application_ends_with_a_list_whose_validity_has_ended(draft: Applicant) -> None:
    ending = begun(draft.session, draft.application.provider, valid_to=date(2026, 4, 10))
    ending.send_and_look()
    ending.at("2026-04-11 00:30")

    close_list(ending)

    assert (ending.ended_as, ending.application.status) == ("list-closed", ApplicationStatus.LIST_CLOSED)
    assert ending.mails("application:list_closed") == ["avery.lark@westhampton.example.gov.uk"]


def test_a_list_that_is_still_valid_ends_nothing_whoever_says_that_it_closed(draft: Applicant) -> None:
    draft.send_and_look()

    close_list(draft)

    assert draft.ended_as == "" and "check-registers" in draft.waiting
    with pytest.raises(Refused, match="still open"):
        draft.perform("applications.record_list_closed")


def test_an_admission_that_was_decided_is_not_undone_by_the_end_of_the_list(draft: Applicant) -> None:
    ending = begun(draft.session, draft.application.provider, valid_to=date(2026, 4, 10))
    ending.come_to_decide()
    ending.do("decide-admission", DECIDE)
    ending.at("2026-04-11 00:30")

    close_list(ending)

    assert ending.ended_as == "" and ending.waiting == ["sign-agreement"]


def test_a_draft_ends_with_its_list_too(draft: Applicant) -> None:
    ending = begun(draft.session, draft.application.provider, valid_to=date(2026, 4, 10))
    ending.at("2026-04-11 00:30")

    close_list(ending)

    assert ending.ended_as == "list-closed"


def test_an_agreement_that_is_never_signed_ends_the_application(draft: Applicant) -> None:
    draft.come_to_decide()
    draft.do("decide-admission", DECIDE)

    draft.at("2026-12-31 12:00")

    assert (draft.ended_as, draft.case.outcome, draft.application.status) == ("closed-unsigned", "never-signed", ApplicationStatus.LAPSED)


def test_a_provider_dissolved_in_mid_application_is_refused(draft: Applicant) -> None:
    draft.send_and_look()
    draft.do("check-registers", {**REGISTERS, "company_status": "dissolved"})
    draft.pass_checks(recommending={"diligence_summary": "It does not exist any more.", "recommendation": "reject"})

    draft.reject("registers", "The company was dissolved.")

    assert (draft.ended_as, draft.case.outcome) == ("closed-rejected", "rejected")


def test_a_provider_that_was_dissolved_cannot_send(draft: Applicant) -> None:
    draft.fill_in()
    draft.application.provider.dissolved_on = date(2026, 3, 1)

    with pytest.raises(Refused, match="was dissolved on"):
        draft.do("complete-application", DECLARATION)

    assert draft.waiting == ["complete-application"]


def test_nothing_is_taken_after_the_list_has_closed(draft: Applicant) -> None:
    ending = begun(draft.session, draft.application.provider, valid_to=date(2026, 4, 10))
    ending.fill_in()
    clock.hold(clock.read_instant("2026-04-11 00:00"))

    with pytest.raises(Closed, match="closed on"):
        ending.do("complete-application", DECLARATION)


def test_an_application_that_was_not_decided_cannot_be_closed(draft: Applicant) -> None:
    draft.send()

    with pytest.raises(Refused, match="has not been decided"):
        draft.perform("applications.close")


def test_the_membership_that_comes_of_it_names_the_case(draft: Applicant) -> None:
    draft.come_to_decide()

    draft.admit()

    membership = draft.session.scalars(select(Membership).where(Membership.case_id == draft.case.id)).one()
    assert membership.status is MembershipStatus.ACTIVE and membership.categories == ["shared"]
    assert queries.current(draft.session, draft.application.provider, draft.application.purchasing_list) is None
