"""What the documents say can be done can be done: commands, settings, links, and decisions in their five lines."""

from __future__ import annotations

import re

from tests.guards.source import ROOT, Source, files
from webapp.commands import _parser

SETTING = re.compile(r'"(DPS_[A-Z0-9_]+)"')
FENCED = re.compile(r"```.*?```", re.S)
DPS = re.compile(r"`dps ([a-z][a-z-]*)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
PARTS = ("What", "Why", "Cost", "What would change it")


def documents() -> list[Source]:
    """README and everything in docs."""
    return [source for source in files(ending=".md") if source.path == "README.md" or source.path.startswith("docs/")]


def targets(makefile: str) -> set[str]:
    """What `make` can be asked for."""
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))


def unknown_targets(source: Source, known: set[str]) -> list[str]:
    """`make x` in code marks where the Makefile has no x."""
    code = "\n".join([*FENCED.findall(source.text), *re.findall(r"`([^`]+)`", FENCED.sub("", source.text))])
    return [f"{source.path}: make {name}" for name in re.findall(r"\bmake ([a-z][a-z-]*)", code) if name not in known]


def unknown_commands(source: Source, known: set[str]) -> list[str]:
    """`dps x` in code marks where there is no such command."""
    return [f"{source.path}: dps {name}" for name in DPS.findall(source.text) if name not in known]


def commands() -> set[str]:
    """The commands of `dps`."""
    actions = [action for action in _parser()._actions if action.choices]
    return {name for action in actions for name in action.choices or ()}


def broken_links(source: Source) -> list[str]:
    """Links to files that are not there."""
    folder = (ROOT / source.path).parent
    return [f"{source.path}: {link}" for link in LINK.findall(source.text) if not (folder / link).exists()]


def settings() -> set[str]:
    """Every variable that the settings read."""
    return {name for source in files("webapp", "models", "workflows", ending=".py") for name in SETTING.findall(source.text)}


def decision_problems(source: Source) -> list[str]:
    """What a decision's file lacks: a title, and the four answers in one line each."""
    lines = [line for line in source.text.splitlines() if line.strip()]
    wrong = [] if lines and lines[0].startswith("# ") else [f"{source.path}: no title"]
    wrong += [f"{source.path}: {part}" for part in PARTS if not any(line.startswith(f"- **{part}** ") for line in lines)]
    return wrong + ([f"{source.path}: {len(lines)} lines"] if len(lines) != 5 else [])


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()

    assert sorted(name for name in settings() if f"`{name}`" not in text) == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = {name for source in documents() for name in re.findall(r"\bDPS_[A-Z0-9_]+\b", source.text)}

    assert sorted(named - settings()) == []


def test_every_command_that_is_named_exists() -> None:
    known = targets((ROOT / "Makefile").read_text())

    assert [problem for source in documents() for problem in unknown_targets(source, known)] == []
    assert [problem for source in documents() for problem in unknown_commands(source, commands())] == []


def test_every_link_leads_somewhere() -> None:
    assert [problem for source in documents() for problem in broken_links(source)] == []


def test_a_decision_is_told_in_five_lines() -> None:
    decisions = [source for source in documents() if source.path.startswith("docs/decisions/0")]

    assert decisions
    assert [problem for source in decisions for problem in decision_problems(source)] == []


def test_what_is_not_there_would_be_found() -> None:
    planted = Source("docs/x.md", "Run `make coffee` and `dps brew`. See [here](nowhere.md).")

    assert unknown_targets(planted, {"run"}) == ["docs/x.md: make coffee"]
    assert unknown_commands(planted, {"run"}) == ["docs/x.md: dps brew"]
    assert broken_links(planted) == ["docs/x.md: nowhere.md"]
    assert len(decision_problems(Source("docs/decisions/0.md", "# A\n- **What** b"))) == 4
