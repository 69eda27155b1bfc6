"""The clock of an evaluation as the process of an application uses it: set, warned of, prolonged once, breached, and never paused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Application, Regime
from workflows.actions import audit, letters, mail
from workflows.actions.operating import Work, operation
from workflows.errors import Refused
from workflows.queries import applications as queries
from workflows.queries import parameters
from workflows.rules import calendar, evaluation

MORNING = evaluation.MORNING
WATCHES = "head-of-procurement"
# How long an evaluation may take, and how long at most: by law for a system of the Regulations of 2015, by policy elsewhere.
RULES = {
    Regime.PCR_R34: ("application_evaluation", "application_evaluation_extended"),
    Regime.PCR_LTR_LIST: ("application_evaluation_policy", "application_evaluation_policy_extended"),
}
NEWER = ("application_evaluation_pa23", "application_evaluation_pa23_extended")
WARNINGS = ("evaluation_first_warning_days", "evaluation_second_warning_days")


def begin(session: Session, application: Application) -> None:
    """Work out by which day an application that was sent must be answered (PCR 2015 reg 34(16)); how is kept with it."""
    assert application.sent_at is not None
    _reckon(session, application, RULES.get(application.purchasing_list.regime, NEWER)[0])


def _reckon(session: Session, application: Application, key: str) -> None:
    assert application.sent_at is not None
    received = calendar.london_date(application.sent_at)
    rule = parameters.rule(session, key, on=received)
    deadline = calendar.reckon(rule, received, event="Application received", closures=parameters.closures(session))
    application.evaluation_due_on, application.evaluation_explanation = deadline.on, deadline.explanation.to_json()
    session.flush()


def next_moment(
    session: Session, application: Application, *, now: datetime, due_on: date | None = None, closures: Sequence[calendar.Closure] | None = None
) -> str:
    """When the diagram looks at the clock next, as it writes moments; for another day of the answer or other days off where they are given."""
    due_on = due_on or application.evaluation_due_on
    assert due_on is not None
    days = working(session) if closures is None else calendar.find_calendar("PCR", closures)
    return evaluation.next_look(due_on, warned_at=_warnings_before(session, due_on, days), now=now).isoformat()


def _warnings(session: Session, application: Application) -> list[datetime]:
    assert application.evaluation_due_on is not None
    return _warnings_before(session, application.evaluation_due_on, working(session))


def _warnings_before(session: Session, due_on: date, days: calendar.Calendar) -> list[datetime]:
    return evaluation.warnings(due_on, [int(parameters.value(session, key)) for key in WARNINGS], days)


def working(session: Session) -> calendar.Calendar:
    """The working days that evaluations are counted in."""
    return calendar.find_calendar("PCR", parameters.closures(session))


def days_left(work: Work, application: Application) -> int:
    """How many working days are left until the answer is due, that day among them; below zero when it is late."""
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    return calendar.working_days_between(calendar.london_date(work.now), application.evaluation_due_on, working(work.session))


@operation("applications.acknowledge")
def acknowledge(work: Work) -> None:
    """Confirm to the provider that its application arrived, with the day by which the council must answer."""
    application = queries.of_case(work.session, work.case.id)
    assert application.sent_at is not None
    said = {
        "list": application.purchasing_list.title, "received_on": calendar.london_date(application.sent_at),
        "due_on": application.evaluation_due_on,
    }  # fmt: skip
    letters.send(work.session, work.case, application.provider, kind="acknowledgement", words=said, by=None)


@operation("applications.look_at_clock", gives=("clock_state", "clock_at"))
def look_at_clock(work: Work) -> dict[str, Any]:
    """What the clock says, by the day of the answer as it is now. Only the recorded decision stops it."""
    application = queries.of_case(work.session, work.case.id)
    looked_for = datetime.fromisoformat(str(work.data["clock_at"]))
    state = evaluation.look(application, looked_for=looked_for, warned_at=_warnings(work.session, application), now=work.now)
    return {"clock_state": state, "clock_at": next_moment(work.session, application, now=work.now)}


@operation("applications.warn")
def warn(work: Work) -> None:
    """Tell the team and the Head of Procurement that the day of the answer comes near."""
    application = queries.of_case(work.session, work.case.id)
    left = days_left(work, application)
    for group in (work.case.team_key, WATCHES):
        mail.to_group(work.session, group, kind="application:due_soon", case=work.case,
                      subject=f"{left} working days left to answer {work.case.reference}", link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "application:due_soon", case=work.case, by=None,
                 detail={"due": str(application.evaluation_due_on), "days_left": left})  # fmt: skip


@operation("applications.escalate")
def escalate(work: Work) -> None:
    """Report to the Head of Procurement that an application was not answered in time (PCR 2015 reg 34(16)). It is still to be answered.

    Whatever the cause, an outage among them, it is recorded as a breach.
    """
    application = queries.of_case(work.session, work.case.id)
    mail.to_group(work.session, WATCHES, kind="application:breached", case=work.case,
                  subject=f"Not answered in time: {work.case.reference}", link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "application:breached", case=work.case, by=None, detail={"due": str(application.evaluation_due_on)})


@operation("applications.decide_extension", gives=("is_extended", "days_left", "evaluation_due"))
def decide_extension(work: Work) -> dict[str, Any]:
    """Prolong the evaluation once, with a reason that the provider is told (PCR 2015 reg 34(17)), or leave it as it is.

    Refused for anyone but the Head of Procurement, a second time, and once the period is over.
    """
    application = queries.of_case(work.session, work.case.id)
    if work.answers.get("extend") == "yes":
        because = str(work.answers.get("extended_because") or "")
        evaluation.check_extension(application, by=work.acting_for or work.by, because=because, now=work.now)
        _extend(work, application, because.strip())
    else:
        audit.record(work.session, "application:not_extended", case=work.case, by=work.by, acting_for=work.acting_for)
    return {
        "is_extended": "yes" if application.extended_at is not None else "no",
        "days_left": days_left(work, application), "evaluation_due": str(application.evaluation_due_on),
    }  # fmt: skip


def _extend(work: Work, application: Application, because: str) -> None:
    application.extended_at, application.extended_because = work.now, because
    _reckon(work.session, application, RULES.get(application.purchasing_list.regime, NEWER)[1])
    said = {"list": application.purchasing_list.title, "because": because, "due_on": application.evaluation_due_on}
    letters.send(work.session, work.case, application.provider, kind="extension", words=said, by=work.by)
    audit.record(work.session, "application:extended", case=work.case, by=work.by, acting_for=work.acting_for,
                 detail={"due": str(application.evaluation_due_on)}, text={"because": because})  # fmt: skip
