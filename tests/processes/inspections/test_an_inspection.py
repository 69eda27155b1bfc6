"""An inspection from its reason to the day of the next visit, done through the real engine by those whose turn it is."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from models import Grade, InspectionStatus, clock
from tests.support import planting_inspections as planting
from tests.support.planting_inspections import EVIDENCE, FINAL, INSPECTOR, MANAGER


def test_a_visit_that_finds_nothing_ends_as_met_and_grades_the_premises(session: Session) -> None:
    walk = planting.graded(session)

    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", FINAL, MANAGER)
    walk.do("close-inspection", {"closing_note": "Nothing to follow up."}, INSPECTOR)

    assert walk.ended_as() == "closed-met"
    assert (walk.inspection.grade, walk.premises.grade) == (Grade.GREEN, "green")
    assert walk.inspection.status is InspectionStatus.CLOSED
    # Half a year after the visit, since Ofsted has given no outcome yet.
    assert walk.inspection.next_due_on == date(2026, 9, 8)


def test_findings_are_planned_accepted_answered_and_checked(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "major", "protection-2": "minor"})
    walk.do("comment-on-draft", {"has_comments": "yes", "comments": ["Protection: the policy was reviewed on 3 March."]}, "provider")
    walk.do("finalise-report", {**FINAL, "accepted_changes": ["Accepted: it was."]}, MANAGER)

    for day in ("2026-03-20", "2026-03-23"):
        walk.do("plan-actions", {"action": "Train everybody.", "owner": "Registered manager", "by_date": day}, "provider")
    walk.do("accept-plan", {"plan_accepted": "accept"}, INSPECTOR)
    for _ in range(2):
        walk.do("answer-action", EVIDENCE, "provider")
        walk.do("verify-action", {"action_verified": "yes"}, INSPECTOR)
    walk.do("close-inspection", {"closing_note": "All put right."}, INSPECTOR)

    assert walk.ended_as() == "closed-actions-complete"
    assert (walk.inspection.grade, walk.premises.grade) == (Grade.AMBER, "amber")
    assert clock.today() == date(2026, 3, 10)
