"""Figure S6: files made to do harm, sent to a provider's documents over HTTP: what is refused, and what is kept but can do nothing."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Model, ProviderDocument, User
from models.session import new_session, transaction
from tests.support import factories, hostile_files, rounds, two_providers
from tests.support.clients import Browser, client_for
from tests.support.hostile_files import Hostile
from webapp import create_app
from webapp.settings import from_environment
from workflows.actions import organisation

PAGE = "/provider/documents"
FORM = {"kind": "other", "title": "A policy"}
LEAST_FILES = 36
WANTED_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Content-Disposition": "attachment"}
# What a browser might run if it were told that a file is of this kind.
LIVELY = ("html", "svg", "javascript", "xml;", "php", "octet-stream")


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    refused, inert = hostile_files.refused(), hostile_files.inert()
    with tempfile.TemporaryDirectory() as folder, rounds.quiet():
        found = list(faults(Path(folder), refused, inert))
    enough = len(refused) + len(inert) >= LEAST_FILES
    print(f"S6 hostile_files {len(refused)}_refused_{len(inert)}_inert files {LEAST_FILES} {'ok' if enough else 'short'}")
    print(f"S6 files_that_were_kept_or_could_do_something {len(found)} faults 0 {'short' if found else 'ok'}")
    for words in found[:10]:
        print(f"  {words}", file=sys.stderr)
    return 0 if enough and not found else 1


def faults(folder: Path, refused: list[Hostile], inert: list[Hostile]) -> Iterator[str]:
    """Send every file and say what went otherwise than it must."""
    app, user = _site(folder)
    browser = client_for(app, user)
    outside = _outside(folder)
    for file in refused:
        answer = send(browser, file)
        if answer.status_code != 422 or _kept(app, user):
            yield f"{file.what} was answered {answer.status_code} and {len(_kept(app, user))} kept"
    for file in inert:
        yield from _sent_and_fetched(app, user, browser, file)
    if _outside(folder) != outside:
        yield "something was written outside the folder of uploads"
    app.extensions["dps_engine"].dispose()


def send(browser: Browser, file: Hostile) -> TestResponse:
    """Post a file to the page as a browser's form would."""
    token = browser.token()
    return browser.post_raw(PAGE, data={**FORM, "csrf_token": token, "file": (io.BytesIO(file.content), file.name)}, content_type="multipart/form-data")


def _sent_and_fetched(app: Flask, user: User, browser: Browser, file: Hostile) -> Iterator[str]:
    before = {document.id for document in _kept(app, user)}
    answer = send(browser, file)
    new = [document for document in _kept(app, user) if document.id not in before]
    if answer.status_code != 303 or len(new) != 1:
        yield f"{file.what} was answered {answer.status_code} and {len(new)} kept"
        return
    if new[0].filename != file.kept_as:
        yield f"{file.what} is called {new[0].filename!r}"
    yield from (f"{file.what}: {words}" for words in unsafe(browser.get(f"{PAGE}/{new[0].id}"), file))


def unsafe(answer: TestResponse, file: Hostile) -> Iterator[str]:
    """What a browser that is handed this answer might do other than save a file."""
    if answer.status_code != 200 or answer.get_data() != file.content:
        yield f"it comes back as {answer.status_code}, or as something else than was sent"
    for name, words in WANTED_HEADERS.items():
        if not answer.headers.get(name, "").startswith(words):
            yield f"{name} is {answer.headers.get(name)!r}"
    if any(kind in f"{answer.content_type};" for kind in LIVELY if "openxml" not in answer.content_type):
        yield f"its type is {answer.content_type}"
    if "\r" in str(answer.headers.get("Content-Disposition")) or "Set-Cookie: x" in str(answer.headers):
        yield "its name became a header"


def _site(folder: Path) -> tuple[Flask, User]:
    (folder / "var").mkdir()
    app = create_app(from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40}, folder=folder))
    engine = app.extensions["dps_engine"]
    Model.metadata.create_all(engine)
    with transaction(engine) as session:
        organisation.load_parameters(session, factories.LIBRARY / "parameters.yml")
        owned = two_providers.plant(session, staff=factories.officer(session), uploads=folder / "planted")
        return app, owned["one"].user


def _kept(app: Flask, user: User) -> list[ProviderDocument]:
    """What this person has added, without what was planted."""
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        added = ProviderDocument.added_by_id == user.id
        return [each for each in session.scalars(select(ProviderDocument).where(added)) if not each.filename.startswith("canary")]


def _outside(folder: Path) -> set[str]:
    """Every file below the folder that is neither an upload nor the database."""
    uploads = folder / "var" / "uploads"
    return {str(path) for path in folder.rglob("*") if path.is_file() and uploads not in path.parents and ".sqlite3" not in path.name}


if __name__ == "__main__":
    sys.exit(main())
