"""The people of the demo council: added once, all invented, all with one known password."""

from __future__ import annotations

from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User, clock
from workflows.actions import users
from workflows.demo.stories import FOLDER
from workflows.errors import NotFound

PASSWORD = "lantern harbour thistle"
DOMAIN = "westhampton.example.gov.uk"
FIRST_DAY = "2020-01-06 09:00"


def load_people(session: Session) -> list[User]:
    """Add the demo people that are missing, in their groups since before the first story; gives all of them."""
    found = []
    with clock.held(clock.read_instant(FIRST_DAY)):
        for entry in _entries():
            known = session.scalar(select(User).where(User.email == entry["email"]))
            found.append(known or _add(session, entry))
    return found


def _entries() -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = yaml.safe_load((FOLDER / "people.yml").read_text(encoding="utf-8"))
    return data


def _add(session: Session, entry: dict[str, Any]) -> User:
    # The password is printed on the console for everyone, so a slow hash would protect nothing.
    return users.add(
        session, email=entry["email"], name=entry["name"], job_title=entry["job_title"], groups=tuple(entry["groups"]), password=PASSWORD,
        by=None, is_demo=True, cheap_hash=True,
    )  # fmt: skip


def find_person(session: Session, name: str) -> User:
    """The demo person `first.last`. NotFound when nobody has that name."""
    person = session.scalar(select(User).where(User.email == f"{name}@{DOMAIN}"))
    if person is None:
        raise NotFound(f"There is no demo person {name}")
    return person
