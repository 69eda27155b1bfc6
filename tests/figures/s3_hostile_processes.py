"""Figure S3: process files made to do harm, typed into an editor, saved in a draft and uploaded over HTTP: each is answered in words within two
seconds, names its file, line or element, opens no page with a fault, and leaves the service as it was for everybody else.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from models import Model, User
from models.session import transaction
from tests.support import hostile_processes, rounds
from tests.support.casebook import Casebook, open_casebook
from tests.support.clients import Browser
from tests.support.hostile_processes import Hostile
from webapp import create_app
from webapp.settings import from_environment
from workflows.actions import process_drafts
from workflows.library import gate

ALONE = True

LEAST_FILES, LONGEST_SECONDS, MOST_MEMORY_MB = 60, 2.0, 200
OWNER, LAWYER, DRAFT = "service-improvement", "legal", "/processes/errand/draft"
PAGES = (DRAFT, f"{DRAFT}/problems", f"{DRAFT}/outline", f"{DRAFT}/forms", f"{DRAFT}/tables", f"{DRAFT}/upload", f"{DRAFT}/review", f"{DRAFT}/try", f"{DRAFT}/tests")
RAW = ("Traceback", "TypeError", "KeyError", "ValueError", "AttributeError", "RecursionError", "cannot be read (", "could not be looked at", "root:x:", "lxml", "site-packages")
SETTLING_SECONDS = 60


@dataclass
class Found:
    """What went wrong, and how long and how large it was."""

    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_at: str = ""
    others_slowest: float = 0.0
    grown_mb: float = 0.0

    def timed(self, what: str, seconds: float) -> None:
        if seconds > self.slowest:
            self.slowest, self.slowest_at = seconds, what


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    hostile = hostile_processes.all_of_them()
    with tempfile.TemporaryDirectory() as folder, rounds.quiet():
        found = sent(Path(folder), hostile)
    print(f"S3 hostile_processes {len(hostile)} files {LEAST_FILES} {_good(len(hostile) >= LEAST_FILES)}")
    print(f"S3 died_leaked_raw_or_500 {len(found.faults)} faults 0 {_good(not found.faults)}")
    print(f"S3 slowest_refusal {found.slowest:.2f} s {LONGEST_SECONDS:g} {_good(found.slowest < LONGEST_SECONDS)}")
    print(f"S3 grown_by {found.grown_mb:.0f} MB {MOST_MEMORY_MB} {_good(found.grown_mb < MOST_MEMORY_MB)}")
    print(f"S3 slowest_page_of_others {found.others_slowest:.2f} s {LONGEST_SECONDS:g} {_good(found.others_slowest < LONGEST_SECONDS)}")
    for words in [*found.faults[:10], f"slowest: {found.slowest_at}"]:
        print(f"  {words}", file=sys.stderr)
    return 0 if not found.faults and max(found.slowest, found.others_slowest) < LONGEST_SECONDS and found.grown_mb < MOST_MEMORY_MB else 1


def _good(is_good: bool) -> str:
    return "ok" if is_good else "short"


def sent(folder: Path, hostile: tuple[Hostile, ...]) -> Found:
    """Send every file in each of the three ways and look at every page of the draft it was saved in."""
    book, found = _site(folder), Found()
    owner, lawyer = book.browser(OWNER), book.browser(LAWYER)
    _settle(owner)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with _others(book, found):
        for each in hostile:
            _typed(owner, each, found)
            _uploaded(lawyer, each, found)
            _saved(book, lawyer, owner, each, found)
    found.grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    book.engine.dispose()
    return found


def _site(folder: Path) -> Casebook:
    (folder / "var").mkdir()
    app: Flask = create_app(from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40}, folder=folder))
    Model.metadata.create_all(app.extensions["dps_engine"])
    book = open_casebook(app)
    with transaction(book.engine) as session:
        process_drafts.open_draft(session, "errand", by=session.get_one(User, book.people[OWNER].id))
    return book


def _settle(browser: Browser) -> None:
    """The processes that look at files have begun, and every page has been made once."""
    gate.warm()
    until = time.monotonic() + SETTLING_SECONDS
    while time.monotonic() < until and browser.post(f"{DRAFT}/lint", json={}).status_code != 200:
        time.sleep(0.1)
    for page in PAGES:
        browser.get(page)


@contextmanager
def _others(book: Casebook, found: Found) -> Iterator[None]:
    """Somebody else looks at a page again and again meanwhile."""
    stop = threading.Event()

    def look() -> None:
        browser = book.browser("finance")
        browser.get("/processes")
        while not stop.wait(0.05):
            began = time.monotonic()
            status = browser.get("/processes").status_code
            found.others_slowest = max(found.others_slowest, time.monotonic() - began)
            if status != 200:
                found.faults.append(f"somebody else was answered {status}")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _asked(found: Found, what: str, ask: Any, *, allowed: tuple[int, ...]) -> TestResponse:
    began = time.monotonic()
    answer: TestResponse = ask()
    found.timed(what, time.monotonic() - began)
    if answer.status_code not in allowed:
        found.faults.append(f"{what} was answered {answer.status_code}")
    found.faults += [f"{what}: the answer says {word}" for word in RAW if word in answer.text]
    return answer


def ours(hostile: Hostile) -> str:
    """The harmful text as a file of the errand process."""
    return hostile.text.replace('id="p"', 'id="errand"')


def _typed(browser: Browser, hostile: Hostile, found: Found) -> None:
    what = f"{hostile.what}, typed"
    answer = _asked(found, what, lambda: browser.post(f"{DRAFT}/lint", json={"path": hostile.path, "text": ours(hostile)}), allowed=(200, 413))
    told = answer.get_json(silent=True) or {}
    errors = [each for each in told.get("problems", []) if each["severity"] == "error"]
    if not all(each["element_id"] or each["line"] or hostile.path in each["message"] or "errand" in each["message"] for each in errors):
        found.faults.append(f"{what}: it is not said where: {[each['message'] for each in errors][:3]}")


def _uploaded(browser: Browser, hostile: Hostile, found: Found) -> None:
    data = {"file": (io.BytesIO(ours(hostile).encode()), os.path.basename(hostile.path)), "csrf_token": browser.token()}
    _asked(found, f"{hostile.what}, uploaded", lambda: browser.post(f"{DRAFT}/upload", data=data, content_type="multipart/form-data"), allowed=(302, 303, 413, 422))
    browser.get(f"{DRAFT}/upload")


def _saved(book: Casebook, browser: Browser, owner: Browser, hostile: Hostile, found: Found) -> None:
    """Saved as it is, looked at on every page, and put right again; the draft is kept all the while."""
    with transaction(book.engine) as session:
        draft = process_drafts.going(session, "errand")
        kept = process_drafts.files_of(session, draft)
        revision = process_drafts.revision_of(session, draft, hostile.path)
    body = {"path": hostile.path, "text": ours(hostile), "based_on": revision}
    _asked(found, f"{hostile.what}, saved", lambda: browser.post(f"{DRAFT}/files", json=body), allowed=(200, 413, 422))
    for page in PAGES:
        _asked(found, f"{hostile.what}, {page}", lambda page=page: owner.get(page), allowed=(200, 404, 409, 422))
    with transaction(book.engine) as session:
        draft, person = process_drafts.going(session, "errand"), session.get_one(User, book.people[LAWYER].id)
        based_on = process_drafts.revision_of(session, draft, hostile.path)
        if hostile.path in kept:
            process_drafts.save_file(session, draft, hostile.path, kept[hostile.path], based_on=based_on, by=person)
        elif hostile.path in process_drafts.files_of(session, draft):
            process_drafts.delete_file(session, draft, hostile.path, based_on=based_on, by=person)


if __name__ == "__main__":
    sys.exit(main())
