"""Documents of a provider: given once, used again, in versions, with the day they run out; held while nobody has looked for a virus."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Application, Case, CaseMessage, Certificate, ImprovementAction, Provider, ProviderDocument, User, UserTask, clock
from workflows import enqueue, storage
from workflows.actions import documents, providers
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import parameters
from workflows.rules import file_types, permissions, provider_records
from workflows.storage import Place

MOST_BYTES = documents.MOST_BYTES
MEGABYTE = 1024 * 1024
LONGEST_TITLE = 200
WAITING = "We have not checked this file for viruses yet"
INFECTED = "The selected file contains a virus"
# Copies of criminal-record certificates are not kept: the number, the day and the level are (DBS code of practice).
NOT_KEPT = frozenset({"dbs"})
RESTS_ON = (Certificate, CaseMessage, ImprovementAction)


class Held(Refused):
    """Nobody may open this file now; the sentence says why."""


def add(
    session: Session,
    provider: Provider,
    *,
    filename: str,
    content: bytes,
    kind: str,
    title: str,
    expires_on: date | None,
    by: User,
    folder: Place,
    replaces: ProviderDocument | None = None,
    case: Case | None = None,
    task: UserTask | None = None,
    scan: bool = False,
    most_bytes: int = MOST_BYTES,
) -> ProviderDocument:
    """Keep a file of a provider under a random name in `folder`; its type is told by its content and must be what its name says.

    With `scan` the file is held until the job `provider_documents.scan` has found no virus in it. `replaces` is the version before it.
    Refused for a stranger; Invalid with a message for the field `file`, `title` or `expires_on`.
    """
    _check_may_add(by, provider, case)
    name = file_types.clean_name(filename)
    media_type = _check(session, provider, name, content, title=title, kind=kind, most_bytes=most_bytes)
    document = ProviderDocument(
        provider_id=provider.id, kind=kind, title=" ".join(title.split()), filename=name, media_type=media_type, size=len(content),
        digest=hashlib.sha256(content).hexdigest(), stored_as=storage.put(folder, content), expires_on=expires_on,
        version=_next_version(session, provider, replaces), replaces_id=replaces.id if replaces else None, case_id=case.id if case else None,
        task_id=task.id if task else None, held_because=WAITING if scan else "", added_by_id=by.id, added_at=clock.now(), removed_at=None,
    )  # fmt: skip
    session.add(document)
    session.flush()
    detail = {"document": str(document.id), "digest": document.digest, "version": document.version}
    text = {"title": document.title, "filename": document.filename}
    providers.record(session, "provider_document:added", provider, by=by, detail=detail, text=text)
    if scan:
        enqueue.enqueue(session, "provider_documents.scan", {"document": str(document.id)})
    return document


def _check_may_add(by: User, provider: Provider, case: Case | None) -> None:
    """Whoever may add to a case may attach a file for its provider; everything else is for those who keep the record."""
    if case is not None and case.provider_id == provider.id and permissions.is_staff(by):
        permissions.check_upload(by, case)
    else:
        provider_records.check_keep(by, provider)


def _check(session: Session, provider: Provider, name: str, content: bytes, *, title: str, kind: str, most_bytes: int) -> str:
    errors, media_type = {}, ""
    if len(content) > most_bytes:
        errors["file"] = f"The selected file must be smaller than {most_bytes // MEGABYTE}MB"
    elif kind in NOT_KEPT:
        errors["file"] = "Do not send copies of DBS certificates. Give their numbers and dates in the form"
    else:
        try:
            media_type = file_types.media_type(name, content)
        except file_types.NotAllowed as refusal:
            errors["file"] = str(refusal)
    if not title.strip():
        errors["title"] = "Enter a title for the document"
    elif len(title.strip()) > LONGEST_TITLE:
        errors["title"] = f"The title must be {LONGEST_TITLE} characters or fewer"
    if not errors and used_bytes(session, provider) + len(content) > quota_bytes(session):
        errors["file"] = f"Your documents may take {quota_bytes(session) // MEGABYTE:,}MB in all. Remove some before you add this one"
    if errors:
        raise Invalid(errors)
    return media_type


def quota_bytes(session: Session) -> int:
    """How much the files of one provider may take together: the policy value `provider_documents_quota`, in megabytes."""
    return int(parameters.value(session, "provider_documents_quota")) * MEGABYTE


def used_bytes(session: Session, provider: Provider) -> int:
    """How much the files of a provider take now."""
    taken = select(func.sum(ProviderDocument.size)).where(ProviderDocument.provider_id == provider.id, ProviderDocument.removed_at.is_(None))
    return int(session.scalar(taken) or 0)


def _next_version(session: Session, provider: Provider, replaces: ProviderDocument | None) -> int:
    if replaces is None:
        return 1
    if replaces.provider_id != provider.id:
        raise NotFound("There is no such document")
    if session.scalar(select(ProviderDocument.id).where(ProviderDocument.replaces_id == replaces.id, ProviderDocument.removed_at.is_(None))):
        raise Conflict("A newer version of this document is here already")
    return replaces.version + 1


def open_bytes(document: ProviderDocument, folder: Place) -> bytes:
    """The bytes as they were added. NotFound for a removed document, Held while it may not be opened, Damaged when it is not the same."""
    if document.removed_at is not None:
        raise NotFound("This document was removed")
    if document.held_because:
        raise Held(document.held_because)
    return documents.read(document, folder)


def remove(session: Session, document: ProviderDocument, *, by: User) -> None:
    """Take a document away; its bytes are erased after the commit, what the trail says of it stays.

    Refused for a stranger, and for one that was sent with a case or that a certificate rests on: what the council decides by is kept.
    """
    provider = document.provider
    provider_records.check_keep(by, provider)
    providers.lock(session, document)
    if document.removed_at is not None:
        raise Conflict("This document was removed already")
    why = why_kept(session, document)
    if why:
        raise Refused(why)
    _take_away(session, document)
    providers.record(session, "provider_document:removed", provider, by=by, detail={"document": str(document.id)})


def why_kept(session: Session, document: ProviderDocument) -> str:
    """Why a document cannot be taken away, as a sentence; nothing when it can."""
    sent_with = select(Application.id).where(Application.provider_id == document.provider_id, Application.sent_at >= document.added_at)
    if document.case_id is not None or session.scalar(sent_with.limit(1)) is not None:
        return "This document was sent to the council and stays with what it was sent for"
    if used_by(session, document):
        return "A certificate or an action rests on this document, so it stays. Add a newer version instead"
    return ""


def used_by(session: Session, document: ProviderDocument) -> bool:
    """Whether a certificate, a message or an improvement action rests on this document."""
    return any(session.scalar(select(table.id).where(table.document_id == document.id).limit(1)) for table in RESTS_ON)


def _take_away(session: Session, document: ProviderDocument) -> None:
    document.removed_at = clock.now()
    session.flush()
    enqueue.enqueue(session, "documents.erase", {"stored_as": document.stored_as})


def release(session: Session, document_id: uuid.UUID) -> None:
    """A scan found nothing: the document may be opened."""
    document = session.get_one(ProviderDocument, document_id, with_for_update=True)
    if document.removed_at is None and document.held_because:
        document.held_because = ""
        providers.record(session, "provider_document:released", document.provider, by=None, detail={"document": str(document.id)})


def take_infected(session: Session, document_id: uuid.UUID) -> None:
    """A scan found a virus: the bytes are erased, and the row says so to whoever looks for the document."""
    document = session.get_one(ProviderDocument, document_id, with_for_update=True)
    if document.removed_at is None:
        document.held_because = INFECTED
        _take_away(session, document)
        providers.record(session, "provider_document:infected", document.provider, by=None, detail={"document": str(document.id)})
