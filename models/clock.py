"""The one clock: what time it is, for our code and for the engine's timers. It can be held for demos and tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_held: datetime | None = None
# A thread that tries something out has a clock of its own, so that nobody else's time moves.
_apart: ContextVar[datetime | None] = ContextVar("clock_apart", default=None)


def now() -> datetime:
    """The present moment as an aware UTC datetime, or the held one."""
    own = _apart.get()
    if own is not None:
        return own
    return _held if _held is not None else datetime.now(UTC)


def wall() -> datetime:
    """The machine's own time as an aware UTC datetime, whatever is held: for what other machines and the disk say of time."""
    return datetime.now(UTC)


def of_the_machine() -> datetime:
    """What this machine's own clock says, as an aware UTC datetime, held or not: for what another machine compares with its clock."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in London, which is what a statutory date means."""
    return now().astimezone(LONDON).date()


def is_held() -> bool:
    """Whether the clock stands still because someone holds it."""
    return _apart.get() is not None or _held is not None


def hold(at: datetime) -> None:
    """Hold the clock at an aware moment until `release`; inside `apart` only this thread's own clock."""
    global _held
    if at.tzinfo is None:
        raise ValueError("A held clock needs a time zone")
    if _apart.get() is not None:
        _apart.set(at.astimezone(UTC))
    else:
        _held = at.astimezone(UTC)


def release() -> None:
    """Let the clock run again."""
    global _held
    _held = None


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Hold the clock inside a `with` block and restore what was before."""
    global _held
    if _apart.get() is not None:
        with apart(at):
            yield
        return
    before = _held
    hold(at)
    try:
        yield
    finally:
        _held = before


@contextmanager
def apart(at: datetime) -> Iterator[None]:
    """Give this thread a clock of its own, held at an aware moment, inside a `with` block; everyone else's time goes on."""
    if at.tzinfo is None:
        raise ValueError("A held clock needs a time zone")
    token = _apart.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _apart.reset(token)


def read_instant(text: str) -> datetime:
    """Read `2020-09-28`, `2020-09-28 09:30` or a full ISO time; without a zone it is London time. ValueError if it is none of these."""
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment
