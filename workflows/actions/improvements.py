"""Putting findings right: at once where they are critical, else as the provider plans it, checked by the inspector, reported when overdue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from models import Finding, ImprovementAction, Inspection, Severity, User, clock
from workflows.actions import audit, happenings, inspection_letters, inspections, mail
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, NotFound, Refused
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.queries import parameters, providers
from workflows.rules import calendar, permissions
from workflows.rules import words as words_of

CLOSE_OF_BUSINESS = time(17)
MANAGER = "quality-manager"
HIGH_NEEDS = frozenset({"uasc", "high_needs", "unaccompanied"})


@operation("improvements.tell_critical", gives=("critical_findings", "critical_due_at"))
def tell_critical(work: Work) -> dict[str, Any]:
    """Tell the provider of what is critical, stop new placements, and give what it has to put right within hours."""
    inspection = queries.of_case(work.session, work.case.id)
    names = checklists.line_words(work.session, inspection)
    found = _critical(work.session, inspection)
    for each in found:
        _action_for(work.session, each, action=each.action_wanted, owner=inspection.provider.contact_name or inspection.provider.name,
                    due_on=calendar.london_date(each.due_at))  # fmt: skip
    inspections.stop_placements(work.session, inspection, because="critical_finding", by=None)
    due = min(each.due_at for each in found)
    words = {"findings": [f"{names[each.line]}: {each.action_wanted}" for each in found], "due": due_words(due)}
    inspection_letters.tell(work.session, inspection, "critical_finding", words=words, by=inspection.inspector)
    return {"critical_findings": [_item(each, names) for each in found], "critical_due_at": due.isoformat()}


def due_words(due: datetime) -> str:
    """`5pm on Tuesday 3 March 2026`, in London: a period of hours needs its hour."""
    local = due.astimezone(clock.LONDON)
    return f"{words_of.time(local)} on {calendar.date_words(local.date())}"


def _critical(session: Session, inspection: Inspection) -> list[Finding]:
    return [each for each in queries.findings(session, inspection) if each.severity is Severity.CRITICAL]


def _item(finding: Finding, names: Mapping[str, str]) -> dict[str, str]:
    return {"key": str(finding.id), "name": names.get(finding.line, finding.line), "severity": finding.severity.value}


def _action_for(session: Session, finding: Finding, *, action: str, owner: str, due_on: date) -> ImprovementAction:
    """What is done about a finding, planned anew or changed."""
    found = queries.action_of(session, finding)
    if found is None:
        found = ImprovementAction(
            finding_id=finding.id, action=action, owner=owner, due_on=due_on, agreed_at=None, agreed_by_id=None, document_id=None,
            answered_at=None, verified_at=None, verified_by_id=None,
        )  # fmt: skip
        session.add(found)
    found.action, found.owner, found.due_on = action, owner, due_on
    session.flush()
    return found


def _finding(work: Work, item: str) -> Finding:
    """The finding that a step is about; one of another inspection is never found."""
    given = work.data.get(item) or {}
    found = work.session.get(Finding, uuid.UUID(str(given["key"]))) if given.get("key") else None
    if found is None or found.inspection.case_id != work.case.id:
        raise NotFound("There is no such finding")
    return found


@operation("improvements.answer_critical")
def answer_critical(work: Work) -> None:
    """Keep what the provider has done about a critical finding, with its evidence."""
    _answer(work, _finding(work, "critical"))


@operation("improvements.answer")
def answer(work: Work) -> None:
    """Keep what the provider has done about a finding, with its evidence."""
    _answer(work, _finding(work, "action"))


def _answer(work: Work, finding: Finding) -> None:
    action = _planned(work.session, finding)
    files = providers.documents_of_task(work.session, work.task) if work.task is not None else []
    action.evidence, action.answered_at, action.not_verified_because = str(work.answers["evidence"]), work.now, ""
    action.document_id = files[-1].id if files else action.document_id
    audit.record(work.session, "inspection:action_answered", case=work.case, by=work.by, detail={"finding": str(finding.id)})
    work.session.flush()


def _planned(session: Session, finding: Finding) -> ImprovementAction:
    found = queries.action_of(session, finding)
    if found is None:
        raise Refused("Nothing was agreed about this finding")
    return found


@operation("improvements.verify_critical")
def verify_critical(work: Work) -> None:
    """Say whether a critical finding is put right, or what is still missing."""
    _verify(work, _finding(work, "unverified"))


@operation("improvements.verify", gives=("action_verified",))
def verify(work: Work) -> dict[str, Any]:
    """Say whether a finding is put right, what is still missing, or that it never will be."""
    return {"action_verified": _verify(work, _finding(work, "action"))}


def _verify(work: Work, finding: Finding) -> str:
    """Keep the check. Refused for anyone who is not staff, and before the provider has answered."""
    if work.by is None or permissions.is_provider(work.by):
        raise Refused("An action is checked by the inspector")
    action = _planned(work.session, finding)
    said = str(work.answers["action_verified"])
    if action.answered_at is None:
        raise Refused("The provider has not said yet what it has done")
    if said == "yes":
        action.verified_at, action.verified_by_id, action.not_verified_because = work.now, work.by.id, ""
    else:
        action.not_verified_because = str(work.answers.get("not_verified_because") or "")
        inspection_letters.tell(work.session, finding.inspection, "action_not_verified", words={}, by=work.by)
    audit.record(work.session, "inspection:action_checked", case=work.case, by=work.by,
                 detail={"finding": str(finding.id), "verified": said == "yes"}, text={"because": action.not_verified_because})  # fmt: skip
    work.session.flush()
    return said


@operation("improvements.check_critical", gives=("critical_left", "critical_findings"))
def check_critical(work: Work) -> dict[str, Any]:
    """Which critical findings are still open: the provider is asked about those again."""
    inspection = queries.of_case(work.session, work.case.id)
    names, done = checklists.line_words(work.session, inspection), queries.actions(work.session, inspection)
    left = [each for each in _critical(work.session, inspection) if each.id not in done or done[each.id].verified_at is None]
    return {"critical_left": "yes" if left else "no", "critical_findings": [_item(each, names) for each in left]}


@operation("improvements.critical_overdue")
def critical_overdue(work: Work) -> None:
    """The hours for a critical finding are over: everyone who has to know is told at once."""
    inspection = queries.of_case(work.session, work.case.id)
    done = queries.actions(work.session, inspection)
    for each in _critical(work.session, inspection):
        if each.id in done and done[each.id].verified_at is None:
            _announce_overdue(work, each, done[each.id])


def _announce_overdue(work: Work, finding: Finding, action: ImprovementAction) -> None:
    inspection = finding.inspection
    payload = {"inspection": str(inspection.id), "action": str(action.id), "severity": finding.severity.value}
    told = {"finding": str(finding.id), "severity": finding.severity.value}
    audit.record(work.session, "inspection:action_overdue", case=work.case, by=None, detail=told)
    mail.to_group(work.session, MANAGER, kind="inspection:action_overdue", case=work.case, subject=f"An action is overdue: {work.case.reference}",
                  link=f"/inspections/{work.case.reference}")  # fmt: skip
    happenings.announce(work.session, "ActionOverdue", payload, message_id=f"overdue:{action.id}", keys={"provider": str(inspection.provider_id)})


@operation("improvements.plan")
def plan(work: Work) -> None:
    """Keep what the provider will do about a finding. Invalid for a day after the one the finding has to be put right by."""
    finding = _finding(work, "finding")
    day, last = date.fromisoformat(str(work.answers["by_date"])), calendar.london_date(finding.due_at)
    # A plan that comes after the day itself is still wanted: then it is to be done today.
    latest = max(last, clock.today())
    if day > latest:
        raise Invalid({"by_date": f"It must be put right by {calendar.date_words(latest)}"})
    _action_for(work.session, finding, action=str(work.answers["action"]), owner=str(work.answers["owner"]), due_on=day)
    audit.record(work.session, "inspection:action_planned", case=work.case, by=work.by, detail={"finding": str(finding.id), "by": day.isoformat()})


@operation("improvements.remind_plan")
def remind_plan(work: Work) -> None:
    """The plan is late: the provider is asked again, and the quality manager told."""
    inspection = queries.of_case(work.session, work.case.id)
    inspection_letters.tell(work.session, inspection, "plan_reminder", words={})
    mail.to_group(work.session, MANAGER, kind="inspection:plan_late", case=work.case, subject=f"An action plan is late: {work.case.reference}",
                  link=f"/inspections/{work.case.reference}")  # fmt: skip


@operation("improvements.give_up", gives=("plan_overdue_days",))
def give_up(work: Work) -> dict[str, Any]:
    """There is no plan, and none is waited for any longer; gives how many working days it is late."""
    due = clock.read_instant(str(work.data["plan_due_at"]))
    working = calendar.find_calendar("EW", parameters.closures(work.session))
    days = calendar.working_days_between(calendar.london_date(due), calendar.london_date(work.now), working)
    audit.record(work.session, "inspection:plan_given_up", case=work.case, by=None, detail={"days": days})
    return {"plan_overdue_days": days}


@operation("improvements.accept", gives=("plan_accepted", "actions"))
def accept(work: Work) -> dict[str, Any]:
    """Agree to the plan, or send it back with what has to be amended; gives each agreed action with its days."""
    inspection = queries.of_case(work.session, work.case.id)
    said = str(work.answers["plan_accepted"])
    if said != "accept":
        because = str(work.answers.get("amend_because") or "")
        inspection_letters.tell(work.session, inspection, "plan_to_amend", words={"because": because}, by=work.by)
        audit.record(work.session, "inspection:plan_sent_back", case=work.case, by=work.by, text={"because": because})
        return {"plan_accepted": "amend", "actions": []}
    return {"plan_accepted": "accept", "actions": _agree(work.session, inspection, by=work.by)}


def _agree(session: Session, inspection: Inspection, *, by: User | None) -> list[dict[str, str]]:
    names, done, items = checklists.line_words(session, inspection), queries.actions(session, inspection), []
    overdue = parameters.rule(session, "action_overdue_days")
    for finding in queries.findings(session, inspection):
        action = done.get(finding.id)
        if finding.severity is Severity.CRITICAL or action is None:
            continue
        action.agreed_at, action.agreed_by_id = clock.now(), by.id if by else None
        late = calendar.reckon(overdue, action.due_on, event="The action was due", closures=parameters.closures(session)).on
        items.append(_item(finding, names) | {"due_at": _until(action.due_on), "overdue_at": _until(late)})
    audit.record(session, "inspection:plan_accepted", case=inspection.case, by=by, detail={"count": len(items)})
    session.flush()
    return items


def _until(day: date) -> str:
    return calendar.london_instant(day, at=CLOSE_OF_BUSINESS).isoformat()


@operation("improvements.remind")
def remind(work: Work) -> None:
    """The day of an action has come: the provider is reminded."""
    inspection_letters.tell(work.session, queries.of_case(work.session, work.case.id), "action_reminder", words={})


@operation("improvements.overdue")
def overdue(work: Work) -> None:
    """An action is overdue: the quality manager is told, and whoever may have to stop placements."""
    finding = _finding(work, "action")
    _announce_overdue(work, finding, _planned(work.session, finding))


@operation("improvements.escalate")
def escalate(work: Work) -> None:
    """A finding will not be put right: the inspection ends as escalated, and suspension is recommended."""
    finding = _finding(work, "action")
    inspection = finding.inspection
    inspection.consequence = "suspension"
    payload = {"inspection": str(inspection.id), "grade": inspection.grade.value if inspection.grade else "", "consequence": "suspension"}
    audit.record(work.session, "inspection:escalated", case=work.case, by=None, detail={"finding": str(finding.id)})
    keys = {"provider": str(inspection.provider_id)}
    happenings.announce(work.session, "InspectionCompleted", payload, message_id=f"escalated:{finding.id}", keys=keys)


@operation("improvements.sum_up", gives=("closing", "risk_now", "is_new", "high_needs"))
def sum_up(work: Work) -> dict[str, Any]:
    """How it ended, and what the day of the next visit depends on."""
    inspection = queries.of_case(work.session, work.case.id)
    found, done = queries.findings(work.session, inspection), queries.actions(work.session, inspection)
    left = [each for each in found if each.id not in done or done[each.id].verified_at is None]
    return {
        "closing": "escalated" if left else "actions_complete" if found else "met",
        "risk_now": inspection.risk or "low",
        "is_new": "yes" if _is_new(work.session, inspection) else "no",
        "high_needs": "yes" if inspection.premises is not None and HIGH_NEEDS & set(inspection.premises.supports) else "no",
    }


def _is_new(session: Session, inspection: Inspection) -> bool:
    """Whether Ofsted has given no outcome yet, or the premises were never graded by us before."""
    registration = providers.registration_of(session, inspection.provider)
    return registration is None or registration.last_outcome is None or not queries.earlier(session, inspection)
