"""What stands beside a task's form: when it is due, where the case is, its facts, documents, comments and history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import OPEN_TASKS, CandidateGroup, Case, Comment, Document, KeyDecision, ProcessInstance, TaskStatus, User, UserTask
from webapp.shared import case_cards, filters, provider_files
from webapp.work import rows
from workflows.engine import Spec
from workflows.library import definitions
from workflows.queries import decisions
from workflows.rules import words
from workflows.rules.calendar import Explanation

MOST_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything beside the form, as plain values."""

    due: dict[str, Any]
    stages: Sequence[dict[str, Any]]
    facts: Sequence[dict[str, str]]
    documents: Sequence[dict[str, Any]]
    number_for_task: int
    comments: Sequence[dict[str, Any]]
    number_of_comments: int
    history: Sequence[dict[str, Any]]


def context(session: Session, task: UserTask, reader: User) -> Context:
    """What a reader of this task sees beside it."""
    documents = _documents(session, task)
    return Context(
        due=due(task),
        stages=stages(session, task, reader),
        facts=facts(session, task.case),
        documents=documents,
        number_for_task=sum(each["is_for_task"] for each in documents),
        comments=_comments(session, task.case_id),
        number_of_comments=session.scalar(select(func.count()).select_from(Comment).where(Comment.case_id == task.case_id)) or 0,
        history=_history(session, task.case_id),
    )


def due(task: UserTask) -> dict[str, Any]:
    """When a task is due, in words, and how that was worked out."""
    at, how_long = rows.time_shown(task.due_at), rows.due_words(task.due_at)
    if task.completed_at is not None:
        how_long = "Done in time" if task.completed_at <= task.due_at else "Done after it was due"
    return {"on": task.due_at, "at": at, "words": how_long, "explanation": _explanation(task.due_explanation)}


def _explanation(stored: Mapping[str, Any] | None) -> Explanation | None:
    try:
        return Explanation.from_json(stored) if stored else None
    except ValueError:
        # An explanation of another version is still a date that holds; only its account is not shown.
        return None


def facts(session: Session, case: Case) -> list[dict[str, str]]:
    """The few facts of a case that help with any of its tasks."""
    decision = decisions.find_of_case(session, case.id)
    found = _decision_facts(session, decision) if decision else case_cards.facts(session, case)
    return [{"key": key, "value": value} for key, value in found.items() if value]


def _decision_facts(session: Session, decision: KeyDecision) -> dict[str, str]:
    maker = session.get(CandidateGroup, decision.maker_key)
    return {
        "Decision": decision.public_reference,
        "Decision maker": decision.maker_name or (maker.name if maker else words.post(decision.maker_key)),
        "Value": words.money(decision.value_total) if decision.value_total else "",
        "Due": words.period(decision.due_from, decision.due_to),
        "First lawful day": filters.short_day(decision.earliest_decision_on),
        "Comments close": filters.moment(decision.representations_close_at),
    }


def stages(session: Session, task: UserTask, reader: User) -> list[dict[str, Any]]:
    """The stages of the process in order, and the tasks of those that are open now."""
    instance = session.get_one(ProcessInstance, task.instance_id)
    spec = definitions.spec_of(session, instance.definition)
    in_stage = stage_by_step(spec)
    lines = _case_tasks(session, task.case_id)
    names = definitions.stages_of(instance.definition)
    return [_stage(name, [line for line in lines if in_stage.get(line.bpmn_id) == name], task, reader) for name in names]


def stage_by_step(spec: Spec) -> dict[str, str]:
    """The stage of each user task; those of a called process are in the stage of the step that calls it."""
    calls = {step.calls: step.properties["stage"] for step in spec.steps if step.calls and step.properties.get("stage")}
    staged = [step for step in spec.steps if step.kind in ("user task", "call activity")]
    found = {step.id: step.properties.get("stage") or calls.get(step.process_key, "") for step in staged}
    return {step: stage for step, stage in found.items() if stage}


@dataclass(frozen=True)
class _Line:
    id: uuid.UUID
    bpmn_id: str
    name: str
    label: str
    status: TaskStatus
    holder_id: uuid.UUID | None
    holder: str | None
    group: str


def _case_tasks(session: Session, case_id: uuid.UUID) -> list[_Line]:
    found = session.execute(
        select(UserTask.id, UserTask.bpmn_id, UserTask.name, UserTask.label, UserTask.status, UserTask.assignee_id, User.name, CandidateGroup.name)
        .join(CandidateGroup, CandidateGroup.key == UserTask.candidate_group)
        .outerjoin(User, User.id == UserTask.assignee_id)
        .where(UserTask.case_id == case_id)
        .order_by(UserTask.created_at, UserTask.name, UserTask.label)
    )
    return [_Line(*each) for each in found]


def _stage(name: str, lines: Sequence[_Line], task: UserTask, reader: User) -> dict[str, Any]:
    now = [line for line in lines if line.status in OPEN_TASKS]
    state = "now" if now else "done" if any(line.status is TaskStatus.COMPLETED for line in lines) else "to come"
    shown = [line for line in lines if line.status is not TaskStatus.CANCELLED] if now else []
    return {"name": name, "state": state, "tasks": [_step(line, task, reader) for line in shown]}


def _step(line: _Line, task: UserTask, reader: User) -> dict[str, Any]:
    title = f"{line.name}: {line.label}" if line.label else line.name
    if line.status is TaskStatus.COMPLETED:
        return {"name": title, "words": "Done", "is_here": False}
    if line.id == task.id:
        return {"name": title, "words": "This task", "is_here": True}
    return {"name": title, "words": "With you" if line.holder_id == reader.id else f"With {line.holder or line.group}", "is_here": False}


def _documents(session: Session, task: UserTask) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Document).where(Document.case_id == task.case_id, Document.removed_at.is_(None)).order_by(Document.added_at.desc(), Document.title)
    )
    listed = [
        {"title": each.title, "href": _document_href(task.case, each), "size": each.size, "is_for_task": each.task_id == task.id, "at": each.added_at}
        for each in found
    ]
    given = provider_files.of_case(session, task.case)
    listed += [{**each, "is_for_task": each["task_id"] == task.id} for each in given]
    return sorted(listed, key=lambda each: not each["is_for_task"])


def _document_href(case: Case, document: Document) -> str:
    if "cases.document" not in current_app.view_functions:
        return ""
    return url_for("cases.document", reference=case.reference, document_id=document.id)


def _comments(session: Session, case_id: uuid.UUID) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Comment).where(Comment.case_id == case_id).options(joinedload(Comment.author)).order_by(Comment.written_at.desc()).limit(MOST_SHOWN)
    )
    return [{"id": each.id, "by": each.author.name, "at": each.written_at, "text": each.body} for each in found]


def _history(session: Session, case_id: uuid.UUID) -> list[dict[str, Any]]:
    found = session.execute(
        select(UserTask.id, UserTask.name, UserTask.label, UserTask.completed_at, User.name)
        .join(User, User.id == UserTask.completed_by_id)
        .where(UserTask.case_id == case_id, UserTask.status == TaskStatus.COMPLETED)
        .order_by(UserTask.completed_at.desc())
        .limit(MOST_SHOWN)
    )
    return [{"id": each[0], "name": f"{each[1]}: {each[2]}" if each[2] else each[1], "at": _at(each[3]), "by": each[4]} for each in found]


def _at(moment: datetime | None) -> str:
    return filters.moment(moment)
