"""What the gate says of a draft, found before a post begins to write: the gate may take seconds, and nobody else could write meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from flask import g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import ProcessDraft
from webapp.db import db, let_go
from webapp.workshop.problems import PAGE_SECONDS
from workflows import engine
from workflows.actions import process_drafts
from workflows.engine import Problem
from workflows.errors import Conflict
from workflows.library import gate, task_forms, testing
from workflows.library.gate.around import around
from workflows.library.testing import Report

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
CHANGED = "Someone changed this draft at the same moment. Look at it again before you go on"


@dataclass(frozen=True)
class Found:
    """What the gate says of the files with this digest, and how their tests went; files with errors are not tested."""

    digest: str
    gate: Sequence[Problem]
    tests: Report

    @property
    def gate_errors(self) -> list[Problem]:
        """What stops a draft from being run at all."""
        return [problem for problem in self.gate if problem.severity == "error"]

    @property
    def problems(self) -> list[Problem]:
        """Everything that is said of it; a test that does not pass is an error."""
        return [*self.gate, *self.tests.problems]

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop a deployment."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The problems to know of."""
        return [problem for problem in self.problems if problem.severity != "error"]


def look(session: Session, draft: ProcessDraft) -> Found:
    """The whole gate about a draft as it is saved now, and its tests. The same content is looked at once, so a second look is quick."""
    files = process_drafts.files_of(session, draft)
    about = around(session, draft.key, files)
    looked = gate.look(
        draft.key, files, about.called, groups=about.groups, is_called=about.is_called, caller_steps=about.caller_steps, seconds=PAGE_SECONDS
    )
    problems = tuple(looked)
    can_run = not any(problem.severity == "error" for problem in problems)
    tests = testing.report(draft.key, files, about, task_forms.choices(session)) if can_run else Report()
    return Found(engine.digest(files), problems, tests)


def looked_at(view: View) -> View:
    """Look at the draft of the view's `key` before the view writes; it goes outside `@writes`, and the view asks `found_for`."""

    @wraps(view)
    def look_first(*args: object, **kwargs: object) -> ResponseReturnValue:
        let_go()
        with db.reading() as session:
            g.found_by_the_gate = look(session, process_drafts.going(session, str(kwargs["key"])))
        return view(*args, **kwargs)

    return look_first  # type: ignore[return-value]


def found_for(draft: ProcessDraft) -> Found:
    """What was found. Conflict when the draft was saved between the look and now."""
    found: Found = g.found_by_the_gate
    if process_drafts.digest_of(db.session, draft) != found.digest:
        raise Conflict(CHANGED)
    return found
