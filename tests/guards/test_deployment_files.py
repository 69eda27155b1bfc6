"""The files to begin a deployment from: every command and setting in them exists, and they are well formed."""

from __future__ import annotations

import configparser
import re
import shlex

import pytest
import yaml

from tests.guards.source import ROOT
from tests.guards.test_docs import settings
from webapp.commands import _parser

FOLDER = ROOT / "docs" / "deployment"
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))


def commands_of_unit(text: str) -> list[str]:
    """What the unit asks `dps` to do, one line each; what the shell puts in stands as DAY."""
    plain = re.sub(r"\$\([^)]*\)", "DAY", text)
    return [found[1] for found in re.finditer(r"/srv/dps/\.venv/bin/dps ([^\n']+)", plain)]


def is_understood(command: str) -> bool:
    """Whether `dps` takes this command line."""
    try:
        _parser().parse_args(shlex.split(command))
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_what_exists_and_is_brought_back(name: str) -> None:
    text = (FOLDER / name).read_text()
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text)

    assert commands_of_unit(text)
    assert [command for command in commands_of_unit(text) if not is_understood(command)] == []
    assert unit["Service"]["User"] == "dps"
    if unit["Service"]["Type"] != "oneshot":
        assert (unit["Service"]["Restart"], unit["Service"]["KillSignal"]) == ("always", "SIGTERM")


def test_containers_run_what_exists() -> None:
    services = yaml.safe_load((FOLDER / "compose.yml").read_text())["services"]
    commands = [shlex.join(service["command"]) for service in services.values() if "command" in service]
    lines = (FOLDER / "Containerfile").read_text().splitlines()
    commands += [shlex.join(yaml.safe_load(line.removeprefix("CMD "))) for line in lines if line.startswith("CMD ")]

    assert len(commands) == 4
    assert [command for command in commands if not is_understood(command)] == []


def test_every_setting_in_them_exists() -> None:
    named = {name for path in FOLDER.iterdir() for name in re.findall(r"\bDPS_[A-Z0-9_]+\b", path.read_text())}

    assert sorted(named - settings()) == []


def test_every_file_is_spoken_of() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()

    assert [path.name for path in FOLDER.iterdir() if f"deployment/{path.name}" not in text] == []


def test_what_does_not_exist_would_be_found() -> None:
    assert commands_of_unit("ExecStart=/srv/dps/.venv/bin/dps brew --strong\n") == ["brew --strong"]
    assert not is_understood("brew --strong")
    assert not is_understood("run --stronger")
