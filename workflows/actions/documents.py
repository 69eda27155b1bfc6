"""Documents on a case: the bytes in a folder or a bucket outside the database, the row with their digest inside it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Document, ProviderDocument, User, UserTask, clock
from workflows import enqueue, storage
from workflows.actions import audit
from workflows.enqueue import Tools, job
from workflows.errors import Conflict, Invalid, NotFound
from workflows.rules import file_types, permissions
from workflows.storage import Place

MOST_BYTES = 20 * 1024 * 1024
ORPHANED_AFTER = timedelta(days=1)
TABLES = (Document, ProviderDocument)


class Damaged(Exception):
    """The stored bytes are missing or are not those that were added."""


def add(
    session: Session,
    case: Case,
    *,
    filename: str,
    content: bytes,
    kind: str,
    title: str,
    is_public: bool,
    exempt_paragraphs: str,
    by: User,
    folder: Place,
    task: UserTask | None = None,
    most_bytes: int = MOST_BYTES,
) -> Document:
    """Keep a file on a case under a random name in `folder`, which may be a bucket; its type is told by its content, its digest is SHA-256.

    The file is written before the row: a transaction that fails leaves a file without a row, which `sweep` removes, never a
    row without a file. Refused for readers only; Invalid with a message for each wrong field.
    """
    permissions.check_upload(by, case)
    name = file_types.clean_name(filename)
    media_type = _check(name, content, title=title, is_public=is_public, exempt_paragraphs=exempt_paragraphs, most_bytes=most_bytes)
    document = Document(
        case_id=case.id, task_id=task.id if task else None, kind=kind, title=title.strip(), filename=name, media_type=media_type,
        size=len(content), digest=hashlib.sha256(content).hexdigest(), stored_as=storage.put(folder, content), is_public=is_public,
        exempt_paragraphs=exempt_paragraphs.strip(), added_by_id=by.id, added_at=clock.now(), removed_at=None,
    )  # fmt: skip
    session.add(document)
    session.flush()
    audit.record(
        session, "document:added", case=case, by=by, detail={"document": str(document.id), "digest": document.digest, "is_public": is_public},
        text={"title": document.title, "filename": document.filename},
    )  # fmt: skip
    return document


def _check(name: str, content: bytes, *, title: str, is_public: bool, exempt_paragraphs: str, most_bytes: int) -> str:
    errors, media_type = {}, ""
    if len(content) > most_bytes:
        errors["file"] = f"The selected file must be smaller than {most_bytes // (1024 * 1024)}MB"
    else:
        try:
            media_type = file_types.media_type(name, content)
        except file_types.NotAllowed as refusal:
            errors["file"] = str(refusal)
    if not title.strip():
        errors["title"] = "Enter a title for the document"
    if is_public and exempt_paragraphs.strip():
        errors["is_public"] = "A document with exempt information cannot be public"
    if errors:
        raise Invalid(errors)
    return media_type


def open_bytes(document: Document, folder: Place) -> bytes:
    """The bytes as they were added. NotFound for a removed document; Damaged when they are gone or changed."""
    if document.removed_at is not None:
        raise NotFound("This document was removed")
    return read(document, folder)


def read(document: Document | ProviderDocument, folder: Place) -> bytes:
    """The stored bytes of a document, of whatever table; whoever calls has checked that they may be read. Damaged as above."""
    try:
        content = storage.read(folder, document.stored_as)
    except FileNotFoundError as error:
        raise Damaged(f"The bytes of document {document.id} are missing") from error
    if hashlib.sha256(content).hexdigest() != document.digest:
        raise Damaged(f"The bytes of document {document.id} are not those that were added")
    return content


def remove(session: Session, document: Document, *, because: str, by: User) -> None:
    """Take a document away with a reason; its bytes are erased after the commit, what the trail says of it stays.

    Whoever added it may, the case's team may, and of a public one only those who publish. Invalid without a reason.
    """
    case = session.get_one(Case, document.case_id)
    _check_remove(document, case, by)
    if document.removed_at is not None:
        raise Conflict("This document was removed already")
    if not because.strip():
        raise Invalid({"because": "Enter why the document is removed"})
    document.removed_at = clock.now()
    audit.record(session, "document:removed", case=case, by=by, detail={"document": str(document.id)}, text={"because": because.strip()})
    enqueue.enqueue(session, "documents.erase", {"stored_as": document.stored_as})


def _check_remove(document: Document, case: Case, by: User) -> None:
    if document.is_public:
        permissions.check_publish(by, case)
    elif document.added_by_id != by.id:
        permissions.check_manage(by, case)


@job("documents.erase")
def erase(session: Session, tools: Tools, *, stored_as: str) -> None:
    """Erase the bytes of a removed document; bytes that a document still needs are left alone."""
    kept = [session.scalar(select(table.id).where(table.stored_as == stored_as, table.removed_at.is_(None))) for table in TABLES]
    if not any(kept):
        storage.erase(tools.uploads, stored_as)


def sweep(session: Session, folder: Place, *, older_than: timedelta = ORPHANED_AFTER) -> list[str]:
    """Erase the bytes of transactions that failed: more than a day old and without a row. Gives their names."""
    found = orphans(session, folder, older_than=older_than)
    for name in found:
        storage.erase(folder, name)
    return found


def orphans(session: Session, folder: Place, *, older_than: timedelta = ORPHANED_AFTER) -> list[str]:
    """The names of bytes that no document needs and that are too old to belong to a transaction that still runs."""
    # What is kept carries the real time, also while the clock is held.
    oldest = clock.wall() - older_than
    old = {each.name for each in storage.kept(folder) if each.at <= oldest}
    return sorted(old - needed(session))


def needed(session: Session) -> set[str]:
    """The places of all bytes that a document of any table still needs."""
    return {place for table in TABLES for place in session.scalars(select(table.stored_as).where(table.removed_at.is_(None)))}
