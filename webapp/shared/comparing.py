"""Two people's answers to the same task, side by side and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Case, User, clock
from webapp.shared import filters
from workflows.errors import TaskGone
from workflows.library.forms import Field, FormSchema, validate, value_words
from workflows.queries import decisions
from workflows.rules.calendar import london_date

Row = dict[str, str]


def side_by_side(schema: FormSchema, theirs: Mapping[str, Any], typed: Mapping[str, Sequence[str]]) -> list[Row]:
    """A row for each question that either of them answered: the question, what was sent, what was typed."""
    mine = validate(schema, Typed(typed))
    found = []
    for question in schema.fields:
        row = {
            "question": question.label,
            "theirs": value_words(question, theirs[question.key]) if theirs.get(question.key) not in (None, "", []) else "",
            "yours": _mine(question, mine.answers.get(question.key), typed),
        }
        if row["theirs"] or row["yours"]:
            found.append(row)
    return found


def as_text(rows: Sequence[Row]) -> str:
    """What was typed, as text to copy or to add as a comment."""
    return "\n\n".join(f"{row['question']}\n{row['yours']}" for row in rows if row["yours"])


def heading(error: TaskGone, *, reader: User) -> str:
    """What happened, as the heading of its page."""
    who = "You" if error.who_id == reader.id else error.who or "Somebody else"
    if error.change == "completed":
        return f"{who} completed this task{when(error.at)}"
    if error.change == "cancelled":
        return "This task is not needed any more"
    return f"This task is now with {'you' if who == 'You' else who}"


def why_ended(session: Session, case: Case) -> str:
    """Why the case of a task that is not needed any more ended, in a sentence; nothing when it goes on."""
    decision = decisions.find_of_case(session, case.id)
    if decision is None or not decision.withdrawn_because:
        return ""
    return f"The case was withdrawn: {decision.withdrawn_because.strip().rstrip('.')}."


def when(at: datetime | None) -> str:
    """` at 10:44am`, ` on 3 November 2020 at 10:44am` when it was not today, nothing when it is not known."""
    if at is None:
        return ""
    day = "" if london_date(at) == clock.today() else f" on {filters.short_day(at)}"
    return f"{day} at {filters.time_of(at)}"


def _mine(question: Field, answer: Any, typed: Mapping[str, Sequence[str]]) -> str:
    """The answer in words when it is one, else the text as it was typed: nothing of it may be lost."""
    if answer not in (None, "", [], False):
        return value_words(question, answer)
    words = [value.strip() for value in typed.get(question.key, ()) if value.strip()]
    return ("/" if question.kind == "datetime" else "\n").join(words)


class Typed:
    """What was typed, as the check of a form wants to read it."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = values

    def getlist(self, key: str) -> list[str]:
        return list(self.values.get(key, ()))
