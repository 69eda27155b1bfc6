"""Figure S19: every edit of the audit trail is found and the first bad row named; many writers leave one chain."""

from __future__ import annotations

import random
import sys
import threading
import time

from models.session import new_session, transaction
from tests.support import databases, tampering, verify_alone
from tests.support.databases import Database
from workflows.actions import audit

EDITS, WRITERS, EACH, FAST = 400, 8, 25, 16_667


def main(edits: int = EDITS) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    lines = []
    for kind in databases.available():
        with databases.fresh(kind) as database:
            tampering.plant(database.engine)
            found, missed = tamper(database, edits)
            lines.append((f"{kind}_edits_found", found, "edits", edits, found == edits))
            lines += alone(database)
            lines.append((f"{kind}_forks_by_{WRITERS}_writers", forks(database), "rows", 0, forks(database, again=False) == 0))
            speed = events_a_second(database)
            lines.append((f"{kind}_verified_each_second", speed, "events", FAST, speed >= FAST))
        for words in missed[:10]:
            print(f"  missed: {words}", file=sys.stderr)
    for what, value, unit, goal, good in lines:
        print(f"S19 {what} {value} {unit} {goal} {'ok' if good else 'short'}")
    return 0 if all(good for *_, good in lines) else 1


def tamper(database: Database, edits: int, *, only: str = "edit", seed: int = 19) -> tuple[int, list[str]]:
    """How many random edits (of any kind, or of `only` one) were found with the right row named, and what was missed."""
    dice = random.Random(seed)
    known = tampering.places(database.engine)
    found, missed = 0, []
    for _ in range(edits):
        with tampering.defenceless(database.engine) as session:
            edit = getattr(tampering.Tamperer(session.connection(), known, dice), only)()
            fault = audit.verify(session).fault
        if fault is not None and (fault.chain, fault.sequence) in edit.places:
            found += 1
        else:
            missed.append(f"{edit.what}: {fault}")
    return found, missed


def alone(database: Database) -> list[tuple[str, int, str, int, bool]]:
    """Whether the short script that imports nothing of ours agrees that the trail is whole; on SQLite, which it can read."""
    if database.kind != "sqlite":
        return []
    agrees = verify_alone.first_bad_row(database.url.removeprefix("sqlite:///")) is None
    return [("sqlite_agrees_with_script_of_its_own", int(agrees), "yes", 1, agrees)]


def forks(database: Database, *, again: bool = True) -> int:
    """How many rows are wrong after eight writers added to one chain at once."""

    def write() -> None:
        for _ in range(EACH):
            with transaction(database.engine) as session:
                audit.record(session, "user:added", case=None, by=None)

    before = len(tampering.places(database.engine))
    writers = [threading.Thread(target=write) for _ in range(WRITERS)] if again else []
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with new_session(database.engine, writes=False) as session:
        verdict = audit.verify(session)
    lost = before + len(writers) * EACH - verdict.events
    return abs(lost) + (0 if verdict.ok else 1)


def events_a_second(database: Database) -> int:
    """How many events are verified in a second of this process; a million in a minute needs 16,667."""
    with transaction(database.engine) as session:
        for number in range(5_000):
            audit.record(session, "user:added", case=None, by=None, detail={"number": number})
    with new_session(database.engine, writes=False) as session:
        began = time.process_time()
        verdict = audit.verify(session)
        return int(verdict.events / (time.process_time() - began))


if __name__ == "__main__":
    sys.exit(main())
