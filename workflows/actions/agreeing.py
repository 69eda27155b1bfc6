"""How a draft goes live: sent with a reason, agreed by another person for exactly these files, handed back, deployed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, DraftStatus, ProcessDefinition, ProcessDraft, User, clock
from workflows.actions import audit, definitions, mail, process_drafts
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.errors import Conflict, Invalid, Refused
from workflows.library import definitions as library
from workflows.queries import mail_about, people
from workflows.rules import drafting

LONGEST_WORDS = 2_000
CHANGED = "This draft was changed after you opened the page. Look at it again"
MEANWHILE = "Someone deployed meanwhile: version {version} is live now, and this draft began from another one. Compare them again"


def send(session: Session, draft: ProcessDraft, *, why: str, found: Sequence[Problem], by: User) -> None:
    """Ask another person to agree. `found` is what the gate says of the files.

    DefinitionRefused while there are errors, Invalid without a reason, Refused when nothing was changed.
    """
    drafting.check_edit(by)
    process_drafts.hold(session, draft)
    words = _words(why, "why", "Enter why this process is changed")
    _refuse_errors(found)
    if process_drafts.files_of(session, draft) == process_drafts.base_files(draft):
        raise Refused("Nothing has been changed in this draft yet")
    draft.status, draft.why, draft.handed_back_because = DraftStatus.SENT, words, ""
    draft.sent_at, draft.sent_by_id = clock.now(), by.id
    draft.agreed_at = draft.agreed_by_id = None
    draft.agreed_digest = ""
    _record(session, "draft:sent", draft, by, text={"why": words})
    _tell(session, draft, by)
    session.flush()


def agree(session: Session, draft: ProcessDraft, *, digest: str, found: Sequence[Problem], by: User) -> None:
    """Agree to exactly the files with this digest.

    Refused for authors and for those who may not agree; Conflict when the files are others by now; DefinitionRefused while there are errors.
    """
    process_drafts.hold(session, draft)
    drafting.check_agree(by, process_drafts.authors_of(session, draft), rules_changed=process_drafts.rules_changed(session, draft))
    if process_drafts.digest_of(session, draft) != digest:
        raise Conflict(CHANGED)
    if draft.status is not DraftStatus.SENT:
        raise Refused("Nobody has sent this draft for agreement" if draft.status is DraftStatus.OPEN else "This draft is agreed already")
    _refuse_errors(found)
    draft.status, draft.agreed_at, draft.agreed_by_id, draft.agreed_digest = DraftStatus.AGREED, clock.now(), by.id, digest
    _record(session, "draft:agreed", draft, by, digest=digest)
    if draft.sent_by is not None:
        mail.to_person(
            session, draft.sent_by, kind="draft_agreed", case=None, subject=f"Agreed: the change of {_name(draft)}", link=_link(draft)
        )
    session.flush()


def hand_back(session: Session, draft: ProcessDraft, *, because: str, by: User) -> None:
    """Send a draft back to its authors with the reason. Refused unless it was sent or agreed and this person may agree to it or sent it."""
    process_drafts.hold(session, draft)
    if by.id != draft.sent_by_id:
        drafting.check_agree(by, process_drafts.authors_of(session, draft), rules_changed=process_drafts.rules_changed(session, draft))
    if draft.status not in (DraftStatus.SENT, DraftStatus.AGREED):
        raise Refused("Nobody has sent this draft for agreement")
    words = _words(because, "because", "Enter why you send it back")
    sender = draft.sent_by
    process_drafts.take_back(draft)
    draft.handed_back_because = words
    _record(session, "draft:handed_back", draft, by, text={"because": words})
    if sender is not None and sender.id != by.id:
        mail.to_person(
            session, sender, kind="draft_handed_back", case=None, subject=f"Sent back by {by.name}: the change of {_name(draft)}",
            link=_link(draft), body=words,
        )  # fmt: skip
    session.flush()


def deploy(session: Session, draft: ProcessDraft, *, digest: str, found: Sequence[Problem], by: User) -> ProcessDefinition:
    """Make the agreed files the live version; running cases stay where they are.

    Conflict when the files are others by now or when someone deployed meanwhile; Refused until another person agreed to these very
    files; DefinitionRefused while there are errors.
    """
    drafting.check_edit(by)
    process_drafts.hold(session, draft)
    files = process_drafts.files_of(session, draft)
    if process_drafts.digest_of(session, draft) != digest:
        raise Conflict(CHANGED)
    live = library.find_latest(session, draft.key)
    if live is not None and live.id != draft.base_id:
        raise Conflict(MEANWHILE.format(version=live.version))
    _check_agreed(session, draft, digest)
    _refuse_errors(found)
    made = definitions.make_version(session, draft.key, files, by=by, note=draft.why)
    if made is None:
        raise Refused("These files are the live version already")
    made.agreed_at, made.agreed_by_id, made.draft_id = draft.agreed_at, draft.agreed_by_id, draft.id
    draft.status, draft.deployed_id, draft.ended_at = DraftStatus.DEPLOYED, made.id, clock.now()
    session.flush()
    return made


def _check_agreed(session: Session, draft: ProcessDraft, digest: str) -> None:
    if draft.status is not DraftStatus.AGREED or draft.agreed_digest != digest or draft.agreed_by is None:
        raise Refused("Another person must agree to this change before it goes live")
    # Whoever agreed must still be somebody else, and still hold the role: people change teams between agreeing and deploying.
    drafting.check_agree(draft.agreed_by, process_drafts.authors_of(session, draft), rules_changed=process_drafts.rules_changed(session, draft))


def _refuse_errors(found: Sequence[Problem]) -> None:
    errors = errors_in(list(found))
    if errors:
        raise DefinitionRefused(errors)


def _words(text: str, field: str, missing: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid({field: missing})
    if len(words) > LONGEST_WORDS:
        raise Invalid({field: f"Reason must be {LONGEST_WORDS:,} characters or fewer"})
    return words


def _record(
    session: Session, kind: str, draft: ProcessDraft, by: User, *, digest: str = "", text: dict[str, str] | None = None
) -> None:
    detail = {"key": draft.key} | ({"digest": digest} if digest else {})
    audit.record(session, kind, case=None, by=by, detail=detail, text=text, subject=str(draft.id))


def _name(draft: ProcessDraft) -> str:
    return draft.base.name if draft.base is not None else draft.key


def _link(draft: ProcessDraft) -> str:
    return f"/processes/{draft.key}/draft/review"


def _tell(session: Session, draft: ProcessDraft, by: User) -> None:
    """One mail to each person who may agree: every group whose role may, without the authors."""
    roles = drafting.agreeing_roles(rules_changed=process_drafts.rules_changed(session, draft))
    authors = process_drafts.authors_of(session, draft) | {by.id}
    known: set[object] = set()
    for group in session.scalars(select(CandidateGroup).where(CandidateGroup.role.in_(roles)).order_by(CandidateGroup.key)):
        for user in people.members(session, group.key):
            if user.id not in authors and user.id not in known:
                known.add(user.id)
                mail.to_person(
                    session, user, kind="draft_sent", case=None, subject=f"For your agreement: a change of {_name(draft)}", link=_link(draft),
                    body=f"{by.name} asks for agreement: {draft.why}", about=mail_about.draft(draft.id),
                )  # fmt: skip
