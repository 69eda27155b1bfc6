"""Admission to a list: the report, advice, the director's decision, the agreement and the start of the membership."""

from __future__ import annotations

import uuid
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import Application, ApplicationStatus, CandidateGroup, Case, DecisionState, DueDiligenceCheck, KeyDecision, Membership, MembershipStatus
from workflows.actions import admission_advice, audit, cases, evaluations, happenings, letters, mail, memberships
from workflows.actions.due_diligence import keep, person
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import due_diligence as queries
from workflows.queries import interests as interest_queries
from workflows.queries import parameters
from workflows.rules import admitting, calendar

CLOSE_OF_BUSINESS = time(17)
MORNING = time(9)
IN_EFFECT = frozenset({DecisionState.IN_EFFECT, DecisionState.CARRIED_OUT})
STATUSES = {
    "admit": ApplicationStatus.ADMITTED,
    "admit_conditional": ApplicationStatus.ADMITTED_WITH_CONDITIONS,
    "reject": ApplicationStatus.REJECTED,
}
KEY_TEST = ("value_total", "savings", "executive", "treasury", "two_or_more_divisions")
SIGNING = ("agreement_due_on", "remind_signature_first_at", "remind_signature_second_at", "agreement_lapses_at")


@operation("admissions.write_report", gives=(*KEY_TEST, "answer_due_on"))
def write_report(work: Work) -> dict[str, Any]:
    """Keep the report and give what the test for a key decision looks at, with the day by which the provider must have an answer."""
    answers = work.answers
    application = queries.application_of(work.session, work.case.id)
    detail = {key: value for key, value in answers.items() if key != "report_summary"}
    before = queries.checks(work.session, work.case.id).get("report")
    if before is not None and before.detail.get("key_decision"):
        detail["key_decision"] = before.detail["key_decision"]
    keep(work, "report", result="written", detail=detail, reasons=answers["report_summary"])
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    return {
        "value_total": float(Decimal(answers["value_total"])), "savings": float(Decimal(answers["savings"])),
        **{key: answers[key] for key in ("executive", "treasury", "two_or_more_divisions")},
        "answer_due_on": calendar.london_instant(application.evaluation_due_on, at=CLOSE_OF_BUSINESS).isoformat(),
    }  # fmt: skip


@operation("admissions.require_key_decision")
def require_key_decision(work: Work) -> None:
    """Open the key decision without which this admission cannot be decided (SI 2012/2089 reg 8). Asked again, it finds the same one."""
    report = queries.checks(work.session, work.case.id)["report"]
    if report.detail.get("key_decision") or report.checked_by is None:
        return
    application = queries.application_of(work.session, work.case.id)
    title = f"Admission of a provider to {application.purchasing_list.title}"[: cases.LONGEST_TITLE]
    opened = cases.start_key_decision(work.session, title=title, by=report.checked_by)
    cases.add_keys(work.session, opened, {"application": str(application.id)})
    report.detail = {**report.detail, "key_decision": opened.reference, "key_reason": str(work.params["reason"])}
    work.session.flush()
    happenings.announce(
        work.session, "KeyDecisionRequired", {"application": str(application.id), "decision_case": opened.reference},
        message_id=f"key-decision:{application.id.hex}:{report.round}", keys={"decision": str(opened.id)},
    )  # fmt: skip


@operation("admissions.decide", gives=("admission_decision",))
def decide(work: Work) -> dict[str, Any]:
    """Record the director's decision; with it, and not before, the clock of the evaluation stops (PCR 2015 reg 34(16)-(17)).

    Refused for whoever prepared the decision, scored, or inspected the provider in the last 12 months, and without the key decision
    that is needed. Field errors for a decision that does not follow from the criteria.
    """
    chosen = work.answers["admission_decision"]
    application = queries.application_of(work.session, work.case.id)
    checks = queries.checks(work.session, work.case.id)
    inspectors = interest_queries.inspectors_of(work.session, application.provider_id)
    admitting.check_people(person(work), work.acting_for, prepared=_prepared(work, checks), inspectors=inspectors)
    if application.decided_at is not None:
        raise Conflict("This application has been decided")
    if chosen not in admitting.DECIDES:
        audit.record(work.session, "admission:sent_back", case=work.case, by=work.by, detail={"how": chosen},
                     text={"because": work.answers["return_because"]})  # fmt: skip
        return {"admission_decision": chosen}
    _check_lawful(work, application, checks, chosen)
    _keep_decision(work, application, chosen)
    return {"admission_decision": chosen}


