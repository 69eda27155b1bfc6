"""Asking a provider to complete or clarify its application, inside the period of the evaluation, which goes on (PCR 2015 regs 34(16), 56(4))."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from models import Application, User
from workflows.actions import audit, evaluation_clock, letters, mail, provider_messages
from workflows.actions.application_checks import being_looked_at
from workflows.actions.operating import Work, operation
from workflows.errors import Closed, Invalid, Refused
from workflows.queries import applications as queries
from workflows.queries import parameters
from workflows.rules import calendar, evaluation, permissions

CLOSE_OF_BUSINESS = time(17)
MORNING = time(9)
KEPT = "clarification_margin_days"
AGAIN = "ask_again"


@operation("clarifications.ask", gives=("reply_by_at", "remind_reply_at"))
def ask(work: Work) -> dict[str, Any]:
    """Ask the provider, in the thread and by letter, and give the moments by which it is reminded and must have answered.

    Invalid for a day that does not leave the working days in which to decide: the clock does not wait. Closed when no day is left.
    """
    application = being_looked_at(work)
    by = _person(work)
    questions = [str(line) for line in work.answers["questions"]]
    reply_by = _reply_by(work, application)
    said = {"list": application.purchasing_list.title, "questions": questions, "reply_by": reply_by, "due_on": application.evaluation_due_on}
    letters.send(work.session, work.case, application.provider, kind="clarification", words=said, by=by)
    lines = "\n".join(f"{number}. {line}" for number, line in enumerate(questions, 1))
    provider_messages.send(work.session, work.case, body=f"{lines}\n\nAnswer by {calendar.date_words(reply_by)}.", by=by)
    audit.record(work.session, "clarification:asked", case=work.case, by=by, detail={"reply_by": reply_by.isoformat(), "count": len(questions)})
    return {
        "reply_by_at": calendar.london_instant(reply_by, at=CLOSE_OF_BUSINESS).isoformat(),
        "remind_reply_at": _reminder(work, reply_by).isoformat(),
    }  # fmt: skip


def latest_reply(work: Work, application: Application) -> date:
    """The last day for an answer that leaves the working days in which to decide (domain DPS-19)."""
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    kept = int(parameters.value(work.session, KEPT))
    return evaluation.latest_reply(application.evaluation_due_on, kept, evaluation_clock.working(work.session))


def _reply_by(work: Work, application: Application) -> date:
    last = latest_reply(work, application)
    today = calendar.london_date(work.now)
    if last < today:
        raise Closed("No day is left in which the provider could answer. Decide on what is here, or have the period prolonged")
    wanted = date.fromisoformat(str(work.answers["reply_by"]))
    if wanted > last:
        raise Invalid({"reply_by": f"The answer must be here by {calendar.date_words(last)}, so that there is time to decide"})
    if wanted < today:
        raise Invalid({"reply_by": "The day of the answer must be today or later"})
    if work.now >= calendar.london_instant(wanted, at=CLOSE_OF_BUSINESS):
        raise Invalid({"reply_by": "The day of the answer must be tomorrow or later"})
    return wanted


def _reminder(work: Work, reply_by: date) -> datetime:
    """The morning of the day of the answer."""
    return calendar.london_instant(reply_by, at=MORNING)


@operation("clarifications.remind")
def remind(work: Work) -> None:
    """Remind the provider on the morning of the day on which its answer is wanted."""
    application = queries.of_case(work.session, work.case.id)
    mail.to_group(work.session, application.provider.group_key, kind="clarification:reminder", case=work.case,
                  subject=f"Answer wanted today: {work.case.reference}", link="/provider")  # fmt: skip
    audit.record(work.session, "clarification:reminded", case=work.case, by=None)


@operation("clarifications.answer", gives=("clarification_result",))
def answer(work: Work) -> dict[str, Any]:
    """Keep the provider's answers; they also stand in the thread. Refused for a stranger."""
    application = being_looked_at(work)
    by = _person(work)
    if application.provider.group_key not in permissions.provider_groups(by):
        raise Refused("Only the provider's own people can answer this")
    provider_messages.send(work.session, work.case, body=str(work.answers["reply"]), by=by)
    audit.record(work.session, "clarification:answered", case=work.case, by=by)
    return {"clarification_result": "to_check"}


@operation("clarifications.note_silence", gives=("clarification_result",))
def note_silence(work: Work) -> dict[str, Any]:
    """The day has passed without an answer: it is decided on what is held, and the provider may apply again at any time."""
    application = queries.of_case(work.session, work.case.id)
    audit.record(work.session, "clarification:unanswered", case=work.case, by=None)
    mail.to_group(work.session, work.case.team_key, kind="clarification:unanswered", case=work.case,
                  subject=f"The provider did not answer: {work.case.reference}", link=f"/cases/{work.case.reference}")  # fmt: skip
    mail.to_group(work.session, application.provider.group_key, kind="clarification:over", case=work.case,
                  subject=f"The time to answer is over: {work.case.reference}", link=f"/apply/{work.case.reference}/status")  # fmt: skip
    return {"clarification_result": "unanswered"}


@operation("clarifications.check", gives=("clarification_result",))
def check(work: Work) -> dict[str, Any]:
    """Say whether the answers are enough. Asking once more is refused when no day is left for it."""
    application = being_looked_at(work)
    result = str(work.answers["clarification_result"])
    if result != "answered" and not str(work.answers.get("check_reasons") or "").strip():
        raise Invalid({"check_reasons": "Enter what is still missing or unclear"})
    if result == AGAIN and calendar.london_date(work.now) >= latest_reply(work, application):
        raise Invalid({"clarification_result": "There is no time to ask once more. Decide on what is here"})
    audit.record(work.session, "clarification:checked", case=work.case, by=work.by, acting_for=work.acting_for, detail={"result": result})
    return {"clarification_result": result}


def _person(work: Work) -> User:
    if work.by is None:
        raise Refused("A person asks and a person answers")
    return work.by
