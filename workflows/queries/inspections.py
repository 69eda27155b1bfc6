"""Inspections as their readers may see them: the list of staff, one with its marks and findings, and what its provider may know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    AccuracyComment,
    Case,
    Finding,
    Grade,
    ImprovementAction,
    Inspection,
    InspectionKind,
    InspectionStatus,
    InstanceStatus,
    Premises,
    ProcessInstance,
    Provider,
    StandardMark,
    User,
    UserTask,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import cases
from workflows.rules import calendar, permissions

HIDDEN = "There is no such inspection"
RUNNING = (
    InspectionStatus.PLANNED, InspectionStatus.UNDER_WAY, InspectionStatus.DRAFTED, InspectionStatus.WITH_PROVIDER, InspectionStatus.ACTIONS,
)  # fmt: skip
BEFORE_THE_VISIT = (InspectionStatus.PLANNED, InspectionStatus.UNDER_WAY)
READS_RESTRICTED = ("qa_inspector", "qa_manager", "safeguarding_officer", "lead_director")
VISIT_STEP = "record-visit"


def of_case(session: Session, case_id: uuid.UUID) -> Inspection:
    """The inspection of a case, for callers that know that they may have it. NotFound when the case has none."""
    found = find_of_case(session, case_id)
    if found is None:
        raise NotFound(HIDDEN)
    return found


def find_of_case(session: Session, case_id: uuid.UUID) -> Inspection | None:
    """The inspection of a case, or None."""
    loaded = (joinedload(Inspection.premises), joinedload(Inspection.provider), joinedload(Inspection.inspector), joinedload(Inspection.case))
    return session.scalar(select(Inspection).where(Inspection.case_id == case_id).options(*loaded))


def inspection_for(session: Session, reader: User, reference: str) -> Inspection:
    """The inspection with this case reference, for staff who see its case. NotFound for everyone else."""
    case = session.scalar(select(Case).where(Case.reference == reference.strip().upper()))
    if case is None or permissions.is_provider(reader) or not cases.can_see(session, reader, case):
        raise NotFound(HIDDEN)
    return of_case(session, case.id)


def may_read_restricted(reader: User) -> bool:
    """Whether this reader may read what young people said: those who inspect and those who protect, and the director."""
    return permissions.is_staff(reader) and permissions.has_role(reader, *READS_RESTRICTED)


def marks(session: Session, inspection: Inspection) -> dict[str, StandardMark]:
    """The marks that were given so far, by the key of the line."""
    return {mark.line: mark for mark in session.scalars(select(StandardMark).where(StandardMark.inspection_id == inspection.id))}


def findings(session: Session, inspection: Inspection) -> Sequence[Finding]:
    """What has to be put right, the first due first."""
    return session.scalars(select(Finding).where(Finding.inspection_id == inspection.id).order_by(Finding.due_at, Finding.line, Finding.id)).all()


def actions(session: Session, inspection: Inspection) -> dict[uuid.UUID, ImprovementAction]:
    """What the provider does about each finding, by the finding's id."""
    query = select(ImprovementAction).join(Finding, Finding.id == ImprovementAction.finding_id).where(Finding.inspection_id == inspection.id)
    return {action.finding_id: action for action in session.scalars(query)}


def action_of(session: Session, finding: Finding) -> ImprovementAction | None:
    """What the provider does about one finding; None while nothing was planned."""
    return session.scalar(select(ImprovementAction).where(ImprovementAction.finding_id == finding.id))


def comments(session: Session, inspection: Inspection) -> Sequence[AccuracyComment]:
    """What the provider said is not right in the draft, in its order."""
    query = select(AccuracyComment).where(AccuracyComment.inspection_id == inspection.id)
    return session.scalars(query.order_by(AccuracyComment.made_at, AccuracyComment.id)).all()


