"""Telling the public that a key decision is coming: the route, the urgency agreements, the notice itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import DecisionState, KeyDecision, Notice, NoticeKind, NoticeRoute, UrgencyAgreement, User, clock
from workflows.actions import public_page
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, NotYetLawful, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import parameters, people
from workflows.queries import publishing as publishing_queries
from workflows.rules import calendar, decidable, publishable

# SI 2012/2089 reg 9(1): what the notice must state, and how to say that it is missing.
DEMANDED = {
    "documents_list": "Enter the documents that will go to the decision maker, or write None",
    "documents_address": "Enter where copies of the documents can be had",
    "other_documents": "Confirm that the notice says other documents may be submitted",
    "request_procedure": "Enter how people can ask for details of those documents",
    "no_exempt_text": "Confirm that the notice holds no exempt or confidential information",
}
ORDER = ("scrutiny_chair", "council_chair", "council_vice_chair")
NOTICE_KINDS = {
    NoticeRoute.NORMAL: NoticeKind.KEY_DECISION,
    NoticeRoute.GENERAL_EXCEPTION: NoticeKind.GENERAL_EXCEPTION,
    NoticeRoute.SPECIAL_URGENCY: NoticeKind.SPECIAL_URGENCY,
}
LAST_MINUTE = time(23, 59)


@operation("notices.choose_route", gives=("can_wait_28", "can_wait_5"))
def choose_route(work: Work) -> dict[str, Any]:
    """Keep why 28 clear days are impossible and why it is urgent; the decision table makes the route of it (D-15)."""
    decision = decision_queries.of_case(work.session, work.case.id)
    answers = work.answers
    decision.is_key = True
    test = work.data.get("key_test")
    decision.key_reasons = _reasons(test.get("reason") if isinstance(test, Mapping) else None)
    decision.impracticable_because = answers.get("impracticable_because", "")
    decision.urgent_because = answers.get("urgent_because", "")
    can_wait_28 = answers["can_wait_28"]
    can_wait_5 = "yes" if can_wait_28 == "yes" else answers["can_wait_5"]
    decision.route = route_of(can_wait_28, can_wait_5)
    return {"can_wait_28": can_wait_28, "can_wait_5": can_wait_5}


def _reasons(found: object) -> list[str]:
    if isinstance(found, str):
        return [found]
    return [str(reason) for reason in found] if isinstance(found, list) else []


def route_of(can_wait_28: str, can_wait_5: str) -> NoticeRoute:
    """The route that the two answers allow (SI 2012/2089 regs 9, 10, 11)."""
    if can_wait_28 == "yes":
        return NoticeRoute.NORMAL
    return NoticeRoute.GENERAL_EXCEPTION if can_wait_5 == "yes" else NoticeRoute.SPECIAL_URGENCY


@operation("notices.confirm_urgency", gives=("urgency_confirmed",))
def confirm_urgency(work: Work) -> dict[str, Any]:
    """The Monitoring Officer agrees that an urgent route is right, or sends it back."""
    return {"urgency_confirmed": work.answers["urgency_confirmed"]}


@operation("notices.inform_chair")
def inform_chair(work: Work) -> None:
    """Record that the chair of scrutiny, or each member when there is no chair, was told in writing (reg 10(1)(a))."""
    answers = work.answers
    _record_agreement(work, kind="informed", office=answers["informed_office"], name=answers["informed_name"],
                      on=_past_day(answers, "informed_on"), why_not_higher="", reasons="")  # fmt: skip


@operation("notices.record_agreement")
def record_agreement(work: Work) -> None:
    """Record who agreed that the decision is urgent and cannot reasonably be deferred (reg 11).

    The chair of scrutiny comes first; a lower office counts only with the reason why the higher could not act. Invalid otherwise.
    """
    answers = work.answers
    check_order(answers["agreed_by"], answers.get("why_not_higher", ""))
    _record_agreement(work, kind="agreed", office=answers["agreed_by"], name=answers["agreed_name"], on=_past_day(answers, "agreed_on"),
                      why_not_higher=answers.get("why_not_higher", ""), reasons=answers["agreement_reasons"])  # fmt: skip


def check_order(office: str, why_not_higher: str) -> None:
    """Refuse a lower office without the reason: no chair of scrutiny, or unable to act (SI 2012/2089 reg 11(1)-(3))."""
    if office not in ORDER:
        raise Invalid({"agreed_by": "Select who agreed"})
    if office != ORDER[0] and not why_not_higher.strip():
        raise Invalid({"why_not_higher": "Enter why there is no chair of scrutiny, or why they were unable to act"})


def _record_agreement(work: Work, *, kind: str, office: str, name: str, on: date, why_not_higher: str, reasons: str) -> None:
    decision = decision_queries.of_case(work.session, work.case.id)
    work.session.add(
        UrgencyAgreement(
            decision_id=decision.id, kind=kind, office=office, name=name, why_not_higher=why_not_higher, reasons=reasons,
            agreed_on=on, recorded_at=work.now, recorded_by_id=_person(work).id,
        )
    )  # fmt: skip
    work.session.flush()


def _past_day(answers: Mapping[str, Any], key: str) -> date:
    day = date.fromisoformat(answers[key])
    if day > clock.today():
        raise Invalid({key: "The date must be today or in the past"})
    return day


@operation("notices.publish", gives=("earliest_decision_on", "representations_close_at"))
def publish(work: Work) -> dict[str, Any]:
    """Publish the notice of a key decision and start the clock of 28 clear days (SI 2012/2089 reg 9)."""
    return _publish(work, NoticeRoute.NORMAL)


@operation("notices.publish_urgent", gives=("earliest_decision_on", "representations_close_at"))
def publish_urgent(work: Work) -> dict[str, Any]:
    """Publish a general-exception or special-urgency notice together with the reasons the law wants (regs 10, 11)."""
    decision = decision_queries.of_case(work.session, work.case.id)
    if decision.route in (None, NoticeRoute.NORMAL):
        raise Refused("This decision is on the normal route, with 28 clear days' notice")
    if not decidable.is_urgency_agreed(decision_queries.standing(work.session, decision)):
        raise Refused("The urgent notice cannot be published: the chair of scrutiny has not been told or has not agreed")
    if not str(work.answers.get("reasons_published") or "").strip():
        raise Invalid({"reasons_published": "Enter why 28 clear days' notice cannot be given"})
    return _publish(work, decision.route or NoticeRoute.NORMAL)


def _publish(work: Work, route: NoticeRoute) -> dict[str, Any]:
    decision = decision_queries.of_case(work.session, work.case.id)
    answers = work.answers
    _check_contents(answers)
    check_publishable(work.session, decision)
    decision.maker_name = people.maker_name(work.session, decision.maker_key)
    check_named(decision)
    website_on, offices_on = _past_day(answers, "website_on"), _past_day(answers, "offices_on")
    if max(website_on, offices_on) < clock.today():
        raise Invalid({"website_on": "The notice becomes public when you publish it here, so the later of the two days must be today"})
    earliest = earliest_day(work.session, route, max(website_on, offices_on))
    if earliest.on > decision.due_to:
        raise Invalid({"website_on": f"The first lawful day would be {calendar.date_words(earliest.on)}, after the month this decision is due"})
    closes = comments_close(decision, route, published_at=work.now, earliest=earliest.on)
    decision.earliest_decision_on, decision.representations_close_at = earliest.on, closes
    decision.state = DecisionState.NOTICE_PUBLISHED
    _add_notice(work, decision, NOTICE_KINDS[route], website_on, offices_on, earliest)
    public_page.changed(work.session, decision, "Notice published")
    return {"earliest_decision_on": earliest.on.isoformat(), "representations_close_at": closes.isoformat()}


def _check_contents(answers: Mapping[str, Any]) -> None:
    missing = {key: message for key, message in DEMANDED.items() if not answers.get(key)}
    if missing:
        raise Invalid(missing)


def check_publishable(session: Session, decision: KeyDecision) -> None:
    """Raise NotYetLawful with what stands in the way of publishing anything about this decision, or return."""
    unmet = decidable.unmet(publishable.checks(decision, documents=publishing_queries.documents_of(session, decision)))
    if decision.withdrawn_at is not None:
        raise Refused("This proposal was withdrawn")
    if unmet:
        raise NotYetLawful(unmet)


def check_named(decision: KeyDecision) -> None:
    """Raise NotYetLawful unless a notice can name who decides: a vacant post cannot be named (SI 2012/2089 reg 9(1)(c))."""
    unmet = decidable.unmet([publishable.named_maker(decision)])
    if unmet:
        raise NotYetLawful(unmet)


def earliest_day(session: Session, route: NoticeRoute, published: date) -> calendar.Deadline:
    """The first lawful day of decision for a notice published on a London date, by the council's parameters."""
    closures = parameters.closures(session)
    if route is NoticeRoute.NORMAL:
        return calendar.clear_calendar_days(published, rule=parameters.rule(session, "notice_clear_days", on=published), closures=closures)
    if route is NoticeRoute.GENERAL_EXCEPTION:
        rule = parameters.rule(session, "general_exception_clear_days", on=published)
        return calendar.clear_working_days(published, rule=rule, closures=closures)
    rule = calendar.Rule(
        id="special_urgency", sentence="A decision agreed to be urgent may be made as soon as the reasons are published", count=0,
        unit="calendar", legal_basis="SI 2012/2089 reg 11", legal_url="https://www.legislation.gov.uk/uksi/2012/2089/regulation/11",
        confirmed=True,
    )  # fmt: skip
    return calendar.calendar_days_after(published, rule=rule)


