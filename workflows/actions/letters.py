"""Letters to providers: written from the text of the process they belong to, sent once, and never changed afterwards."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import Mapper, Session

from models import CandidateGroup, Case, Letter, ProcessDefinition, ProcessInstance, Provider, User, clock
from workflows.actions import audit, mail
from workflows.errors import Conflict, NotFound, Refused
from workflows.letters import texts
from workflows.library import definitions

FOLDER = "documents"
YOUNG_PERSON = re.compile(r"\bYP-[0-9]{4,10}\b", re.IGNORECASE)


def send(
    session: Session,
    case: Case,
    provider: Provider,
    *,
    kind: str,
    words: Mapping[str, Any],
    by: User | None,
    approver: User | None = None,
    is_for_provider: bool = True,
) -> Letter:
    """Send a letter about a case: its text is `documents/<kind>.txt` of the process that the case runs, in the version that it runs.

    `words` are the values of its slots; a list, or lines, fill a list. The provider is told by mail only that a letter waits. A letter not
    `is_for_provider` is kept for the council, such as one to Ofsted. Without `by` the system sends it. NotFound without such a text; Invalid
    for a missing value; Refused for the reference of a young person in it.
    """
    version, source = _source(session, case, kind)
    text = texts.fill(texts.read(source), _always(session, case, provider) | dict(words))
    _refuse_young_people(text)
    sent_at = clock.now()
    letter = Letter(
        case_id=case.id, provider_id=provider.id, kind=kind, subject=text.subject, body=text.body, template_version=version,
        digest=_digest(kind, text, version, sent_at.isoformat()), author_id=by.id if by else None, approver_id=approver.id if approver else None,
        is_for_provider=is_for_provider, sent_at=sent_at, case=case, provider=provider,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    audit.record(session, "letter:sent", case=case, by=by, detail={"letter": str(letter.id), "letter_kind": kind, "digest": letter.digest},
                 text={"subject": letter.subject})  # fmt: skip
    if is_for_provider:
        mail.to_group(session, provider.group_key, kind="letter:waits", case=None, subject="A letter from the council waits for you",
                      link=f"/provider/letters/{letter.id}")  # fmt: skip
    return letter


def _source(session: Session, case: Case, kind: str) -> tuple[str, str]:
    """The text of a letter and the version it comes from: pinned with the case, or the newest where the case runs nothing that has it."""
    path = f"{FOLDER}/{kind}.txt"
    instances = select(ProcessInstance).where(ProcessInstance.case_id == case.id).order_by(ProcessInstance.started_at.desc())
    for instance in session.scalars(instances):
        own = session.get_one(ProcessDefinition, instance.definition_id)
        for definition in (own, *(definitions.called_definition(session, own, key) for key in own.calls)):
            if path in definition.files:
                return f"{definition.key} version {definition.version}, {kind}", str(definition.files[path])
    newest = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version")).group_by(ProcessDefinition.key).subquery()
    query = select(ProcessDefinition).join(newest, (ProcessDefinition.key == newest.c.key) & (ProcessDefinition.version == newest.c.version))
    for definition in session.scalars(query.order_by(ProcessDefinition.key)):
        if path in definition.files:
            return f"{definition.key} version {definition.version}, {kind}", str(definition.files[path])
    raise NotFound(f"There is no text for the letter {kind}")


def _always(session: Session, case: Case, provider: Provider) -> dict[str, Any]:
    """What every letter may use without being given it."""
    team = session.get_one(CandidateGroup, case.team_key)
    return {
        "case_reference": case.reference, "provider_name": provider.name, "provider_reference": provider.reference,
        "sent_on": texts.day_words(clock.now()), "contact": f"{team.name}, {team.email}" if team.email else team.name,
    }  # fmt: skip


def _refuse_young_people(text: texts.Text) -> None:
    if YOUNG_PERSON.search(f"{text.subject}\n{text.body}"):
        raise Refused("A letter never names a young person, not even by reference")


def _digest(kind: str, text: texts.Text, version: str, sent_at: str) -> str:
    content = [kind, text.subject, text.body, version, sent_at]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def is_intact(letter: Letter) -> bool:
    """Whether a letter's words are those that were sent."""
    text = texts.Text(letter.subject, letter.body)
    return letter.digest == _digest(letter.kind, text, letter.template_version, letter.sent_at.isoformat())


@event.listens_for(Letter, "before_update")
def _never_changes(mapper: Mapper[Letter], connection: Any, letter: Letter) -> None:
    if any(inspect(letter).attrs[column.key].history.has_changes() for column in mapper.column_attrs):
        raise Conflict("A letter that was sent never changes. Send another one")


@event.listens_for(Letter, "before_delete")
def _never_goes(mapper: Mapper[Letter], connection: Any, letter: Letter) -> None:
    raise Conflict("A letter that was sent is kept")
