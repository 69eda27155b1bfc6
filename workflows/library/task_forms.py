"""The form of a user task, with the lists it lets people choose from and the words it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupKind, Parameter, UserTask, clock
from workflows.errors import NotFound
from workflows.library import definitions, forms
from workflows.queries import tasks

CHOICES = "choices_"


def form_of(session: Session, task: UserTask) -> forms.FormSchema:
    """The questions of a task. NotFound when its version has no form of that name."""
    key = str(task.properties.get("formKey") or task.bpmn_id)
    source = definitions.form_source(task.definition, key)
    if source is None:
        raise NotFound(f"The form {key} is not part of this version of the process")
    return forms.read_form(source, choices=choices(session))


def choices(session: Session) -> dict[str, Sequence[tuple[str, str]]]:
    """Every list that a form may name: the organisation's own lists, its teams and its posts."""
    found: dict[str, Sequence[tuple[str, str]]] = {
        "teams": _groups(session, GroupKind.TEAM), "posts": _groups(session, GroupKind.POST),
    }  # fmt: skip
    lists = select(Parameter).where(Parameter.key.startswith(CHOICES, autoescape=True), Parameter.valid_from <= clock.today())
    for row in session.scalars(lists.order_by(Parameter.valid_from)):
        found[row.key.removeprefix(CHOICES)] = [(str(value), str(label)) for value, label in row.value]
    return found


def _groups(session: Session, kind: GroupKind) -> list[tuple[str, str]]:
    rows = session.execute(select(CandidateGroup.key, CandidateGroup.name).where(CandidateGroup.kind == kind).order_by(CandidateGroup.name))
    return [(key, name) for key, name in rows]


def known_of(task: UserTask) -> dict[str, Any]:
    """The values from the process that the conditions of a form may look at."""
    return {key: value for key, value in task.variables.items() if isinstance(value, str | int | float | bool)}


def first_values(session: Session, task: UserTask) -> Mapping[str, Any]:
    """What the form begins with: the newest answers of the steps that its property `startsFrom` names, so that nothing is typed twice."""
    steps = str(task.properties.get("startsFrom", "")).split()
    answer = tasks.latest_answer(session, task.case_id, steps) if steps else None
    return dict(answer.values) if answer is not None else {}
