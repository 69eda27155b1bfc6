"""Simulating a draft as a piece of work that people watch: only its progress and its result are written, nothing of the cases."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import ProcessDraft
from models.session import new_session, transaction
from workflows.actions import process_drafts, undertakings
from workflows.actions.undertakings import undertaking
from workflows.engine import DefinitionRefused
from workflows.enqueue import Tools
from workflows.errors import Conflict
from workflows.library import definitions, gate, scenarios, staging, task_forms
from workflows.library.gate.around import Around, around
from workflows.library.simulating import asking, assumptions, simulate
from workflows.library.simulating.asking import Stated
from workflows.library.simulating.planning import Plan
from workflows.queries import parameters

SIMULATE = "simulate-draft"
TELL_SECONDS = 2.0


@undertaking(SIMULATE)
def simulate_draft(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
    """Simulate the draft named in `args`, and the live version after it when they are compared; the results are the summary."""
    with new_session(engine, writes=False) as session:
        row = undertakings.find(session, row_id)
        args = row.args
        draft = session.get_one(ProcessDraft, uuid.UUID(args["draft"]))
        key, stated, files = draft.key, Stated.from_json(args["stated"]), process_drafts.files_of(session, draft)
        wanted = [("draft", files, around(session, key, files))]
        live = definitions.find_latest(session, key) if stated.compare else None
        if live is not None:
            wanted.append(("live", dict(live.files), around(session, key, live.files)))
        # Both begin at one moment, else they differ by the time that passed between them.
        plans = {name: replace(_plan(session, key, content, about, stated), begins=row.asked_at) for name, content, about in wanted}
        closures = parameters.closures(session)
    summary: dict[str, Any] = {"href": args["href"], "link": "See the result"}
    watch = _Watch(engine, row_id, stated.cases * len(wanted))
    for place, (name, content, about) in enumerate(wanted):
        found = simulate(
            key, content, about.called, cases=stated.cases, plan=plans[name], groups=about.groups, seed=stated.seed, closures=closures,
            stop=watch.stop, progress=watch.progress(place * stated.cases),
        )  # fmt: skip
        summary[name] = found.to_json()
        _keep(engine, row_id, place * stated.cases + found.finished + found.could_not_continue, summary)
        if found.stopped:
            raise undertakings.Stopped("Stopped by the person who started it")


def _plan(session: Session, key: str, files: Mapping[str, str], about: Around, stated: Stated) -> Plan:
    """What is taken for granted. Conflict when the files cannot be run: they were checked when somebody asked, and changed since."""
    errors = [each for each in gate.lint(key, files, about.called, groups=about.groups) if each.severity == "error"]
    if errors:
        raise Conflict(f"The draft has an error, so it cannot be simulated: {errors[0]}")
    try:
        stage = staging.on(key, files, about, task_forms.choices(session))
        found = staging.scenarios_of(files)
    except (DefinitionRefused, scenarios.ScenariosRefused) as error:
        raise Conflict(f"The process cannot be simulated: {error}") from error
    return asking.plan_of(stage, found, stated, assumptions.observed(session, [key, *about.called]))


def _keep(engine: Engine, row_id: uuid.UUID, done: int, summary: Mapping[str, Any]) -> None:
    with transaction(engine) as session:
        undertakings.step(session, row_id, done, summary=summary)


class _Watch:
    """Tells of the progress and asks whether to stop, every other second at most."""

    def __init__(self, engine: Engine, row_id: uuid.UUID, total: int) -> None:
        self.engine, self.row_id, self.total = engine, row_id, total
        self.told = time.monotonic()
        self.is_stopped = False

    def stop(self) -> bool:
        """Whether a person asked to stop."""
        return self.is_stopped

    def progress(self, before: int) -> Callable[[int], None]:
        """What is told of how many cases are over; `before` are those of what was simulated before."""

        def tell(done: int) -> None:
            if time.monotonic() - self.told < TELL_SECONDS:
                return
            self.told = time.monotonic()
            with transaction(self.engine) as session:
                undertakings.step(session, self.row_id, before + done)
                self.is_stopped = undertakings.find(session, self.row_id).wants_stop

        return tell
