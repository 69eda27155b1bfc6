"""A process of its own for reading what others sent: warm between questions, bounded in time and memory, and replaced when it fails."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from workflows.engine import Problem

ROOT = Path(__file__).parents[3]
LOOK_EVERY = 0.1
READ_AT_ONCE = 1 << 16
LARGEST_QUESTION = 40_000_000
BEGINNING_SECONDS = 60.0  # for the first question only: the process has to read our own code first
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "VIRTUAL_ENV")
Tell = Callable[[str, int, int], None]
Answer = tuple[list[Problem], bool]


class Stopped(Exception):
    """Somebody asked that the look be stopped."""


class _Failed(Exception):
    """The other process hung or died; the words say which."""


class Apart:
    """One warm process that answers one question at a time; others wait. It is started at first use, in each of our own processes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._is_ready = False

    def warm(self) -> None:
        """Start the process if there is none, without waiting for it."""
        if self._lock.acquire(blocking=False):
            try:
                self._running()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the process, if it is ours; the next question starts another."""
        with self._lock:
            if self._owner == os.getpid():
                self._end()

    def ask(
        self, wanted: Mapping[str, Any], *, seconds: float, tell: Tell | None = None, stop: Callable[[], bool] | None = None
    ) -> Answer:
        """The findings, and whether asking again would give the same. What hangs or dies is answered with one finding in words.
        Stopped when `stop` says yes."""
        question = json.dumps(dict(wanted)).encode()
        if len(question) > LARGEST_QUESTION:
            return [Problem("unreadable", "the process has too many or too large files to be looked at", fix="Make it smaller")], True
        with self._lock:
            try:
                return self._answer(question, seconds, tell, stop), True
            except _Failed as failure:
                self._end()
                return [Problem("unreadable", str(failure), fix="Make the process simpler, or undo what was changed last")], False
            except BaseException:
                self._end()
                raise

    def _answer(self, question: bytes, seconds: float, tell: Tell | None, stop: Callable[[], bool] | None) -> list[Problem]:
        process = self._running()
        try:
            _send(process, b"%d\n" % len(question) + question)
        except OSError:
            # It ended by itself after a long time without a question.
            self._end()
            process = self._again(question)
        for line in self._lines(process, seconds, stop):
            said = json.loads(line)
            if "found" in said:
                return [Problem(**{**each, "path": tuple(each["path"])}) for each in said["found"]]
            if "at" in said and tell:
                tell(said["at"], said["done"], said["total"])
        raise _Failed("the process could not be looked at: reading it took more memory than it may, or broke off")

    def _again(self, question: bytes) -> subprocess.Popen[bytes]:
        process = self._running()
        try:
            _send(process, b"%d\n" % len(question) + question)
        except OSError as error:
            raise _Failed("the process could not be looked at: what looks at it does not start") from error
        return process

    def _lines(self, process: subprocess.Popen[bytes], seconds: float, stop: Callable[[], bool] | None) -> Any:
        """The lines it writes until it ends. _Failed when the time is over; what it needs to begin does not count."""
        assert process.stdout is not None
        until, buffer = time.monotonic() + (seconds if self._is_ready else BEGINNING_SECONDS), b""
        while True:
            if stop and stop():
                raise Stopped
            if time.monotonic() > until:
                raise _Failed(f"the process could not be looked at within {seconds:g} seconds")
            if not select.select([process.stdout], [], [], LOOK_EVERY)[0]:
                continue
            read = os.read(process.stdout.fileno(), READ_AT_ONCE)
            if not read:
                return
            *lines, buffer = (buffer + read).split(b"\n")
            for line in lines:
                if line == b"ready":
                    self._is_ready, until = True, time.monotonic() + seconds
                else:
                    yield line

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner != os.getpid():
            # That of the process we were forked from, which is not ours to ask.
            self._process = None
        if self._process is None or self._process.poll() is not None:
            self._end()
            kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
            command = [sys.executable, "-P", "-m", "workflows.library.gate.child"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=kept | {"PYTHONPATH": str(ROOT)}
            )
            self._owner, self._is_ready = os.getpid(), False
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    continue


def _send(process: subprocess.Popen[bytes], content: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.flush()
