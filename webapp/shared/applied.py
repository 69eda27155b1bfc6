"""What a provider said in its application, in words, for the staff who check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from models import Application, UserTask
from webapp.shared import case_cards_application
from workflows.actions import application_drafts
from workflows.actions.application_drafts import SectionView
from workflows.library.forms import FormSchema, answer_words
from workflows.queries import due_diligence as queries

# The sections that each step of checking looks at.
FOR_STEP: Mapping[str, tuple[str, ...]] = {
    "check-registers": ("organisation", "people"),
    "assess-exclusion": ("exclusion", "people"),
    "assess-self-cleaning": ("exclusion",),
    "assess-finance": ("finance",),
    "conclude-finance": ("finance",),
    "check-insurance": ("insurance",),
    "check-ofsted": ("ofsted", "premises"),
    "check-safeguarding": ("safeguarding", "staff"),
    "take-references": ("experience",),
    "plan-site-visit": ("premises",),
    "score-first": ("methods",),
    "score-second": ("methods",),
    "score-again": ("methods",),
    "moderate": ("methods",),
}


# Steps for which everything that was found so far is shown beside the form.
READS_CHECKS = frozenset(
    {
        "conclude-finance", "assess-self-cleaning", "recommend", "write-admission-report", "advise-procurement", "advise-legal", "advise-finance",
        "resolve-admission-objection", "settle-admission-objection", "decide-admission",
    }
)  # fmt: skip


PROPOSED = {
    "admit": "Admit", "admit_conditional": "Admit with conditions", "reject": "Do not admit", "manual": "Nothing by itself: you decide",
}  # fmt: skip


def sections(session: Session, application: Application, only: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """The sections that were filled in, with every answer in words; `only` the named ones."""
    wanted = None if only is None else set(only)
    shown = []
    for section in application_drafts.sections(session, application):
        if section.values and (wanted is None or section.key in wanted):
            schema = application_drafts.form_of(session, application, section.key)
            shown.append({"key": section.key, "title": section.title, "group": section.group, "entries": _entries(section, schema)})
    return shown


def _entries(section: SectionView, schema: FormSchema) -> list[dict[str, Any]]:
    if not section.is_list:
        return [{"title": "", "rows": _rows(schema, section.values)}]
    items = section.values.get("items") or []
    return [{"title": f"{section.item_name} {number}", "rows": _rows(schema, item)} for number, item in enumerate(items, 1)]


def _rows(schema: FormSchema, answers: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": question, "value": answer} for question, answer in answer_words(schema, answers)]


def href(session: Session, task: UserTask) -> str:
    """The address of the application that a task is about; empty for any other task, and before the application was sent."""
    application = case_cards_application.find(session, task.case) if task.case.kind == case_cards_application.KIND else None
    is_there = application is not None and application.sent_at is not None
    return url_for("work.show_application", reference=task.case.reference) if is_there else ""


def beside(session: Session, task: UserTask) -> list[dict[str, Any]]:
    """What the provider said about the thing this task checks; nothing for any other task."""
    wanted = FOR_STEP.get(task.bpmn_id)
    application = case_cards_application.find(session, task.case) if wanted else None
    return sections(session, application, wanted) if application is not None else []


def checks_beside(session: Session, task: UserTask) -> Sequence[Mapping[str, Any]]:
    """What was found so far, for the steps that weigh it; nothing for a step that looks at one thing by itself."""
    return case_cards_application.checks_shown(queries.checks(session, task.case_id)) if task.bpmn_id in READS_CHECKS else []


def proposed(task: UserTask) -> str:
    """What follows from the checks, in words, for whoever recommends."""
    found = task.variables.get("proposed") if task.bpmn_id == "recommend" else None
    return PROPOSED.get(str(found.get("recommendation", "")), "") if isinstance(found, dict) else ""
