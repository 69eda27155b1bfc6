"""What stands above the form of a provider's task, by the task's id: the letter it answers, the questions asked, the findings to act on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import current_app, url_for
from sqlalchemy.orm import Session

from models import Letter, UserTask
from webapp.shared import cards, filters, provider_words
from webapp.shared.cards import Card, Row
from workflows.queries import applications, improvements, providers
from workflows.rules import words

MOST_LETTERS = 3


def of_task(session: Session, task: UserTask) -> list[Card]:
    """The cards for a task, in order; a task without any of its own shows the letters of its case."""
    made = CARDS.get(task.bpmn_id)
    return [*(made(session, task) if made else []), *_letters(session, task)]


def _letters(session: Session, task: UserTask) -> list[Card]:
    assert task.case.provider_id is not None
    provider = providers.by_id(session, task.case.provider_id)
    found = [letter for letter in providers.letters_of(session, provider) if letter.case_id == task.case_id][:MOST_LETTERS]
    return [cards.card("Letters about this", [_letter(letter) for letter in found])] if found else []


def _letter(letter: Letter) -> Row:
    href = url_for("provider.letter", letter_id=letter.id) if "provider.letter" in current_app.view_functions else ""
    return cards.row(filters.short_day(letter.sent_at), letter.subject, href=href)


def _draft_report(session: Session, task: UserTask) -> list[Card]:
    """The report that the provider is asked to check, and what has to be put right."""
    assert task.case.provider_id is not None
    found = improvements.inspection_of_case(session, providers.by_id(session, task.case.provider_id), task.case_id)
    if found is None:
        return []
    report = found.final_report or found.draft_report
    place = found.premises.name if found.premises else "Your organisation"
    return [cards.card(f"Report on {place}", [], text=report), *_findings(session, task)]


def _findings(session: Session, task: UserTask) -> list[Card]:
    assert task.case.provider_id is not None
    found = improvements.inspection_of_case(session, providers.by_id(session, task.case.provider_id), task.case_id)
    rows = [
        cards.row(f"{provider_words.SEVERITY[each.severity]['text']}, by {filters.short_day(each.due_at)}", each.action_wanted or each.evidence)
        for each in (improvements.findings(session, found) if found else [])
    ]
    return [cards.card("What has to be put right", rows)] if rows else []


def _one_finding(item: str) -> Callable[[Session, UserTask], list[Card]]:
    """The card for a task about one finding, which the variable `item` of the process names by its key."""

    def of(session: Session, task: UserTask) -> list[Card]:
        assert task.case.provider_id is not None
        given = task.variables.get(item)
        key = str(given.get("key", "")) if isinstance(given, dict) else ""
        found = improvements.finding_of_task(session, providers.by_id(session, task.case.provider_id), task.case_id, key)
        if found is None:
            return []
        action = improvements.planned(session, found)
        rows = [
            cards.row("How grave it is", "", provider_words.SEVERITY[found.severity]),
            cards.row("What we found", found.evidence),
            cards.row("What has to be done", found.action_wanted or "Put it right"),
            cards.row("By", filters.moment(found.due_at)),
        ]
        if action is not None and action.action and item == "action":
            rows.append(cards.row("What you said you would do", action.action))
        if action is not None and action.not_verified_because:
            rows.append(cards.row("What is still missing", action.not_verified_because))
        return [cards.card("What has to be put right", rows)]

    return of


def _questions(session: Session, task: UserTask) -> list[Card]:
    """The council's questions about an application, and by when the answer has to be here."""
    asked = applications.questions_of(session, task.case_id)
    by = applications.reply_by(session, task.case_id)
    rows = [cards.row(f"Question {number}", question) for number, question in enumerate(asked, 1)]
    if by is not None:
        rows.append(cards.row("Answer by", filters.day(by)))
    return [cards.card("What we ask you", rows)] if rows else []


def _agreement(session: Session, task: UserTask) -> list[Card]:
    """The list, the categories and the conditions that the provider agrees to."""
    application = applications.of_case(session, task.case_id)
    names = {category.key: category.name for category in application.purchasing_list.categories}
    conditions = task.variables.get("conditions")
    categories = task.variables.get("categories_recommended") or application.categories
    rows = [
        cards.row("List", application.purchasing_list.title),
        cards.row("Kinds of accommodation", words.listed([names.get(key, key) for key in categories])),
        *(cards.row("Condition", f"{each['words']}, by {filters.short_day(date.fromisoformat(each['due_on']))}") for each in conditions or []),
    ]
    return [cards.card("What you agree to", rows)]


CARDS: dict[str, Callable[[Session, UserTask], list[Card]]] = {
    "answer-action": _one_finding("action"),
    "answer-clarification": _questions,
    "answer-critical": _one_finding("critical"),
    "comment-on-draft": _draft_report,
    "plan-actions": _one_finding("finding"),
    "sign-agreement": _agreement,
}
