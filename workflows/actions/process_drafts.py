"""Drafts of processes: opened on the live version, saved file by file, thrown away and taken up again.

How a draft is agreed to and goes live is in `agreeing`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DraftAuthor, DraftFile, DraftStatus, ProcessDefinition, ProcessDraft, User, clock
from workflows import engine
from workflows.actions import audit, definitions
from workflows.engine import DefinitionRefused
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.library import definitions as library
from workflows.library import folders
from workflows.queries import processes
from workflows.rules import drafting

LONGEST_TEXT = 2_000_000
LONGEST_PATH = 120
MOST_FILES = 300
GOING = (DraftStatus.OPEN, DraftStatus.SENT, DraftStatus.AGREED)


class FileChanged(Conflict):
    """Somebody else saved this file since it was read: their text (None when they deleted it), its revision, who and when."""

    def __init__(self, path: str, theirs: str | None, *, revision: int, by: str, at: datetime) -> None:
        super().__init__(f"{by} changed {path} while you were editing")
        self.path = path
        self.theirs = theirs
        self.revision = revision
        self.by = by
        self.at = at


def find_going(session: Session, key: str) -> ProcessDraft | None:
    """The draft of a process that has not ended, or None."""
    return session.scalar(select(ProcessDraft).where(ProcessDraft.key == key, ProcessDraft.ended_at.is_(None)))


def going(session: Session, key: str) -> ProcessDraft:
    """The draft of a process that has not ended. NotFound when there is none."""
    found = find_going(session, key)
    if found is None:
        raise NotFound("There is no draft of this process")
    return found


def last_discarded(session: Session, key: str) -> ProcessDraft | None:
    """The draft of a process that was discarded last, or None."""
    query = select(ProcessDraft).where(ProcessDraft.key == key, ProcessDraft.status == DraftStatus.DISCARDED)
    return session.scalar(query.order_by(ProcessDraft.ended_at.desc()).limit(1))


def open_draft(session: Session, key: str, *, by: User) -> ProcessDraft:
    """The draft of a process there is, else a new one on its live version.

    Refused for those who may not change processes; NotFound when nobody deployed the process.
    """
    drafting.check_edit(by)
    audit.lock(session, None)
    found = find_going(session, key)
    if found is not None:
        return found
    return _begin(session, key, library.latest(session, key), by)


def open_new(session: Session, key: str, files: Mapping[str, str], *, by: User) -> ProcessDraft:
    """A draft of a process that is new, with its first files.

    Refused for those who may not change processes; Invalid at `key` when a process or a draft has this key already.
    """
    drafting.check_edit(by)
    audit.lock(session, None)
    if library.find_latest(session, key) is not None:
        raise Invalid({"key": f"There is a process with the key {key} already"})
    if find_going(session, key) is not None:
        raise Invalid({"key": f"There is a draft of a new process with the key {key} already"})
    draft = _begin(session, key, None, by)
    replace_files(session, draft, files, by=by)
    return draft


def new_ones(session: Session) -> Sequence[ProcessDraft]:
    """The drafts of processes that never went live, by key."""
    query = select(ProcessDraft).where(ProcessDraft.ended_at.is_(None), ProcessDraft.base_id.is_(None))
    return session.scalars(query.order_by(ProcessDraft.key)).all()


def _begin(session: Session, key: str, base: ProcessDefinition | None, by: User) -> ProcessDraft:
    now = clock.now()
    draft = ProcessDraft(
        key=key, base_id=base.id if base is not None else None, opened_at=now, opened_by_id=by.id, saved_at=now, saved_by_id=by.id,
        sent_at=None, sent_by_id=None, agreed_at=None, agreed_by_id=None, deployed_id=None, ended_at=None,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    version = base.version if base is not None else 0
    audit.record(session, "draft:opened", case=None, by=by, detail={"key": key, "version": version}, subject=str(draft.id))
    return draft


def base_files(draft: ProcessDraft) -> dict[str, str]:
    """The files of the version a draft began from; nothing for a process that is new."""
    return {path: str(text) for path, text in draft.base.files.items()} if draft.base is not None else {}


def rows_of(session: Session, draft: ProcessDraft) -> Sequence[DraftFile]:
    """What was saved in a draft, by path."""
    return session.scalars(select(DraftFile).where(DraftFile.draft_id == draft.id).order_by(DraftFile.path)).all()


def files_of(session: Session, draft: ProcessDraft) -> dict[str, str]:
    """The files of a draft as they would be deployed: those of its base with what was changed."""
    files = base_files(draft)
    for row in rows_of(session, draft):
        if row.text is None:
            files.pop(row.path, None)
        else:
            files[row.path] = row.text
    return files


def digest_of(session: Session, draft: ProcessDraft) -> str:
    """The digest of a draft's files: what is agreed to, and nothing else."""
    return engine.digest(files_of(session, draft))


def called_by(session: Session, draft: ProcessDraft, files: Mapping[str, str]) -> dict[str, ProcessDefinition]:
    """The live versions that a draft calls, and those that they call. DefinitionRefused when one was never deployed or a diagram is unreadable."""
    return definitions.called_by(session, files)


