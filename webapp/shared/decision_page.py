"""A key decision as its public page shows it: from plain objects, so that a preview cannot differ from the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models import DecisionState, KeyDecision, clock
from webapp.shared import decision_details, decision_sections, published
from webapp.shared.decision_details import Detail
from webapp.shared.decision_sections import CallInSection, Comments, DocumentRow, Urgency
from workflows.queries.public import PublicDecision, in_sentence
from workflows.rules import calendar, status, words
from workflows.rules.status import Stage, Status

# The last change of law that older pages do not know: supported accommodation for 16 and 17 year olds has had to be registered since.
LAW_CHANGED_ON = date(2023, 10, 28)
MONTHS_UNTIL_OLD = 12


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where the page leads to; an empty address is not offered, as in a preview."""

    record: str = ""
    notice: str = ""
    history: str = ""
    represent: str = ""
    call_in: str = ""
    report: str = ""
    case: str = ""
    glossary: str = ""
    document: Callable[[uuid.UUID], str] = lambda _document_id: ""


@dataclass(frozen=True, kw_only=True)
class DecisionPage:
    """The words of a decision's public page in the order they are shown."""

    caption: str
    reference: str
    title: str
    status: Status
    stages: Sequence[Stage]
    old_page: str
    comments: Comments
    summary: Sequence[str]
    needs_glossary: bool
    proposal: str
    decision: Sequence[published.Row]
    no_decision: str
    details: Sequence[Detail]
    urgency: Urgency | None
    call_in: CallInSection
    documents: Sequence[DocumentRow]
    documents_named: Sequence[str]
    background_papers: Sequence[str]
    background_documents: Sequence[DocumentRow]
    no_background_papers: str
    history: str
    links: Links


def present(found: PublicDecision, *, links: Links | None = None, at: datetime | None = None) -> DecisionPage:
    """The page at a moment (now unless told). Looks at the objects only; nothing is read from the database but their own relations."""
    moment = at or clock.now()
    links = links or Links()
    decision, record = found.decision, found.record
    shown = in_sentence(decision, record, found.signed)
    first = found.notices[0] if found.notices else None
    return DecisionPage(
        caption=f"Key decision {decision.public_reference}",
        reference=decision.public_reference,
        title=decision.title,
        status=status.status_of(decision, shown, found.call_ins, at=moment),
        stages=status.life_bar(decision, shown, noticed_on=first.published_at if first else None, at=moment),
        old_page=_old_page(first.published_at if first else None, moment),
        comments=decision_sections.comments(decision, count=found.comment_count, at=moment),
        summary=paragraphs(decision.summary),
        needs_glossary="purchasing system" in decision.summary.lower(),
        proposal=decision.proposal,
        decision=_decision_rows(found),
        no_decision=_no_decision(decision),
        details=decision_details.rows(found, moment),
        urgency=decision_sections.urgency(found),
        call_in=decision_sections.call_in(found, moment),
        documents=decision_sections.documents(found, report_href=links.report, href=links.document),
        documents_named=decision_sections.named_in_the_notice(found),
        background_papers=decision_sections.background_papers(found),
        background_documents=decision_sections.background_documents(found, href=links.document),
        no_background_papers="None" if record is not None or decision.state is DecisionState.WITHDRAWN else "Not yet published",
        history=_history(found),
        links=links,
    )


def paragraphs(text: str) -> list[str]:
    """A text in its paragraphs, which an empty line parts."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _old_page(published_at: datetime | None, at: datetime) -> str:
    if published_at is None:
        return ""
    day, today = calendar.london_date(published_at), calendar.london_date(at)
    if calendar.add_months(day, MONTHS_UNTIL_OLD) >= today:
        return ""
    has_changed = day < LAW_CHANGED_ON <= today
    return f"This page is from {day.year}. The law {'has' if has_changed else 'may have'} changed since."


def _decision_rows(found: PublicDecision) -> list[published.Row]:
    if found.record is None:
        return []
    shown_above = {"Outcome", "Decided by", "Date of decision", "Why 28 days' notice was not given", "Why the decision is urgent"}
    rows = published.record_rows(published.words_of(found.record), decision=found.decision, requests=found.requests)
    return [row for row in rows if row["key"] not in shown_above]


def _no_decision(decision: KeyDecision) -> str:
    if decision.state is DecisionState.WITHDRAWN:
        return "No decision was made. The proposal was withdrawn."
    if decision.state is DecisionState.DECIDED:
        return "A decision has been made. Its record is about to be published."
    return "No decision has been made yet."


def _history(found: PublicDecision) -> str:
    if len(found.revisions) < 2:
        return "This page has not changed since it was published."
    last = words.short_day(calendar.london_date(found.revisions[0].at))
    count = len(found.revisions) - 1  # the first is the publication itself
    return f"{count} change{'' if count == 1 else 's'}, last on {last}"
