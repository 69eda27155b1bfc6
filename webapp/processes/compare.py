"""Two versions of a process side by side: what changed in words, on both drawings, in forms and tables, and in the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from models import ProcessDefinition, ProcessDraft
from webapp.db import db
from webapp.processes import bp, frame
from webapp.shared import comparisons
from webapp.signed_in import person
from workflows.actions import process_drafts
from workflows.errors import NotFound
from workflows.queries import processes
from workflows.rules import drafting

DRAFT = "draft"


@dataclass(frozen=True)
class Choices:
    """What can be compared: the versions, the newest first, and the draft for those who may read it."""

    versions: list[ProcessDefinition]
    draft: ProcessDraft | None

    @property
    def values(self) -> list[tuple[str, str]]:
        """Each choice with its words, the newest first."""
        draft = [(DRAFT, "The draft")] if self.draft is not None else []
        live = self.versions[0].version
        return draft + [(str(each.version), f"Version {each.version}{', live' if each.version == live else ''}") for each in self.versions]

    def side(self, value: str) -> comparisons.Side:
        """The files of a choice. NotFound when there is no such version, or the reader may not read the draft."""
        if value == DRAFT and self.draft is not None:
            return comparisons.Side("The draft", process_drafts.files_of(db.session, self.draft))
        for each in self.versions:
            if str(each.version) == value:
                return comparisons.Side(f"Version {each.version}", each.files)
        raise NotFound("There is no such version of this process")


@bp.get("/processes/<key>/compare")
def compare(key: str) -> ResponseReturnValue:
    """The comparison of `from` with `to`, each a version's number or `draft`; without them of the newest with the one before it."""
    choices = _choices(key)
    values = [value for value, _ in choices.values]
    later = request.args.get("to") or values[0]
    earlier = request.args.get("from") or values[min(1, len(values) - 1)]
    before, after = choices.side(earlier), choices.side(later)
    found = comparisons.present(db.session, before, after) if earlier != later else None
    return frame.page(
        "compare.html", choices.versions[0], "show_versions", comparison=found, before=before.title, after=after.title,
        from_items=_items(choices, earlier), to_items=_items(choices, later), can_choose=len(values) > 1,
    )  # fmt: skip


def _choices(key: str) -> Choices:
    versions = [each.definition for each in processes.versions_of(db.session, key)]
    if not versions:
        raise NotFound("There is no such process")
    return Choices(versions, process_drafts.find_going(db.session, key) if drafting.may_look(person()) else None)


def _items(choices: Choices, chosen: str) -> list[dict[str, Any]]:
    return [{"value": value, "text": words, "selected": value == chosen} for value, words in choices.values]
