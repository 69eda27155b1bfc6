"""What people say about a proposed decision, through the public form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models import KeyDecision, Representation, clock
from workflows.actions import audit
from workflows.errors import Closed, Invalid
from workflows.rules import status

LONGEST = 5000
LONGEST_LINE = 200
FIELDS = {"text": "Enter what you want to say", "name": "Enter your name", "contact": "Enter an email address or phone number"}
TOO_LONG = {"name": "Your name", "contact": "Your email address or phone number", "capacity": "Your interest in this decision"}
MAY_PUBLISH = "Select yes if we can publish what you say"
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def receive(session: Session, decision: KeyDecision, *, answers: Mapping[str, Any]) -> Representation:
    """Keep a representation and give it a reference that cannot be guessed. Closed after the period; Invalid by field."""
    if not is_open(decision):
        raise Closed("Comments on this decision have closed")
    check(answers)
    representation = Representation(
        decision_id=decision.id, reference=uuid.uuid4().hex[:10].upper(), text=plain(answers["text"]),
        may_publish=bool(answers["may_publish"]), received_at=clock.now(),
        **{key: plain(answers.get(key)) for key in ("name", "contact", "capacity")},
    )  # fmt: skip
    session.add(representation)
    session.flush()
    audit.record(session, "representation:received", case=decision.case, by=None, detail={"reference": representation.reference})
    return representation


def is_open(decision: KeyDecision) -> bool:
    """Whether people can comment now: the notice is out, nothing is withdrawn or decided, and the period has not ended."""
    return status.comments_are_open(decision, at=clock.now())


def check(answers: Mapping[str, Any]) -> None:
    """Raise Invalid with a message for each field that is missing or too long. `may_publish` is True, False or None."""
    errors = {key: message for key, message in FIELDS.items() if not plain(answers.get(key))}
    if len(plain(answers.get("text"))) > LONGEST:
        errors["text"] = f"What you want to say must be {LONGEST:,} characters or fewer"
    for key, words in TOO_LONG.items():
        if len(plain(answers.get(key))) > LONGEST_LINE:
            errors[key] = f"{words} must be {LONGEST_LINE} characters or fewer"
    if answers.get("may_publish") is None:
        errors["may_publish"] = MAY_PUBLISH
    if errors:
        raise Invalid(errors)


def plain(value: object) -> str:
    """What was typed as plain text: one kind of line end, no control characters, no spaces around it."""
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    return NO_TEXT.sub("", text).strip()
