"""An audit trail to tamper with, and the hands that do it: as someone would who has the database itself and not our code."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from models import AuditEvent, AuditSeal, AuditText, clock
from models.session import new_session, transaction
from tests.support import factories
from workflows.actions import audit, chaining

EVENT, TEXT, SEAL = (table.__table__ for table in (AuditEvent, AuditText, AuditSeal))
FIELDS = (*chaining.COVERED, "digest")
Place = tuple[str, int]


@dataclass(frozen=True)
class Tampered:
    """What was done, and the places of which one must be named as the first bad row."""

    what: str
    places: frozenset[Place]


def plant(engine: Engine, *, cases: int = 4, events: int = 20) -> None:
    """Some chains of events with and without words, two seals, one event whose words were removed lawfully."""
    start = clock.read_instant("2026-03-02 09:00")
    with clock.held(start), transaction(engine) as session:
        clerk = factories.officer(session, "Ada Clerk", "administrators", role="system_admin")
        made = [factories.case(session, clerk, reference=f"KD-2026-{number:04d}") for number in range(cases)]
    for day in range(2):
        for number in range(events // 2):
            with clock.held(start + timedelta(days=day, minutes=7 * number, microseconds=number)), transaction(engine) as session:
                for case in (None, *made):
                    words = {"said": f"Words {number} ‒ ‘quoted’", "sum": number * 1.5} if number % 3 else None
                    audit.record(session, "task:completed", case=case, by=clerk, detail={"number": number, "label": f"é{number}"}, text=words)
        with clock.held(start + timedelta(days=day, hours=14)), transaction(engine) as session:
            audit.seal_day(session)
    with clock.held(start + timedelta(days=2)), transaction(engine) as session:
        audit.remove_text(session, chain=made[0].id.hex, sequence=2, because="Asked for under the UK GDPR", by=clerk)
        audit.seal_day(session)


@contextmanager
def defenceless(engine: Engine) -> Iterator[Session]:
    """A session whose changes no trigger and no foreign key stops, all taken back at the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        with Session(connection) as session:
            yield session
        connection.rollback()


def places(engine: Engine) -> list[Place]:
    """Every event's place."""
    with new_session(engine, writes=False) as session:
        return [(chain, number) for chain, number in session.execute(select(EVENT.c.chain, EVENT.c.sequence).order_by(EVENT.c.chain, EVENT.c.sequence))]


