"""Why the council's rules said no: exceptions whose class tells the edge which page to show."""

from __future__ import annotations

from collections.abc import Mapping


class CaseworkError(Exception):
    """Something that was asked for was not done; the message is a sentence for the person who asked."""


class NotFound(CaseworkError):
    """There is no such thing, or this reader may not know of it; both look the same (404)."""


class Refused(CaseworkError):
    """This person may not do this (403)."""


class Conflict(CaseworkError):
    """Somebody else was first, or the thing has moved on (409)."""


class Invalid(CaseworkError):
    """What was entered cannot be taken; `errors` holds a message for each field (422)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(". ".join(errors.values()))
        self.errors = dict(errors)
