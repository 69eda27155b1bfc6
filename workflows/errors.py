"""Why an action was not carried out. The web layer turns each class into its page: 403, 404, 409 or 422."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

TaskChange = Literal["completed", "claimed", "reassigned", "cancelled"]


class Refused(Exception):
    """This person may not do this, or nobody may do it now; the sentence says why (403)."""


class NotYetLawful(Refused):
    """The law does not allow this yet. `checks` are the conditions that are not met, each with `words`."""

    def __init__(self, checks: Sequence[Any]) -> None:
        super().__init__("; ".join(str(getattr(check, "words", check)) for check in checks))
        self.checks = list(checks)


class Closed(Refused):
    """The time in which this could be done is over."""


class NotFound(Exception):
    """There is no such thing, or this reader may not know that there is (404)."""


class Conflict(Exception):
    """Somebody or something was faster; what was typed must be kept (409)."""


class TaskGone(Conflict):
    """The task is no longer this person's to do: what happened to it, by whom, when, and what they answered."""

    def __init__(
        self,
        task_id: uuid.UUID,
        change: TaskChange,
        *,
        words: str,
        who: str = "",
        who_id: uuid.UUID | None = None,
        at: datetime | None = None,
        answers: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(words)
        self.task_id = task_id
        self.change = change
        self.who = who
        self.who_id = who_id
        self.at = at
        self.answers = dict(answers or {})


class CannotContinue(Conflict):
    """The process could not go on from here, so nothing was changed; an incident tells the administrators."""

    def __init__(self, words: str, *, instance_id: uuid.UUID | None = None, case_id: uuid.UUID | None = None) -> None:
        super().__init__(words)
        self.instance_id = instance_id
        self.case_id = case_id


class Invalid(Exception):
    """Some answers cannot be taken: a message for each field by its key (422)."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)