def revisions_of(session: Session, draft: ProcessDraft) -> dict[str, int]:
    """The revision of each file by path: 0 for one that nobody saved in this draft."""
    found = dict.fromkeys(base_files(draft), 0)
    return found | {row.path: row.revision for row in rows_of(session, draft)}


def revision_of(session: Session, draft: ProcessDraft, path: str) -> int:
    """The revision of one file: what a page that edits it gives back as `based_on`."""
    return _revision(_row(session, draft, path))


def authors_of(session: Session, draft: ProcessDraft) -> frozenset[uuid.UUID]:
    """Everyone who ever saved anything in a draft."""
    return frozenset(session.scalars(select(DraftAuthor.user_id).where(DraftAuthor.draft_id == draft.id)))


def author_names(session: Session, draft: ProcessDraft) -> list[str]:
    """The names of everyone who ever saved anything in a draft, in the order in which they began."""
    query = select(User.name).join(DraftAuthor, DraftAuthor.user_id == User.id).where(DraftAuthor.draft_id == draft.id)
    return list(session.scalars(query.order_by(DraftAuthor.first_at, User.name)))


def rules_changed(session: Session, draft: ProcessDraft) -> bool:
    """Whether a draft changes the rules of its process."""
    return drafting.changes_rules(base_files(draft), files_of(session, draft))


def save_file(session: Session, draft: ProcessDraft, path: str, text: str, *, based_on: int, by: User) -> int:
    """Save one file and give its new revision; what was sent or agreed is taken back.

    `based_on` is the revision the person read. FileChanged when somebody saved this file since; another file never matters.
    Refused for those who may not change this file or when the draft has ended; Invalid for a name or a size that is not allowed.
    """
    _check_path(path)
    if len(text) > LONGEST_TEXT:
        raise Invalid({"text": f"{path} must be {LONGEST_TEXT // 1_000_000} million characters or fewer"})
    return _put(session, draft, path, text, based_on=based_on, by=by)


def delete_file(session: Session, draft: ProcessDraft, path: str, *, based_on: int, by: User) -> int:
    """Take one file out of the draft; as `save_file` otherwise. Refused for the diagram itself, NotFound when there is no such file."""
    if path == "process.bpmn":
        raise Refused("The diagram of a process cannot be deleted. Discard the draft, or stop using the process")
    if path not in files_of(session, draft):
        raise NotFound(f"There is no file {path} in this draft")
    return _put(session, draft, path, None, based_on=based_on, by=by)


def replace_files(session: Session, draft: ProcessDraft, files: Mapping[str, str], *, by: User) -> list[str]:
    """Make a draft's files exactly these, and give the paths that changed. Refused when one is not this person's to change."""
    if len(files) > MOST_FILES:
        raise Invalid({"file": f"A process has at most {MOST_FILES} files"})
    _hold(session, draft)
    now = files_of(session, draft)
    changed = sorted(path for path in {*now, *files} if now.get(path) != files.get(path))
    for path in changed:
        drafting.check_edit_file(by, path)
    for path in changed:
        based_on = revision_of(session, draft, path)
        text = files.get(path)
        if text is None:
            _put(session, draft, path, None, based_on=based_on, by=by)
        else:
            save_file(session, draft, path, text, based_on=based_on, by=by)
    return changed


def bring_back(session: Session, key: str, version: int, *, by: User) -> ProcessDraft:
    """A draft that says what an older version said, to be agreed to and deployed like any other.

    Conflict when a draft that changes something is going; NotFound for an unknown version; Refused when the rules differ and `by` is not of Legal.
    """
    old = processes.version_of(session, key, version)
    draft = open_draft(session, key, by=by)
    _hold(session, draft)
    if files_of(session, draft) != base_files(draft):
        raise Conflict("There is a draft of this process already. Finish or discard it first")
    if draft.base_id == old.id:
        raise Refused(f"Version {version} is live")
    replace_files(session, draft, {path: str(text) for path, text in old.files.items()}, by=by)
    draft.why = f"Back to version {version}"
    session.flush()
    return draft


def discard(session: Session, draft: ProcessDraft, *, by: User) -> None:
    """End a draft without deploying it; it can be taken up again with `reopen`."""
    drafting.check_edit(by)
    _hold(session, draft)
    _check_going(draft)
    draft.status, draft.ended_at = DraftStatus.DISCARDED, clock.now()
    audit.record(session, "draft:discarded", case=None, by=by, detail={"key": draft.key}, subject=str(draft.id))
    session.flush()


def reopen(session: Session, draft: ProcessDraft, *, by: User) -> None:
    """Take up a discarded draft again. Conflict when another draft of the process is going."""
    drafting.check_edit(by)
    _hold(session, draft)
    if draft.status is not DraftStatus.DISCARDED:
        raise Refused("Only a discarded draft can be taken up again")
    if find_going(session, draft.key) is not None:
        raise Conflict("There is another draft of this process. Finish or discard it first")
    draft.status, draft.ended_at = DraftStatus.OPEN, None
    take_back(draft)
    audit.record(session, "draft:reopened", case=None, by=by, detail={"key": draft.key}, subject=str(draft.id))
    session.flush()


