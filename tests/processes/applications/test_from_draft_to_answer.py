"""An application on the real engine from the draft to each of its ends, through the shipped diagrams and the real actions."""

from __future__ import annotations

from datetime import date

from models import ApplicationStatus, CaseStatus
from tests.processes.applications.applicant import Applicant


def test_a_provider_that_meets_the_criteria_is_admitted_and_signs(draft: Applicant) -> None:
    draft.come_to_decide()

    draft.admit()

    assert (draft.ended_as, draft.application.status) == ("closed-admitted", ApplicationStatus.ADMITTED)
    assert draft.case.status is CaseStatus.CLOSED and draft.case.outcome == "admitted"
    assert draft.application.ended_at is not None
    assert draft.letters() == ["acknowledgement", "admission"]


def test_sending_starts_the_clock_of_ten_working_days_that_easter_makes_long(draft: Applicant) -> None:
    draft.send()

    assert draft.application.status is ApplicationStatus.SENT
    assert draft.application.evaluation_due_on == date(2026, 4, 15)
    assert draft.application.evaluation_explanation["legal_basis"] == "SI 2015/102 reg 34(16)"
    assert draft.waiting == ["check-completeness"]
