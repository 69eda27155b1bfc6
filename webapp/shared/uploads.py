"""A file that came with a form, kept among a provider's documents: where, how large and whether it is scanned is for the settings to say."""

from __future__ import annotations

from datetime import date

from flask import current_app, request

from models import Case, Provider, ProviderDocument, UserTask
from webapp.db import db
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import provider_documents
from workflows.errors import Invalid
from workflows.library.forms import File


def sent(name: str = "file") -> File:
    """The file of this request under a name. Invalid with a message for it when none was chosen."""
    chosen = request.files.get(name)
    if chosen is None or not chosen.filename:
        raise Invalid({name: "Select a file"})
    return File(chosen.filename, chosen.read(), chosen.mimetype)


def keep(
    provider: Provider,
    file: File,
    *,
    kind: str,
    title: str,
    expires_on: date | None,
    replaces: ProviderDocument | None = None,
    case: Case | None = None,
    task: UserTask | None = None,
) -> ProviderDocument:
    """Keep a file for a provider as the person who is signed in. Raises what `provider_documents.add` raises."""
    settings: Settings = current_app.extensions["dps_settings"]
    return provider_documents.add(
        db.session, provider, filename=file.name, content=file.content, kind=kind, title=title, expires_on=expires_on, by=person(),
        folder=settings.documents, replaces=replaces, case=case, task=task, scan=bool(settings.clamav),
    )  # fmt: skip
