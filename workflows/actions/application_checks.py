"""The first look at an application: whether anything is missing, its rejection by two people, and what its evidence comes to."""

from __future__ import annotations

from typing import Any

from models import Application, ApplicationStatus, User
from workflows.actions import audit, evaluation_clock, happenings, letters
from workflows.actions.operating import Work, operation
from workflows.errors import Closed, Invalid, Refused
from workflows.queries import applications as queries
from workflows.queries import tasks as task_queries
from workflows.rules import calendar

CHECK, SECOND_CHECK = "check-completeness", "check-rejection"
INCONCLUSIVE = "inconclusive"
WANTING = frozenset({"unanswered", "not_evidenced"})
# What an unfinished due diligence leaves out and the admission asks for.
NOTHING_RECOMMENDED: dict[str, Any] = {"conditions": [], "categories_recommended": [], "advice_needed": "no"}


@operation("applications.record_completeness", gives=("is_manifest", "open_items", "days_left", "is_extended"))
def record_completeness(work: Work) -> dict[str, Any]:
    """Keep what was found missing or unclear, and give what the table of completeness looks at. Invalid when a refusal has no reason."""
    application = being_looked_at(work)
    answers = work.answers
    is_manifest = answers["is_manifest"] == "yes"
    if is_manifest and not str(answers.get("manifest_because") or "").strip():
        raise Invalid({"manifest_because": "Enter why it must be refused"})
    wanting = sorted(key for key, value in answers.items() if key.startswith("item_") and value in queries.UNCLEAR)
    detail = {"open": [key.removeprefix("item_") for key in wanting], "is_manifest": is_manifest}
    audit.record(work.session, "application:completeness_checked", case=work.case, by=work.by, acting_for=work.acting_for, detail=detail)
    return {
        "is_manifest": "yes" if is_manifest else "no", "open_items": len(wanting), "days_left": evaluation_clock.days_left(work, application),
        "is_extended": "yes" if application.extended_at is not None else "no",
    }  # fmt: skip


def being_looked_at(work: Work) -> Application:
    """The application of the case. Closed when it is not sent or has been decided."""
    application = queries.of_case(work.session, work.case.id)
    if application.status is not ApplicationStatus.SENT or application.decided_at is not None:
        raise Closed("This application is not being looked at")
    return application


@operation("applications.check_rejection", gives=("rejection_agreed",))
def check_rejection(work: Work) -> dict[str, Any]:
    """A second person agrees that an application is refused without further checks, or has it looked at again.

    Refused for whoever made the first check, themselves or through somebody who acts for them.
    """
    being_looked_at(work)
    _check_second(work)
    agreed = work.answers["rejection_agreed"]
    if agreed == "yes" and not str(work.answers.get("rejection_reasons") or "").strip():
        raise Invalid({"rejection_reasons": "Enter the reasons for the provider"})
    return {"rejection_agreed": agreed}


def _check_second(work: Work) -> None:
    first = task_queries.latest_answer(work.session, work.case.id, [CHECK])
    if work.by is None or first is None:
        raise Refused("Two people refuse an application: nobody has made the first check")
    themselves = {work.by.id, *([work.acting_for.id] if work.acting_for else [])}
    if first.said_by_id in themselves:
        raise Refused("You cannot agree to this because you made the first check. Ask a colleague")


@operation("applications.reject", gives=("application_outcome",))
def reject(work: Work) -> dict[str, Any]:
    """Refuse an application on the word of two people, with the reasons for each criterion (PCR 2015 regs 34(20) and 55).

    Refused unless both have spoken, whatever the diagram says.
    """
    application = being_looked_at(work)
    first = task_queries.latest_answer(work.session, work.case.id, [CHECK])
    second = task_queries.latest_answer(work.session, work.case.id, [SECOND_CHECK])
    if first is None or second is None or first.said_by_id == second.said_by_id or second.values.get("rejection_agreed") != "yes":
        raise Refused("Two people refuse an application")
    application.status, application.decided_at, application.ended_at = ApplicationStatus.REJECTED, work.now, work.now
    application.reasons = str(second.values["rejection_reasons"]).strip()
    work.case.outcome = "rejected"
    work.session.flush()
    said = {"list": application.purchasing_list.title, "reasons": application.reasons}
    author, approver = (work.session.get_one(User, each.said_by_id) for each in (first, second))
    letters.send(work.session, work.case, application.provider, kind="rejection", words=said, by=author, approver=approver)
    audit.record(work.session, "application:rejected", case=work.case, by=approver)
    happenings.announce(
        work.session, "ProviderRejected", {"application": str(application.id)}, message_id=f"rejected:{application.id.hex}",
        keys={"application": str(application.id)},
    )  # fmt: skip
    return {"application_outcome": "rejected"}


@operation("applications.weigh_evidence", gives=("diligence_result", "checks_unfinished", *NOTHING_RECOMMENDED))
def weigh_evidence(work: Work) -> dict[str, Any]:
    """Put the checks and the clarification together. What was asked for and did not come is not evidenced: nobody can be admitted on it.

    Checks that ran out of time may be made again if the period can still be prolonged.
    """
    application = queries.of_case(work.session, work.case.id)
    result = str(work.data.get("diligence_result") or INCONCLUSIVE)
    wanting = work.data.get("clarification_result") in WANTING
    may_extend = application.extended_at is None and calendar.london_date(work.now) <= _due(application)
    unfinished = result == INCONCLUSIVE and not wanting and may_extend
    if wanting:
        audit.record(work.session, "application:not_evidenced", case=work.case, by=None)
    return {
        "diligence_result": INCONCLUSIVE if wanting else result, "checks_unfinished": "yes" if unfinished else "no",
        **{key: work.data.get(key, nothing) for key, nothing in NOTHING_RECOMMENDED.items()},
    }  # fmt: skip


def _due(application: Application) -> Any:
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    return application.evaluation_due_on
