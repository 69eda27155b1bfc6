"""Where an answer belongs: one page of a section, or one page of an entry of a section that is a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for

from models import Application
from webapp.apply import frame, saving
from webapp.apply.frame import Page
from webapp.apply.saving import Stored
from webapp.db import db
from webapp.signed_in import person
from workflows.actions import application_drafts
from workflows.actions.application_drafts import SectionView
from workflows.library.forms import FormSchema

ENTRY = re.compile(r"[0-9a-f]{8}")
BACK_TO_CHECK = "check"
FROM_CHECK = f"from={BACK_TO_CHECK}"


@dataclass(kw_only=True)
class Place:
    """A page of questions with what is stored for it; `entry` is the key of an entry, or nothing in a section without entries."""

    application: Application
    section: SectionView
    schema: FormSchema
    pages: list[Page]
    number: int
    entry: str
    stored: Stored

    @property
    def page(self) -> Page:
        """The page of questions itself."""
        return self.pages[self.number - 1]

    def href(self, endpoint: str = "", number: int | None = None, **more: Any) -> str:
        """The address of a page of this section or entry: to look at it, or what `endpoint` says to do with it."""
        values = {"reference": self.application.case.reference, "section": self.section.key, "page": number or self.number, **more}
        if self.entry:
            return url_for(f"apply.{endpoint or 'entry'}", item=self.entry, **values)
        return url_for(f"apply.{endpoint or 'question'}", **values)

    def check_href(self) -> str:
        """The address of the section's check page."""
        return url_for("apply.check_section", reference=self.application.case.reference, section=self.section.key)

    def next_href(self) -> str:
        """Where Continue leads: to the page the person came from, the next page, or the check page."""
        if request.values.get("from") == BACK_TO_CHECK or self.number >= len(self.pages):
            return self.check_href()
        return self.href(number=self.number + 1)

    def back_href(self) -> str:
        """Where Back leads."""
        if request.values.get("from") == BACK_TO_CHECK:
            return self.check_href()
        if self.number > 1:
            return self.href(number=self.number - 1)
        if self.section.is_list and saving.items_of(self.section.values):
            return self.check_href()
        return url_for("apply.hub", reference=self.application.case.reference)

    def save(self, stored: Stored) -> None:
        """Keep these answers in the section. It is not completed any more: somebody has to look at it again."""
        values, problems = stored.values, stored.problems
        if self.entry:
            values, problems = _with_entry(self.section, self.entry, stored)
        application_drafts.save_section(
            db.session, self.application, self.section.key, values, problems=problems, is_completed=False, by=person(), revision=self.section.revision
        )
        self.stored = stored


def find(reference: str, section: str, number: int, entry: str = "") -> Place:
    """The page, for changing its answers. 404 for another provider's, an unknown section or a page it does not have; Closed once sent."""
    application = frame.find_draft(reference)
    found = frame.section_of(application, section)
    if found.is_list != bool(entry) or (entry and not ENTRY.fullmatch(entry)):
        abort(404)
    schema = frame.form_of(application, section)
    pages = frame.pages_of(schema, found.title)
    if not 1 <= number <= len(pages):
        abort(404)
    stored = entry_of(found, entry) if entry else Stored(values=dict(found.values), problems=dict(found.problems))
    return Place(application=application, section=found, schema=schema, pages=pages, number=number, entry=entry, stored=stored)


def entry_of(section: SectionView, entry: str) -> Stored:
    """What is stored for one entry; nothing for one that is about to be added."""
    values = next((item for item in saving.items_of(section.values) if item.get("id") == entry), {})
    beginning = f"{entry}."
    problems = {key.removeprefix(beginning): text for key, text in section.problems.items() if key.startswith(beginning)}
    return Stored(values={key: value for key, value in values.items() if key != "id"}, problems=problems)


def _with_entry(section: SectionView, entry: str, stored: Stored) -> tuple[dict[str, Any], dict[str, str]]:
    items, fresh = saving.items_of(section.values), {"id": entry, **stored.values}
    known = any(item.get("id") == entry for item in items)
    changed = [fresh if item.get("id") == entry else item for item in items] + ([] if known else [fresh])
    others = {key: text for key, text in section.problems.items() if not key.startswith(f"{entry}.")}
    return {**section.values, "items": changed}, others | {f"{entry}.{key}": text for key, text in stored.problems.items()}


def without_entry(section: SectionView, entry: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The section's answers and problems without one of its entries."""
    items = [item for item in saving.items_of(section.values) if item.get("id") != entry]
    return {**section.values, "items": items}, {key: text for key, text in section.problems.items() if not key.startswith(f"{entry}.")}