def earlier(session: Session, inspection: Inspection) -> Sequence[Inspection]:
    """The finished gradings of the same premises before this one, the newest first."""
    if inspection.premises_id is None:
        return []
    query = select(Inspection).where(
        Inspection.premises_id == inspection.premises_id, Inspection.id != inspection.id, Inspection.finalised_at.is_not(None)
    )
    return session.scalars(query.order_by(Inspection.finalised_at.desc())).all()


def open_majors_before(session: Session, inspection: Inspection) -> set[str]:
    """The lines of major findings of the last inspection of these premises that were never verified as put right."""
    last = next(iter(earlier(session, inspection)), None)
    if last is None:
        return set()
    done = actions(session, last)
    left = [each for each in findings(session, last) if each.severity.value == "major"]
    return {each.line for each in left if each.id not in done or done[each.id].verified_at is None}


def running_for(session: Session, premises: Premises) -> Inspection | None:
    """The inspection of these premises that has not ended, the newest; None when there is none."""
    query = select(Inspection).where(Inspection.premises_id == premises.id, Inspection.status.in_(RUNNING))
    return session.scalar(query.order_by(Inspection.created_at.desc()).limit(1))


def due_premises(session: Session, until: date) -> Sequence[Premises]:
    """Open premises whose next visit is due by a day and for which none is under way."""
    due = select(Inspection.premises_id).where(Inspection.next_due_on <= until, Inspection.status == InspectionStatus.CLOSED)
    newer = select(Inspection.premises_id).where(Inspection.next_due_on > until, Inspection.status == InspectionStatus.CLOSED)
    running = select(Inspection.premises_id).where(Inspection.status.in_(RUNNING), Inspection.premises_id.is_not(None))
    query = select(Premises).where(Premises.id.in_(due), Premises.id.not_in(newer), Premises.id.not_in(running), Premises.closed_on.is_(None))
    return session.scalars(query.options(joinedload(Premises.provider)).order_by(Premises.reference)).all()


@dataclass(frozen=True)
class Wanted:
    """What a reader of the list looks for: inspections of some status, of a provider, or their own."""

    status: str = ""
    words: str = ""
    mine: bool = False


def listed(session: Session, reader: User, wanted: Wanted, *, limit: int = 300) -> Sequence[Inspection]:
    """The inspections this member of staff sees, those with the earliest day first."""
    loaded = (joinedload(Inspection.premises), joinedload(Inspection.provider), joinedload(Inspection.inspector), joinedload(Inspection.case))
    query = select(Inspection).join(Inspection.case).join(Inspection.provider).options(*loaded)
    if wanted.status == "overdue":
        query = query.where(_overdue(clock.today()))
    elif wanted.status in {status.value for status in InspectionStatus}:
        query = query.where(Inspection.status == InspectionStatus(wanted.status))
    else:
        query = query.where(Inspection.status.in_(RUNNING))
    if wanted.words:
        query = query.where(or_(Provider.name.icontains(wanted.words, autoescape=True), Case.reference.icontains(wanted.words, autoescape=True)))
    if wanted.mine:
        query = query.where(Inspection.inspector_id == reader.id)
    found = session.scalars(query.order_by(Inspection.planned_for.is_(None), Inspection.planned_for, Inspection.due_on, Case.reference).limit(limit))
    return [each for each in found if cases.can_see(session, reader, each.case)]


def _overdue(today: date) -> ColumnElement[bool]:
    late = or_(Inspection.planned_for < today, and_(Inspection.planned_for.is_(None), Inspection.due_on < today))
    return and_(Inspection.status.in_(BEFORE_THE_VISIT), late)


def is_overdue(inspection: Inspection, today: date) -> bool:
    """Whether the visit should have been made before a day and was not."""
    day = inspection.planned_for or inspection.due_on
    return inspection.status in BEFORE_THE_VISIT and day is not None and day < today


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def open_task(session: Session, inspection: Inspection, *steps: str) -> UserTask | None:
    """The open task of the first of these steps that waits; of any step of staff when none is named."""
    query = select(UserTask).where(UserTask.case_id == inspection.case_id, UserTask.status.in_(OPEN_TASKS))
    if steps:
        query = query.where(UserTask.bpmn_id.in_(steps))
    loaded = (joinedload(UserTask.assignee), joinedload(UserTask.case), joinedload(UserTask.definition))
    return session.scalar(query.options(*loaded).order_by(UserTask.created_at, UserTask.id).limit(1))


