"""Providers for readers who may know of them: the record and its parts, the threads, and the list of all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    Application,
    Case,
    CaseMessage,
    Certificate,
    Letter,
    Membership,
    Premises,
    Provider,
    ProviderDocument,
    ProviderIdentifier,
    ProviderPerson,
    Registration,
    User,
    UserTask,
    clock,
)
from workflows.errors import NotFound
from workflows.rules import calendar, permissions, provider_records

HIDDEN = "There is no such provider"
APPLICATION = "provider-application"


def provider_of(session: Session, user: User) -> Provider:
    """The provider this person belongs to today. NotFound for anyone else."""
    query = select(Provider).where(Provider.group_key.in_(sorted(permissions.provider_groups(user)))).order_by(Provider.reference)
    found = session.scalars(query.limit(1)).one_or_none()
    if found is None:
        raise NotFound(HIDDEN)
    return found


def provider_for(session: Session, reader: User, reference: str) -> Provider:
    """The provider with this reference, such as P-0007. NotFound when there is none or when this reader may not know of it."""
    provider = session.scalar(select(Provider).where(Provider.reference == reference.strip().upper()))
    if provider is None or not provider_records.can_read(reader, provider):
        raise NotFound(HIDDEN)
    return provider


def by_id(session: Session, provider_id: uuid.UUID) -> Provider:
    """The provider with this id, for callers that know that they may have it."""
    return session.get_one(Provider, provider_id)


def people_of(session: Session, provider: Provider) -> Sequence[ProviderPerson]:
    """Those who run or control a provider, the present ones first."""
    query = select(ProviderPerson).where(ProviderPerson.provider_id == provider.id)
    return session.scalars(query.order_by(ProviderPerson.ends_on.is_not(None), ProviderPerson.name)).all()


def premises_of(session: Session, provider: Provider, *, closed: bool = True) -> Sequence[Premises]:
    """A provider's premises, the open ones first; without the closed ones when `closed` is False."""
    query = select(Premises).where(Premises.provider_id == provider.id)
    if not closed:
        query = query.where(or_(Premises.closed_on.is_(None), Premises.closed_on > clock.today()))
    return session.scalars(query.order_by(Premises.closed_on.is_not(None), Premises.name)).all()


def one_premises(session: Session, provider: Provider, reference: str) -> Premises:
    """One of a provider's premises by its reference. NotFound when it is another's."""
    query = select(Premises).where(Premises.provider_id == provider.id, Premises.reference == reference.strip().upper())
    found = session.scalar(query.options(joinedload(Premises.provider)))
    if found is None:
        raise NotFound("There are no such premises")
    return found


def certificates_of(session: Session, provider: Provider) -> Sequence[Certificate]:
    """A provider's certificates, the last to end first, with what they are for and their documents."""
    loaded = (joinedload(Certificate.premises), joinedload(Certificate.document))
    query = select(Certificate).where(Certificate.provider_id == provider.id).options(*loaded)
    return session.scalars(query.order_by(Certificate.ends_on.desc(), Certificate.kind, Certificate.id)).all()


def certificate(session: Session, provider: Provider, certificate_id: uuid.UUID) -> Certificate:
    """One certificate of a provider. NotFound when it is another's."""
    found = session.get(Certificate, certificate_id)
    if found is None or found.provider_id != provider.id:
        raise NotFound("There is no such certificate")
    return found


def registration_of(session: Session, provider: Provider, on: date | None = None) -> Registration | None:
    """What Ofsted's register said of a provider, now or at the end of a London day; None when nobody has looked."""
    query = select(Registration).where(Registration.provider_id == provider.id)
    if on is None:
        return session.scalar(query.where(Registration.ends_at.is_(None)))
    midnight = calendar.london_instant(on + timedelta(days=1))
    held = and_(Registration.starts_at < midnight, or_(Registration.ends_at.is_(None), Registration.ends_at >= midnight))
    return session.scalar(query.where(held).order_by(Registration.starts_at.desc()).limit(1))


def registrations_of(session: Session, provider: Provider) -> Sequence[Registration]:
    """Every look at the register, the newest first."""
    return session.scalars(select(Registration).where(Registration.provider_id == provider.id).order_by(Registration.starts_at.desc())).all()


def documents_of(session: Session, provider: Provider) -> Sequence[ProviderDocument]:
    """The newest version of each document of a provider's record that was not removed, the newest first.

    What was sent with an answer or a message belongs to that case and is found there.
    """
    newer = ProviderDocument.__table__.alias("newer")
    replaced = exists(select(newer.c.id).where(newer.c.replaces_id == ProviderDocument.id, newer.c.removed_at.is_(None)))
    query = select(ProviderDocument).where(ProviderDocument.provider_id == provider.id, ProviderDocument.removed_at.is_(None), ~replaced)
    query = query.where(ProviderDocument.case_id.is_(None))
    return session.scalars(query.options(joinedload(ProviderDocument.added_by)).order_by(ProviderDocument.added_at.desc())).all()


