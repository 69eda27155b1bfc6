"""Declaring that there is no interest, as staff do before their first task on a provider, so that tests can go on to the task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models import Case, InterestKind, User, UserTask
from workflows.actions import interests, tasks
from workflows.rules import interests as rules


def declare_none(session: Session, case: Case, *persons: User) -> None:
    """Let these people say that they have no interest in a case."""
    for person in persons:
        interests.declare(session, case, kind=InterestKind.NONE, by=person)


def complete(session: Session, task: UserTask, *, answers: Mapping[str, Any], by: User) -> None:
    """Complete a task, after saying that there is no interest where staff must say so."""
    if rules.must_declare(by, task):
        declare_none(session, task.case, by)
    tasks.complete(session, task, answers=answers, by=by)