class Tamperer:
    """Does one random edit after another."""

    def __init__(self, connection: Connection, known: list[Place], dice: random.Random) -> None:
        self.connection = connection
        self.known = known
        self.dice = dice

    def edit(self) -> Tampered:
        """One random edit: a field, words, a row away, two rows swapped, a copy, a cut tail, a forged chain, a seal."""
        kinds = [self.field] * 8 + [self.words, self.words_away, self.row_away, self.swap, self.copy, self.cut, self.forge, self.seal]
        if self.connection.dialect.name == "sqlite":
            kinds += [self.raw, self.raw]
        return self.dice.choice(kinds)()

    def field(self) -> Tampered:
        """One bit of one field of one event."""
        place, name = self.dice.choice(self.known), self.dice.choice(FIELDS)
        old = self._row(place)[name]
        new = flipped(old, self.dice)
        moved = {"chain": (new, place[1]), "sequence": (place[0], new)}.get(name, place)
        if moved != place and moved in self.known:
            return self.field()
        self.connection.execute(update(EVENT).where(*_at(place)).values({name: new}))
        return Tampered(f"{name} of {place}", frozenset({place, moved, (moved[0], 1)} if moved != place else {place}))

    def raw(self) -> Tampered:
        """Bytes that are no JSON, no time or no key any more."""
        place, name = self.dice.choice(self.known), self.dice.choice(("detail", "at", "by_id"))
        self.connection.execute(text(f"UPDATE audit_event SET {name} = 'x{{' WHERE chain = :c AND sequence = :s"), {"c": place[0], "s": place[1]})
        return Tampered(f"raw {name} of {place}", frozenset({place}))

    def words(self) -> Tampered:
        """One bit of the words of an event."""
        row = self.dice.choice(self.connection.execute(select(TEXT)).all())
        self.connection.execute(update(TEXT).where(*_at(row[:2], TEXT)).values(words=flipped(row.words, self.dice)))
        return Tampered(f"words of {row[:2]}", frozenset({(row.chain, row.sequence)}))

    def words_away(self) -> Tampered:
        """The words of an event, without a record of who removed them."""
        row = self.dice.choice(self.connection.execute(select(TEXT)).all())
        self.connection.execute(delete(TEXT).where(*_at(row[:2], TEXT)))
        return Tampered(f"words of {row[:2]} away", frozenset({(row.chain, row.sequence)}))

    def row_away(self) -> Tampered:
        """An event with its words."""
        place = self.dice.choice(self.known)
        self._away(place)
        return Tampered(f"{place} away", frozenset({place}))

    def swap(self) -> Tampered:
        """Two events of a chain in each other's place."""
        chain = self.dice.choice(self.known)[0]
        one, other = sorted(self.dice.sample([place for place in self.known if place[0] == chain], 2))
        first, second = self._row(one), self._row(other)
        for place, row in ((one, second), (other, first)):
            self.connection.execute(update(EVENT).where(*_at(place)).values({**row, "sequence": place[1]}))
        return Tampered(f"{one} and {other} swapped", frozenset({one}))

    def copy(self) -> Tampered:
        """An event once more at the end of its chain."""
        place = self.dice.choice(self.known)
        after = self._last(place[0]) + 1
        self.connection.execute(insert(EVENT).values({**self._row(place), "sequence": after}))
        return Tampered(f"{place} copied to {after}", frozenset({(place[0], after)}))

    def cut(self) -> Tampered:
        """The tail of a chain."""
        chain, first = self.dice.choice(self.known)
        for place in [place for place in self.known if place[0] == chain and place[1] >= first]:
            self._away(place)
        return Tampered(f"{chain} cut before {first}", frozenset({(chain, first)}))

    def forge(self) -> Tampered:
        """An event changed and every digest after it worked out anew: only what was sealed gives it away."""
        chain, first = self.dice.choice(self.known)
        before = self._row((chain, first))["previous_digest"]
        for place in [place for place in self.known if place[0] == chain and place[1] >= first]:
            row = self._row(place) | {"previous_digest": before}
            if place[1] == first:
                row["kind"] = "nothing:happened"
            before = row["digest"] = chaining.digest_of_event(row)
            self.connection.execute(update(EVENT).where(*_at(place)).values(row))
        return Tampered(f"{chain} forged from {first}", frozenset({(chain, number) for number in self._sealed(chain) if number >= first}))

    def seal(self) -> Tampered:
        """One field of a seal."""
        row = self.dice.choice(self.connection.execute(select(SEAL)).all())
        name = self.dice.choice(("heads", "digest", "previous_digest"))
        self.connection.execute(update(SEAL).where(SEAL.c.id == row.id).values({name: flipped(getattr(row, name), self.dice)}))
        return Tampered(f"{name} of the seal of {row.sealed_on}", frozenset({(row.sealed_on.isoformat(), 0)}))

    def _row(self, place: Place) -> dict[str, Any]:
        return dict(self.connection.execute(select(EVENT).where(*_at(place))).one()._mapping)

    def _away(self, place: Place) -> None:
        self.connection.execute(delete(TEXT).where(*_at(place, TEXT)))
        self.connection.execute(delete(EVENT).where(*_at(place)))

    def _last(self, chain: str) -> int:
        return max(number for of, number in self.known if of == chain)

    def _sealed(self, chain: str) -> list[int]:
        return [heads[chain]["sequence"] for heads in self.connection.scalars(select(SEAL.c.heads)) if chain in heads]


def _at(place: Any, table: Any = EVENT) -> tuple[Any, Any]:
    return table.c.chain == place[0], table.c.sequence == place[1]


def flipped(value: Any, dice: random.Random) -> Any:
    """The value with one bit changed somewhere."""
    if value is None:
        return uuid.UUID(int=dice.getrandbits(128))
    if value == {}:
        return {"added": 1}
    if isinstance(value, dict):
        key = dice.choice(sorted(value))
        return {**value, key: flipped(value[key], dice)}
    if isinstance(value, str):
        return _flipped_text(value, dice)
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << dice.randrange(30))
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ (1 << dice.randrange(128)))
    return int(value) ^ (1 << dice.randrange(12))


def _flipped_text(value: str, dice: random.Random) -> str:
    if not value:
        return "x"
    at = dice.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ (1 << dice.randrange(4))) + value[at + 1 :]
