"""The gate in a process of its own: what it finds, and what becomes of a process that hangs, dies or is asked too much."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import hostile_processes
from tests.support.hostile_processes import Hostile
from workflows.actions import catalogue, organisation
from workflows.actions import definitions as deploying
from workflows.engine.problems import errors_in
from workflows.library import checking, definitions, gate
from workflows.library.gate import apart
from workflows.library.gate.apart import Apart, Stopped

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "bpmn"
GROUPS = {"officers": "Officers"}
PLAIN = {"process.bpmn": hostile_processes.plain(), "forms/u.json": hostile_processes.FORM % "u"}
__all__ = ["catalogue"]


@pytest.fixture
def other() -> Iterator[Apart]:
    """A process of its own for this test."""
    made = Apart("test")
    yield made
    made.close()


def question(**changed: Any) -> dict[str, Any]:
    return {"what": "quick", "key": "p", "files": PLAIN, "called": {}, "groups": GROUPS, "operations": {}, "caller_steps": [], **changed}


@pytest.mark.parametrize("key", ["site-visit", "key-decision", "admission"])
def test_it_finds_what_is_found_here(key: str) -> None:
    folders = {path.parent.name: deploying.read_folder(path.parent) for path in LIBRARY.glob("*/process.bpmn")}
    called = definitions.folders_called_by(folders[key], folders)
    groups = organisation.names_in(LIBRARY / "organisation.yml")
    is_called = any(key in definitions.keys_called_by(files) for name, files in folders.items() if name != key)

    found = gate.look(key, folders[key], called, groups=groups, is_called=is_called, seconds=60)

    assert found == checking.everything(key, folders[key], called, groups=groups, is_called=is_called)
    assert not errors_in(found)


@pytest.mark.parametrize("hostile", hostile_processes.all_of_them(), ids=lambda hostile: hostile.what)
def test_what_is_hostile_is_answered_in_words(hostile: Hostile) -> None:
    found = gate.lint("p", hostile.files, {}, groups=GROUPS)

    assert found
    assert all(each.message and "Traceback" not in each.message and "cannot be read (" not in each.message for each in found)
    assert not any("could not be looked at" in each.message for each in found)
    assert not any("root:" in str(each) for each in found)


def test_a_step_of_a_process_that_calls_it_may_be_named() -> None:
    folder = deploying.read_folder(LIBRARY / "due-diligence")
    groups = organisation.names_in(LIBRARY / "organisation.yml")

    alone = [each.message for each in gate.lint("due-diligence", folder, {}, groups=groups)]
    known = [each.message for each in gate.lint("due-diligence", folder, {}, groups=groups, caller_steps=["check-completeness"])]

    assert any("check-completeness" in message for message in alone)
    assert not any("check-completeness" in message for message in known)


def test_what_hangs_is_ended_and_the_next_is_answered(other: Apart) -> None:
    assert other.ask(question(), seconds=10)[1]
    process = other._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)

    began = time.monotonic()
    found, is_certain = other.ask(question(), seconds=1)

    assert time.monotonic() - began < 5
    assert [each.code for each in found] == ["unreadable"]
    assert not is_certain
    assert process.poll() is not None
    assert other.ask(question(), seconds=10)[1]


def test_what_dies_is_replaced(other: Apart) -> None:
    other.ask(question(), seconds=10)
    assert other._process is not None
    other._process.kill()
    other._process.wait()

    found, is_certain = other.ask(question(), seconds=10)

    assert is_certain and "unreadable" not in [each.code for each in found]


def test_a_look_can_be_stopped(other: Apart) -> None:
    with pytest.raises(Stopped):
        other.ask(question(what="everything", is_called=False, seconds=10.0), seconds=10, stop=lambda: True)
    assert other._process is None


def test_it_is_told_how_far_the_look_is(other: Apart) -> None:
    said: list[tuple[str, int, int]] = []
    # The drawing is missing here, which does not keep the proofs from being made.
    other.ask(question(what="everything", is_called=False, seconds=10.0), seconds=10, tell=lambda *each: said.append(each))

    assert said == [("that a case can always end", 0, 1)]


def test_it_knows_no_secret_and_holds_itself_to_its_memory(other: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DPS_SECRET_KEY", "k" * 40)
    other.ask(question(), seconds=10)
    assert other._process is not None
    place = Path(f"/proc/{other._process.pid}")
    if not place.exists():
        pytest.skip("this system does not show its processes")

    assert b"DPS_" not in (place / "environ").read_bytes()
    limits = (place / "limits").read_text().splitlines()
    assert any(line.startswith("Max address space") and "1500000000" in line for line in limits)
    assert not any(line.startswith("Max cpu time") and "unlimited" in line.split("  ")[1] for line in limits)


def test_several_may_ask_at_once(other: Apart) -> None:
    answers: list[apart.Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(other.ask(question(), seconds=30))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 6
    assert all(answer == answers[0] for answer in answers)
