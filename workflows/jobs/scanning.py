"""Looking for viruses in the files of providers: outside any transaction, and a file stays held until the scanner has said that it is clean."""

from __future__ import annotations

import uuid

from sqlalchemy import Engine

from models import ProviderDocument
from models.session import new_session, transaction
from workflows.actions import documents, provider_documents
from workflows.enqueue import Tools, job
from workflows.jobs import clamav

# With waits that grow to an hour this is about two days; then an incident asks an administrator, and the file is still held.
MOST_TRIES = 50


@job("provider_documents.scan", most_tries=MOST_TRIES, outside=True)
def scan(engine: Engine, tools: Tools, *, document: str) -> None:
    """Scan one file and release or erase it. ScannerDown, and the file stays held, when no scanner says anything about it."""
    with new_session(engine, writes=False) as session:
        row = session.get_one(ProviderDocument, uuid.UUID(document))
        if row.removed_at is not None or not row.held_because:
            return
        content = documents.read(row, tools.uploads)
    if not tools.scanner:
        raise clamav.ScannerDown("No virus scanner is set (DPS_CLAMAV), and this file waits for one")
    found = clamav.finds_virus(content, scanner=tools.scanner)
    with transaction(engine) as session:
        settle = provider_documents.take_infected if found else provider_documents.release
        settle(session, uuid.UUID(document))
