"""Internal comments on a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Case, Comment, User, clock
from workflows.actions import audit
from workflows.errors import Invalid
from workflows.rules import permissions

LONGEST = 4000


def add(session: Session, case: Case, *, body: str, by: User) -> Comment:
    """Add a remark that council staff can read. Refused for readers only; Invalid when it is empty or too long."""
    permissions.check_comment(by, case)
    words = body.strip()
    if not words:
        raise Invalid({"body": "Enter a comment"})
    if len(words) > LONGEST:
        raise Invalid({"body": f"Your comment must be {LONGEST:,} characters or fewer"})
    comment = Comment(case_id=case.id, author_id=by.id, body=words, written_at=clock.now())
    session.add(comment)
    session.flush()
    audit.record(session, "comment:added", case=case, by=by, detail={"comment": str(comment.id)}, text={"body": words})
    return comment
