"""The draft that a page is about, with what its bar says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models import DraftStatus, ProcessDraft
from webapp.db import db
from webapp.shared import filters
from webapp.signed_in import person
from workflows.actions import process_drafts
from workflows.engine import DefinitionRefused
from workflows.library import definitions
from workflows.rules import drafting

TAGS = {
    DraftStatus.SENT: {"text": "Waits for agreement", "colour": "yellow"},
    DraftStatus.AGREED: {"text": "Agreed", "colour": "green"},
}


@dataclass(frozen=True)
class Bench:
    """A draft that is going, its files as they would be deployed, and what this visitor may do with it."""

    draft: ProcessDraft
    files: Mapping[str, str]
    name: str
    may_edit: bool
    may_edit_rules: bool

    @property
    def key(self) -> str:
        """The key of the process."""
        return self.draft.key

    @property
    def base_version(self) -> int:
        """The version the draft began from; 0 for a process that is new."""
        return self.draft.base.version if self.draft.base is not None else 0

    @property
    def line(self) -> str:
        """Which version it would become."""
        return f"Draft of version {self.base_version + 1}"

    @property
    def saved_line(self) -> str:
        """When it was saved last, or that nothing has been changed yet."""
        return saved_words(self.draft) if self.draft.revision else "Nothing is changed yet"

    @property
    def status_tag(self) -> Mapping[str, str] | None:
        """A tag for a draft that was sent or agreed."""
        return TAGS.get(self.draft.status)


def find(key: str, *, draft: ProcessDraft | None = None) -> Bench:
    """The draft of a process that is going. NotFound when there is none."""
    draft = draft or process_drafts.going(db.session, key)
    files = process_drafts.files_of(db.session, draft)
    user = person()
    return Bench(draft, files, _name(draft, files), drafting.may_edit(user), drafting.may_edit_rules(user))


def saved_words(draft: ProcessDraft) -> str:
    """When a draft was saved last."""
    return f"Draft saved {filters.time_of(draft.saved_at)}"


def _name(draft: ProcessDraft, files: Mapping[str, Any]) -> str:
    try:
        return definitions.name_of(files, draft.key)
    except DefinitionRefused:
        return draft.base.name if draft.base is not None else draft.key
