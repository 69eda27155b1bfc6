"""`dps user`: let people in and keep them out from the command line."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from models.session import make_engine, transaction
from webapp.settings import Settings
from workflows.actions import sign_ins, users
from workflows.errors import NotFound


def add_commands(commands: Any) -> None:
    """Add `dps user add`, `dps user disable` and `dps user password`."""
    parser = commands.add_parser("user", help="add or disable a person, or set a password")
    verbs = parser.add_subparsers(metavar="add|disable|password", required=True)
    add = verbs.add_parser("add", help="add a person; asks for a password")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--job", default="", help="job title")
    add.add_argument(
        "--group", action="append", default=[], help="key of a candidate group; may be given again"
    )
    add.set_defaults(carry_out=add_person)
    for verb, carry_out, help_text in (
        ("disable", disable_person, "keep a person out from now on"),
        ("password", change_password, "set a new password; asks for it"),
    ):
        parser = verbs.add_parser(verb, help=help_text)
        parser.add_argument("email")
        parser.set_defaults(carry_out=carry_out)


def add_person(settings: Settings, wanted: Namespace) -> None:
    """Add a person with a password."""
    password = _ask_password()
    with transaction(make_engine(settings.database_url)) as session:
        users.add(
            session,
            email=wanted.email,
            name=wanted.name,
            job_title=wanted.job,
            groups=tuple(wanted.group),
            password=password,
            by=None,
            cheap_hash=settings.cheap_passwords,
        )
    print(f"{wanted.email} can sign in")


def disable_person(settings: Settings, wanted: Namespace) -> None:
    """Keep a person out and end their sign-ins."""
    with transaction(make_engine(settings.database_url)) as session:
        users.disable(session, _person(session, wanted.email), by=None)
    print(f"{wanted.email} cannot sign in any more")


def change_password(settings: Settings, wanted: Namespace) -> None:
    """Set a new password, end the person's sign-ins and forget their wrong tries."""
    password = _ask_password()
    with transaction(make_engine(settings.database_url)) as session:
        person = _person(session, wanted.email)
        users.set_password(session, person, password=password, by=None, cheap_hash=settings.cheap_passwords)
        sign_ins.forget_tries(session, account=sign_ins.digest_of(settings.secret_key, person.email))
    print(f"{wanted.email} has a new password")


def _person(session: Session, email: str) -> User:
    person = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if person is None:
        raise NotFound(f"There is nobody with the address {email}")
    return person


def _ask_password() -> str:
    """A password typed at the keyboard without being shown, or the first line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
