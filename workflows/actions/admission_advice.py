"""Advice on an admission: asked of Procurement, Legal and Finance at once, reminded, and an objection that stands until it is lifted."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from models import CandidateGroup, Case
from workflows.actions import audit, mail
from workflows.actions.due_diligence import keep, person
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import due_diligence as queries
from workflows.queries import parameters
from workflows.rules import calendar, permissions

CLOSE_OF_BUSINESS = time(17)
MORNING = time(9)
ADVISERS = ("procurement", "legal", "finance")
# An objection on legality or funding stops the decision; any other goes to the decision maker (domain 4.4).
BLOCKING = ("legal", "finance")
TIMES = ("advice_due_on", "remind_advice_at", "escalate_advice_at")


def working_days_on(work: Work, days: int, *, at: time) -> datetime:
    """The moment so many working days after today."""
    working = calendar.find_calendar("EW", parameters.closures(work.session))
    day = calendar.london_date(work.now)
    for _ in range(days):
        day = calendar.next_working_day(day, working)
    return calendar.london_instant(day, at=at)


@operation("admissions.ask_advice", gives=TIMES)
def ask_advice(work: Work) -> dict[str, Any]:
    """Ask the three at once, and give the moments of the reminder and of telling the manager. The clock of the evaluation goes on."""
    days = int(parameters.value(work.session, "admission_advice_days"))
    due_at = working_days_on(work, days, at=CLOSE_OF_BUSINESS)
    for group in ADVISERS:
        mail.to_group(work.session, group, kind="admission:advice", case=work.case, subject=f"Advice wanted: {work.case.reference}",
                      link=f"/cases/{work.case.reference}")  # fmt: skip
    return {
        "advice_due_on": due_at.isoformat(),
        "remind_advice_at": working_days_on(work, max(1, days // 2), at=MORNING).isoformat(),
        "escalate_advice_at": working_days_on(work, days + 1, at=MORNING).isoformat(),
    }


@operation("admissions.remind_adviser")
def remind_adviser(work: Work) -> None:
    """Remind an adviser who has not answered."""
    group = str(work.params["group"])
    mail.to_group(work.session, group, kind="admission:advice_reminder", case=work.case, subject=f"Advice wanted: {work.case.reference}",
                  link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "consultation:reminded", case=work.case, by=None, detail={"consultee": group})


@operation("admissions.escalate_adviser")
def escalate_adviser(work: Work) -> None:
    """Tell an adviser's manager that advice is overdue. It stays asked: silence is never consent."""
    group = work.session.get_one(CandidateGroup, str(work.params["group"]))
    manager = group.manager_key or "monitoring-officer"
    mail.to_group(work.session, manager, kind="admission:advice_overdue", case=work.case, subject=f"Overdue advice: {work.case.reference}",
                  link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "consultation:escalated", case=work.case, by=None, detail={"consultee": group.key, "to": manager})


@operation("admissions.advise")
def advise(work: Work) -> None:
    """Keep the advice of one of the three. Field errors where comments are missing; Refused for whoever prepared the decision."""
    if work.task is None or work.task.candidate_group not in ADVISERS:
        raise Refused("Advice comes from Procurement, Legal or Finance")
    checks = queries.checks(work.session, work.case.id)
    prepared = {checks[kind].checked_by_id for kind in ("report", "recommendation") if kind in checks}
    if {person(work).id, *([work.acting_for.id] if work.acting_for else [])} & prepared:
        raise Refused("You cannot advise on this: you prepared it")
    answers = work.answers
    if answers["response"] in ("object", "support_with_conditions") and not answers.get("comments"):
        raise Invalid({"comments": "Enter your comments"})
    keep(work, f"advice_{work.task.candidate_group}", result=answers["response"], reasons=answers.get("comments", ""),
         detail={"implications": answers["implications"]})  # fmt: skip


@operation("admissions.sum_up_advice", gives=("admission_objection",))
def sum_up_advice(work: Work) -> dict[str, Any]:
    """Whether an objection on legality or funding stands, once all three have answered."""
    return {"admission_objection": "yes" if has_open_objection(work.session, work.case) else "no"}


def has_open_objection(session: Session, case: Case) -> bool:
    """Whether Legal or Finance objects and neither a new answer nor the Chief Executive has lifted it."""
    checks = queries.checks(session, case.id)
    settled = checks.get("objection_settled")
    objections = [checks[f"advice_{key}"] for key in BLOCKING if f"advice_{key}" in checks and checks[f"advice_{key}"].result == "object"]
    return any(settled is None or settled.result != "settled" or settled.checked_at < each.checked_at for each in objections)


@operation("admissions.resolve", gives=("objection_resolution",))
def resolve(work: Work) -> dict[str, Any]:
    """What the author does about an objection. Nothing they say lifts it."""
    keep(work, "objection_resolved", result=work.answers["objection_resolution"], detail={}, reasons=work.answers["resolution_text"])
    return {"objection_resolution": work.answers["objection_resolution"]}


@operation("admissions.settle", gives=("objection_resolution",))
def settle(work: Work) -> dict[str, Any]:
    """What the Chief Executive decides about an objection that was escalated; it stays on record with the reasons. Refused for others."""
    permissions.check_settle(work.acting_for or person(work))
    keep(work, "objection_settled", result=work.answers["objection_resolution"], detail={}, reasons=work.answers["resolution_text"])
    return {"objection_resolution": work.answers["objection_resolution"]}
