"""Applications to purchasing lists: begun, sent, withdrawn and ended. What happens to one in between is in its process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, ApplicationStatus, Membership, MembershipStatus, Provider, PurchasingList, User, clock
from workflows.actions import (
    application_drafts,
    application_records,
    audit,
    cases,
    evaluation_clock,
    happenings,
    instances,
    mail,
    memberships,
    messages,
)
from workflows.actions.operating import Work, operation
from workflows.errors import Closed, Conflict, Invalid, Refused
from workflows.queries import applications as queries
from workflows.queries import parameters
from workflows.rules import calendar, list_openness, permissions

KEY = "provider-application"
TEAM = "procurement"
LONGEST_TITLE = 150
LONGEST_REASON = 2000
REMINDERS = ("draft_first_reminder_days", "draft_second_reminder_days", "draft_third_reminder_days")
OUTCOMES = {
    ApplicationStatus.ADMITTED: "admitted",
    ApplicationStatus.ADMITTED_WITH_CONDITIONS: "admitted_with_conditions",
    ApplicationStatus.REJECTED: "rejected",
    ApplicationStatus.LAPSED: "lapsed",
}
CASE_OUTCOMES = {"lapsed": "never-signed"}
ADMITTED = frozenset({ApplicationStatus.ADMITTED, ApplicationStatus.ADMITTED_WITH_CONDITIONS})


def start(session: Session, *, provider: Provider, purchasing_list: PurchasingList, categories: Sequence[str], by: User) -> Application:
    """Begin an application to some categories of a list: a case of its own, whose process waits for it to be completed.

    Refused for anyone but the provider's own people, for paper is not allowed (PCR 2015 reg 34(2)); Closed when the list takes no
    requests; Conflict while another draft to the same list waits; Invalid without a category of the list.
    """
    if provider.group_key not in permissions.provider_groups(by):
        raise Refused("Only the provider's own people can apply for it")
    _check_exists(provider)
    list_openness.check_open(purchasing_list, clock.today())
    known = {category.key for category in purchasing_list.categories}
    if not categories or set(categories) - known:
        raise Invalid({"categories": "Select at least one category of this list"})
    session.refresh(provider, with_for_update={"of": Provider})
    if queries.draft_of(session, provider, purchasing_list) is not None:
        raise Conflict("Your organisation has begun an application to this list. Go on with that one")
    application = _open(session, provider, purchasing_list, categories, by)
    instances.start(session, application.case, KEY, data=_first_data(session, application), by=by)
    return application


def _check_exists(provider: Provider) -> None:
    if provider.dissolved_on is not None and provider.dissolved_on <= clock.today():
        raise Refused(f"The register says that this organisation was dissolved on {calendar.date_words(provider.dissolved_on)}")


def _open(session: Session, provider: Provider, purchasing_list: PurchasingList, categories: Sequence[str], by: User) -> Application:
    case = cases.open_case(
        session, kind=KEY, prefix="APP", title=f"{provider.name}: {purchasing_list.title}"[:LONGEST_TITLE], team_key=TEAM, by=by,
        provider=provider, keys={"provider": str(provider.id), "list": str(purchasing_list.id)},
    )  # fmt: skip
    now = clock.now()
    application = Application(
        case_id=case.id, provider_id=provider.id, list_id=purchasing_list.id, categories=list(dict.fromkeys(categories)), started_by_id=by.id,
        started_at=now, last_changed_at=now, sent_at=None, sent_by_id=None, evaluation_due_on=None, extended_at=None, decided_at=None,
        ended_at=None, case=case, provider=provider, purchasing_list=purchasing_list,
    )  # fmt: skip
    session.add(application)
    session.flush()
    cases.add_keys(session, case, {"application": str(application.id)})
    return application


def _first_data(session: Session, application: Application) -> dict[str, Any]:
    provider, purchasing_list = application.provider, application.purchasing_list
    return {
        "case_reference": application.case.reference, "application_id": str(application.id), "list_id": str(purchasing_list.id),
        "provider_id": str(provider.id), "provider_group": provider.group_key, "provider_name": provider.name,
        "regime": purchasing_list.regime.value, "categories": list(application.categories), **_draft_times(session, application),
    }  # fmt: skip


def _draft_times(session: Session, application: Application) -> dict[str, str]:
    """When to look next at a draft that nobody changes, and when it lapses."""
    changed = calendar.london_date(application.last_changed_at)
    idle = (clock.today() - changed).days
    lapse = int(parameters.value(session, "draft_lapse_days"))
    reminders = sorted(int(parameters.value(session, key)) for key in REMINDERS)
    following = next((days for days in [*reminders, lapse] if days > idle), lapse)
    return {
        "draft_look_at": calendar.london_instant(changed + timedelta(days=following), at=evaluation_clock.MORNING).isoformat(),
        "draft_lapses_at": calendar.london_instant(changed + timedelta(days=lapse), at=evaluation_clock.MORNING).isoformat(),
    }


@operation("applications.look_at_draft", gives=("draft_state", "draft_look_at", "draft_lapses_at", "application_outcome"))
def look_at_draft(work: Work) -> dict[str, Any]:
    """Remind the provider of a draft that nobody has changed for long, and let it lapse after the last day. A change begins the count anew."""
    application = queries.of_case(work.session, work.case.id)
    idle = (calendar.london_date(work.now) - calendar.london_date(application.last_changed_at)).days
    if idle >= int(parameters.value(work.session, "draft_lapse_days")):
        _end(application, ApplicationStatus.LAPSED)
        _tell(work, application, "application:lapsed", "Your application was not sent and has lapsed")
        return {"draft_state": "lapsed", "application_outcome": "lapsed_draft", **_draft_times(work.session, application)}
    if idle >= min(int(parameters.value(work.session, key)) for key in REMINDERS):
        _tell(work, application, "application:reminder", "Your application is not sent yet")
        audit.record(work.session, "application:reminded", case=work.case, by=None, detail={"days": idle})
    return {"draft_state": "waits", "application_outcome": "open", **_draft_times(work.session, application)}


def _tell(work: Work, application: Application, kind: str, subject: str) -> None:
    mail.to_group(work.session, application.provider.group_key, kind=kind, case=work.case, subject=f"{subject}: {work.case.reference}",
                  link=f"/apply/{work.case.reference}")  # fmt: skip


SENDING = ("evaluation_due", "clock_at", "is_extended", "list_not_yet_open", "list_is_over", "first_wave_missed", "application_outcome")


@operation("applications.send", gives=SENDING)
def send(work: Work) -> dict[str, Any]:
    """Take the application as it stands, write what it says into the provider's record, and start the clock of the evaluation.

    Refused for a stranger, while a section is not completed, and for an organisation that was dissolved; Closed when the list takes no
    requests or the application was sent. Earlier applications for the same categories that are still looked at are replaced by it.
    """
    application = queries.of_case(work.session, work.case.id)
    by = _sender(work, application)
    list_openness.check_open(application.purchasing_list, calendar.london_date(work.now))
    missing = application_drafts.unready(work.session, application)
    if missing:
        raise Refused(f"{missing[0].title} is not completed")
    earlier = queries.replaced_by(work.session, application)
    application.status, application.sent_at, application.sent_by_id = ApplicationStatus.SENT, work.now, by.id
    application.signatory_name = str(work.answers["signatory_name"]).strip()
    application.signatory_role = str(work.answers["signatory_role"]).strip()
    application.questionnaire_version = f"{work.instance.definition.key} {work.instance.definition.version}"
    evaluation_clock.begin(work.session, application)
    application_records.write(work.session, application, by=by)
    audit.record(work.session, "application:sent", case=work.case, by=by, acting_for=work.acting_for,
                 detail={"due": str(application.evaluation_due_on), "categories": list(application.categories)})  # fmt: skip
    for other in earlier:
        _replace(work.session, other, application)
    happenings.announce(
        work.session, "ApplicationSent", {"application": str(application.id)}, message_id=f"sent:{application.id.hex}",
        keys={"application": str(application.id)}, by=by,
    )  # fmt: skip
    facts = list_openness.facts(application.purchasing_list, calendar.london_date(work.now))
    return {
        **facts, "evaluation_due": str(application.evaluation_due_on), "is_extended": "no", "application_outcome": "open",
        "clock_at": evaluation_clock.next_moment(work.session, application, now=work.now),
    }  # fmt: skip


def _sender(work: Work, application: Application) -> User:
    if work.by is None or application.provider.group_key not in permissions.provider_groups(work.by):
        raise Refused("Only the provider's own people can send its application")
    if application.status is not ApplicationStatus.DRAFT:
        raise Closed("This application was sent already")
    _check_exists(application.provider)
    for key, words in (("authority_confirmed", "Confirm that you may sign for this organisation"),
                       ("truth_declared", "Confirm that what the application says is true")):  # fmt: skip
        if work.answers.get(key) is not True:
            raise Invalid({key: words})
    return work.by


def _replace(session: Session, other: Application, newer: Application) -> None:
    messages.send_to_case(session, other.case, "ApplicationSuperseded", {"superseded_by": newer.case.reference},
                          message_id=f"superseded:{other.id.hex}:{newer.id.hex}")  # fmt: skip


@operation("applications.record_replacement")
def record_replacement(work: Work) -> None:
    """End an application because a newer one for the same categories was sent. The record stays."""
    application = queries.of_case(work.session, work.case.id)
    _end(application, ApplicationStatus.SUPERSEDED)
    audit.record(work.session, "application:superseded", case=work.case, by=None, detail={"by_case": str(work.data["superseded_by"])})


@operation("applications.look_at_list", gives=("list_is_over",))
def look_at_list(work: Work) -> dict[str, Any]:
    """Whether the end of the list ends this application: not while its validity goes on, and not once the decision is made."""
    application = queries.of_case(work.session, work.case.id)
    is_over = list_openness.is_over(application.purchasing_list, calendar.london_date(work.now))
    return {"list_is_over": "yes" if is_over and application.decided_at is None else "no"}


@operation("applications.record_list_closed")
def record_list_closed(work: Work) -> None:
    """End an application because its list is over. Refused while the list is open: then it must be evaluated (PCR 2015 reg 34(15)-(16))."""
    application = queries.of_case(work.session, work.case.id)
    if not list_openness.is_over(application.purchasing_list, calendar.london_date(work.now)):
        raise Refused("This list is still open, so the application is evaluated")
    _end(application, ApplicationStatus.LIST_CLOSED)
    _tell(work, application, "application:list_closed", "The list you applied to has closed")
    audit.record(work.session, "application:list_closed", case=work.case, by=None)


@operation("applications.close", gives=("application_outcome",))
def close(work: Work) -> dict[str, Any]:
    """End an application that was decided. Refused for one that was not: the clock would have stopped without an answer."""
    application = queries.of_case(work.session, work.case.id)
    if application.status not in OUTCOMES or application.decided_at is None:
        raise Refused("This application has not been decided")
    application.ended_at = work.now
    outcome = OUTCOMES[application.status]
    work.case.outcome = CASE_OUTCOMES.get(outcome, outcome.replace("_", "-"))
    return {"application_outcome": outcome}


def withdraw(session: Session, application: Application, *, because: str, by: User) -> None:
    """Take an application back, at any step until the agreement is signed. The case ends and stays on record.

    Refused for anyone but the provider's own people and the team; Closed when it has ended; Invalid without a reason or for too long a one.
    """
    if application.provider.group_key not in permissions.provider_groups(by):
        permissions.check_manage(by, application.case)
    audit.lock(session, application.case)
    session.refresh(application)
    if not can_be_withdrawn(session, application):
        raise Closed("This application has ended. There is nothing to withdraw")
    reason = because.strip()
    if not reason:
        raise Invalid({"because": "Enter why the application is withdrawn"})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"because": f"The reason must be {LONGEST_REASON:,} characters or fewer"})
    audit.record(session, "application:withdrawal_asked", case=application.case, by=by, text={"because": reason})
    messages.send_to_case(session, application.case, "ApplicationWithdrawn", {"withdrawn_because": reason},
                          message_id=f"withdrawn:{application.id.hex}")  # fmt: skip


def can_be_withdrawn(session: Session, application: Application) -> bool:
    """Whether an application is still open: a draft, being looked at, or admitted without a signed agreement."""
    if application.ended_at is not None:
        return False
    return application.status in (ApplicationStatus.DRAFT, ApplicationStatus.SENT) or _unsigned(session, application) is not None


def _unsigned(session: Session, application: Application) -> Membership | None:
    """The membership that was decided in this case and whose agreement nobody has signed."""
    if application.status not in ADMITTED:
        return None
    query = select(Membership).where(Membership.case_id == application.case_id, Membership.status == MembershipStatus.ADMITTED)
    return session.scalar(query.limit(1))


@operation("applications.record_withdrawal")
def record_withdrawal(work: Work) -> None:
    """End an application that was taken back, and with it an admission that was not signed. Everything stays on record."""
    application = queries.of_case(work.session, work.case.id)
    was_sent = application.sent_at is not None
    membership = _unsigned(work.session, application)
    if membership is not None:
        memberships.set_status(work.session, membership, MembershipStatus.WITHDRAWN, because="The application was withdrawn", by=None,
                               event="application_withdrawn", case=work.case, automatic=True)  # fmt: skip
    _end(application, ApplicationStatus.WITHDRAWN)
    application.reasons = str(work.data["withdrawn_because"])
    if was_sent:
        mail.to_group(work.session, work.case.team_key, kind="application:withdrawn", case=work.case,
                      subject=f"An application was withdrawn: {work.case.reference}", link=f"/cases/{work.case.reference}")  # fmt: skip


def _end(application: Application, status: ApplicationStatus) -> None:
    application.status, application.ended_at = status, clock.now()
