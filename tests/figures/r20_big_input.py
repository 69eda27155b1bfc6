"""Figure R20: a megabyte of case data, a form of two hundred fields, posts beyond the limits, and a thousand open tasks, over the web."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models import Answer, ProcessInstance, User
from models.session import new_session, transaction
from tests.figures import p7_inbox
from tests.support import databases, factories, rounds
from tests.support.clients import Browser, client_for
from tests.support.databases import Database
from tests.unit.engine.drawing import chain, definitions, end, process, start, user
from workflows import engine
from workflows.actions import definitions as deploying
from workflows.actions import instances
from workflows.library import definitions as library

CLASS = "long"
KEY, STEP = "big", "tell"
# As much as a case may be started with, but for the little that its names take: a megabyte.
PARTS, PART_BYTES = 99, 10_000
FIELDS, TASKS = 200, 1_000
LONGEST_COMPLETION, LONGEST_REFUSAL, LONGEST_LIST_MS = 1.0, 1.0, 300.0
# Once and for all above what one field, and what one post with files, may hold.
FIELD_BYTES, POST_BYTES = 3 * 1024 * 1024, 64 * 1024 * 1024
KIND = "application/x-www-form-urlencoded"
REPEATS = 7


@dataclass
class Measured:
    """Seconds, the slowest of each; bytes that were read of a post that was refused; milliseconds of the list; and how many answers are right."""

    completion: float = 0.0
    stored: int = 0
    answers: int = 0
    refusal: float = 0.0
    refused: int = 0
    read: int = 0
    listed_ms: float = 0.0


class Endless(io.RawIOBase):
    """A post's body of zeros that counts how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left, self.read_so_far = size, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give as much as is wanted and there."""
        count = min(len(buffer), self.left)
        buffer[:count] = b"0" * count
        self.left, self.read_so_far = self.left - count, self.read_so_far + count
        return count


def main(repeats: int = REPEATS, tasks: int = TASKS) -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            found = measure(database, Path(folder), repeats)
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            found.listed_ms = listing(database, Path(folder), tasks)
        for what, value, unit, goal, met in (
            ("bytes_of_case_data", found.stored, "bytes", PARTS * PART_BYTES, found.stored >= PARTS * PART_BYTES),
            (f"completion_with_a_megabyte_and_{FIELDS}_fields", round(found.completion, 3), "s", LONGEST_COMPLETION, found.completion < LONGEST_COMPLETION),
            ("answers_stored", found.answers, "answers", repeats * FIELDS, found.answers == repeats * FIELDS),
            ("posts_beyond_a_limit_refused", found.refused, "posts", 2, found.refused == 2),
            ("slowest_refusal", round(found.refusal, 3), "s", LONGEST_REFUSAL, found.refusal < LONGEST_REFUSAL),
            ("bytes_read_of_a_post_that_is_too_long", found.read, "bytes", 0, found.read == 0),
            (f"list_among_{tasks}_open_tasks_p95", round(found.listed_ms), "ms", LONGEST_LIST_MS, found.listed_ms < LONGEST_LIST_MS),
        ):
            print(f"R20 {kind}_{what} {value} {unit} {goal:g} {'ok' if met else 'short'}", flush=True)
            good = good and met
    return 0 if good else 1


def measure(database: Database, folder: Path, repeats: int) -> Measured:
    """Complete so many tasks of cases that hold a megabyte, each with all its fields, and post what is too much."""
    ring = rounds.build(database)
    with transaction(database.engine) as session:
        deploying.deploy(session, KEY, {"process.bpmn": _diagram(), f"forms/{STEP}.json": json.dumps(_form())})
    found = Measured()
    with rounds.site(ring, folder) as app:
        browser = rounds.rivals(app, ring, 1)[0]
        for number in range(repeats):
            big = rounds.Ring(database, _start(ring, number), ring.people)
            task = big.task()
            found.stored = _bytes_of(database, task.instance_id)
            page = browser.get(f"/tasks/{task.id}")
            assert page.status_code == 200 and page.text.count('name="field') >= FIELDS, page.status_code
            form = {f"field{each}": f"answer {number} {each}" for each in range(FIELDS)}
            marks = {"revision": str(task.revision), "form_key": f"big-{number}"}
            took, code, _ = _timed(lambda form=form, marks=marks, task=task: browser.post(f"/tasks/{task.id}", data={**form, **marks}))
            assert code == 303, code
            found.completion = max(found.completion, took)
            with new_session(database.engine, writes=False) as session:
                stored = session.scalars(select(Answer.values).where(Answer.task_id == task.id)).one()
            found.answers += sum(stored.get(name) == value for name, value in form.items())
        _too_much(browser, f"/tasks/{ring.task().id}", found)
    return found


def _too_much(browser: Browser, address: str, found: Measured) -> None:
    """One field that is too long, and one post that says that it is: this one is answered before it is read."""
    body = Endless(POST_BYTES)
    sent: list[Callable[[], Any]] = [
        lambda: browser.post(address, data={"note": "x" * FIELD_BYTES, "more": "yes"}),
        lambda: browser.post_raw(address, environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(POST_BYTES), "CONTENT_TYPE": KIND}),
    ]
    for send in sent:
        took, code, words = _timed(send)
        found.refusal = max(found.refusal, took)
        found.refused += code == 413 and "The form is too long" in words
    found.read = body.read_so_far


def _timed(send: Callable[[], Any]) -> tuple[float, int, str]:
    began = time.perf_counter()
    answer = send()
    return time.perf_counter() - began, answer.status_code, answer.text


def _start(ring: rounds.Ring, number: int) -> uuid.UUID:
    with transaction(ring.database.engine) as session:
        owner = ring.user(0, session)
        case = factories.case(session, owner, reference=f"KD-BIG-{number}")
        instances.start(session, case, KEY, data={f"part{each}": "x" * PART_BYTES for each in range(PARTS)}, by=owner)
        return case.id


def _bytes_of(database: Database, instance_id: uuid.UUID) -> int:
    """The bytes of an instance's data as it is stored."""
    with new_session(database.engine, writes=False) as session:
        instance = session.get_one(ProcessInstance, instance_id)
        run = engine.load(library.spec_of(session, instance.definition), instance.state, perform=lambda call: None)
        return len(json.dumps(run.workflow.task_tree.data))


def _diagram() -> str:
    return definitions(process(KEY, start(), user(STEP, f"'{rounds.GROUP}'"), end(), chain("start", STEP, "end")))


def _form() -> dict[str, Any]:
    fields = [{"type": "textfield", "key": f"field{each}", "label": f"Question {each}", "validate": {"required": True}} for each in range(FIELDS)]
    return {"type": "default", "schemaVersion": 19, "id": STEP, "components": fields}


def listing(database: Database, folder: Path, tasks: int, times: int = 40) -> float:
    """Milliseconds within which 95 of 100 pages of the list come, for somebody with so many open tasks in their groups."""
    p7_inbox.plant(database, tasks)
    with rounds.site(rounds.Ring(database, uuid.uuid4(), ()), folder) as app:
        with new_session(database.engine, writes=False) as session:
            reader = session.scalars(select(User).where(User.name == "Rae Reader")).one()
        browser = client_for(app, reader)
        took = []
        for _ in range(times + 3):
            seconds, code, words = _timed(lambda: browser.get("/work?list=unassigned"))
            assert code == 200 and f"{tasks * 6 // 7:,}"[:-1] in words, code
            took.append(seconds * 1_000)
    return sorted(took[3:])[int(times * 0.95)]


if __name__ == "__main__":
    sys.exit(main())
