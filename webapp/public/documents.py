"""The public documents of a decision: a page for each, and the file. An exempt one is explained and never served."""

from __future__ import annotations

import io
import uuid

from flask import current_app, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.public import bp
from webapp.settings import Settings
from webapp.shared import decision_sections
from workflows.actions import documents
from workflows.errors import NotFound
from workflows.queries import decisions, public
from workflows.rules.exempt import paragraph_words


@bp.get("/decisions/<slug>/documents/<uuid:document_id>")
def document(slug: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """About one document: what it is, how big, how to get it or another form of it, or why it is not public."""
    decision = decisions.public_by_slug(db.session, slug)
    found = public.document(db.session, decision, document_id)
    return render_template(
        "public/document.html",
        reference=decision.public_reference,
        decision_title=decision.title,
        slug=slug,
        document=found,
        form=decision_sections.form_of(found),
        kind=decision_sections.KINDS.get(found.kind, "Document"),
        paragraphs=paragraph_words(found.exempt_paragraphs),
        public_interest=decision.public_interest_reason,
        team=public.democratic_services(db.session),
        href=url_for("public.document_file", slug=slug, document_id=document_id) if found.is_public else "",
    )


@bp.get("/decisions/<slug>/documents/<uuid:document_id>/file")
def document_file(slug: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """The file of a public document, as a download. NotFound for every other."""
    decision = decisions.public_by_slug(db.session, slug)
    found = public.document(db.session, decision, document_id)
    if not found.is_public:
        raise NotFound("There is no such document")
    settings: Settings = current_app.extensions["dps_settings"]
    content = documents.open_bytes(found, settings.documents)
    return send_file(io.BytesIO(content), mimetype=found.media_type, as_attachment=True, download_name=found.filename)