def infected_since(session: Session, provider: Provider, since: date) -> Sequence[ProviderDocument]:
    """The documents that were taken away since a day because a scan found a virus."""
    query = select(ProviderDocument).where(ProviderDocument.provider_id == provider.id, ProviderDocument.removed_at.is_not(None))
    found = session.scalars(query.where(ProviderDocument.held_because != "").order_by(ProviderDocument.removed_at.desc())).all()
    return [each for each in found if each.removed_at is not None and calendar.london_date(each.removed_at) >= since]


def versions_of(session: Session, document: ProviderDocument) -> list[ProviderDocument]:
    """A document and the versions before it, the newest first."""
    found, before = [document], document.replaces_id
    while before is not None and (earlier := session.get(ProviderDocument, before)) is not None:
        found.append(earlier)
        before = earlier.replaces_id
    return found


def document(session: Session, provider: Provider, document_id: uuid.UUID) -> ProviderDocument:
    """One document of a provider. NotFound when it is another's or was removed."""
    found = session.get(ProviderDocument, document_id)
    if found is None or found.provider_id != provider.id or found.removed_at is not None:
        raise NotFound("There is no such document")
    return found


def documents_for_case(session: Session, case: Case) -> Sequence[ProviderDocument]:
    """What a provider has given that a case is worked on with, the newest first: what was sent with it, and for an application the whole record."""
    if case.provider_id is None:
        return []
    query = select(ProviderDocument).where(ProviderDocument.case_id == case.id, ProviderDocument.removed_at.is_(None))
    sent = session.scalars(query.options(joinedload(ProviderDocument.added_by)).order_by(ProviderDocument.added_at.desc())).all()
    if case.kind != APPLICATION:
        return sent
    return [*sent, *documents_of(session, session.get_one(Provider, case.provider_id))]


def documents_of_task(session: Session, task: UserTask) -> Sequence[ProviderDocument]:
    """What a provider sent with the answer to a task, in the order it was sent."""
    query = select(ProviderDocument).where(ProviderDocument.task_id == task.id, ProviderDocument.removed_at.is_(None))
    return session.scalars(query.order_by(ProviderDocument.added_at, ProviderDocument.filename)).all()


def _is_known(provider: Provider) -> ColumnElement[bool]:
    """The condition under which a provider knows of one of its cases: it applied, was given a task, or was written to.

    Everything else that the council does about it stays unseen: an unannounced visit, a concern that is being looked at.
    """
    applied = exists(select(Application.id).where(Application.case_id == Case.id))
    asked = exists(select(UserTask.id).where(UserTask.case_id == Case.id, UserTask.candidate_group == provider.group_key))
    wrote = exists(select(CaseMessage.id).where(CaseMessage.case_id == Case.id, CaseMessage.provider_id == provider.id))
    sent = exists(select(Letter.id).where(Letter.case_id == Case.id, Letter.provider_id == provider.id, Letter.is_for_provider))
    return and_(Case.provider_id == provider.id, or_(applied, asked, wrote, sent))


def knows_of(session: Session, provider: Provider, case: Case) -> bool:
    """Whether a provider may know that this case exists."""
    return session.scalar(select(Case.id).where(Case.id == case.id, _is_known(provider))) is not None


def known_cases(session: Session, provider: Provider) -> Sequence[Case]:
    """The cases a provider knows of, the newest first."""
    return session.scalars(select(Case).where(_is_known(provider)).order_by(Case.opened_at.desc(), Case.reference.desc())).all()


def known_case(session: Session, provider: Provider, reference: str) -> Case:
    """A case of this provider that it knows of. NotFound for every other case, whether it exists or not."""
    found = session.scalar(select(Case).where(Case.reference == reference.strip().upper(), _is_known(provider)))
    if found is None:
        raise NotFound("There is no such case")
    return found


def cases_of(session: Session, provider: Provider) -> Sequence[Case]:
    """All cases about a provider, the newest first; whoever calls shows only those that its reader may see."""
    return session.scalars(select(Case).where(Case.provider_id == provider.id).order_by(Case.opened_at.desc(), Case.reference.desc())).all()


def tasks_for(session: Session, provider: Provider) -> Sequence[UserTask]:
    """What waits for the people of a provider, the soonest due first."""
    query = select(UserTask).where(UserTask.candidate_group == provider.group_key, UserTask.status.in_(OPEN_TASKS))
    loaded = (joinedload(UserTask.case), joinedload(UserTask.assignee))
    return session.scalars(query.options(*loaded).order_by(UserTask.due_at, UserTask.id)).all()