def comments_close(decision: KeyDecision, route: NoticeRoute, *, published_at: datetime, earliest: date) -> datetime:
    """When comments close: the last minute before the due month; on urgent routes the last minute before the first lawful day.

    With special urgency there is no time to comment, and the period closes as the notice is published.
    """
    if route is NoticeRoute.SPECIAL_URGENCY:
        return published_at
    day = decision.due_from - timedelta(days=1)
    if route is NoticeRoute.GENERAL_EXCEPTION or calendar.london_date(published_at) > day:
        day = earliest - timedelta(days=1)
    return calendar.london_instant(day, at=LAST_MINUTE)


def _add_notice(work: Work, decision: KeyDecision, kind: NoticeKind, website_on: date, offices_on: date, earliest: calendar.Deadline) -> None:
    work.session.add(
        Notice(
            decision_id=decision.id, version=next_version(work.session, decision), kind=kind, website_on=website_on,
            offices_on=offices_on, content=content_of(decision, work.answers), earliest_decision_on=earliest.on,
            earliest_explanation=earliest.explanation.to_json(), representations_close_at=decision.representations_close_at,
            reason=work.answers.get("reasons_published", ""), published_at=work.now, published_by_id=_person(work).id,
        )
    )  # fmt: skip
    work.session.flush()


def next_version(session: Session, decision: KeyDecision) -> int:
    """The number of the next notice of a decision."""
    newest = session.scalar(select(func.max(Notice.version)).where(Notice.decision_id == decision.id))
    return (newest or 0) + 1


def content_of(decision: KeyDecision, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The words of the notice that these answers make: what the preview shows and what is published (SI 2012/2089 reg 9(1))."""
    return {
        "statement": "A key decision is to be made on behalf of the council",
        "title": decision.title,
        "summary": decision.summary,
        "proposal": decision.proposal,
        "maker_title": decision.maker.name,
        "maker_name": decision.maker_name,
        "due_from": decision.due_from.isoformat(),
        "due_to": decision.due_to.isoformat(),
        "documents": answers.get("documents_list", ""),
        "documents_address": answers.get("documents_address", ""),
        "other_documents": "Other documents relevant to this matter may be submitted to the decision maker",
        "request_procedure": answers.get("request_procedure", ""),
        "impracticable_because": decision.impracticable_because,
        "urgent_because": decision.urgent_because,
        "reasons_published": answers.get("reasons_published", ""),
    }


def _person(work: Work) -> User:
    if work.by is None:
        raise Refused("A notice needs a person who publishes it")
    return work.by