def open_tasks(session: Session, inspection: Inspection) -> Sequence[UserTask]:
    """Every task of the inspection's case that waits for somebody, the soonest due first."""
    query = select(UserTask).where(UserTask.case_id == inspection.case_id, UserTask.status.in_(OPEN_TASKS))
    return session.scalars(query.options(joinedload(UserTask.assignee)).order_by(UserTask.due_at, UserTask.id)).all()


def is_running(session: Session, case: Case) -> bool:
    """Whether the process of a case has not ended."""
    query = select(ProcessInstance.id).where(ProcessInstance.case_id == case.id, ProcessInstance.status == InstanceStatus.RUNNING)
    return session.scalar(query.limit(1)) is not None


# What a provider may know. Every page, mail, feed and export for providers goes through these few lines and nothing else.


@dataclass(frozen=True)
class ForProvider:
    """What a provider is shown of one inspection: never its risk, its trigger, its restricted notes, or a visit that is a secret."""

    reference: str
    kind: InspectionKind
    premises: Premises | None
    planned_for: date | None
    grade: Grade | None
    report: str
    is_final: bool
    findings: tuple[Finding, ...]
    finalised_at: datetime | None


def provider_knows(inspection: Inspection) -> bool:
    """Whether a provider may know that this inspection exists: it was given notice, or the visit has been made."""
    announced = inspection.is_announced and inspection.notice_sent_at is not None
    return announced or inspection.visit_ended_at is not None


def for_provider(session: Session, inspection: Inspection) -> ForProvider:
    """What the provider may be shown of an inspection now. NotFound while it may not even know of it."""
    if not provider_knows(inspection):
        raise NotFound(HIDDEN)
    has_draft = inspection.draft_sent_at is not None or inspection.finalised_at is not None
    is_final = inspection.finalised_at is not None
    return ForProvider(
        reference=inspection.case.reference,
        kind=inspection.kind,
        premises=inspection.premises,
        planned_for=inspection.planned_for if inspection.is_announced or inspection.visit_ended_at is not None else None,
        grade=inspection.grade if is_final else None,
        report=(inspection.final_report if is_final else inspection.draft_report) if has_draft else "",
        is_final=is_final,
        findings=tuple(findings(session, inspection)) if has_draft else (),
        finalised_at=inspection.finalised_at,
    )


def of_provider(session: Session, reader: User, provider: Provider) -> list[ForProvider]:
    """The inspections of a provider as its own people may see them, the newest first. NotFound for anyone else's people."""
    if permissions.is_provider(reader) and provider.group_key not in permissions.provider_groups(reader):
        raise NotFound(HIDDEN)
    query = select(Inspection).where(Inspection.provider_id == provider.id)
    found = session.scalars(query.options(joinedload(Inspection.premises), joinedload(Inspection.case)).order_by(Inspection.created_at.desc()))
    return [for_provider(session, inspection) for inspection in found if provider_knows(inspection)]


def day_of_visit(inspection: Inspection) -> date:
    """The London day the visit was made on; today before it was."""
    return calendar.london_date(inspection.visit_ended_at) if inspection.visit_ended_at is not None else clock.today()


def open_premises(session: Session, reference: str) -> Premises:
    """The premises with this reference that have not closed, for staff who start an inspection. NotFound when there are none."""
    query = select(Premises).where(Premises.reference == reference.strip().upper(), Premises.closed_on.is_(None))
    found = session.scalar(query.options(joinedload(Premises.provider)))
    if found is None:
        raise NotFound("There are no such premises")
    return found
