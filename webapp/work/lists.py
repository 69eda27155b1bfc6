"""The list a person works from as an address says it: which list, narrowed to what, and from which place on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import request, url_for

from webapp.db import db
from webapp.signed_in import person
from workflows.queries import inbox
from workflows.queries.inbox import Desk, Filter, Item, ListName, Place

NAMES: dict[ListName, str] = {
    "mine": "Mine", "unassigned": "Unassigned", "team": "Team", "waiting": "Waiting on others", "done": "Done",
}  # fmt: skip
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Listed:
    """A list with its filter, as the arguments of an address."""

    name: ListName = "mine"
    only: Filter = Filter()
    is_named: bool = False

    def arguments(self, **changes: str) -> dict[str, Any]:
        """The arguments that say it again, without the empty ones."""
        found = {"list": self.name, "kind": self.only.kind, "team": self.only.group, "q": self.only.text, **changes}
        return {name: value for name, value in found.items() if value}

    def href(self, **changes: str) -> str:
        """The address of the list itself."""
        return url_for("work.inbox", **self.arguments(**changes))


def listed() -> Listed:
    """The list that this request's address names; one's own when it names none."""
    wanted = request.args.get("list", "")
    name: ListName = next((each for each in NAMES if each == wanted), "mine")
    text = " ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST_TEXT]
    only = Filter(kind=_word("kind"), group=_word("team"), text=text)
    return Listed(name, only, is_named=wanted in NAMES)


def _word(name: str) -> str:
    return request.args.get(name, "").replace("\x00", "")[:LONGEST_TEXT]


def desk() -> Desk:
    """The person who is signed in with the colleagues they act for today."""
    return Desk.of(db.session, person())


def place(name: str) -> Place | None:
    """The cursor in an argument of the address; None when there is none or it cannot be read."""
    at, _, task_id = request.args.get(name, "").partition("~")
    try:
        moment, found = datetime.fromisoformat(at), uuid.UUID(task_id)
    except ValueError:
        return None
    return Place(moment.astimezone(UTC), found) if moment.tzinfo else None


def cursor(item: Item, name: ListName) -> str:
    """The place of a task as an argument."""
    at = item.completed_at if name == "done" and item.completed_at else item.due_at
    return f"{at.isoformat().replace('+00:00', 'Z')}~{item.id}"


def neighbours(desk: Desk, found: Listed, here: Place) -> tuple[Item | None, Item | None]:
    """The tasks before and after a place in a list; None at its ends."""
    before = inbox.page(db.session, desk, found.name, only=found.only, before=here, size=1)
    after = inbox.page(db.session, desk, found.name, only=found.only, after=here, size=1)
    return next(iter(before.items), None), next(iter(after.items), None)
