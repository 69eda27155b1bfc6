"""Figure R1: two people send the same task at the same moment, over the web: one wins, the other loses nothing."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from sqlalchemy import select

from models import Answer
from models.session import new_session
from tests.support import databases, invariants, rounds
from tests.support.databases import Database

ROUNDS = 200
NAMES = ("Ann Field", "Ben Marsh")
AT = re.compile(r"completed this task at \d{1,2}(:\d\d)?[ap]m|completed this task at (midday|midnight)")


def main(count: int = ROUNDS) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            fought, failed, broken = fight(database, Path(folder), count)
        for what, value, unit, goal in (
            (f"{kind}_rounds_with_one_winner_and_one_told_loser", fought, "rounds", count),
            (f"{kind}_answers_500", failed, "answers", 0),
            (f"{kind}_invariants_broken", len(broken), "invariants", 0),
        ):
            print(f"R1 {what} {value} {unit} {goal} {'ok' if value == goal else 'short'}")
            good = good and value == goal
        for words in broken[:5]:
            print(f"  {words}", file=sys.stderr)
    return 0 if good else 1


def fight(database: Database, folder: Path, count: int) -> tuple[int, int, list[str]]:
    """How many rounds went as they must, how many answers were our fault, and which invariants are broken afterwards."""
    ring = rounds.build(database)
    fought = failed = 0
    with rounds.site(ring, folder) as app:
        browsers = rounds.rivals(app, ring)
        for number in range(count):
            task = ring.task()
            forms = [_form(task.revision, number, who) for who in "ab"]
            answers = rounds.post_at_once(browsers, f"/tasks/{task.id}", forms)
            fought += _is_fair(ring, task.id, forms, answers)
            failed += sum(answer.code >= 500 for answer in answers)
    return fought, failed, invariants.broken(database.engine)


def _form(revision: int, number: int, who: str) -> dict[str, str]:
    return {"note": f"seen by {who} in {number}", "more": "yes", "revision": str(revision), "form_key": f"{number}-{who}"}


def _is_fair(ring: rounds.Ring, task_id: object, forms: list[dict[str, str]], answers: list[rounds.Answered]) -> bool:
    """One won and its answer is stored; the other's page says who was faster and when, and holds what they typed."""
    if sorted(answer.code for answer in answers) != [303, 409]:
        return False
    winner = [answer.code for answer in answers].index(303)
    loser = answers[1 - winner]
    with new_session(ring.database.engine, writes=False) as session:
        stored = session.scalars(select(Answer).where(Answer.task_id == task_id)).one()
    told = f"{NAMES[winner]} completed this task at" in loser.words and AT.search(loser.words) is not None
    return told and stored.values["note"] == forms[winner]["note"] and forms[1 - winner]["note"] in loser.words


if __name__ == "__main__":
    sys.exit(main())
