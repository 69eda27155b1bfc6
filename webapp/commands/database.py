"""`dps db`: make the database ready, and see whether it is."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from models.migrations import check, upgrade
from webapp.settings import Settings


class NotReady(Exception):
    """The database is not as this version needs it."""


def add_commands(commands: Any) -> None:
    """Add `dps db upgrade` and `dps db check`."""
    parser = commands.add_parser("db", help="make or check the database")
    verbs = parser.add_subparsers(metavar="upgrade|check", required=True)
    verbs.add_parser("upgrade", help="bring the database to this version").set_defaults(carry_out=bring_up)
    verbs.add_parser("check", help="compare the database with this version").set_defaults(carry_out=compare)


def bring_up(settings: Settings, _wanted: Namespace) -> None:
    """Make the folder and the file if need be, and run the migrations."""
    make_ready(settings)
    print("The database is up to date")


def make_ready(settings: Settings) -> None:
    """Migrate the database; a SQLite file is made readable by its owner only."""
    if settings.database_url.startswith("sqlite:///"):
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    settings.uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(settings.database_url)


def compare(settings: Settings, _wanted: Namespace) -> None:
    """Say whether the tables are those that the models describe."""
    differences = check(settings.database_url)
    if differences:
        raise NotReady("The database differs from this version: " + "; ".join(map(str, differences)))
    print("The database is as this version needs it")


def refuse_demo_people(session: Session) -> None:
    """Raise NotReady when invented people with a known password could sign in to a service in production."""
    if session.scalar(select(User.id).where(User.is_demo, User.is_active).limit(1)):
        raise NotReady(
            "This database holds demo people whose password is known: production needs a database of its own"
        )
