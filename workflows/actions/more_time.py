"""More time for one consultee: another day by which advice is wanted, with the reason; the others keep theirs."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from models import ConsultationRequest, ConsultationStatus, User, clock
from workflows.actions import audit, consultations, mail, redating
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import parameters
from workflows.rules import calendar, permissions, reasons, words
from workflows.rules.calendar import Explanation

LONGEST = timedelta(days=60)


def give(session: Session, request: ConsultationRequest, *, until: date | None, because: str, by: User) -> None:
    """Let a consultee answer until 5pm on another London day; its task, its reminders and the overdue notices follow.

    Refused for anyone but the team that owns the case and the Monitoring Officer, and for the consultee's own people; Conflict when they
    have answered; Invalid with a message for each wrong field.
    """
    case = request.decision.case
    check(request, by=by)
    redating.lock_running(session, case.id)
    audit.lock(session, case)
    session.refresh(request)
    if request.status is not ConsultationStatus.ASKED or request.decision.withdrawn_at is not None:
        raise Conflict("This request for advice is not open any more")
    was, because = calendar.london_date(request.due_at), " ".join(because.split())
    day = _checked(session, was, until, because)
    explanation = Explanation.from_json(request.due_explanation or {})
    moved = calendar.moved(calendar.Deadline(was, explanation), to=day, by=by.name, reason=because)
    old = consultations.times(session, explanation.started_on, until=was)
    new = consultations.times(session, explanation.started_on, until=day)
    request.due_at, request.due_explanation = consultations.close_of_business(moved), moved.explanation.to_json()
    request.more_time_asked_because = ""
    session.flush()
    redating.move_timers(session, case, {(name, old[name]): new[name] for name in old}, of=("consultee", request.consultee_key))
    detail = {"consultee": request.consultee_key, "from": was, "to": day}
    audit.record(session, "consultation:more_time_given", case=case, by=by, detail=detail, text={"because": because})
    mail.to_group(session, request.consultee_key, kind="consultation:more_time_given", case=case,
                  subject=f"You have until {words.short_day(day)} to advise: {case.title}", link=f"/consultations/{request.id}")  # fmt: skip


def check(request: ConsultationRequest, *, by: User) -> None:
    """Raise Refused unless this person may give more time."""
    permissions.check_manage(by, request.decision.case)
    if request.consultee_key in permissions.groups_of(by):
        raise Refused("Somebody else must give your own team more time")


def can_give(request: ConsultationRequest, *, by: User) -> bool:
    """Whether more time can be given now, by this person."""
    try:
        check(request, by=by)
    except Refused:
        return False
    return request.status is ConsultationStatus.ASKED and request.decision.withdrawn_at is None


def _checked(session: Session, was: date, until: date | None, because: str) -> date:
    errors: dict[str, str] = {}
    if problem := _problem_with(session, was, until):
        errors["until"] = problem
    if problem := reasons.problem_with(because):
        errors["because"] = problem
    if errors or until is None:
        raise Invalid(errors)
    return until


def _problem_with(session: Session, was: date, until: date | None) -> str:
    if until is None:
        return "The new day must be a real date"
    if until <= max(was, clock.today()):
        return f"The new day must be after {calendar.date_words(max(was, clock.today()))}"
    if until > clock.today() + LONGEST:
        return f"The new day must be within {LONGEST.days} days"
    if calendar.find_calendar("EW", parameters.closures(session)).day_off(until) is not None:
        return "The new day must be a working day"
    return ""