def task_for(session: Session, provider: Provider, task_id: uuid.UUID) -> UserTask:
    """A task that is or was for the people of a provider, with its case. NotFound for any other."""
    loaded = (joinedload(UserTask.case), joinedload(UserTask.definition), joinedload(UserTask.assignee), joinedload(UserTask.completed_by))
    found = session.scalar(select(UserTask).where(UserTask.id == task_id).options(*loaded))
    if found is None or found.candidate_group != provider.group_key or found.case.provider_id != provider.id:
        raise NotFound("There is no such task")
    return found


def thread_of(session: Session, case: Case) -> Sequence[CaseMessage]:
    """The messages of a case's thread, the oldest first."""
    query = select(CaseMessage).where(CaseMessage.case_id == case.id).options(joinedload(CaseMessage.author))
    return session.scalars(query.order_by(CaseMessage.sent_at, CaseMessage.id)).all()


def unread_of(session: Session, user: User) -> int:
    """How many messages of the council the people of this user's provider have not read."""
    groups = sorted(permissions.provider_groups(user))
    query = select(func.count()).select_from(CaseMessage).join(Provider, Provider.id == CaseMessage.provider_id)
    unread = query.where(Provider.group_key.in_(groups), CaseMessage.is_from_provider.is_(False), CaseMessage.read_at.is_(None))
    return session.scalar(unread) or 0


def unread_by_case(session: Session, case_ids: Sequence[uuid.UUID], *, from_provider: bool) -> dict[uuid.UUID, int]:
    """How many messages of one side the other has not read, by case."""
    query = select(CaseMessage.case_id, func.count()).where(CaseMessage.case_id.in_(case_ids), CaseMessage.read_at.is_(None))
    found = session.execute(query.where(CaseMessage.is_from_provider.is_(from_provider)).group_by(CaseMessage.case_id))
    return {case_id: count for case_id, count in found}


def letters_of(session: Session, provider: Provider) -> Sequence[Letter]:
    """The letters that a provider was sent, the newest first."""
    query = select(Letter).where(Letter.provider_id == provider.id, Letter.is_for_provider).options(joinedload(Letter.case))
    return session.scalars(query.order_by(Letter.sent_at.desc(), Letter.id)).all()


def letter(session: Session, provider: Provider, letter_id: uuid.UUID) -> Letter:
    """A letter that a provider was sent. NotFound for any other."""
    found = session.get(Letter, letter_id)
    if found is None or found.provider_id != provider.id or not found.is_for_provider:
        raise NotFound("There is no such letter")
    return found


def newest_messages(session: Session, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, CaseMessage]:
    """The newest message of each of these cases that has a thread."""
    query = select(CaseMessage).where(CaseMessage.case_id.in_(case_ids)).options(joinedload(CaseMessage.author))
    return {message.case_id: message for message in session.scalars(query.order_by(CaseMessage.sent_at, CaseMessage.id))}


def applications_of(session: Session, provider: Provider) -> Sequence[Application]:
    """A provider's applications, the newest first, with their cases and lists."""
    loaded = (joinedload(Application.case), joinedload(Application.purchasing_list))
    query = select(Application).where(Application.provider_id == provider.id).options(*loaded)
    return session.scalars(query.order_by(Application.started_at.desc(), Application.id)).all()


def memberships_of(session: Session, provider: Provider) -> Sequence[Membership]:
    """A provider's places on lists, the newest first, with their lists and conditions."""
    query = select(Membership).where(Membership.provider_id == provider.id).options(joinedload(Membership.purchasing_list))
    return session.scalars(query.order_by(Membership.admitted_at.desc(), Membership.id)).all()


def identifiers_of(session: Session, provider: Provider) -> Sequence[ProviderIdentifier]:
    """A provider's numbers in public registers."""
    query = select(ProviderIdentifier).where(ProviderIdentifier.provider_id == provider.id)
    return session.scalars(query.order_by(ProviderIdentifier.scheme, ProviderIdentifier.value)).all()


def documents_by_id(session: Session, provider: Provider, ids: Sequence[uuid.UUID]) -> Sequence[ProviderDocument]:
    """Those of these documents that are this provider's, removed ones as well."""
    query = select(ProviderDocument).where(ProviderDocument.id.in_(ids), ProviderDocument.provider_id == provider.id)
    return session.scalars(query.order_by(ProviderDocument.added_at)).all()


def attached(session: Session, messages: Sequence[CaseMessage]) -> dict[uuid.UUID, ProviderDocument]:
    """The documents of these messages by id, removed ones as well."""
    ids = [message.document_id for message in messages if message.document_id is not None]
    return {document.id: document for document in session.scalars(select(ProviderDocument).where(ProviderDocument.id.in_(ids)))} if ids else {}
