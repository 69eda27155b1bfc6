"""Letting time pass for a demonstration: what falls due until a moment is done at its own time, in order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from models import clock
from workflows.enqueue import Tools
from workflows.jobs.runner import next_moment, run_once


def pass_time(engine: Engine, tools: Tools, *, until: datetime) -> int:
    """Fire every timer and do every job due by an aware moment, the clock held at each one's time; how many there were.

    It stops early when something that is due cannot be done: an incident says why.
    """
    total = 0
    with clock.held(until):
        while (due := next_moment(engine)) is not None and due <= until:
            clock.hold(due)
            done = run_once(engine, tools, due)
            if done == 0:
                break
            total += done
    return total
