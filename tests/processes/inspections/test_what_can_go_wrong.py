"""What can go wrong on the way of an inspection: secrets, refused access, critical findings, late answers, and the ends that are not happy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Grade, Inspection, InspectionStatus, Message, OutboxMail
from tests.support import declaring, factories
from tests.support import planting_inspections as planting
from tests.support.planting_inspections import COLLEAGUE, COMMISSIONER, EVIDENCE, FINAL, INSPECTOR, MANAGER, PROTECTOR, TRIAGE
from workflows.actions import happenings, inspections, visits
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import inspections as queries
from workflows.queries import providers as provider_queries


def announced(session: Session, kind: str) -> list[AuditEvent]:
    """The events of one kind, in order."""
    return list(session.scalars(select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.at, AuditEvent.sequence)))


def refused(walk: planting.Walk, step: str, answers: dict[str, Any], by: str) -> dict[str, str]:
    """Try a step that is refused, and give the messages."""
    with pytest.raises(Invalid) as found:
        declaring.complete(walk.session, walk.task(step), answers=answers, by=walk.person(by))
    return found.value.errors


def test_a_visit_after_a_critical_incident_cannot_be_announced_and_is_within_two_days(session: Session) -> None:
    walk = planting.begin(session, trigger="incident", risk="critical")
    walk.do("triage", {**TRIAGE, "trigger": "incident", "risk": "critical"}, MANAGER)

    plan = {"visit_on": "2026-03-03", "announced": "yes", "scope": ["protection"]}
    assert set(refused(walk, "plan-visit", plan, INSPECTOR)) == {"announced"}
    assert walk.inspection.due_on == date(2026, 3, 4)
    walk.do("plan-visit", {**plan, "announced": "no"}, INSPECTOR)
    assert walk.waiting() == {"record-visit"}


def test_an_unannounced_visit_is_unknown_to_the_provider_until_it_is_made(session: Session) -> None:
    walk = planting.begin(session, trigger="incident", risk="critical")
    provider = walk.premises.provider
    walk.do("triage", {**TRIAGE, "risk": "critical"}, MANAGER)
    walk.plan(date(2026, 3, 3), announced="no")

    assert queries.of_provider(session, walk.provider_person, provider) == []
    assert not provider_queries.knows_of(session, provider, walk.case)
    assert walk.mails_to_provider() == []
    with pytest.raises(NotFound):
        queries.for_provider(session, walk.inspection)

    walk.to_the_visit()
    walk.mark()
    walk.visit()

    seen = queries.of_provider(session, walk.provider_person, provider)
    assert [(each.reference, each.grade, each.report) for each in seen] == [(walk.case.reference, None, "")]


def test_an_announced_visit_is_told_with_its_notice_and_not_with_the_address(session: Session) -> None:
    walk = planting.begin(session)
    walk.do("triage", TRIAGE, MANAGER)

    too_soon = {"visit_on": "2026-03-06", "announced": "yes", "scope": ["support"]}
    assert set(refused(walk, "plan-visit", too_soon, INSPECTOR)) == {"visit_on"}
    walk.do("plan-visit", {**too_soon, "visit_on": "2026-03-09"}, INSPECTOR)

    assert queries.of_provider(session, walk.provider_person, walk.premises.provider)[0].planned_for == date(2026, 3, 9)
    letter = provider_queries.letters_of(session, walk.premises.provider)[0]
    assert letter.kind == "visit_notice"
    for mail in [*walk.mails_to_provider(), *session.scalars(select(OutboxMail))]:
        assert planting.ADDRESS not in mail.subject + mail.body
        assert planting.HOUSE not in mail.subject + mail.body
    assert planting.ADDRESS not in letter.subject + letter.body


def test_no_text_of_an_inspection_holds_where_young_people_live(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "critical"})

    everything = [str(each.detail) for each in session.scalars(select(AuditEvent))] + [str(each.payload) for each in session.scalars(select(Message))]
    everything += [walk.case.title, str([task.variables for task in queries.open_tasks(session, walk.inspection)])]

    assert not [text for text in everything if planting.ADDRESS in text or planting.HOUSE in text or planting.POSTCODE in text]


def test_a_later_day_than_allowed_needs_the_manager_and_a_reason(session: Session) -> None:
    walk = planting.begin(session)
    walk.do("triage", {**TRIAGE, "risk": "high"}, MANAGER)
    late = {"visit_on": "2026-03-20", "announced": "yes", "scope": ["support"]}
    assert set(refused(walk, "plan-visit", late, INSPECTOR)) == {"later_because"}

    walk.do("plan-visit", {**late, "later_because": "The only inspector is ill."}, INSPECTOR)
    assert walk.waiting() == {"approve-date"}
    assert not queries.provider_knows(walk.inspection)
    walk.do("approve-date", {"date_approved": "no", "date_reason": "A colleague can go."}, MANAGER)
    assert walk.waiting() == {"plan-visit"}
    assert set(refused(walk, "plan-visit", late, INSPECTOR)) == {"later_because"}


def test_access_refused_is_a_critical_finding_and_grades_red(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.do("record-visit", {"visit_result": "refused", "result_because": "Nobody opened.", "visited_on": walk.inspection.planned_for.isoformat()}, INSPECTOR)
    walk.grade()

    found = queries.findings(session, walk.inspection)
    assert [(each.line, each.severity.value) for each in found] == [("access", "critical")]
    assert walk.inspection.grade is Grade.RED
    assert {"answer-critical", "comment-on-draft"} <= walk.waiting()
    assert announced(session, "inspection:placements_stopped")
    # What it reports itself opens no inspection of the same premises.
    assert session.scalars(select(Inspection)).all() == [walk.inspection]


def test_a_critical_finding_is_overdue_after_24_hours_and_told_at_once(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "critical"})
    visit = walk.inspection.visit_ended_at
    assert visit is not None

    walk.move_to("2026-03-11 12:31")

    assert len(announced(session, "inspection:action_overdue")) == 1
    assert "answer-critical" in walk.waiting()
    walk.do("answer-critical", EVIDENCE, "provider")
    walk.do("verify-critical", {"action_verified": "no", "not_verified_because": "The certificate is missing."}, INSPECTOR)
    walk.do("answer-critical", EVIDENCE, "provider")
    walk.do("verify-critical", {"action_verified": "yes"}, INSPECTOR)
    assert not walk.waiting() & {"answer-critical", "verify-critical"}


def test_a_late_reply_of_the_provider_does_not_hold_the_report_up(session: Session) -> None:
    walk = planting.graded(session)

    walk.move_to("2026-03-17 17:01")

    assert walk.waiting() == {"finalise-report"}


def test_the_inspector_never_finalises_their_own_report(session: Session) -> None:
    walk = planting.graded(session)
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    inspector = walk.person(INSPECTOR)
    inspector.memberships.append(planting.GroupMembership(group_key="quality-manager", starts_on=date(2020, 1, 1), ends_on=None))
    session.flush()

    with pytest.raises(Refused):
        declaring.complete(session, walk.task("finalise-report"), answers=FINAL, by=inspector)


def test_the_manager_changes_a_grade_only_with_a_reason(session: Session) -> None:
    walk = planting.graded(session)
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")

    assert set(refused(walk, "finalise-report", {**FINAL, "grade_decision": "amber"}, MANAGER)) == {"grade_because"}
    walk.do("finalise-report", {**FINAL, "grade_decision": "amber", "grade_because": "A pattern over three visits."}, MANAGER)

    assert (walk.inspection.grade, walk.premises.grade) == (Grade.AMBER, "amber")
    assert [event.detail for event in announced(session, "inspection:grade_changed")] == [{"from": "green", "to": "amber"}]


def test_too_few_marked_lines_are_not_assessed_and_never_green(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.mark("protection-1", "protection-2", "protection-3")
    walk.visit()
    walk.grade()

    assert walk.inspection.grade is Grade.NOT_ASSESSED


def test_a_line_that_is_not_met_needs_a_finding(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.mark()
    walk.mark("protection-4", mark="not_met", evidence="Nobody came to the meetings.")
    walk.visit()

    assert set(refused(walk, "grade-visit", {"report": "Draft."}, INSPECTOR)) == {"report"}
    walk.find("protection-4", "moderate")
    walk.grade()
    assert walk.inspection.grade is Grade.GREEN


def test_a_visit_put_off_is_planned_again_and_one_to_a_closed_house_is_cancelled(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.do("record-visit", {"visit_result": "postponed", "result_because": "The inspector is ill."}, INSPECTOR)
    assert walk.waiting() == {"plan-visit"}

    walk.plan(date(2026, 3, 18))
    walk.to_the_visit()
    walk.do("record-visit", {"visit_result": "closed", "result_because": "The house is empty.", "visited_on": "2026-03-18"}, INSPECTOR)

    assert walk.ended_as() == "cancelled"
    assert walk.inspection.ended_because == "The house is empty."


def test_another_providers_house_ends_as_superseded(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.do("record-visit", {"visit_result": "another_provider", "result_because": "It is let to somebody else.", "visited_on": "2026-03-10"}, INSPECTOR)

    assert walk.ended_as() == "superseded"


def test_harm_that_is_disclosed_is_referred_before_anything_is_graded(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.mark()
    walk.visit(disclosure="yes")

    assert walk.waiting() == {"refer-disclosure"}
    walk.do("refer-disclosure", {"referred_on": "2026-03-10", "referral_reference": "LADO-44"}, PROTECTOR)
    assert walk.waiting() == {"grade-visit"}


def test_a_conflict_found_later_has_somebody_else_inspect_again(session: Session) -> None:
    walk = planting.graded(session)
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", {"report_decision": "inspect_again", "decision_because": "Their cousin works there."}, MANAGER)

    assert walk.ended_as() == "superseded"
    again = session.scalars(select(Inspection).where(Inspection.premises_id == walk.premises.id, Inspection.id != walk.inspection.id)).one()
    new = planting.Walk(session, walk.premises, again.case, walk.provider_person)
    new.do("triage", TRIAGE, MANAGER)
    plan = {"visit_on": "2026-03-23", "announced": "yes", "scope": ["support"]}
    with pytest.raises(Refused):
        new.do("plan-visit", plan, INSPECTOR)
    new.do("plan-visit", plan, COLLEAGUE)


def test_a_new_incident_raises_the_risk_and_opens_nothing_before_the_visit(session: Session) -> None:
    walk = planting.begin(session)
    walk.do("triage", TRIAGE, MANAGER)

    told = inspections.notify_incident(
        session, provider=walk.premises.provider, premises=walk.premises, severity="critical", because="allegation", message_id="one", by=None
    )

    assert [case.reference for case in told] == [walk.case.reference]
    assert walk.inspection.risk == "critical"
    assert set(refused(walk, "plan-visit", {"visit_on": "2026-03-10", "announced": "yes", "scope": ["support"]}, INSPECTOR)) == {"announced"}


def test_an_incident_after_the_visit_opens_an_inspection_of_its_own_once(session: Session) -> None:
    walk = planting.graded(session)
    about = {"provider": walk.premises.provider, "premises": walk.premises, "severity": "high", "because": "complaint", "message_id": "two", "by": None}

    first = inspections.notify_incident(session, **about)
    inspections.notify_incident(session, **about)

    assert len(first) == 2
    assert len(session.scalars(select(Inspection).where(Inspection.premises_id == walk.premises.id)).all()) == 2


def test_a_worse_status_at_ofsted_opens_inspections_and_a_better_one_does_not(session: Session) -> None:
    place = planting.premises_of_a_provider(session)
    about = {"provider": str(place.provider_id)}

    assert happenings.announce(session, "OfstedStatusChanged", {**about, "status": "registered"}, message_id="r", keys=about) == []
    opened = happenings.announce(session, "OfstedStatusChanged", {**about, "status": "suspended"}, message_id="s", keys=about)

    assert [case.kind for case in opened] == ["inspection"]


def test_a_plan_that_never_comes_is_given_up_and_escalated(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "major"})
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", FINAL, MANAGER)

    walk.move_to("2026-05-01 10:00")

    assert walk.waiting() == {"close-inspection"}
    assert walk.inspection.consequence == "suspension"
    walk.do("close-inspection", {"closing_note": "No plan came.", "next_due_on": "2026-05-05"}, INSPECTOR)
    assert walk.ended_as() == "closed-escalated"


def test_a_plan_for_a_later_day_than_the_finding_allows_is_refused(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "major"})
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", FINAL, MANAGER)

    late = {"action": "Later.", "owner": "Manager", "by_date": "2026-06-01"}
    assert set(refused(walk, "plan-actions", late, "provider")) == {"by_date"}
    walk.do("plan-actions", {**late, "by_date": "2026-03-24"}, "provider")
    walk.do("accept-plan", {"plan_accepted": "amend", "amend_because": "Say who trains them."}, INSPECTOR)
    assert walk.waiting() == {"plan-actions"}


def test_an_overdue_action_reminds_on_the_day_and_is_reported_two_days_later(session: Session) -> None:
    walk = planting.graded(session, severities={"protection-1": "major"})
    walk.do("comment-on-draft", {"has_comments": "no"}, "provider")
    walk.do("finalise-report", FINAL, MANAGER)
    walk.do("plan-actions", {"action": "Train.", "owner": "Manager", "by_date": "2026-03-16"}, "provider")
    walk.do("accept-plan", {"plan_accepted": "accept"}, INSPECTOR)

    walk.move_to("2026-03-16 17:00")
    assert [mail.kind for mail in walk.mails_to_provider()][-1] == "inspection:action_reminder"
    assert announced(session, "inspection:action_overdue") == []
    walk.move_to("2026-03-18 17:00")
    assert [event.detail["severity"] for event in announced(session, "inspection:action_overdue")] == ["major"]

    walk.do("answer-action", EVIDENCE, "provider")
    walk.do("verify-action", {"action_verified": "escalate", "not_verified_because": "It will not be done."}, INSPECTOR)
    walk.do("close-inspection", {"closing_note": "Escalated."}, INSPECTOR)
    assert walk.ended_as() == "closed-escalated"


def test_only_the_manager_cancels_and_only_with_a_reason(session: Session) -> None:
    walk = planting.begin(session)

    with pytest.raises(Refused):
        inspections.cancel(session, walk.inspection, because="It is no longer needed.", by=walk.person(INSPECTOR))
    with pytest.raises(Invalid):
        inspections.cancel(session, walk.inspection, because="No.", by=walk.person(MANAGER))
    inspections.cancel(session, walk.inspection, because="It is no longer needed.", by=walk.person(MANAGER))

    assert walk.ended_as() == "cancelled"
    assert (walk.inspection.status, walk.inspection.ended_because) == (InspectionStatus.CANCELLED, "It is no longer needed.")


def test_a_mark_made_on_another_device_is_never_overwritten_unseen(session: Session) -> None:
    walk = planting.at_the_visit(session)
    walk.mark("protection-1")
    about = {"line": "protection-1", "by": walk.person(INSPECTOR)}

    with pytest.raises(visits.MarkedElsewhere):
        visits.mark(session, walk.inspection, mark="partly", evidence="No rota.", revision=0, **about)
    visits.mark(session, walk.inspection, mark="met", evidence="", revision=0, **about)
    kept = visits.mark(session, walk.inspection, mark="partly", evidence="No rota.", revision=1, **about)

    assert (kept.mark.value, kept.revision) == ("partly", 2)


@pytest.mark.parametrize(("mark", "evidence", "wrong"), [("", "", "mark"), ("good", "x", "mark"), ("partly", " ", "evidence"), ("not_met", "", "evidence")])
def test_a_mark_without_what_it_needs_is_refused(session: Session, mark: str, evidence: str, wrong: str) -> None:
    walk = planting.at_the_visit(session)

    with pytest.raises(Invalid) as found:
        walk.mark("protection-1", mark=mark, evidence=evidence)

    assert set(found.value.errors) == {wrong}


def test_only_who_records_the_visit_marks_it_and_only_before_it_is_recorded(session: Session) -> None:
    walk = planting.at_the_visit(session)
    with pytest.raises(Refused):
        walk.mark("protection-1", by=COMMISSIONER)
    walk.mark()
    with pytest.raises(Conflict):
        walk.mark("protection-1", by=COLLEAGUE)
    walk.visit()
    with pytest.raises(Conflict):
        walk.mark("protection-1")


def test_two_inspections_of_one_place_at_a_time_are_refused(session: Session) -> None:
    walk = planting.begin(session)

    with pytest.raises(Conflict):
        inspections.plan_by_hand(session, premises=walk.premises, trigger="sample", by=factories.person(session, INSPECTOR))
