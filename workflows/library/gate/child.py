"""The process that looks at what others sent: reads questions, answers with findings, and holds itself to its time and memory.

It knows no database and no secrets. A question is a line with its length and then its JSON; an answer is a line of JSON.
"""

from __future__ import annotations

import json
import os
import select
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from workflows import engine
from workflows.engine import DefinitionRefused, Problem, operations
from workflows.library import checking

try:
    import resource
except ImportError:  # a system without limits of this kind; the one who asks still keeps the time
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 1_500_000_000
SLACK_SECONDS = 10
IDLE_SECONDS = 15 * 60
QUICK_SECONDS = 5.0
MOST_QUESTIONS = 2_000  # then a new process takes over, so that nothing grows for ever
LARGEST_ANSWER = 500  # findings; nobody reads more


def main() -> None:
    """Answer questions until there are no more, or none came for a long time."""
    questions = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # Whatever else prints must not be taken for an answer.
    sys.stdout = sys.stderr
    _limit_memory()
    answers.write(b"ready\n")
    for _ in range(MOST_QUESTIONS):
        if not select.select([questions], [], [], IDLE_SECONDS)[0]:
            return
        wanted = _question(questions)
        if wanted is None:
            return
        _limit_time(float(wanted.get("seconds", QUICK_SECONDS)))
        _write(answers, {"found": [asdict(each) for each in _found(wanted, answers)[:LARGEST_ANSWER]]})


def _question(questions: BinaryIO) -> dict[str, Any] | None:
    length = b""
    while not length.endswith(b"\n"):
        letter = questions.read(1)
        if not letter:
            return None
        length += letter
    parts, left = [], int(length)
    while left:
        part = questions.read(left)
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    wanted: dict[str, Any] = json.loads(b"".join(parts))
    return wanted


def _found(wanted: dict[str, Any], answers: BinaryIO) -> list[Problem]:
    _know(wanted["operations"])
    key, files, called, groups = wanted["key"], wanted["files"], wanted["called"], wanted["groups"]
    steps = frozenset(wanted["caller_steps"])
    try:
        if wanted["what"] == "quick":
            return checking.quick(key, files, called, groups=groups, caller_steps=steps)

        def tell(what: str, done: int, total: int) -> None:
            _write(answers, {"at": what, "done": done, "total": total})

        return checking.everything(
            key, files, called, groups=groups, is_called=wanted["is_called"], caller_steps=steps, seconds=wanted["seconds"], tell=tell
        )
    except DefinitionRefused as refused:
        return refused.problems
    except RecursionError:
        return [Problem("unreadable", "something in the process goes round in circles or is too deep inside itself", fix="Make it simpler")]
    except MemoryError:
        return [Problem("unreadable", "the process is too large to be looked at", fix="Make it smaller")]
    except Exception as error:  # noqa: BLE001  whatever a file can make our readers do, the answer is a finding
        fix = "Undo what was changed last, or send the file again"
        return [Problem("unreadable", f"the process cannot be read ({type(error).__name__})", fix=fix)]


def _know(given: dict[str, list[str]]) -> None:
    """The operations of the one who asks, by name only: nothing here can perform one."""
    for name in set(given) - engine.known_operations():
        operations.register(name, _performs_nothing, frozenset(given[name]))


def _performs_nothing(*_args: Any, **_params: Any) -> None:
    raise RuntimeError("No operation is performed here")


def _write(answers: BinaryIO, said: dict[str, Any]) -> None:
    content = json.dumps(said).encode() + b"\n"
    while content:
        content = content[answers.write(content) :]


def _limit_memory() -> None:
    if resource is not None:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except (ValueError, OSError):
            return


def _limit_time(seconds: float) -> None:
    """The processor's time for the next answer, for when the one who asks is gone and cannot end this process."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime + seconds + SLACK_SECONDS)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


if __name__ == "__main__":
    main()
