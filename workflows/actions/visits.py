"""Visits: planned, announced or kept secret, put off, recorded, and marked line by line on the inspector's phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Inspection, InspectionStatus, Mark, Severity, StandardMark, User, clock
from workflows.actions import audit, findings, inspection_letters, mail, tasks
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.rules import calendar, standards

MANAGER = "quality-manager"
NOTICE = {"none": "", "short": "visit_notice_days_short", "usual": "visit_notice_days", "manual": ""}
CLOSE_OF_BUSINESS = time(17)
ARRIVED = frozenset({"visited", "refused"})
BARRED = "You cannot inspect here: a conflict of interest was found after your earlier visit"


class MarkedElsewhere(Conflict):
    """Another device marked the same line after this page was opened: what stands there now."""

    def __init__(self, standing: StandardMark) -> None:
        super().__init__("This line was marked on another device while you had it open")
        self.standing = standing


@operation("visits.plan", gives=("date_is_late",))
def plan(work: Work) -> dict[str, Any]:
    """Set the day, the scope and whether the provider is told; Invalid where the notice is too short or a secret would be told.

    A day after the last one for this visit needs the quality manager, and a reason.
    """
    inspection = queries.of_case(work.session, work.case.id)
    _check_inspector(inspection, work.by)
    day, announced = date.fromisoformat(str(work.answers["visit_on"])), work.answers["announced"] == "yes"
    notice = str((work.data.get("visit") or {}).get("notice", "manual"))
    _check_plan(work, inspection, day, announced=announced, notice=notice)
    latest = _latest_day(work.session, inspection)
    is_late = latest is not None and day > latest
    if is_late and not work.answers.get("later_because"):
        raise Invalid({"later_because": f"Enter why the visit cannot be made by {calendar.date_words(latest or day)}"})
    inspection.planned_for, inspection.is_announced = day, announced
    inspection.scope = [str(each) for each in work.answers["scope"]]
    inspection.documents_requested = [str(each) for each in work.answers.get("documents_requested") or []]
    inspection.inspector_id = work.by.id if work.by else None
    inspection.status = InspectionStatus.PLANNED
    audit.record(work.session, "inspection:planned", case=work.case, by=work.by, detail={"on": day.isoformat(), "announced": announced},
                 text={"later_because": str(work.answers.get("later_because") or "")})  # fmt: skip
    return {"date_is_late": "yes" if is_late else "no"}


def _check_inspector(inspection: Inspection, by: User | None) -> None:
    if by is None:
        raise Refused("A visit is made by a person")
    if str(by.id) in inspection.barred_inspectors:
        raise Refused(BARRED)


def _check_plan(work: Work, inspection: Inspection, day: date, *, announced: bool, notice: str) -> None:
    secret = notice in ("none", "manual") or inspection.risk == "critical"
    if announced and secret and inspection.notice_sent_at is None:
        raise Invalid({"announced": "This visit must not be announced"})
    if not announced or inspection.notice_sent_at is not None:
        return
    key = NOTICE.get(notice) or "visit_notice_days"
    first = calendar.reckon(
        parameters.rule(work.session, key), calendar.london_date(work.now), event="Notice given", closures=parameters.closures(work.session)
    ).on
    if day < first:
        raise Invalid({"visit_on": f"The provider must have notice. The visit can be on or after {calendar.date_words(first)}"})


def _latest_day(session: Session, inspection: Inspection) -> date | None:
    """The last day for the visit; one that was put off has so many working days from when it should have been, where that is earlier."""
    if inspection.planned_for is None:
        return inspection.due_on
    rule = parameters.rule(session, "visit_put_off_days")
    put_off = calendar.reckon(rule, inspection.planned_for, event="The visit was put off", closures=parameters.closures(session)).on
    return min(put_off, inspection.due_on) if inspection.due_on and inspection.due_on >= inspection.planned_for else put_off


@operation("visits.approve_date")
def approve_date(work: Work) -> None:
    """The quality manager allows the later day or not; the reason is kept either way."""
    inspection = queries.of_case(work.session, work.case.id)
    approved = work.answers["date_approved"] == "yes"
    # A day that was refused is no day: a later one is never counted from it.
    inspection.due_on, inspection.planned_for = (inspection.planned_for, inspection.planned_for) if approved else (inspection.due_on, None)
    audit.record(work.session, "inspection:later_day_decided", case=work.case, by=work.by, detail={"approved": approved},
                 text={"reason": work.answers["date_reason"]})  # fmt: skip


@operation("visits.give_notice", gives=("visit_overdue_at",))
def give_notice(work: Work) -> dict[str, Any]:
    """Tell the provider of an announced visit; of an unannounced one nobody outside is told. Gives when the visit is overdue."""
    inspection = queries.of_case(work.session, work.case.id)
    if inspection.planned_for is None:
        raise Refused("The visit has no day yet")
    if inspection.is_announced:
        inspection.notice_sent_at = work.now
        names = [standard.name for standard in checklists.of_inspection(work.session, inspection)]
        words = {"visit_on": inspection.planned_for, "premises": inspection.premises.reference if inspection.premises else "your premises",
                 "inspector": inspection.inspector.name if inspection.inspector else "An inspector", "scope": names,
                 "documents": inspection.documents_requested}  # fmt: skip
        inspection_letters.tell(work.session, inspection, "visit_notice", words=words)
    work.session.flush()
    return {"visit_overdue_at": calendar.london_instant(inspection.planned_for, at=CLOSE_OF_BUSINESS).isoformat()}


@operation("visits.remind")
def remind(work: Work) -> None:
    """The day of the visit is over and nothing was recorded: the quality manager is told."""
    mail.to_group(work.session, MANAGER, kind="inspection:visit_overdue", case=work.case, subject=f"A visit is overdue: {work.case.reference}",
                  link=f"/inspections/{work.case.reference}")  # fmt: skip


@operation("visits.refer")
def refer(work: Work) -> None:
    """Keep that a referral was made, when, and its reference; never what it says (Working Together to Safeguard Children)."""
    audit.record(work.session, "inspection:referred", case=work.case, by=work.by,
                 detail={"on": str(work.answers["referred_on"]), "step": work.element_id},
                 text={"reference": work.answers["referral_reference"]})  # fmt: skip


@operation("visits.record", gives=("visit_result", "disclosure"))
def record(work: Work) -> dict[str, Any]:
    """Keep what came of the visit: numbers of young people and never names, and restricted notes that the provider never reads.

    Invalid for times that cannot be, and while lines of the checklist in scope have no mark.
    """
    inspection = queries.of_case(work.session, work.case.id)
    _check_inspector(inspection, work.by)
    result = str(work.answers["visit_result"])
    if result in ARRIVED:
        _arrived(work, inspection, result)
    inspection.ended_because = str(work.answers.get("result_because") or "") if result in ("closed", "another_provider") else ""
    audit.record(work.session, "inspection:visited", case=work.case, by=work.by, detail={"result": result},
                 text={"because": str(work.answers.get("result_because") or "")})  # fmt: skip
    work.session.flush()
    return {"visit_result": result, "disclosure": str(work.answers.get("disclosure") or "no")}


def _arrived(work: Work, inspection: Inspection, result: str) -> None:
    started, ended = _moments(work.answers, result)
    if ended > work.now:
        raise Invalid({"visit_to": "The visit must have ended before now"})
    if result == "visited":
        _check_marked(work.session, inspection)
    inspection.inspector_id = work.by.id if work.by else None
    inspection.visit_started_at, inspection.visit_ended_at = started, ended
    inspection.access_refused = result == "refused"
    inspection.staff_on_duty = _number(work.answers, "staff_on_duty")
    inspection.young_people_spoken_to = _number(work.answers, "young_people_spoken_to")
    inspection.young_people_declined = _number(work.answers, "young_people_declined")
    inspection.restricted_notes = str(work.answers.get("restricted_notes") or "")
    inspection.status = InspectionStatus.UNDER_WAY
    if inspection.access_refused:
        findings.add(work.session, inspection, line=standards.ACCESS, severity=Severity.CRITICAL, evidence=str(work.answers["result_because"]),
                     action_wanted="Let the council in.", by=work.by)  # fmt: skip


def _number(answers: Mapping[str, Any], key: str) -> int | None:
    return int(answers[key]) if answers.get(key) is not None else None


def _moments(answers: Mapping[str, Any], result: str) -> tuple[datetime, datetime]:
    day = date.fromisoformat(str(answers["visited_on"]))
    if result != "visited":
        now = clock.now()
        noon = calendar.london_instant(day, at=time(12))
        return (min(noon, now),) * 2
    problems, found = {}, []
    for key in ("visit_from", "visit_to"):
        try:
            found.append(calendar.london_instant(day, at=time.fromisoformat(str(answers[key]).strip().replace(".", ":").zfill(5))))
        except ValueError:
            problems[key] = "Enter a time, like 10:30"
    if not problems and found[1] <= found[0]:
        problems["visit_to"] = "The visit must end after it began"
    if problems:
        raise Invalid(problems)
    return found[0], found[1]


def _check_marked(session: Session, inspection: Inspection) -> None:
    marked = queries.marks(session, inspection)
    if not marked:
        raise Invalid({"visit_result": "Mark the lines of the standards first"})


def mark(
    session: Session, inspection: Inspection, *, line: str, mark: str, evidence: str, by: User, revision: int | None = None
) -> StandardMark:
    """Keep how one line was found, by itself, so that a lost connection loses at most this line; the first mark makes the visit theirs.

    `revision` is the number of the mark that the page was opened with, 0 where the line had none. Refused or TaskGone unless the
    visit is this person's to record; Invalid for a line that is not in scope, or without what it needs; MarkedElsewhere when
    another device was faster with something else.
    """
    task = queries.open_task(session, inspection, queries.VISIT_STEP)
    if task is None:
        raise Conflict("This visit cannot be marked now: it has not been planned, or it has been recorded")
    _check_inspector(inspection, by)
    tasks.claim(session, task, by=by)
    known = {each.key for each in standards.lines_of(checklists.of_inspection(session, inspection))}
    if line not in known:
        raise Invalid({"mark": "This line is not part of the visit"})
    problems = standards.problems_of(mark, evidence)
    if problems:
        raise Invalid(problems)
    return _keep(session, inspection, line, Mark(mark), evidence.strip(), by, revision)


def _keep(session: Session, inspection: Inspection, line: str, wanted: Mark, evidence: str, by: User, revision: int | None) -> StandardMark:
    query = select(StandardMark).where(StandardMark.inspection_id == inspection.id, StandardMark.line == line)
    standing = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if standing is not None and (standing.mark, standing.evidence) == (wanted, evidence):
        return standing
    if standing is not None and revision is not None and revision != standing.revision:
        raise MarkedElsewhere(standing)
    if standing is None:
        standing = StandardMark(inspection_id=inspection.id, line=line, mark=wanted, revision=0, marked_by_id=by.id, marked_at=clock.now())
        session.add(standing)
    standing.mark, standing.evidence, standing.marked_by_id, standing.marked_at = wanted, evidence, by.id, clock.now()
    standing.revision += 1
    if inspection.status is InspectionStatus.PLANNED:
        inspection.status = InspectionStatus.UNDER_WAY
    session.flush()
    told = {"line": line, "mark": wanted.value, "revision": standing.revision}
    audit.record(session, "inspection:line_marked", case=inspection.case, by=by, detail=told)
    return standing


