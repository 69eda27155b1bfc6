"""The chain of the audit trail: what a digest covers, where chains end, and whether every row is as it was written."""

from __future__ import annotations

import enum
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, func, select, tuple_
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import AuditEvent, AuditSeal, AuditText

TEXT_REMOVED = "audit:text_removed"
COVERED = ("chain", "sequence", "kind", "at", "by_id", "acting_for_id", "subject", "detail", "text_digest", "previous_digest")
AT_A_TIME = 1000


def plain(value: Any) -> Any:
    """The value as JSON that every database gives back as it was: keys and numbers with fractions as text, times in UTC."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return _plain_one(value)


def _plain_one(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | uuid.UUID | Decimal):
        return str(value).replace("\x00", "\ufffd")  # PostgreSQL keeps no NUL in JSON
    raise TypeError(f"A {type(value).__name__} cannot be kept in the audit trail")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(value: Any) -> str:
    """The SHA-256 of plain values in canonical JSON: keys sorted, no spaces, UTF-8."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_event(row: Mapping[str, Any]) -> str:
    """The digest of an event's whole row, the digest before it included. Its detail must be plain already."""
    covered = {name: row[name] for name in COVERED}
    covered["at"] = _instant(covered["at"])
    for name in ("by_id", "acting_for_id"):
        covered[name] = str(covered[name]) if covered[name] is not None else None
    return digest_of(covered)


def digest_of_seal(day: date, heads: Mapping[str, Any], before: str) -> str:
    """The digest of a seal: its London day, the heads of all chains, and the seal before it."""
    return digest_of({"sealed_on": day.isoformat(), "heads": plain(heads), "previous_digest": before})


def heads(session: Session) -> dict[str, Any]:
    """Where each chain ends: its last sequence and digest, by chain."""
    last = select(AuditEvent.chain, func.max(AuditEvent.sequence).label("sequence")).group_by(AuditEvent.chain).subquery()
    rows = session.execute(
        select(AuditEvent.chain, AuditEvent.sequence, AuditEvent.digest).join(
            last, and_(last.c.chain == AuditEvent.chain, last.c.sequence == AuditEvent.sequence)
        )
    )
    return {chain: {"sequence": sequence, "digest": digest} for chain, sequence, digest in rows}


@dataclass(frozen=True)
class Fault:
    """The first row that is not as it was written: an event by chain and sequence, or a seal by its day in `chain` and 0."""

    chain: str
    sequence: int
    words: str

    def __str__(self) -> str:
        where = f"event {self.sequence} of chain {self.chain}" if self.sequence else f"the seal of {self.chain}"
        return f"{where}: {self.words}"


