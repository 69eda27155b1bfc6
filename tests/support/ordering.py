"""Two things at once in a chosen order: the first stops inside its transaction until the second has run into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

HOOKS = ("before_flush", "before_commit")
LONGEST = 30.0
TIME_TO_RUN_INTO_IT = 0.2

Deed = Callable[[], Any]


def in_order(first: Deed, second: Deed, hook: str) -> tuple[Any, Any]:
    """Let `first` stop at its first flush or its first commit, start `second`, then let both end.

    Gives what each returned, or the exception it raised. TimeoutError when they wait for one another.
    """
    outcomes: list[Any] = [None, None]
    stopped, go_on = threading.Event(), threading.Event()
    threads = [threading.Thread(target=_run, args=(deed, outcomes, number), daemon=True) for number, deed in enumerate((first, second))]

    def stop(*_: Any) -> None:
        if threading.current_thread() is threads[0] and not stopped.is_set():
            stopped.set()
            go_on.wait(LONGEST)

    event.listen(Session, hook, stop)
    try:
        threads[0].start()
        _until(lambda: stopped.is_set() or not threads[0].is_alive(), stopped)
        threads[1].start()
        threads[1].join(TIME_TO_RUN_INTO_IT)
        go_on.set()
        for thread in threads:
            thread.join(LONGEST)
        if any(thread.is_alive() for thread in threads):
            raise TimeoutError("The two wait for one another")
    finally:
        event.remove(Session, hook, stop)
    return outcomes[0], outcomes[1]


def _until(met: Callable[[], bool], signal: threading.Event) -> None:
    while not met():
        signal.wait(0.01)


def _run(deed: Deed, outcomes: list[Any], number: int) -> None:
    try:
        outcomes[number] = deed()
    except Exception as error:
        outcomes[number] = error