def follow_live(session: Session, draft: ProcessDraft, *, by: User) -> list[str]:
    """Put a draft onto the version that is live now, after somebody deployed meanwhile; its own changes stay.

    Gives the paths that both changed, where the draft's text goes before: they must be compared again.
    """
    drafting.check_edit(by)
    _hold(session, draft)
    _check_going(draft)
    live = library.latest(session, draft.key)
    before, after = base_files(draft), {path: str(text) for path, text in live.files.items()}
    rows = {row.path: row for row in rows_of(session, draft)}
    # A row that says what the old base said is no change of the draft: it would undo what the new version did.
    for row in [row for row in rows.values() if row.text == before.get(row.path)]:
        row.text, row.revision = after.get(row.path), row.revision + 1
    both = sorted(path for path, row in rows.items() if before.get(path) != after.get(path) and row.text != after.get(path))
    draft.base_id = live.id
    session.flush()
    session.refresh(draft, ["base"])
    take_back(draft)
    audit.record(session, "draft:rebased", case=None, by=by, detail={"key": draft.key, "version": live.version}, subject=str(draft.id))
    session.flush()
    return both


def take_back(draft: ProcessDraft) -> None:
    """What was sent or agreed is not what the draft says any more."""
    if draft.status in (DraftStatus.SENT, DraftStatus.AGREED):
        draft.status = DraftStatus.OPEN
    draft.sent_at = draft.sent_by_id = draft.agreed_at = draft.agreed_by_id = None
    draft.agreed_digest = ""


def hold(session: Session, draft: ProcessDraft) -> None:
    """Read a draft again with nobody else writing to it until this transaction ends. Refused when it has ended."""
    _hold(session, draft)
    _check_going(draft)


def _put(session: Session, draft: ProcessDraft, path: str, text: str | None, *, based_on: int, by: User) -> int:
    drafting.check_edit_file(by, path)
    _hold(session, draft)
    _check_going(draft)
    row = _row(session, draft, path)
    if _revision(row) != based_on:
        raise _changed(session, draft, path, row)
    if (row.text if row is not None else base_files(draft).get(path)) == text:
        return based_on
    now = clock.now()
    if row is None:
        row = DraftFile(draft_id=draft.id, path=path, text=text, revision=1, saved_at=now, saved_by_id=by.id)
        session.add(row)
    else:
        row.text, row.revision, row.saved_at, row.saved_by_id = text, row.revision + 1, now, by.id
    _note_author(session, draft, by, is_of_rules=path == drafting.RULES)
    _note_lapse(session, draft, by)
    take_back(draft)
    draft.revision, draft.saved_at, draft.saved_by_id = draft.revision + 1, now, by.id
    session.flush()
    return row.revision


def _changed(session: Session, draft: ProcessDraft, path: str, row: DraftFile | None) -> FileChanged:
    if row is None:
        # Only a page that is not of this draft can say more of a file than the draft knows.
        return FileChanged(path, base_files(draft).get(path), revision=0, by=draft.opened_by.name, at=draft.opened_at)
    session.refresh(row)
    return FileChanged(path, row.text, revision=row.revision, by=session.get_one(User, row.saved_by_id).name, at=row.saved_at)


def _note_author(session: Session, draft: ProcessDraft, by: User, *, is_of_rules: bool) -> None:
    author = session.get(DraftAuthor, (draft.id, by.id))
    if author is None:
        session.add(DraftAuthor(draft_id=draft.id, user_id=by.id, is_of_rules=is_of_rules, first_at=clock.now()))
    else:
        author.is_of_rules = author.is_of_rules or is_of_rules


def _note_lapse(session: Session, draft: ProcessDraft, by: User) -> None:
    if draft.status in (DraftStatus.SENT, DraftStatus.AGREED):
        audit.record(session, "draft:changed", case=None, by=by, detail={"key": draft.key, "was": draft.status.value}, subject=str(draft.id))


def _row(session: Session, draft: ProcessDraft, path: str) -> DraftFile | None:
    return session.scalar(select(DraftFile).where(DraftFile.draft_id == draft.id, DraftFile.path == path))


def _revision(row: DraftFile | None) -> int:
    return row.revision if row is not None else 0


def _hold(session: Session, draft: ProcessDraft) -> None:
    audit.lock(session, None)
    session.refresh(draft)


def _check_going(draft: ProcessDraft) -> None:
    if draft.status not in GOING:
        raise Refused("This draft is finished. Open a new one to change the process")


def _check_path(path: str) -> None:
    """A file lies in the folder or below it, has a plain name and an ending that we keep; the rules are those of an upload."""
    try:
        plain = folders.checked_path(path) == path and not any(part.startswith(".") for part in path.split("/"))
    except DefinitionRefused:
        plain = False
    if not plain:
        raise Invalid({"path": "A file name has letters, digits, dots, hyphens and underscores, and lies inside the process folder"})
    if PurePosixPath(path).suffix not in folders.KEPT:
        raise Invalid({"path": f"A process folder has no file like {path}: only {', '.join(sorted(folders.KEPT))}"})
