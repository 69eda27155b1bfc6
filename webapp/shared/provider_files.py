"""The documents that a provider has given for a case, as links for staff."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from models import Case
from workflows.queries import providers

ENDPOINT = "providers.document"


def of_case(session: Session, case: Case) -> list[dict[str, Any]]:
    """Each document with its title, address (none while it is held), size, who added it and when, and the task it answers."""
    found = providers.documents_for_case(session, case)
    if not found or case.provider_id is None:
        return []
    reference = providers.by_id(session, case.provider_id).reference
    is_shown = ENDPOINT in current_app.view_functions
    return [
        {
            "title": each.title,
            "filename": each.filename,
            "href": url_for(ENDPOINT, provider_reference=reference, document_id=each.id) if is_shown and not each.held_because else "",
            "held": each.held_because,
            "size": each.size,
            "added_by": each.added_by.name,
            "at": each.added_at,
            "task_id": each.task_id,
        }
        for each in found
    ]
