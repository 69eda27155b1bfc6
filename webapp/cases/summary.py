"""The summary of a case: where it stands, what it waits for, its dates, its tasks and its facts."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from models import KeyDecision, UserTask
from webapp.cases import answers_in_words, bp, dates, frame, happening, law, stages
from webapp.db import db
from webapp.shared import case_cards, days_left, filters, task_links
from webapp.signed_in import person
from workflows.library import definitions
from workflows.queries import case_pages, timeline
from workflows.queries.case_pages import Whole
from workflows.rules import permissions, words
from workflows.rules.decidable import Standing

LATEST = 5
NONE_YET = "Not yet"


@bp.get("/cases/<reference>")
def show_case(reference: str) -> ResponseReturnValue:
    """The case at a glance."""
    case = frame.find(reference)
    whole = case_pages.whole(db.session, case)
    found = dates.dates(db.session, whole)
    return frame.page(
        case,
        "cases/summary.html",
        tab="show_case",
        stages=stages.stages(whole, stage_names(whole)),
        happening=happening.sentences(whole),
        next_date=dates.next_of(found),
        dates=found,
        law=law.of_whole(whole),
        tasks=[_task(task, whole) for task in whole.open_tasks],
        cards=_cards(whole),
        process_name=f"{whole.main.definition.name}, version {whole.main.definition.version}" if whole.main else "",
        latest=timeline.events_of(db.session, case, limit=LATEST, news_only=True),
        event_count=timeline.count_of(db.session, case),
    )


@bp.get("/c/<reference>")
def short(reference: str) -> ResponseReturnValue:
    """The short form of a case's address, for mails and telephone calls."""
    return redirect(url_for("cases.show_case", reference=frame.find(reference).reference), 303)


def stage_names(whole: Whole) -> list[str]:
    """The stages of the process a case was opened for, in order."""
    return list(definitions.stages_of(whole.main.definition)) if whole.main else []


def _task(task: UserTask, whole: Whole) -> dict[str, Any]:
    group = whole.group_of(task)
    return {
        "name": task.name,
        "label": task.label if task.label != group else "",
        "href": task_links.href(task),
        "group": group,
        "assignee": task.assignee.name if task.assignee else "",
        "is_mine": permissions.can_claim(person(), task),
        "due_at": task.due_at,
        "due_words": days_left.until(task.due_at),
        "status": {"text": "In progress", "colour": "teal"} if task.assignee else {"text": "Not started", "colour": "blue"},
    }


def _cards(whole: Whole) -> list[dict[str, Any]]:
    """The key facts, a card each: those of a proposal, else those of the kind of case."""
    if whole.decision is None or whole.standing is None:
        return case_cards.of_case(whole)
    consultation = url_for("cases.consultations", reference=whole.case.reference)
    return [
        {"title": "Proposal", "text": whole.decision.proposal, "rows": _proposal(whole.decision)},
        {"title": "Money and scope", "rows": _money(whole.decision)},
        {"title": "Notice", "rows": _notice(whole, whole.decision, whole.standing)},
        {
            "title": "Consultation", "rows": _consultation(whole.standing), "href": consultation, "link": "See all advice",
            "empty": "Nobody has been consulted yet.",
        },
        {"title": "Decision", "rows": _decision(whole.decision, whole.standing), "text": _decided_words(whole.standing)},
    ]  # fmt: skip


def _row(key: str, value: object, tag: dict[str, str] | None = None) -> dict[str, Any]:
    return {"key": key, "value": value, "tag": tag}


def _proposal(decision: KeyDecision) -> list[dict[str, Any]]:
    rows = [
        _row("Decision maker", decision.maker.name),
        _row("Lead director", decision.lead_director.name),
        _row("Due", words.period(decision.due_from, decision.due_to)),
    ]
    if decision.moved_because:
        rows.append(_row("Moved", f"from {decision.moved_from}: {decision.moved_because}"))
    return rows


def _money(decision: KeyDecision) -> list[dict[str, Any]]:
    areas = "All divisions" if decision.all_divisions else ", ".join(decision.divisions) or "Not given"
    savings = [_row("Saving", words.money(decision.savings))] if decision.savings else []
    reasons = [_row("Why it is key", "; ".join(decision.key_reasons))] if decision.key_reasons else []
    return [_row("Total value", words.money(decision.value_total)), *savings, _row("Areas", areas), *reasons]


def _notice(whole: Whole, decision: KeyDecision, standing: Standing) -> list[dict[str, Any]]:
    notice = standing.notice
    published = filters.short_day(max(notice.website_on, notice.offices_on)) if notice else NONE_YET
    closes = decision.representations_close_at
    return [
        _row("Route", answers_in_words.ROUTES[decision.route] if decision.route else "Not chosen yet"),
        _row("Published", published),
        _row("First lawful day", filters.short_day(decision.earliest_decision_on) or NONE_YET),
        _row("Comments close", filters.moment(closes) if closes else NONE_YET),
        _row("Comments received", str(whole.representations)),
    ]


def _consultation(standing: Standing) -> list[dict[str, Any]]:
    return [_row(request.consultee.name, "", answers_in_words.of_request(request)) for request in standing.current_requests()]


def _decision(decision: KeyDecision, standing: Standing) -> list[dict[str, Any]]:
    record = standing.record
    if record is None:
        return [_row("Decided", "No decision has been made yet")]
    rows = [
        _row("Outcome", answers_in_words.OUTCOMES[record.outcome]),
        _row("Signed", f"{filters.short_day(record.made_on)} by the {record.maker_title}"),
        _row("Published", filters.short_day(record.published_on) or NONE_YET),
        _row("In effect from", filters.short_day(record.effective_from) or NONE_YET),
    ]
    rows += [_row(f"Call-in {call_in.reference}", "", answers_in_words.of_call_in(call_in)) for call_in in standing.call_ins]
    return [*rows, _row("Carried out", filters.short_day(decision.implemented_on))] if decision.implemented_on else rows


def _decided_words(standing: Standing) -> str:
    return standing.record.decision_text if standing.record else ""