def _prepared(work: Work, checks: Any) -> set[uuid.UUID]:
    """Who wrote the report, made the recommendation or gave a score that stands."""
    made = [checks[kind].checked_by_id for kind in ("report", "recommendation") if kind in checks]
    return {each for each in [*made, *(score.scored_by_id for score in queries.scores(work.session, work.case.id))] if each is not None}


def _check_lawful(work: Work, application: Application, checks: Any, chosen: str) -> None:
    diligence = str(work.data["diligence_result"])
    if diligence != admitting.INCONCLUSIVE and not evaluations.stand(work.session, work.case):
        raise Refused("Scores of this application were withdrawn. Have it checked again first")
    if admission_advice.has_open_objection(work.session, work.case):
        raise Refused("An objection of Legal or Finance stands. It is resolved before the decision")
    if chosen in admitting.ADMITS:
        admitting.check_open(application.purchasing_list, on=calendar.london_date(work.now))
        _check_key_decision(work, checks["report"])
    results = {kind: check.result for kind, check in checks.items()} | _scores_result(work, application)
    not_met = admitting.unmet(results, diligence_result=diligence)
    problems = admitting.problems_of(work.answers, not_met=not_met, has_conditions=bool(work.data.get("conditions")))
    if work.answers.get("has_interest") == "no" and interest_queries.standing_in(work.session, work.case):
        problems["has_interest"] = "Somebody declared an interest in this case. Select yes and say what it is"
    if problems:
        raise Invalid(problems)


def _scores_result(work: Work, application: Application) -> dict[str, str]:
    mark = Decimal(str(queries.criterion(work.session, application.purchasing_list, "pass_mark")))
    final = queries.final_scores(queries.scores(work.session, work.case.id))
    return {"scores": "below" if any(score < mark for score in final.values()) else "met"}


def _check_key_decision(work: Work, report: DueDiligenceCheck) -> None:
    reference = report.detail.get("key_decision")
    if not reference:
        return
    state = work.session.scalar(select(KeyDecision.state).join(Case, Case.id == KeyDecision.case_id).where(Case.reference == reference))
    if state not in IN_EFFECT:
        raise Refused(f"This admission needs a key decision. {reference} is not in effect yet")


def _keep_decision(work: Work, application: Application, chosen: str) -> None:
    answers = work.answers
    lines = admitting.reasons_by_criterion(answers) if chosen == "reject" else []
    keys = ("alternatives_rejected", "members_consulted", "has_interest", "interests", "dispensation")
    keep(work, "decision", result=chosen, detail={**{key: answers.get(key, "") for key in keys}, "criteria": lines},
         reasons=answers["admission_reasons"])  # fmt: skip
    application.status = STATUSES[chosen]
    application.decided_at = work.now
    application.reasons = "\n".join([answers["admission_reasons"], *lines])
    work.session.flush()
    audit.record(work.session, "admission:decided", case=work.case, by=work.by, acting_for=work.acting_for, detail={"decision": chosen})


@operation("admissions.send_rejection")
def send_rejection(work: Work) -> None:
    """Tell the provider at once that it is not admitted, criterion by criterion, and how to ask and to apply again (PCR 2015 reg 55)."""
    application = queries.application_of(work.session, work.case.id)
    decision = queries.checks(work.session, work.case.id)["decision"]
    said = {"list": application.purchasing_list.title, "reasons": "\n".join(decision.detail["criteria"]), "contact": _contact(work)}
    letters.send(work.session, work.case, application.provider, kind="rejection", words=said, by=None, approver=decision.checked_by)
    happenings.announce(
        work.session, "ProviderRejected", {"application": str(application.id)}, message_id=f"rejected:{application.id.hex}",
        keys={"application": str(application.id)},
    )  # fmt: skip


def _contact(work: Work) -> str:
    team = work.session.get_one(CandidateGroup, work.case.team_key)
    return f"{team.name}, {team.email}"


@operation("admissions.admit", gives=SIGNING)
def admit(work: Work) -> dict[str, Any]:
    """Admit the provider to the categories that were recommended, tell it, and set the clock of the agreement."""
    application = queries.application_of(work.session, work.case.id)
    decision = queries.checks(work.session, work.case.id)["decision"]
    conditions = [(str(each["words"]), date.fromisoformat(each["due_on"])) for each in work.data.get("conditions") or []]
    memberships.admit(
        work.session, application, categories=list(work.data["categories_recommended"]), conditions=conditions, by=decision.checked_by
    )
    said = _admission_words(work, application, conditions)
    letters.send(work.session, work.case, application.provider, kind="admission", words=said, by=None, approver=decision.checked_by)
    return _signing(work)


