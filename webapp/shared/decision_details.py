"""The list of details on a decision's public page, in the order that readers of the council's forward plan know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import CandidateGroup, ConsultationRequest, ConsultationStatus, DecisionOutcome, DecisionState, MakerType
from webapp.shared import decision_sections
from workflows.queries.public import PublicDecision, in_sentence
from workflows.rules import calendar, status, words
from workflows.rules.calendar import Explanation, date_words
from workflows.rules.key_reasons import key_reason_words

MAKERS = {MakerType.OFFICER: "officer", MakerType.CABINET_MEMBER: "cabinet member", MakerType.CABINET: "cabinet"}
KEY_DECISION = (
    "A key decision is one by the council's cabinet, or by someone who decides for it, that is likely to spend or save a large sum, or to change "
    "much for people in two or more divisions. The council must say beforehand that it is coming (SI 2012/2089 regulation 8)."
)


@dataclass(frozen=True)
class Detail:
    """A row: its label, its words line by line, and what may hang on it: help, a worked-out date, a team to write to, an anchor."""

    key: str
    lines: Sequence[str]
    help_title: str = ""
    help_text: str = ""
    explanation: Explanation | None = None
    contact: CandidateGroup | None = None
    anchor: str = ""
    items: Sequence[str] = field(default_factory=list)


def rows(found: PublicDecision, at: datetime) -> list[Detail]:
    """Every row that says something, none that is empty."""
    decision = found.decision
    shown = in_sentence(decision, found.record, found.signed)
    return [
        Detail("Decision type", ["Key decision"], help_title="What is a key decision?", help_text=KEY_DECISION),
        _listing("Why it is key", [key_reason_words(reason) for reason in decision.key_reasons] or ["Not stated"]),
        Detail("Status", [status.status_of(decision, shown, found.call_ins, at=at).tag]),
        _listing("Areas affected", ["All divisions"] if decision.all_divisions else decision.divisions or ["None named"]),
        *_notice(found, at),
        *_dates(found),
        _maker(found),
        Detail("Lead member", [decision.lead_member or _no_lead_member(decision.maker_type)]),
        Detail("Lead director", [decision.lead_director.name]),
        Detail("Contact", [decision.contact.name], contact=decision.contact),
        Detail("Have your say", decision_sections.comments(decision, count=found.comment_count, at=at).lines, anchor="have-your-say"),
        Detail("Consultation", [] if found.consultees else ["Nobody was named"], items=consultation(found), anchor="consultation"),
        *_questions(found.questions_to),
        Detail("Council plan priority", [decision.plan_priority or "None named"]),
        *_contract(decision.facts, today=calendar.london_date(at)),
    ]


def _listing(key: str, items: Sequence[str]) -> Detail:
    return Detail(key, items) if len(items) == 1 else Detail(key, [], items=items)


def _notice(found: PublicDecision, at: datetime) -> list[Detail]:
    if not found.notices:
        return []
    first, counting = found.notices[0], found.notice
    lines = [date_words(max(first.website_on, first.offices_on))]
    if counting is None or counting.earliest_decision_on is None:
        return [Detail("Notice first published", lines)]
    if counting is not first:
        lines.append(f"Published again on {date_words(max(counting.website_on, counting.offices_on))}, when the period began again")
    is_past = found.record is not None or calendar.london_date(at) >= counting.earliest_decision_on
    lines.append(f"First day it {'could' if is_past else 'can'} be decided: {date_words(counting.earliest_decision_on)}")
    return [Detail("Notice first published", lines, explanation=explanation_of(counting.earliest_explanation))]


def explanation_of(stored: dict[str, Any] | None) -> Explanation | None:
    """A stored explanation, or None where a date was not worked out by a rule."""
    return Explanation.from_json(stored) if stored else None


def _dates(found: PublicDecision) -> list[Detail]:
    decision, record = found.decision, found.record
    due = words.period(decision.due_from, decision.due_to)
    if record is None:
        moved = [f"It was first due in {decision.moved_from}"] if decision.moved_from else []
        return [Detail("Decision due", [due, *moved])]
    made = [Detail("Date of decision", [f"{date_words(record.made_on)} (was due {due})"])]
    if record.published_on is not None:
        made.append(Detail("Published", [date_words(record.published_on)]))
    if record.effective_from is not None and record.outcome is not DecisionOutcome.REFUSED:
        made.append(Detail("In effect from", [_effective(found, record.effective_from)]))
    if decision.implemented_on is not None:
        made.append(Detail("Carried out", [date_words(decision.implemented_on)]))
    return made


def _effective(found: PublicDecision, day: date) -> str:
    if found.decision.state in (DecisionState.CALLED_IN, DecisionState.RECONSIDERING):
        return "Not yet. It is on hold"
    is_working = calendar.is_working_day(day, calendar.find_calendar("EW"))
    return date_words(day) if is_working else f"{date_words(day)}, which is not a working day"


def _maker(found: PublicDecision) -> Detail:
    decision = found.decision
    post = f"{decision.maker.name} ({MAKERS[decision.maker_type]})"
    # The law wants the name in the notice; afterwards it stays on the notice and the record, and the page names the post.
    is_live = decision.state in status.UNDECIDED and decision.maker_name
    return Detail("Decision maker", [post, decision.maker_name] if is_live else [post])


def _no_lead_member(maker_type: MakerType) -> str:
    return "None. This is a decision by an officer" if maker_type is MakerType.OFFICER else "None named"


def _questions(team: CandidateGroup | None) -> list[Detail]:
    return [Detail("Questions about this notice", [team.name], contact=team)] if team is not None else []


def consultation(found: PublicDecision) -> list[str]:
    """Each team that is consulted and whether it has answered; never what it said."""
    newest = {request.consultee_key: request for request in found.requests}
    named = [group.key for group in found.consultees]
    others = [request.consultee for request in found.requests if request.consultee_key not in named]
    undecided = found.decision.state in status.UNDECIDED
    return [f"{group.name}: {_asked(newest.get(group.key), undecided=undecided)}" for group in [*found.consultees, *others]]


def _asked(request: ConsultationRequest | None, *, undecided: bool) -> str:
    if request is None:
        return "not asked yet" if undecided else "not asked"
    if request.status is ConsultationStatus.OVERRIDDEN:
        return f"did not answer. The Monitoring Officer went on without their advice because: {request.override_reason}"
    return ANSWERED[request.status]


ANSWERED = {
    ConsultationStatus.ASKED: "asked",
    ConsultationStatus.ANSWERED: "answered",
    ConsultationStatus.WITHDRAWN: "did not answer",
    ConsultationStatus.SUPERSEDED: "asked",
}


def _contract(facts: dict[str, Any], *, today: date) -> list[Detail]:
    found = []
    if facts.get("term_ended"):
        ended = date.fromisoformat(str(facts["term_ended"]))
        found.append(Detail(f"Current term {'ended' if ended < today else 'ends'}", [words.month(ended)]))
    if facts.get("extension_until"):
        found.append(Detail("Extension until", [words.month(date.fromisoformat(str(facts["extension_until"])))]))
    return found
