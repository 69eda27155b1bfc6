"""What the page of an application shows: its clock, what was checked with result, who and when, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from models import Application, ApplicationStatus, Case, DueDiligenceCheck
from webapp.db import db
from webapp.shared import cards, case_cards, checks_in_words, filters
from webapp.shared.cards import Card, Row
from workflows.errors import NotFound
from workflows.queries import due_diligence as queries
from workflows.queries.case_pages import Whole
from workflows.rules.calendar import Explanation

KIND = "provider-application"
STATUSES = {
    ApplicationStatus.DRAFT: {"text": "Being filled in", "colour": "blue"},
    ApplicationStatus.SENT: {"text": "Being checked", "colour": "teal"},
    ApplicationStatus.ADMITTED: {"text": "Admitted", "colour": "green"},
    ApplicationStatus.ADMITTED_WITH_CONDITIONS: {"text": "Admitted with conditions", "colour": "orange"},
    ApplicationStatus.REJECTED: {"text": "Not admitted", "colour": "grey"},
    ApplicationStatus.WITHDRAWN: {"text": "Withdrawn", "colour": "grey"},
    ApplicationStatus.LAPSED: {"text": "Lapsed", "colour": "grey"},
    ApplicationStatus.SUPERSEDED: {"text": "Superseded", "colour": "grey"},
    ApplicationStatus.LIST_CLOSED: {"text": "List closed", "colour": "grey"},
}
CHECKS = {
    "registers": "Registers",
    "exclusion": "Exclusion grounds",
    "self_cleaning": "Self-cleaning",
    "finance": "Financial standing",
    "insurance": "Insurance",
    "ofsted": "Ofsted registration",
    "safeguarding": "Safeguarding",
    "references": "References",
    "site_visit": "Site visit",
    "recommendation": "Recommendation",
    "report": "Admission report",
    "advice_procurement": "Procurement advice",
    "advice_legal": "Legal advice",
    "advice_finance": "Financial advice",
    "decision": "Decision",
    "agreement": "Agreement",
}
ALWAYS = ("registers", "exclusion", "finance", "insurance", "ofsted", "safeguarding", "references", "site_visit")
MET, NOTED, NOT_MET = ("Met", "green"), ("Met with note", "orange"), ("Not met", "grey")
RESULTS: Mapping[str, tuple[str, str]] = {
    "ok": MET, "pass": MET, "good": MET, "low": MET, "sufficient": MET,
    "warn": NOTED, "insolvency": NOTED, "manual": NOTED, "conditional": NOTED, "pass_conditional": NOTED, "medium_mitigated": NOTED, "amend": NOTED,
    "concerns": NOTED, "silent": ("Nobody answered", "grey"), "deferred": ("Before the first placement", "grey"), "visited": ("Visited", "green"),
    "reject": NOT_MET, "sanctioned": NOT_MET, "fail": NOT_MET, "high_fail": NOT_MET, "insufficient": NOT_MET,
    "noted": ("Being checked", "teal"), "legal": ("With Legal", "yellow"), "to_conclude": ("To be concluded", "teal"),
    "admit": ("Admit", "green"), "admit_conditional": ("Admit with conditions", "orange"), "written": ("Written", "green"),
    "signed": ("Signed", "green"),
    "no_comment": ("No comment", "green"), "support": ("Support", "green"), "support_with_conditions": ("Support, with conditions", "orange"),
    "object": ("Objection", "orange"),
}  # fmt: skip
REFUSALS = {"recommendation": ("Do not admit", "grey"), "decision": ("Not admitted", "grey")}
NOT_YET = ("Not started", "blue")


def find(session: Session, case: Case) -> Application | None:
    """The application of a case; None for a case that has none yet."""
    try:
        return queries.application_of(session, case.id)
    except NotFound:
        return None


def clock_of(session: Session, case: Case) -> tuple[date, Explanation | None] | None:
    """The day by which the provider must have an answer, and how it was worked out; None once it is decided, and before it is sent."""
    application = find(session, case) if case.kind == KIND else None
    if application is None or application.evaluation_due_on is None or application.decided_at is not None or application.ended_at is not None:
        return None
    return application.evaluation_due_on, explanation_of(application)


def explanation_of(application: Application) -> Explanation | None:
    """How the day of the answer was worked out, where that is known in the words of today."""
    try:
        return Explanation.from_json(application.evaluation_explanation) if application.evaluation_explanation else None
    except ValueError:
        return None


def result_words(kind: str, result: str) -> tuple[str, str]:
    """A result in words with its colour; the same word can mean one thing of a check and another of a decision."""
    if result == "reject" and kind in REFUSALS:
        return REFUSALS[kind]
    return RESULTS.get(result, (result.replace("_", " ").capitalize(), "grey"))


def by_whom(check: DueDiligenceCheck) -> str:
    """Who made a check and when."""
    who = check.checked_by.name if check.checked_by else "The system"
    return f"{who}, {filters.short_day(check.checked_at)}"


def check_rows(found: Mapping[str, DueDiligenceCheck]) -> list[Row]:
    """A row for each check that was made or has to be: its result, who and when."""
    rows = []
    for kind, name in CHECKS.items():
        check = found.get(kind)
        if check is not None:
            rows.append(cards.row(name, f"{result_words(kind, check.result)[0]}: {by_whom(check)}"))
        elif kind in ALWAYS:
            rows.append(cards.row(name, NOT_YET[0]))
    return rows


def _application_rows(application: Application) -> list[Row]:
    names = {each.key: each.name for each in application.purchasing_list.categories}
    due = application.evaluation_due_on
    rows = [
        cards.row("State", "", STATUSES[application.status]),
        cards.row("List", application.purchasing_list.title),
        cards.row("Categories", ", ".join(names.get(key, key) for key in application.categories)),
        cards.row("Sent", filters.moment(application.sent_at) if application.sent_at else "Not yet"),
    ]
    if due is not None:
        rows.append(cards.row("Answer due", filters.day(due) + (", extended" if application.extended_at else "")))
    if application.decided_at is not None:
        rows.append(cards.row("Decided", filters.moment(application.decided_at)))
    declares = url_for("work.declare", reference=application.case.reference)
    return [*rows, cards.row("Your interests", "Declare, or say that something changed", href=declares)]


def _cards(whole: Whole) -> list[Card]:
    application = find(db.session, whole.case)
    if application is None:
        return []
    more = url_for("work.show_application", reference=whole.case.reference)
    found = queries.checks(db.session, whole.case.id)
    made = [cards.card("Application", _application_rows(application), href=more, link="Read the application")]
    if application.sent_at is not None:
        made.append(cards.card("Checks", check_rows(found), href=f"{more}#checks", link="See what they rest on"))
    return made


def _facts(session: Session, case: Case) -> Mapping[str, str]:
    application = find(session, case)
    if application is None:
        return {}
    names = {each.key: each.name for each in application.purchasing_list.categories}
    due = application.evaluation_due_on
    return {
        "List": application.purchasing_list.title,
        "Categories": ", ".join(names.get(key, key) for key in application.categories),
        "Answer due": filters.short_day(due) if due is not None and application.decided_at is None else "",
    }


case_cards.CARDS[KIND] = _cards
case_cards.FACTS[KIND] = _facts


def checks_shown(found: Mapping[str, DueDiligenceCheck]) -> Sequence[Mapping[str, Any]]:
    """Each check that was made, for the page of the application: result with its colour, who, when, and what it rests on."""
    shown = []
    for kind, name in CHECKS.items():
        check = found.get(kind)
        if check is None:
            continue
        text, colour = result_words(kind, check.result)
        shown.append({"kind": kind, "name": name, "tag": {"text": text, "colour": colour}, "by": by_whom(check), "reasons": check.reasons,
                      "round": check.round, "lines": checks_in_words.lines_of(check)})  # fmt: skip
    return shown
