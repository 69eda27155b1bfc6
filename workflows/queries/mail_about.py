"""What a mail is about, looked at again at the moment it would go: nobody is asked for what is done, taken back or somebody else's by now."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from models import (
    Case,
    CaseStatus,
    ConsultationRequest,
    ConsultationStatus,
    DecisionState,
    DraftStatus,
    KeyDecision,
    OutboxMail,
    ProcessDraft,
    TaskStatus,
    User,
    UserTask,
)
from workflows.queries import absences
from workflows.rules import mail_kinds, permissions

DONE = "Not sent because it was already done"
MOVED_ON = "Not sent because the case moved on without it"
ELSEWHERE = "Not sent because the task is with somebody else by now"
WITHDRAWN = "Not sent because it was withdrawn"
CLOSED = "Not sent because the case is closed"
LEFT = "Not sent because this person cannot sign in any more"
GONE = "Not sent because what it is about is not there any more"
NOTHING_LEFT = "Not sent because there was nothing left to tell"
NOT_WANTED = "Not sent because this person wants no such mail any more"
NOT_NEEDED = frozenset({DONE, MOVED_ON, ELSEWHERE, WITHDRAWN, CLOSED, LEFT, GONE, NOTHING_LEFT, NOT_WANTED})
DECIDED = frozenset({
    DecisionState.DECIDED, DecisionState.CALL_IN_OPEN, DecisionState.CALLED_IN, DecisionState.IN_EFFECT, DecisionState.CARRIED_OUT,
    DecisionState.NOT_APPROVED,
})  # fmt: skip


def task(task_id: uuid.UUID) -> str:
    """The `about` of a mail that asks for a task."""
    return f"task:{task_id.hex}"


def consultation(request_id: uuid.UUID) -> str:
    """The `about` of a mail that asks for advice."""
    return f"consultation:{request_id.hex}"


def decision(decision_id: uuid.UUID) -> str:
    """The `about` of a mail that asks to sign a decision."""
    return f"decision:{decision_id.hex}"


def draft(draft_id: uuid.UUID) -> str:
    """The `about` of a mail that asks to agree to a change of a process."""
    return f"draft:{draft_id.hex}"


def why_not(session: Session, mail: OutboxMail) -> str:
    """Why a mail is not wanted any more, as a sentence for the outbox; empty while it is."""
    reader = session.get(User, mail.to_user_id) if mail.to_user_id else None
    if reader is not None and not reader.is_active:
        return LEFT
    what, _, key = mail.about.partition(":")
    if what in LOOKS:
        found = LOOKS[what](session, uuid.UUID(key), reader)
        if found:
            return found
    case = session.get(Case, mail.case_id) if mail.case_id else None
    if case is not None and case.status is CaseStatus.CLOSED and mail_kinds.kind_of(mail.kind).asks:
        return CLOSED
    return ""


def _task(session: Session, task_id: uuid.UUID, reader: User | None) -> str:
    found = session.get(UserTask, task_id)
    if found is None:
        return GONE
    if found.status is TaskStatus.COMPLETED:
        return DONE
    if found.status is TaskStatus.CANCELLED:
        return MOVED_ON
    return "" if _is_for(session, found, reader) else ELSEWHERE


def _is_for(session: Session, found: UserTask, reader: User | None) -> bool:
    """Whether an open task is still a reader's: theirs, free for their group, or that of somebody they stand in for."""
    if reader is None or found.assignee_id == reader.id:
        return True
    if found.assignee_id is None and found.candidate_group in permissions.groups_of(reader):
        return True
    mine = [each for each in absences.stand_ins(session, reader) if each.covers(found.candidate_group)]
    if found.assignee_id is None:
        return any(found.candidate_group in permissions.groups_of(each.person) for each in mine)
    return any(each.person.id == found.assignee_id for each in mine)


def _consultation(session: Session, request_id: uuid.UUID, reader: User | None) -> str:
    found = session.get(ConsultationRequest, request_id)
    if found is None:
        return GONE
    if found.status is not ConsultationStatus.ASKED:
        return DONE if found.status is ConsultationStatus.ANSWERED else MOVED_ON
    return WITHDRAWN if found.decision.withdrawn_at is not None else ""


def _decision(session: Session, decision_id: uuid.UUID, reader: User | None) -> str:
    found = session.get(KeyDecision, decision_id)
    if found is None:
        return GONE
    if found.withdrawn_at is not None:
        return WITHDRAWN
    return DONE if found.state in DECIDED else ""


def _draft(session: Session, draft_id: uuid.UUID, reader: User | None) -> str:
    found = session.get(ProcessDraft, draft_id)
    if found is None:
        return GONE
    if found.status is DraftStatus.SENT:
        return ""
    return DONE if found.status in (DraftStatus.AGREED, DraftStatus.DEPLOYED) else WITHDRAWN


LOOKS: dict[str, Callable[[Session, uuid.UUID, User | None], str]] = {
    "task": _task, "consultation": _consultation, "decision": _decision, "draft": _draft,
}  # fmt: skip
