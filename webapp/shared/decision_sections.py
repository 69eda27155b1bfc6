"""The sections of a decision's public page that have rules of their own: comments, urgency, call-in, documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models import CallIn, CallInStatus, DecisionRecord, DecisionState, Document, KeyDecision, NoticeRoute, UrgencyAgreement, clock
from webapp.shared import filters, reports
from workflows.queries.public import PublicDecision
from workflows.rules import status, words
from workflows.rules.calendar import Explanation, date_words, london_date
from workflows.rules.exempt import paragraph_words

OFFICES = {
    "scrutiny_chair": "the chair of the scrutiny committee",
    "scrutiny_members": "each member of the scrutiny committee",
    "council_chair": "the chair of the council",
    "council_vice_chair": "the vice-chair of the council",
}
KINDS = {"report": "Report", "appendix": "Appendix", "background": "Background paper"}
FORMATS = {"application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG"}


@dataclass(frozen=True)
class Comments:
    """Whether people can have their say, and the sentences that tell them."""

    is_open: bool
    lines: Sequence[str]


def comments(decision: KeyDecision, *, count: int, at: datetime) -> Comments:
    """The window for comments at a moment: a date instead of a sum, and how many were received once it is closed."""
    closes = decision.representations_close_at
    if status.comments_are_open(decision, at=at) and closes is not None:
        return Comments(True, [f"You can comment until {_until(closes)}.", f"Comments go to the {decision.maker.name}."])
    if closes is None:
        return Comments(False, ["Comments have not opened yet."])
    if decision.route is NoticeRoute.SPECIAL_URGENCY:
        return Comments(False, ["There was no time for comments because the decision was urgent."])
    return Comments(False, [_closed(decision, closes, at), _received(count)])


def _closed(decision: KeyDecision, closes: datetime, at: datetime) -> str:
    if at > closes:
        return f"Comments closed on {words.short_day(london_date(closes))}."
    ended = "the proposal was withdrawn" if decision.state is DecisionState.WITHDRAWN else "the decision was made"
    return f"Comments closed when {ended}."


def _received(count: int) -> str:
    return "None were received." if count == 0 else "1 was received." if count == 1 else f"{count:,} were received."


def _until(closes: datetime) -> str:
    local = closes.astimezone(clock.LONDON)
    return f"{words.time(local)} on {date_words(local.date())}"


@dataclass(frozen=True)
class Urgency:
    """Why less notice was given than the law wants as a rule, and who was told or agreed."""

    why_not_28_days: str
    why_urgent: str
    agreements: Sequence[str]


def urgency(found: PublicDecision) -> Urgency | None:
    """The reasons that must be printed on the urgent routes; None on the normal one (SI 2012/2089 regs 10, 11)."""
    decision = found.decision
    if not status.is_urgent(decision):
        return None
    told = [_agreed(each) for each in found.agreements if each.kind in ("informed", "agreed")]
    return Urgency(decision.impracticable_because, decision.urgent_because, told)


def _agreed(agreement: UrgencyAgreement) -> str:
    office = OFFICES.get(agreement.office, words.post(agreement.office.replace("_", "-")))
    day = words.short_day(agreement.agreed_on)
    if agreement.kind == "informed":
        return f"We told {office} on {day}."
    higher = f" No higher office could be asked: {agreement.why_not_higher.rstrip('.')}." if agreement.why_not_higher else ""
    return f"On {day} {office} agreed that the decision is urgent and cannot reasonably wait.{higher}"


@dataclass(frozen=True)
class CallInSection:
    """What the page says about call-in, how the last day was worked out, and the requests so far."""

    lines: Sequence[str]
    is_open: bool = False
    explanation: Explanation | None = None
    requests: Sequence[str] = field(default_factory=list)


def call_in(found: PublicDecision, at: datetime) -> CallInSection:
    """Whether councillors can ask for the decision to be looked at again, until when, and whether they did."""
    record = found.record
    if record is None:
        is_over = found.decision.state is DecisionState.WITHDRAWN
        return CallInSection(["Not needed." if is_over else "Not yet. Councillors can call a decision in once it is published."])
    asked = [_request(each) for each in found.call_ins]
    if not record.can_be_called_in or record.call_in_closes_at is None:
        because = f" {record.not_callable_because.rstrip('.')}." if record.not_callable_because else ""
        return CallInSection([f"This decision cannot be called in.{because}", *_waiver(found, record)], requests=asked)
    is_open = at <= record.call_in_closes_at
    verb = "Councillors can ask for this decision to be looked at again until" if is_open else "The call-in period ended at"
    lines = [f"{verb} {_until(record.call_in_closes_at)}."]
    explanation = Explanation.from_json(record.call_in_explanation) if record.call_in_explanation else None
    return CallInSection(lines if asked else [*lines, "No request has been made."], is_open, explanation, asked)


def _waiver(found: PublicDecision, record: DecisionRecord) -> list[str]:
    waivers = [each for each in found.agreements if each.kind == "call_in_waiver"]
    return [f"Agreed on {words.short_day(each.agreed_on)} by {OFFICES.get(each.office, each.office)}: {each.reasons}" for each in waivers]


def _request(asked: CallIn) -> str:
    late = ", after the deadline" if asked.is_late else ""
    return f"{asked.reference}, received on {words.short_day(london_date(asked.received_at))}{late}: {_outcome(asked)}"


def _outcome(asked: CallIn) -> str:
    met = f" on {words.short_day(asked.meeting_on)}" if asked.meeting_on else ""
    concerns = f" Its concerns: {asked.concerns}" if asked.concerns else ""
    said = {
        CallInStatus.RECEIVED: "it is being checked.",
        CallInStatus.INVALID: "it was turned down.",
        CallInStatus.VALID: f"it was accepted. The scrutiny committee looks at the decision{met or ' again'}.",
        CallInStatus.NO_ACTION: f"the scrutiny committee let the decision stand{met}.",
        CallInStatus.REFERRED_BACK: f"the scrutiny committee referred the decision back{met}.{concerns}",
        CallInStatus.REFERRED_TO_COUNCIL: f"the scrutiny committee referred the decision to full council{met}.{concerns}{_council(asked)}",
        CallInStatus.CLOSED: "it is closed.",
    }
    return said[asked.status]


def _council(asked: CallIn) -> str:
    if asked.council_met_on is None:
        return ""
    return f" Full council {'objected' if asked.council_objected else 'did not object'} on {words.short_day(asked.council_met_on)}."


@dataclass(frozen=True)
class DocumentRow:
    """One document of the table; without an address it is told of, with the reason why it is not public."""

    title: str
    kind: str
    form: str
    size: str
    day: str
    href: str
    withheld: str


def documents(found: PublicDecision, *, report_href: str, href: Callable[[uuid.UUID], str]) -> list[DocumentRow]:
    """The report that was decided on, once the record is published (reg 14), and the files; exempt ones with their reason."""
    report = _report(found, report_href)
    return [*([report] if report else []), *(_row(each, href(each.id)) for each in found.documents if each.kind != "background")]


def _report(found: PublicDecision, href: str) -> DocumentRow | None:
    decision, record = found.decision, found.record
    if record is None or record.published_on is None:
        return None
    withheld = "" if decision.restriction == "open" else _withheld(decision.exempt_paragraphs, decision.public_interest_reason)
    return DocumentRow("Decision report", "Report", "Web page", "", words.short_day(record.published_on), "" if withheld else href, withheld)


def _row(document: Document, href: str) -> DocumentRow:
    withheld = "" if document.is_public else _withheld(document.exempt_paragraphs)
    return DocumentRow(
        document.title, KINDS.get(document.kind, "Document"), form_of(document), filters.size(document.size),
        words.short_day(london_date(document.added_at)), href, withheld,
    )  # fmt: skip


def form_of(document: Document) -> str:
    """`PDF`, `DOCX`: what kind of file it is, in the short word that people know."""
    return FORMATS.get(document.media_type) or document.filename.rpartition(".")[2].upper() or "File"


def _withheld(paragraphs: str, reason: str = "") -> str:
    because = f" {reason.strip()}" if reason.strip() else ""
    return f"Not public: {paragraph_words(paragraphs)} of Schedule 12A to the Local Government Act 1972.{because}"


def named_in_the_notice(found: PublicDecision) -> list[str]:
    """The documents that the notice says will go to the decision maker (reg 9(1)(e)), until the record is published."""
    if found.record is not None or not found.notices:
        return []
    named = str(found.notices[-1].content.get("documents", ""))
    return [line.strip() for line in named.splitlines() if line.strip() and line.strip().lower() != "none"]


def background_papers(found: PublicDecision) -> list[str]:
    """The papers that the report names and those on file, once the record is published (reg 15)."""
    record = found.record
    if record is None or record.published_on is None:
        return []
    is_open = found.decision.restriction == "open"
    named = reports.as_text(record.report.content.get("background_papers")).splitlines() if is_open and record.report else []
    return [line.strip() for line in named if line.strip()]


def background_documents(found: PublicDecision, *, href: Callable[[uuid.UUID], str]) -> list[DocumentRow]:
    """The background papers that are files."""
    return [_row(each, href(each.id)) for each in found.documents if each.kind == "background"]
