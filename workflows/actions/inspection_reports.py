"""The report of an inspection: its draft goes to the provider, its facts are checked, and another person makes it final."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from models import AccuracyComment, Grade, Inspection, InspectionKind, InspectionStatus, Severity, User
from workflows.actions import audit, happenings, inspection_letters, inspections
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.rules import calendar, grading

CLOSE_OF_BUSINESS = time(17)
REPORTED = ("ofsted_to_be_told", "plan_wanted", "planned_findings", "plan_due_at", "plan_given_up_at")


def moment(session: Session, key: str, start: date, event: str) -> datetime:
    """5pm in London on the last day of a period that a parameter counts from a London date."""
    deadline = calendar.reckon(parameters.rule(session, key), start, event=event, closures=parameters.closures(session))
    return calendar.london_instant(deadline.on, at=CLOSE_OF_BUSINESS)


@operation("inspections.send_draft", gives=("comments_due_at",))
def send_draft(work: Work) -> dict[str, Any]:
    """Let the provider see the draft and its findings, and give until when it can say what is not right."""
    inspection = queries.of_case(work.session, work.case.id)
    inspection.draft_sent_at, inspection.status = work.now, InspectionStatus.WITH_PROVIDER
    until = moment(work.session, "accuracy_comment_days", calendar.london_date(work.now), "The draft was sent")
    words = {"report": inspection.draft_report, "findings": _finding_lines(work.session, inspection), "comments_until": until}
    inspection_letters.tell(work.session, inspection, "inspection_draft", words=words, by=inspection.inspector)
    work.session.flush()
    return {"comments_due_at": until.isoformat()}


def _finding_lines(session: Session, inspection: Inspection) -> list[str]:
    return [f"{grading.SEVERITY_WORDS[each.severity]}: {each.action_wanted}" for each in queries.findings(session, inspection)]


@operation("inspections.comment")
def comment(work: Work) -> None:
    """Keep what the provider says is not right: one comment for each line, the place before the colon."""
    inspection = queries.of_case(work.session, work.case.id)
    if work.by is None:
        raise Refused("Comments come from a person of the provider")
    lines = list(work.answers.get("comments") or []) if work.answers["has_comments"] == "yes" else []
    for line in lines:
        place, _, words = str(line).partition(":")
        paragraph, said = (place.strip(), words.strip()) if words.strip() else ("", str(line).strip())
        work.session.add(
            AccuracyComment(
                inspection_id=inspection.id, paragraph=paragraph, comment=said, is_accepted=None, made_by_id=work.by.id, made_at=work.now
            )
        )  # fmt: skip
    work.session.flush()
    audit.record(work.session, "inspection:commented_on", case=work.case, by=work.by, detail={"count": len(lines)})


@operation("inspections.finalise", gives=("final_grade", "reds_in_a_row", "plan_overdue_days"))
def finalise(work: Work) -> dict[str, Any]:
    """Make the report final, by somebody who did not make the visit. Only the quality manager may change the grade, with a reason.

    Sets the grade of the premises. Sending back and inspecting again keep everything as it is.
    """
    inspection = queries.of_case(work.session, work.case.id)
    _check_finaliser(inspection, work.by, work.acting_for)
    decision = str(work.answers["report_decision"])
    audit.record(work.session, "inspection:report_decided", case=work.case, by=work.by, detail={"decision": decision},
                 text={"because": str(work.answers.get("decision_because") or "")})  # fmt: skip
    if decision != "final":
        inspection.ended_because = str(work.answers.get("decision_because") or "") if decision == "inspect_again" else ""
        return {"final_grade": _grade(inspection).value, "reds_in_a_row": 0, "plan_overdue_days": 0}
    _decide_grade(work, inspection)
    _answer_comments(work.session, inspection, list(work.answers.get("accepted_changes") or []))
    inspection.final_report, inspection.finalised_at = str(work.answers["report"]), work.now
    if inspection.premises is not None:
        inspection.premises.grade, inspection.premises.graded_at = _grade(inspection).value, work.now
    work.session.flush()
    history = [_grade(inspection), *(each.grade for each in queries.earlier(work.session, inspection))]
    return {"final_grade": _grade(inspection).value, "reds_in_a_row": grading.reds_in_a_row(history), "plan_overdue_days": 0}


def _grade(inspection: Inspection) -> Grade:
    return inspection.grade or Grade.NOT_ASSESSED


def _check_finaliser(inspection: Inspection, by: User | None, acting_for: User | None) -> None:
    """The inspector of a visit never finalises its report, whatever the diagram says (domain 4.2)."""
    if by is None or inspection.inspector_id in (by.id, acting_for.id if acting_for else by.id):
        raise Refused("You cannot finalise this report because you made the visit")


def _decide_grade(work: Work, inspection: Inspection) -> None:
    chosen = str(work.answers["grade_decision"])
    if chosen == "keep" or chosen == _grade(inspection).value:
        return
    if work.by is None or not inspections.can_manage(work.acting_for or work.by):
        raise Refused("Only the quality manager can change the grade")
    if not work.answers.get("grade_because"):
        raise Invalid({"grade_because": "Enter why you change the grade"})
    before, inspection.grade = _grade(inspection), Grade(chosen)
    inspection.grade_because = str(work.answers["grade_because"])
    audit.record(work.session, "inspection:grade_changed", case=work.case, by=work.by, detail={"from": before.value, "to": chosen},
                 text={"because": inspection.grade_because})  # fmt: skip


def _answer_comments(session: Session, inspection: Inspection, replies: list[str]) -> None:
    made = queries.comments(session, inspection)
    for each, reply in zip(made, replies, strict=False):
        each.reply = str(reply).strip()
        each.is_accepted = each.reply.lower().startswith("accepted")
    session.flush()


@operation("inspections.inspect_again", gives=("closing",))
def inspect_again(work: Work) -> dict[str, Any]:
    """The inspector had a conflict of interest: this inspection ends without a report, and somebody else makes a new one."""
    inspection = queries.of_case(work.session, work.case.id)
    inspection.status = InspectionStatus.CANCELLED
    work.session.flush()
    barred = [uuid.UUID(each) for each in inspection.barred_inspectors] + ([inspection.inspector_id] if inspection.inspector_id else [])
    if inspection.premises is not None:
        case = inspections.start(
            work.session, inspection.premises, trigger=inspection.trigger, risk=inspection.risk or "medium", by=None, kind=InspectionKind.FOLLOW_UP,
            barred=tuple(barred),
        )  # fmt: skip
        audit.record(work.session, "inspection:inspected_again", case=work.case, by=None, detail={"reference": case.reference})
    return {"closing": "superseded"}


@operation("inspections.complete", gives=REPORTED)
def complete(work: Work) -> dict[str, Any]:
    """Send the final report and announce what follows; gives what the provider has to plan, and until when."""
    inspection = queries.of_case(work.session, work.case.id)
    chosen = [str(each["consequence"]) for each in work.params["consequences"] or []]
    _announce(work, inspection, grading.gravest(chosen), round_="report")
    open_ones = [each for each in queries.findings(work.session, inspection) if each.severity is not Severity.CRITICAL]
    due = moment(work.session, "action_plan_days", calendar.london_date(work.now), "The report was sent")
    given_up = moment(work.session, "action_plan_given_up_days", calendar.london_date(due), "The plan was due")
    plan = f"Give us your action plan on your page by {calendar.date_words(calendar.london_date(due))}." if open_ones else ""
    words = {"grade": grading.WORDS[_grade(inspection)], "report": inspection.final_report, "findings": _finding_lines(work.session, inspection),
             "plan": plan, "consequence": grading.CONSEQUENCE_WORDS[inspection.consequence]}  # fmt: skip
    inspection_letters.tell(work.session, inspection, "inspection_report", words=words, by=inspection.inspector)
    inspection.status = InspectionStatus.ACTIONS
    work.session.flush()
    names = checklists.line_words(work.session, inspection)
    return {
        "ofsted_to_be_told": "yes" if "notify_ofsted" in chosen else "no",
        "plan_wanted": "yes" if open_ones else "no",
        "planned_findings": [{"key": str(each.id), "name": names[each.line], "severity": each.severity.value} for each in open_ones],
        "plan_due_at": due.isoformat(),
        "plan_given_up_at": given_up.isoformat(),
    }


@operation("inspections.tell_again")
def tell_again(work: Work) -> None:
    """Announce what follows from having no plan; the report was sent before."""
    inspection = queries.of_case(work.session, work.case.id)
    _announce(work, inspection, grading.gravest([str(each["consequence"]) for each in work.params["consequences"] or []]), round_="no-plan")


def _announce(work: Work, inspection: Inspection, consequence: str, *, round_: str) -> None:
    inspection.consequence = consequence
    payload = {"inspection": str(inspection.id), "grade": _grade(inspection).value, "consequence": consequence}
    keys = {"provider": str(inspection.provider_id)}
    audit.record(work.session, "inspection:consequence_told", case=work.case, by=None, detail={"consequence": consequence})
    happenings.announce(work.session, "InspectionCompleted", payload, message_id=f"completed:{round_}:{inspection.id}", keys=keys)


@operation("inspections.notify_ofsted")
def notify_ofsted(work: Work) -> None:
    """Keep that Ofsted was told, when, and under which reference."""
    audit.record(work.session, "inspection:ofsted_told", case=work.case, by=work.by, detail={"on": str(work.answers["notified_on"])},
                 text={"reference": str(work.answers.get("notification_reference") or "")})  # fmt: skip
