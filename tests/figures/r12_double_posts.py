"""Figure R12: every form posted twice, 20 ms apart and once more by the back button: one effect, and the same page again."""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from models import Answer, clock
from models.session import new_session
from tests.support import databases, invariants, rounds
from tests.support.databases import Database

POSTS = 100
APART = 0.02


def main(count: int = POSTS) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            same, told, effects, broken = double(database, Path(folder), count)
        for what, value, unit, goal in (
            (f"{kind}_double_posts_answered_alike", same, "posts", count),
            (f"{kind}_later_resends_told_when", told, "posts", count),
            (f"{kind}_effects", effects, "effects", count),
            (f"{kind}_invariants_broken", len(broken), "invariants", 0),
        ):
            print(f"R12 {what} {value} {unit} {goal} {'ok' if value == goal else 'short'}")
            good = good and value == goal
    return 0 if good else 1


def double(database: Database, folder: Path, count: int) -> tuple[int, int, int, list[str]]:
    """How many second posts were led to the page of the first, how many later ones were told when, and all effects."""
    ring = rounds.build(database)
    same = told = 0
    with rounds.site(ring, folder) as app:
        first, second = (rounds.rivals(app, ring, 1)[0] for _ in range(2))
        for number in range(count):
            task = ring.task()
            form = {"note": f"seen in {number}", "more": "yes", "revision": str(task.revision), "form_key": f"key-{number}"}
            answers = rounds.post_at_once([first, second], f"/tasks/{task.id}", [form, form], apart=APART)
            same += all(answer.code == 303 for answer in answers) and answers[0].location == answers[1].location
            with clock.held(clock.now() + timedelta(minutes=5)):
                first.post(f"/tasks/{task.id}", data=dict(form))
                told += "You already did this at" in rounds.words_of(first.get("/work").text)
    with new_session(database.engine, writes=False) as session:
        effects = session.scalar(select(func.count()).select_from(Answer)) or 0
    return same, told, effects, invariants.broken(database.engine)


if __name__ == "__main__":
    sys.exit(main())
