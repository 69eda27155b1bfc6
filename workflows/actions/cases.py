"""Cases: opened with what they are about, and started with their process."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from models import Case, CaseKey, Provider, User, clock
from workflows.actions import audit, instances, references
from workflows.errors import Invalid
from workflows.rules import permissions

LONGEST_TITLE = 150
KEY_DECISION = "key-decision"


def open_case(
    session: Session,
    *,
    kind: str,
    prefix: str,
    title: str,
    team_key: str,
    by: User | None,
    provider: Provider | None = None,
    keys: Mapping[str, str] | None = None,
    is_restricted: bool = False,
) -> Case:
    """A new case with its reference, its team and what it is about, not yet started. Without `by` the system opened it.

    `kind` is the key of the process it is for. `keys` are what messages of other cases find it by. Whoever calls has checked
    that the person may.
    """
    # A provider's own person is never the owner: the owner is who answers for the case in the council.
    owner = None if by is None or permissions.is_provider(by) else by
    case = Case(
        reference=references.case_reference(session, prefix), kind=kind, title=title, owner_id=owner.id if owner else None,
        team_key=team_key, provider_id=provider.id if provider else None, is_restricted=is_restricted, opened_at=clock.now(),
    )  # fmt: skip
    session.add(case)
    session.flush()
    add_keys(session, case, keys or {})
    audit.record(session, "case:opened", case=case, by=by, detail={"reference": case.reference, "kind": case.kind})
    return case


def add_keys(session: Session, case: Case, keys: Mapping[str, str]) -> None:
    """Say what else a case is about, so that messages find it."""
    session.add_all([CaseKey(case_id=case.id, name=name, value=value) for name, value in keys.items()])
    session.flush()


def start_key_decision(session: Session, *, title: str, by: User) -> Case:
    """Open a key-decision case and start its process. Refused for someone who may not; Invalid without a title or for too long a one."""
    title = title.strip()
    if not title:
        raise Invalid({"title": "Enter what is to be decided"})
    if len(title) > LONGEST_TITLE:
        raise Invalid({"title": f"The title must be {LONGEST_TITLE} characters or fewer"})
    permissions.check_start(by, KEY_DECISION)
    case = open_case(session, kind=KEY_DECISION, prefix="KD", title=title, team_key="children-commissioning", by=by)
    instances.start(session, case, KEY_DECISION, data={"case_reference": case.reference}, by=by)
    return case