def _admission_words(work: Work, application: Application, conditions: list[tuple[str, date]]) -> dict[str, str]:
    names = {each.key: each.name for each in application.purchasing_list.categories}
    wanted = work.data["categories_recommended"]
    return {
        "list": application.purchasing_list.title,
        "categories": "\n".join(names.get(key, key) for key in wanted),
        "conditions": "\n".join(f"{text}, by {calendar.date_words(day)}" for text, day in conditions),
        "member_from": calendar.date_words(calendar.london_date(work.now)),
        "member_to": calendar.date_words(application.purchasing_list.valid_to),
        "contact": _contact(work),
    }


def _signing(work: Work) -> dict[str, str]:
    due = calendar.reckon(parameters.rule(work.session, "agreement_days"), calendar.london_date(work.now), event="Admitted",
                          closures=parameters.closures(work.session))  # fmt: skip
    lapse = calendar.reckon(parameters.rule(work.session, "agreement_lapse_days"), calendar.london_date(work.now), event="Admitted",
                            closures=parameters.closures(work.session))  # fmt: skip
    first, second = (int(parameters.value(work.session, key)) for key in ("agreement_first_reminder_days", "agreement_second_reminder_days"))
    return {
        "agreement_due_on": calendar.london_instant(due.on, at=CLOSE_OF_BUSINESS).isoformat(),
        "remind_signature_first_at": admission_advice.working_days_on(work, first, at=MORNING).isoformat(),
        "remind_signature_second_at": admission_advice.working_days_on(work, second, at=MORNING).isoformat(),
        "agreement_lapses_at": calendar.london_instant(lapse.on, at=CLOSE_OF_BUSINESS).isoformat(),
    }


def membership_of(work: Work) -> Membership:
    """The place on the list that the provider of this case has. Refused when it has none."""
    application = queries.application_of(work.session, work.case.id)
    query = select(Membership).where(
        Membership.provider_id == application.provider_id, Membership.list_id == application.list_id, Membership.ended_at.is_(None)
    )
    found = work.session.scalar(query.order_by(Membership.admitted_at.desc()).limit(1))
    if found is None:
        raise Refused("This provider has no place on the list")
    return found


@operation("admissions.remind_signatory")
def remind_signatory(work: Work) -> None:
    """Remind the provider's people that the agreement is not signed."""
    application = queries.application_of(work.session, work.case.id)
    mail.to_group(work.session, application.provider.group_key, kind="admission:sign", case=work.case,
                  subject=f"Sign the agreement: {application.purchasing_list.title}", link="/provider")  # fmt: skip
    audit.record(work.session, "admission:reminded", case=work.case, by=None)


@operation("admissions.sign")
def sign(work: Work) -> None:
    """Keep who signed the agreement for the provider. Refused for anyone who does not belong to it."""
    application = queries.application_of(work.session, work.case.id)
    if application.provider.group_key not in {membership.group_key for membership in person(work).memberships}:
        raise Refused("Only the provider can sign this agreement")
    keep(work, "agreement", result="signed", detail={"name": work.answers["signed_by_name"], "role": work.answers["signed_by_role"]})


@operation("admissions.activate")
def activate(work: Work) -> None:
    """Start the membership: the agreement is signed."""
    agreement = queries.checks(work.session, work.case.id)["agreement"]
    memberships.activate(work.session, membership_of(work), signed_by_name=agreement.detail["name"], by=agreement.checked_by)


@operation("admissions.lapse")
def lapse(work: Work) -> None:
    """End an admission that the provider never signed. It may apply again at any time."""
    application = queries.application_of(work.session, work.case.id)
    membership = membership_of(work)
    # A member that only asked for further categories keeps the place it had.
    if membership.status is MembershipStatus.ADMITTED:
        memberships.set_status(work.session, membership, MembershipStatus.WITHDRAWN, because="The agreement was not signed in time",
                               event="agreement_not_signed", by=None, case=work.case, automatic=True)  # fmt: skip
    application.status = ApplicationStatus.LAPSED
    audit.record(work.session, "admission:lapsed", case=work.case, by=None)


@operation("admissions.publish")
def publish(work: Work) -> None:
    """Keep that somebody looked at the public list: name and categories, and no address (SI 2023/416 reg 16)."""
    membership = membership_of(work)
    if membership.starts_on is None:
        raise Refused("This membership has not begun")
    keep(work, "publication", result="published", detail={"published_on": work.answers["published_on"]})
    audit.record(work.session, "membership:published", case=work.case, by=work.by, detail={"membership": membership.id.hex})
