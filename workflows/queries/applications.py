"""Applications for readers who may know of them: a provider its own, staff those of the cases they see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Application, ApplicationSection, ApplicationStatus, Case, Provider, PurchasingList, User
from workflows.errors import NotFound
from workflows.queries import cases
from workflows.queries import tasks as task_queries
from workflows.rules import permissions, provider_records

HIDDEN = "There is no such application"
WHOLE = (joinedload(Application.case), joinedload(Application.provider), joinedload(Application.purchasing_list))
LIVE = (ApplicationStatus.DRAFT, ApplicationStatus.SENT)
ASK = "ask-clarification"
UNCLEAR = frozenset({"missing", "unclear"})


def application_for(session: Session, reader: User, *, reference: str) -> Application:
    """The application of the case with this reference. NotFound when there is none or when this reader may not know of it."""
    query = select(Application).join(Application.case).where(Case.reference == reference.strip().upper())
    found = session.scalar(query.options(*WHOLE))
    if found is None or not can_see(session, reader, found):
        raise NotFound(HIDDEN)
    return found


def can_see(session: Session, reader: User, application: Application) -> bool:
    """Whether an application exists for this reader; for a provider's person only those of their own provider do."""
    if permissions.is_provider(reader):
        return provider_records.belongs(reader, application.provider)
    return permissions.is_staff(reader) and cases.can_see(session, reader, application.case)


def of_case(session: Session, case_id: uuid.UUID) -> Application:
    """The application that a case is about. NotFound when the case is about something else."""
    found = session.scalar(select(Application).where(Application.case_id == case_id).options(*WHOLE))
    if found is None:
        raise NotFound(HIDDEN)
    return found


def of_provider(session: Session, provider: Provider) -> Sequence[Application]:
    """Every application of a provider, the newest first."""
    query = select(Application).where(Application.provider_id == provider.id).options(*WHOLE)
    return session.scalars(query.order_by(Application.started_at.desc(), Application.id)).all()


def current(session: Session, provider: Provider, purchasing_list: PurchasingList) -> Application | None:
    """The provider's newest application to a list that is a draft or being looked at; None when there is none."""
    query = select(Application).where(Application.provider_id == provider.id, Application.list_id == purchasing_list.id, Application.status.in_(LIVE))
    return session.scalar(query.options(*WHOLE).order_by(Application.started_at.desc()).limit(1))


def draft_of(session: Session, provider: Provider, purchasing_list: PurchasingList) -> Application | None:
    """The provider's application to a list that is not sent yet; None when there is none."""
    query = select(Application).where(
        Application.provider_id == provider.id, Application.list_id == purchasing_list.id, Application.status == ApplicationStatus.DRAFT
    )
    return session.scalar(query.limit(1))


def replaced_by(session: Session, application: Application) -> list[Application]:
    """The provider's other applications to the same list that are being looked at and have a category in common with this one.

    One for other categories goes on, so that a category can be added without touching the clock of what was asked for before.
    """
    query = select(Application).where(
        Application.provider_id == application.provider_id, Application.list_id == application.list_id, Application.id != application.id,
        Application.status == ApplicationStatus.SENT, Application.decided_at.is_(None), Application.ended_at.is_(None),
    )  # fmt: skip
    found = session.scalars(query.options(*WHOLE).order_by(Application.sent_at))
    return [other for other in found if set(other.categories) & set(application.categories)]


def sections_of(session: Session, application: Application) -> dict[str, ApplicationSection]:
    """What was saved of each section, by its key."""
    rows = session.scalars(select(ApplicationSection).where(ApplicationSection.application_id == application.id))
    return {row.key: row for row in rows}


def questions_of(session: Session, case_id: uuid.UUID) -> list[str]:
    """The questions of the newest request for clarification in a case, in the council's words; none when nothing was asked."""
    asked = task_queries.latest_answer(session, case_id, [ASK])
    return [str(line) for line in asked.values.get("questions", [])] if asked is not None else []


def reply_by(session: Session, case_id: uuid.UUID) -> date | None:
    """The day by which the newest request for clarification wants its answer; None when nothing was asked."""
    asked = task_queries.latest_answer(session, case_id, [ASK])
    return date.fromisoformat(str(asked.values["reply_by"])) if asked is not None else None


def items_open(session: Session, case_id: uuid.UUID) -> dict[str, str]:
    """The sections that the newest check of completeness found missing or unclear, with which of the two."""
    checked = task_queries.latest_answer(session, case_id, ["check-completeness"])
    values = checked.values if checked is not None else {}
    return {key.removeprefix("item_"): str(value) for key, value in values.items() if key.startswith("item_") and value in UNCLEAR}
