"""The whole service on a free port of this machine, inside the test's own process, so that a test can hold its clock."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from models import User, clock
from models.session import make_engine, new_session, transaction
from tests.support.databases import sqlite_file
from webapp import create_app
from webapp.commands import database, demo, processes
from webapp.settings import Settings, from_environment
from workflows.demo import people
from workflows.enqueue import Tools
from workflows.jobs import passing

COUNCIL = "westhampton.example.gov.uk"


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on the screen for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: what was asked for is in the log of the app."""


@dataclass(frozen=True)
class Site:
    """A running service: where it listens, and the way to what it stores."""

    address: str
    app: Flask
    settings: Settings

    @property
    def engine(self) -> Engine:
        """The database of this service."""
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look into the database with."""
        with new_session(self.engine, writes=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session to plant something with; committed at the end."""
        with transaction(self.engine) as session:
            yield session

    def move_to(self, moment: str) -> datetime:
        """Let time pass until a moment of London time such as `2020-11-09 10:40`, with every timer at its own time; the clock then stands there."""
        until = clock.read_instant(moment)
        passing.pass_time(self.engine, Tools(uploads=self.settings.uploads), until=until)
        clock.hold(until)
        return until

    def person(self, name: str) -> User:
        """A demo person by the part of the address before the @; of a provider's people by the whole address."""
        with self.reading() as session:
            return session.scalars(select(User).where(User.email == (name if "@" in name else f"{name}@{COUNCIL}"))).one()


def make_town(folder: Path, *, stories: bool = True, market: bool = False) -> Settings:
    """A database below `folder` with the process library and the demo people, their cases unless told otherwise, and the small market if wanted."""
    settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 48}, folder=folder)
    database.make_ready(settings)
    processes.deploy_all(settings)
    if stories:
        demo.load_when_empty(settings, with_market=market)
        return settings
    with transaction(make_engine(settings.database_url)) as session:
        people.load_people(session)
    return settings


def copy_town(town: Settings, folder: Path) -> Settings:
    """The same town in another folder, for a test that changes it."""
    source = sqlite_file(town.database_url).parent
    shutil.copytree(source, folder / "var", dirs_exist_ok=True)
    return from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": town.secret_key}, folder=folder)


@contextmanager
def serve(settings: Settings) -> Iterator[Site]:
    """Serve until the block ends. The clock runs again afterwards, whatever the test did to it."""
    app = create_app(settings)
    server = make_server(settings.host, 0, app, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Site(f"http://{settings.host}:{server.server_port}", app, settings)
    finally:
        clock.release()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
        app.extensions["dps_engine"].dispose()
