"""Cases: opened with their process."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Case, User
from workflows.actions import audit, instances, proposals
from workflows.errors import Invalid

LONGEST_TITLE = 150


def start_key_decision(session: Session, *, title: str, by: User) -> Case:
    """Open a key-decision case and start its process. Refused for someone who may not; Invalid without a title or for too long a one."""
    title = title.strip()
    if not title:
        raise Invalid({"title": "Enter what is to be decided"})
    if len(title) > LONGEST_TITLE:
        raise Invalid({"title": f"The title must be {LONGEST_TITLE} characters or fewer"})
    case = proposals.open_case(session, title=title, by=by)
    audit.record(session, "case:opened", case=case, by=by, detail={"reference": case.reference, "kind": case.kind})
    instances.start(session, case, "key-decision", data={"case_reference": case.reference}, by=by)
    return case
