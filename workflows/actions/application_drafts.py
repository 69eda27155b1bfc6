"""Filling in an application: its sections as they were last saved, right or wrong, by whoever of the provider saved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Application, ApplicationSection, ApplicationStatus, ProcessDefinition, ProcessInstance, User, clock
from workflows.actions import audit
from workflows.errors import Closed, Conflict, Invalid, NotFound, Refused
from workflows.library import definitions, task_forms
from workflows.library.forms import FormSchema, check_again, read_form
from workflows.queries import providers
from workflows.rules import applying, permissions
from workflows.rules.applying import Section

PROCESS = "provider-application"
LONGEST = 400_000


class SectionChanged(Conflict):
    """A colleague saved the same section first; `theirs` is the section as it is now."""

    def __init__(self, theirs: ApplicationSection) -> None:
        super().__init__("A colleague changed this section while you were editing")
        self.theirs = theirs


@dataclass(kw_only=True)
class SectionView:
    """A section with its state: not_started, in_progress, problem or completed. `problem` is the first message that stands."""

    key: str
    title: str
    group: str
    is_list: bool
    item_name: str
    least: int
    most: int
    state: str = "not_started"
    problem: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    is_completed: bool = False
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: User | None = None


def sections(session: Session, application: Application) -> list[SectionView]:
    """Every section in order, with what is stored of it.

    A completed section of a draft is looked at again: a certificate may have run out since, or a document been removed.
    """
    query = select(ApplicationSection).where(ApplicationSection.application_id == application.id).options(joinedload(ApplicationSection.saved_by))
    stored = {row.key: row for row in session.scalars(query)}
    views = [_view(section, stored.get(section.key)) for section in applying.SECTIONS]
    if application.status is ApplicationStatus.DRAFT:
        known = _known(session, application)
        for view in views:
            if view.state == "completed":
                _set_problems(view, _judge(known, view)[1])
    return views


def unready(session: Session, application: Application) -> list[SectionView]:
    """The sections that stand in the way of sending: each that is not completed, or not right any more."""
    return [section for section in sections(session, application) if section.state != "completed"]


def judge(session: Session, application: Application, section: SectionView) -> tuple[dict[str, Any], dict[str, str]]:
    """The section's answers as its form takes them, and a message for each question that stands in the way of completing it.

    In a list the questions are told as `<entry>.<question>`, and what is wrong with the list itself under no name.
    """
    return _judge(_known(session, application), section)


@dataclass(frozen=True)
class _Known:
    """What every form of an application is read with."""

    definition: ProcessDefinition
    choices: Mapping[str, Sequence[tuple[str, str]]]

    def form(self, key: str) -> FormSchema:
        source = definitions.form_source(self.definition, f"section-{key}")
        if source is None:
            raise NotFound("There is no such section")
        return read_form(source, choices=self.choices)


def _known(session: Session, application: Application) -> _Known:
    instance = session.scalar(select(ProcessInstance).where(ProcessInstance.case_id == application.case_id).limit(1))
    definition = instance.definition if instance is not None else definitions.latest(session, PROCESS)
    documents = [(str(each.id), each.title) for each in providers.documents_of(session, application.provider)]
    return _Known(definition, {**task_forms.choices(session), "documents": documents})


def _judge(known: _Known, section: SectionView) -> tuple[dict[str, Any], dict[str, str]]:
    schema = known.form(section.key)
    if not section.is_list:
        return _judge_one(schema, section.key, section.values)
    items: list[dict[str, Any]] = []
    problems: dict[str, str] = {}
    for item in section.values.get("items", []):
        answers, found = _judge_one(schema, section.key, item)
        problems |= {f"{item['id']}.{key}": text for key, text in found.items()}
        items.append({"id": item["id"], **answers})
    if len(items) < section.least:
        problems[""] = f"Add at least {section.least} {section.item_name.lower()}"
    return {**section.values, "items": items}, problems


def _judge_one(schema: FormSchema, key: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    checked = check_again(schema, values)
    return checked.answers, checked.errors or applying.problems(key, checked.answers, today=clock.today())


def _set_problems(view: SectionView, problems: Mapping[str, str]) -> None:
    if problems:
        view.problems, view.problem, view.state = dict(problems), next(iter(problems.values())), "problem"


def form_of(session: Session, application: Application, key: str) -> FormSchema:
    """The questions of a section, or of one of its entries, in the version that the application began with, with the provider's documents
    to choose from. NotFound for an unknown section.
    """
    return _known(session, application).form(key)


def check(session: Session, application: Application, key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the form cannot tell of answers that it takes: a message by question, of one entry in a list."""
    return applying.problems(key, answers, today=clock.today())


def save_section(
    session: Session,
    application: Application,
    key: str,
    values: Mapping[str, Any],
    *,
    problems: Mapping[str, str],
    is_completed: bool,
    by: User,
    revision: int,
) -> ApplicationSection:
    """Keep a section as it is, right or wrong. Only its completion is written into the trail, not every pause in typing.

    Refused for anyone but the provider's own people; Closed once the application is sent; SectionChanged when `revision` is not the stored
    one; Invalid for a section with problems that should be completed or with more words than can be kept.
    """
    check_fill_in(application, by)
    _check_kept(key, values, problems, is_completed=is_completed)
    row = _row(session, application, key)
    if row.revision != revision:
        raise SectionChanged(row)
    was_completed = bool(row.is_completed)
    row.values, row.problems, row.is_completed = dict(values), dict(problems), is_completed
    row.revision = revision + 1
    row.saved_by_id, row.saved_at = by.id, clock.now()
    application.last_changed_at = row.saved_at
    session.add(row)
    session.flush()
    if is_completed != was_completed:
        kind = "application:section_completed" if is_completed else "application:section_reopened"
        audit.record(session, kind, case=application.case, by=by, detail={"section": key})
    return row


def _check_kept(key: str, values: Mapping[str, Any], problems: Mapping[str, str], *, is_completed: bool) -> None:
    if key not in applying.BY_KEY:
        raise NotFound("There is no such section")
    if is_completed and problems:
        raise Invalid(dict(problems))
    if len(str(dict(values))) > LONGEST:
        raise Invalid({"": "This section holds more words than we can keep"})


def _row(session: Session, application: Application, key: str) -> ApplicationSection:
    """The stored section, locked for this transaction, or a new one that is not stored yet."""
    query = select(ApplicationSection).where(ApplicationSection.application_id == application.id, ApplicationSection.key == key)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    return found or ApplicationSection(application_id=application.id, key=key, revision=0, is_completed=False)


def check_fill_in(application: Application, by: User) -> None:
    """Raise unless this person may change the application now: Refused for a stranger, Closed once it is sent or over."""
    if application.provider.group_key not in permissions.provider_groups(by):
        raise Refused("Only the provider's own people can fill in its application")
    if application.status is not ApplicationStatus.DRAFT:
        raise Closed("This application was sent. It cannot be changed any more")


def _view(section: Section, row: ApplicationSection | None) -> SectionView:
    view = SectionView(
        key=section.key, title=section.title, group=section.group, is_list=section.is_list, item_name=section.item_name, least=section.least,
        most=section.most,
    )  # fmt: skip
    if row is None:
        return view
    view.values, view.problems = dict(row.values), {key: str(text) for key, text in row.problems.items()}
    view.is_completed, view.revision, view.saved_at, view.saved_by = row.is_completed, row.revision, row.saved_at, row.saved_by
    view.problem = next(iter(view.problems.values()), "")
    view.state = "problem" if view.problems else "completed" if row.is_completed else "in_progress" if row.values else "not_started"
    return view
