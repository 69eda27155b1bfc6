"""Jobs that leave marks: a group in the database for the effect, and a line in a file for each try, which no rollback takes back."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupKind
from models.session import new_session, transaction
from workflows.enqueue import Tools, job

folder = Path()
tried: list[str] = []


def effects(engine: Engine) -> list[str]:
    """The marks in the database, in the order of their words."""
    with new_session(engine, writes=False) as session:
        return list(session.scalars(select(CandidateGroup.key).order_by(CandidateGroup.key)))


def tries() -> list[str]:
    """The lines in the file, in the order in which they were written, whoever wrote them."""
    path = folder / "tries"
    return path.read_text().split() if path.exists() else []


def _try(word: str) -> None:
    with (folder / "tries").open("a") as file:
        file.write(f"{word}\n")


def _add(session: Session, word: str) -> None:
    session.add(CandidateGroup(key=word, name=word, kind=GroupKind.TEAM, manager_key=None))
    session.flush()


@job("marking.mark")
def mark(session: Session, tools: Tools, *, word: str) -> None:
    """Leave a mark."""
    _try(word)
    _add(session, word)


@job("marking.slow")
def slow(session: Session, tools: Tools, *, word: str, seconds: float) -> None:
    """Leave a mark and stay a while before it is kept."""
    _try(word)
    _add(session, word)
    time.sleep(seconds)


@job("marking.hold")
def hold(session: Session, tools: Tools, *, word: str) -> None:
    """Stay until the file `go` is there; then leave a mark."""
    _try(word)
    while not (folder / "go").exists():
        time.sleep(0.02)
    _add(session, word)


@job("marking.hold_long", lane="long")
def hold_long(session: Session, tools: Tools, *, word: str) -> None:
    """The same in the lane of what takes minutes; the transaction of the job is not begun before it ends."""
    hold(session, tools, word=word)


@job("marking.fail", most_tries=3)
def fail(session: Session, tools: Tools, *, word: str) -> None:
    """Leave a mark and fail."""
    _try(word)
    _add(session, word)
    raise RuntimeError("the register did not answer")


@job("marking.outside", outside=True)
def outside(engine: Engine, tools: Tools, *, word: str, seconds: float = 0.0) -> None:
    """Talk to the world without a transaction; leave a mark unless it is there already."""
    _try(word)
    time.sleep(seconds)
    with transaction(engine) as session:
        if session.get(CandidateGroup, word) is None:
            _add(session, word)


@job("marking.nothing")
def nothing(session: Session, tools: Tools, *, number: int) -> None:
    """Do nothing at all, for measuring what everything around it takes."""


@job("marking.slow_nothing")
def slow_nothing(session: Session, tools: Tools, *, number: int) -> None:
    """Take a tenth of a second."""
    time.sleep(0.1)