@dataclass(frozen=True)
class Verdict:
    """Whether the audit trail is whole; if not, the first bad row."""

    events: int
    chains: int
    seals: int
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether every row is as it was written."""
        return self.fault is None

    def __str__(self) -> str:
        if self.fault is not None:
            return f"The audit trail is NOT whole. First bad row: {self.fault}"
        return f"The audit trail is whole: {self.events:,} events in {self.chains:,} chains, {self.seals:,} daily seals"


class _Broken(Exception):
    """Carries the fault out of the walk."""

    def __init__(self, chain: str, sequence: int, words: str) -> None:
        self.fault = Fault(chain, sequence, words)


def verify(session: Session) -> Verdict:
    """Read every chain and every seal and say whether a row was changed, moved, added or removed, naming the first bad one.

    A tail cut off after the last seal shows only to someone who kept a later seal's digest outside the database.
    """
    walk = _Walk(session)
    try:
        walk.seals()
        walk.events()
    except _Broken as broken:
        return Verdict(walk.event_count, len(walk.ends), walk.seal_count, broken.fault)
    return Verdict(walk.event_count, len(walk.ends), walk.seal_count)


class _Walk:
    """One reading of the whole trail; it stops at the first bad row."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.event_count = self.seal_count = 0
        self.sealed: dict[str, dict[int, tuple[str, date]]] = {}
        self.ends: dict[str, tuple[int, str]] = {}
        self.wordless: list[tuple[str, int]] = []
        self.removed: set[str] = set()

    def seals(self) -> None:
        before = ""
        known: Mapping[str, Any] = {}
        for seal in self.session.execute(_columns(AuditSeal).order_by(AuditSeal.sealed_on)).mappings():
            day = seal["sealed_on"]
            if seal["previous_digest"] != before:
                raise _Broken(day.isoformat(), 0, "it does not follow the seal before it")
            if seal["digest"] != digest_of_seal(day, seal["heads"], before):
                raise _Broken(day.isoformat(), 0, "its digest does not fit its content")
            for chain, head in seal["heads"].items():
                if known.get(chain) != head:
                    self.sealed.setdefault(chain, {})[head["sequence"]] = (head["digest"], day)
            before, known = seal["digest"], seal["heads"]
            self.seal_count += 1

    def events(self) -> None:
        for row in _events(self.session):
            self._check_place(row)
            self._check_content(row)
            self._check_words(row)
            if row.kind == TEXT_REMOVED:
                self.removed.add(row.subject)
            self.ends[row.chain] = (row.sequence, row.digest)
            self.event_count += 1
        for chain, wanted in self.sealed.items():
            self._check_tail(chain, wanted)
        for chain, sequence in self.wordless:
            if f"{chain}/{sequence}" not in self.removed:
                raise _Broken(chain, sequence, "its words are gone and no event says who removed them")

    def _check_place(self, row: Row[Any]) -> None:
        last, digest = self.ends.get(row.chain, (0, ""))
        if row.sequence <= last:
            raise _Broken(row.chain, row.sequence, "it does not belong here")
        if row.sequence > last + 1:
            raise _Broken(row.chain, last + 1, "it is missing")
        if row.previous_digest != digest:
            raise _Broken(row.chain, row.sequence, "it does not follow the event before it")

    def _check_content(self, row: Row[Any]) -> None:
        if row.digest != digest_of_event(row._asdict()):
            raise _Broken(row.chain, row.sequence, "its digest does not fit its content")
        sealed = self.sealed.get(row.chain, {}).get(row.sequence)
        if sealed is not None and sealed[0] != row.digest:
            raise _Broken(row.chain, row.sequence, f"it differs from what was sealed on {sealed[1].isoformat()}")

    def _check_words(self, row: Row[Any]) -> None:
        if row.words is not None:
            if row.text_digest != digest_of(row.words):
                raise _Broken(row.chain, row.sequence, "its words are not those that were written")
        elif row.text_digest:
            self.wordless.append((row.chain, row.sequence))

    def _check_tail(self, chain: str, wanted: Mapping[int, tuple[str, date]]) -> None:
        last = self.ends.get(chain, (0, ""))[0]
        sequence = max(wanted)
        if last < sequence:
            raise _Broken(chain, last + 1, f"it is missing: {sequence} events were sealed on {wanted[sequence][1].isoformat()}")


def _columns(table: Any) -> Any:
    return select(*table.__table__.columns)


def _events(session: Session) -> Iterator[Row[Any]]:
    """Every event with its words, chain by chain. A row that cannot even be read ends the walk by its name."""
    place: tuple[str, int] = ("", 0)
    while True:
        try:
            rows = _after(session, place, AT_A_TIME)
        except (ValueError, TypeError, SQLAlchemyError):
            rows = _one_by_one(session, place)
        if not rows:
            return
        yield from rows
        place = (rows[-1].chain, rows[-1].sequence)


def _after(session: Session, place: tuple[str, int], count: int) -> Sequence[Row[Any]]:
    query = (
        _columns(AuditEvent)
        .add_columns(AuditText.words)
        .outerjoin(AuditText, and_(AuditText.chain == AuditEvent.chain, AuditText.sequence == AuditEvent.sequence))
        .where(tuple_(AuditEvent.chain, AuditEvent.sequence) > tuple_(*place))
        .order_by(AuditEvent.chain, AuditEvent.sequence)
        .limit(count)
    )
    return session.execute(query).all()


def _one_by_one(session: Session, place: tuple[str, int]) -> Sequence[Row[Any]]:
    """The rows before the one that cannot be read; that one itself when it comes next."""
    rows: list[Row[Any]] = []
    for _ in range(AT_A_TIME):
        try:
            found = _after(session, place, 1)
        except (ValueError, TypeError, SQLAlchemyError) as error:
            if rows:
                return rows
            raise _Broken(*_place_after(session, place), "it cannot be read") from error
        if not found:
            return rows
        rows.extend(found)
        place = (found[0].chain, found[0].sequence)
    return rows


def _place_after(session: Session, place: tuple[str, int]) -> tuple[str, int]:
    key = tuple_(AuditEvent.chain, AuditEvent.sequence)
    try:
        found = session.execute(
            select(AuditEvent.chain, AuditEvent.sequence).where(key > tuple_(*place)).order_by(AuditEvent.chain, AuditEvent.sequence).limit(1)
        ).one()
    except SQLAlchemyError:
        return place[0], place[1] + 1
    return found.chain, found.sequence
