"""Writing the audit trail: one event per effect, in the transaction of the effect, chained to the event before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from models import AuditEvent, AuditSeal, AuditText, Case, User, clock
from workflows.actions import chaining
from workflows.actions.chaining import Verdict, verify
from workflows.errors import Invalid, NotFound
from workflows.rules import permissions

ADMINISTRATION = "administration"
HEADS = "audit_heads"
LOCKED = "audit_locked"
TEXT_REMOVED = chaining.TEXT_REMOVED

__all__ = ["ADMINISTRATION", "Verdict", "chain_of", "record", "remove_text", "seal_day", "verify"]


def chain_of(case: Case | None) -> str:
    """The chain an event about this case belongs to; without a case it is that of the administration."""
    return case.id.hex if case is not None else ADMINISTRATION


def record(
    session: Session,
    kind: str,
    *,
    case: Case | None,
    by: User | None,
    detail: Mapping[str, Any] | None = None,
    text: Mapping[str, Any] | None = None,
    acting_for: User | None = None,
    subject: str = "",
) -> tuple[str, int]:
    """Add an event to the chain of a case, or of the administration, and give its place: chain and sequence.

    `kind` is `subject:past_tense`; `by` is None for what the system did by itself. `detail` holds plain values without fractions
    and nothing personal; personal words go into `text`, which can be removed later without breaking the chain.
    """
    chain = chain_of(case)
    sequence, before = _head(session, chain, case)
    row = {
        "chain": chain, "sequence": sequence + 1, "kind": kind, "at": clock.now(), "by_id": by.id if by else None,
        "acting_for_id": acting_for.id if acting_for else None, "subject": subject, "detail": chaining.plain(detail or {}),
        "text_digest": chaining.digest_of(chaining.plain(text)) if text else "", "previous_digest": before,
    }  # fmt: skip
    row["digest"] = chaining.digest_of_event(row)
    session.connection().execute(insert(AuditEvent), row)
    if text:
        session.connection().execute(insert(AuditText), {"chain": chain, "sequence": row["sequence"], "words": chaining.plain(text)})
    session.info.setdefault(HEADS, {})[chain] = (row["sequence"], row["digest"])
    return chain, sequence + 1


def _head(session: Session, chain: str, case: Case | None) -> tuple[int, str]:
    """Where the chain ends, locked so that nobody else adds to it before this transaction is over."""
    known = session.info.get(HEADS, {}).get(chain)
    if known is not None:
        return int(known[0]), str(known[1])
    lock(session, case)
    newest = session.execute(
        select(AuditEvent.sequence, AuditEvent.digest).where(AuditEvent.chain == chain).order_by(AuditEvent.sequence.desc()).limit(1)
    ).first()
    return (newest[0], newest[1]) if newest else (0, "")


def lock(session: Session, case: Case | None) -> None:
    """Keep every other writer off a case, or off the administration's chain, until this transaction ends.

    SQLite has one writer at a time anyway. On PostgreSQL everyone who writes about a case takes this one lock first, so that
    nobody waits in a circle; the lock leaves rows that only refer to the case alone.
    """
    if session.get_bind().dialect.name != "postgresql" or chain_of(case) in session.info.get(LOCKED, ()):
        return
    is_locked(session, case)
    if case is None:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(ADMINISTRATION))))
    else:
        session.execute(select(Case.id).where(Case.id == case.id).with_for_update(key_share=True))


def is_locked(session: Session, case: Case | None) -> None:
    """Note that this transaction holds the lock already: a statement that read the case has taken it."""
    session.info.setdefault(LOCKED, set()).add(chain_of(case))


@event.listens_for(Session, "after_soft_rollback")
def _forget_heads(session: Session, previous: SessionTransaction) -> None:
    session.info.pop(HEADS, None)
    if not previous.nested:
        session.info.pop(LOCKED, None)


@event.listens_for(Session, "after_transaction_end")
def _forget_everything(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(HEADS, None)
        session.info.pop(LOCKED, None)


def remove_text(session: Session, *, chain: str, sequence: int, because: str, by: User) -> None:
    """Remove the personal words of one event when the law demands it (UK GDPR art 17); the trail says that and why.

    Refused for anyone but the data protection officer and administrators; NotFound when there are no words; Invalid without a reason.
    """
    permissions.check_remove_text(by)
    if not because.strip():
        raise Invalid({"because": "Enter why the words are removed"})
    text = session.get(AuditText, (chain, sequence))
    if text is None:
        raise NotFound("This event has no words to remove")
    record(session, TEXT_REMOVED, case=None, by=by, text={"because": because.strip()}, subject=f"{chain}/{sequence}")
    session.delete(text)
    session.flush()


def seal_day(session: Session) -> AuditSeal:
    """Keep the heads of all chains under today's London date; a second call on a day gives the seal that is there.

    Whoever keeps `digest` outside the database can prove later that no tail was cut off.
    """
    today = clock.today()
    known = session.scalar(select(AuditSeal).where(AuditSeal.sealed_on == today))
    if known is not None:
        return known
    lock(session, None)
    before = session.scalar(select(AuditSeal.digest).order_by(AuditSeal.sealed_on.desc()).limit(1)) or ""
    heads = chaining.heads(session)
    digest = chaining.digest_of_seal(today, heads, before)
    seal = AuditSeal(sealed_on=today, heads=heads, previous_digest=before, digest=digest, sealed_at=clock.now())
    session.add(seal)
    session.flush()
    return seal
