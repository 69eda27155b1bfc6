"""What the pages of one application share: the application its reader may see, its sections, and what can still be changed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort

from models import Application, ApplicationStatus
from webapp.db import db
from webapp.signed_in import person
from workflows.actions import application_drafts
from workflows.actions.application_drafts import SectionView
from workflows.errors import Closed
from workflows.library.forms import Block, Field, FormSchema
from workflows.queries import applications

GROUP = "group"


def find(reference: str) -> Application:
    """The application with this reference; 404 unless it is of the reader's own provider."""
    return applications.application_for(db.session, person(), reference=reference)


def find_draft(reference: str) -> Application:
    """The same, for changing it: Closed once it was sent or has ended."""
    application = find(reference)
    if not is_draft(application):
        raise Closed("This application was sent. It cannot be changed here any more")
    return application


def is_draft(application: Application) -> bool:
    """Whether the provider may still change it."""
    return application.status is ApplicationStatus.DRAFT


def section_of(application: Application, key: str) -> SectionView:
    """One section of the application by its key; 404 when there is none."""
    found = next((section for section in application_drafts.sections(db.session, application) if section.key == key), None)
    return found or abort(404)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of questions of a section: its heading and the part of the form that it shows."""

    number: int
    heading: str
    schema: FormSchema


def pages_of(schema: FormSchema, title: str) -> list[Page]:
    """The pages of a form: each group begins one; what stands before the first group is a page of its own, headed `title`."""
    runs: list[tuple[str, list[Field | Block]]] = []
    for part in schema.parts:
        if isinstance(part, Block) and part.kind == GROUP:
            runs.append((part.text, []))
        else:
            if not runs:
                runs.append((title, []))
            runs[-1][1].append(part)
    asking = [(heading, parts) for heading, parts in runs if any(isinstance(part, Field) for part in parts)]
    return [Page(number=at, heading=heading, schema=FormSchema(schema.key, tuple(parts))) for at, (heading, parts) in enumerate(asking, 1)]


def page_with(pages: list[Page], key: str) -> int:
    """The number of the page that asks a question."""
    return next((page.number for page in pages if any(question.key == key for question in page.schema.fields)), 1)


def form_of(application: Application, key: str) -> FormSchema:
    """The questions of a section, with the provider's own documents where one asks for a document."""
    return application_drafts.form_of(db.session, application, key)
