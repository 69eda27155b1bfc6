"""Changes made in the outline of a draft, saved as one step that can be taken back while nothing else was saved over it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DraftFile, ProcessDraft, User
from workflows.actions import process_drafts
from workflows.errors import Conflict
from workflows.library import outline
from workflows.library.outline import Edited

DIAGRAM = "process.bpmn"
NOTHING = "There is nothing to take back. The diagram was changed in another way since"


def save(session: Session, draft: ProcessDraft, edited: Edited, *, based_on: int, by: User) -> int:
    """Save a change of the diagram with the forms that came of it, and give the diagram's new revision.

    FileChanged when somebody saved the diagram since `based_on`; Refused for those who may not change it.
    """
    before = process_drafts.files_of(session, draft)
    revision = process_drafts.save_file(session, draft, DIAGRAM, edited.xml, based_on=based_on, by=by)
    for path, text in edited.files.items():
        if path not in before:
            process_drafts.save_file(session, draft, path, text, based_on=process_drafts.revision_of(session, draft, path), by=by)
    if revision != based_on:
        row = _row(session, draft)
        assert row is not None
        row.earlier, row.earlier_for = before[DIAGRAM], revision
        session.flush()
    return revision


def can_undo(session: Session, draft: ProcessDraft) -> bool:
    """Whether the last change of the diagram was made in the outline and is still the last."""
    row = _row(session, draft)
    return row is not None and row.earlier is not None and row.earlier_for == row.revision


def undo(session: Session, draft: ProcessDraft, *, based_on: int, by: User) -> None:
    """Take back the last change made in the outline, with the forms that came of it.

    Conflict when the diagram was changed since; FileChanged when the page that asks is older than that.
    """
    row = _row(session, draft)
    if row is None or row.earlier is None or row.earlier_for != row.revision:
        raise Conflict(NOTHING)
    earlier, now = row.earlier, row.text or ""
    process_drafts.save_file(session, draft, DIAGRAM, earlier, based_on=based_on, by=by)
    row.earlier = None
    there, began_with = process_drafts.files_of(session, draft), process_drafts.base_files(draft)
    for path in sorted(_forms(now) - _forms(earlier)):
        if path in there and path not in began_with:
            process_drafts.delete_file(session, draft, path, based_on=process_drafts.revision_of(session, draft, path), by=by)
    session.flush()


def _forms(xml: str) -> set[str]:
    """The forms that steps have by their own ids."""
    return {f"forms/{step.id}.json" for step in outline.read_outline(xml).steps if step.kind == "userTask"}


def _row(session: Session, draft: ProcessDraft) -> DraftFile | None:
    return session.scalar(select(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.path == DIAGRAM))
