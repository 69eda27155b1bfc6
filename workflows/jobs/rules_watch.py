"""Each night: every running case is judged by the rules of its version, and what broke one is written down."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, or_, select

from models import Case, InstanceStatus, ProcessInstance, clock
from models.session import new_session, transaction
from workflows.actions import breaches
from workflows.enqueue import Tools, job

NAME = "rules.watch"
AT_A_TIME = 100
# A case that ended is looked at once more, on any of the nights after: a night may be missed.
STILL = timedelta(days=14)


@job(NAME, outside=True)
def watch(engine: Engine, tools: Tools) -> None:
    """Look at all cases that run or ended lately: read many at once, and write only about those where there is something to say."""
    with new_session(engine, writes=False) as session:
        lately = or_(ProcessInstance.status == InstanceStatus.RUNNING, ProcessInstance.ended_at >= clock.now() - STILL)
        wanted = sorted(set(session.scalars(select(ProcessInstance.case_id).where(lately))))
    for begin in range(0, len(wanted), AT_A_TIME):
        with new_session(engine, writes=False) as session:
            found = breaches.worth_a_look(session, wanted[begin : begin + AT_A_TIME])
        _look(engine, found)


def _look(engine: Engine, case_ids: Sequence[uuid.UUID]) -> None:
    for case_id in case_ids:
        with transaction(engine) as session:
            breaches.look(session, session.get_one(Case, case_id))
