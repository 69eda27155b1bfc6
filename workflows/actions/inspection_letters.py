"""What a provider is told of an inspection, and when: never of an unannounced visit before it has been made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models import Inspection, User
from workflows.actions import letters, mail
from workflows.errors import Refused
from workflows.queries import inspections as queries

# These are letters with a text of their own; everything else is a mail that says where to look.
LETTERS = frozenset({"visit_notice", "critical_finding", "inspection_draft", "inspection_report"})
SUBJECTS = {
    "plan_reminder": "Your action plan is due",
    "plan_to_amend": "Your action plan has to be amended",
    "action_reminder": "Something you agreed to put right is due today",
    "action_not_verified": "Something is still to be put right",
}


def tell(
    session: Session, inspection: Inspection, kind: str, *, words: Mapping[str, Any], by: User | None = None, approver: User | None = None
) -> None:
    """Write to the provider about an inspection. Refused while it may not know of the visit, whoever asks for it.

    A mail names the case and nothing of the premises; a letter names them by their reference. `words` fill a letter's text.
    """
    if not queries.provider_knows(inspection):
        raise Refused("The provider must not learn of this visit before it has been made")
    if kind in LETTERS:
        letters.send(session, inspection.case, inspection.provider, kind=kind, words=words, by=by, approver=approver)
        return
    subject = f"{SUBJECTS[kind]}: {inspection.case.reference}"
    mail.to_group(session, inspection.provider.group_key, kind=f"inspection:{kind}", case=inspection.case, subject=subject, link="/provider")
