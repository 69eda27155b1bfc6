"""The gate: everything that stands against a process folder, found by a process of its own that may hang or die without harm to this one.

`look` is the whole of it, with the proofs; `lint` the quick part while somebody draws.
"""

from __future__ import annotations

import atexit
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Any

from workflows.engine import Problem, operations
from workflows.library.gate.apart import Apart, Tell

__all__ = ["Tell", "lint", "look", "warm"]

Files = Mapping[str, str]
WHOLE_SECONDS = 20.0
QUICK_SECONDS = 5.0
SPARE_SECONDS = 5.0  # for reading, drawing and the answer itself, on top of what the proofs may take
REMEMBERED = 64

_whole, _quick = Apart("gate"), Apart("lint")
_known: OrderedDict[str, tuple[Problem, ...]] = OrderedDict()
_lock = Lock()
atexit.register(_whole.close)
atexit.register(_quick.close)


def look(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], is_called: bool = False, seconds: float = WHOLE_SECONDS,
    caller_steps: Collection[str] = (), tell: Tell | None = None, stop: Callable[[], bool] | None = None,
) -> list[Problem]:  # fmt: skip
    """Everything the gate finds in a folder, whole; `called` the folders it calls, `is_called` whether others call it, and `caller_steps`
    the ids of the user tasks of those others, where they are known.

    Takes at most `seconds` and a little: what could not be proven by then is a warning that says so, and a folder that cannot be read
    by then is refused in words. `tell` hears what is looked at, how much is done and how much there is; `stop` is asked now and then,
    and Stopped is raised when it says yes. The same content is looked at once.
    """
    wanted = _wanted("everything", key, files, called, groups, caller_steps) | {"is_called": is_called, "seconds": seconds}
    return _remembered(wanted, lambda: _whole.ask(wanted, seconds=seconds + SPARE_SECONDS, tell=tell, stop=stop))


def lint(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], caller_steps: Collection[str] = ()
) -> list[Problem]:  # fmt: skip
    """What can be said in a moment: everything but the proofs, with the faults of the drawing as warnings."""
    wanted = _wanted("quick", key, files, called, groups, caller_steps)
    return _remembered(wanted, lambda: _quick.ask(wanted, seconds=QUICK_SECONDS))


def warm() -> None:
    """Start the process that lints, so that the first thing somebody types is answered as fast as the next."""
    _quick.warm()


def _wanted(
    what: str, key: str, files: Files, called: Mapping[str, Files], groups: Mapping[str, str], caller_steps: Collection[str]
) -> dict[str, Any]:  # fmt: skip
    given = {name: sorted(gives) for name, gives in operations.given().items()}
    below = {name: dict(folder) for name, folder in called.items()}
    steps = sorted(caller_steps)
    return {"what": what, "key": key, "files": dict(files), "called": below, "groups": dict(groups), "operations": given, "caller_steps": steps}


def _remembered(wanted: Mapping[str, Any], ask: Callable[[], tuple[list[Problem], bool]]) -> list[Problem]:
    mark = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    with _lock:
        if mark in _known:
            _known.move_to_end(mark)
            return list(_known[mark])
    found, is_certain = ask()
    if is_certain:
        with _lock:
            _known[mark] = tuple(found)
            while len(_known) > REMEMBERED:
                _known.popitem(last=False)
    return found
