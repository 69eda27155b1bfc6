"""What is proven about a process folder before it goes live: that its cases can always end, and that its rules hold on every path."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import lru_cache

from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.library import exploring
from workflows.library.exploring import LawRefused, Net, Proof, Rule, Verdict

Files = Mapping[str, str]
Frozen = tuple[tuple[str, str], ...]
REMEMBERED = 64
RULES = "rules.yml"
MOST_SECONDS = 60.0
Tell = Callable[[str, int, int], None]


def problems(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], is_called: bool = False, seconds: float = MOST_SECONDS,
    tell: Tell | None = None,
) -> list[Problem]:  # fmt: skip
    """Everything that speaks against a folder, and as warnings what could not be proven within the bounds.

    A called process is one step here, since it is proven by itself; only rules that name its steps look into it. Rules of a called
    process that name steps of its callers are proven in each caller: `is_called` says that there are such callers of this folder.
    The same content is proven once. `seconds` bound all of it together; `tell` hears what is being proven, how much is done and how much there is.
    """
    below = tuple((name, tuple(sorted(folder.items()))) for name, folder in called.items())
    return list(_found(key, tuple(sorted(files.items())), below, tuple(sorted(groups.items())), is_called, seconds, tell))


@lru_cache(maxsize=REMEMBERED)
def _found(
    key: str, content: Frozen, below: tuple[tuple[str, Frozen], ...], named: Frozen, is_called: bool, seconds: float, tell: Tell | None
) -> tuple[Problem, ...]:  # fmt: skip
    files, called, groups = dict(content), {name: dict(folder) for name, folder in below}, dict(named)
    ends = time.monotonic() + seconds
    try:
        alone = exploring.read_net(key, files, groups=groups)
        near, far = _rules(key, files, alone, called, groups)
    except LawRefused as error:
        return (Problem("law", f"{RULES}: {error}"),)
    whole = exploring.read_net(key, files, called, groups=groups) if far else alone
    wanted = [*((rule, alone) for rule in near), *((rule, whole) for rule in far if not (is_called and rule.unknown_in(whole)))]
    if tell:
        tell("that a case can always end", 0, len(wanted) + 1)
    found = _told(exploring.prove_sound(alone, seconds=ends - time.monotonic()), "that a case can always end")
    for done, (rule, net) in enumerate(wanted, 1):
        if tell:
            tell(f"the rule {rule.id}", done, len(wanted) + 1)
        [(_, proof)] = exploring.prove_rules(net, [rule], seconds=ends - time.monotonic())
        found += _told(proof, f"the rule {rule.id}")
    return tuple(found)


def unreadable(files: Files) -> list[Problem]:
    """Why the rules of a folder cannot be read, if they cannot; proves nothing."""
    try:
        exploring.read_rules(files.get(RULES, "rules: []"))
    except LawRefused as error:
        return [Problem("law", f"{RULES}: {error}")]
    return []


def refuse_unless_proven(key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], is_called: bool = False) -> list[Problem]:
    """Raise DefinitionRefused with what speaks against a folder; gives the warnings about what could not be proven."""
    found = problems(key, files, called, groups=groups, is_called=is_called)
    if errors_in(found):
        raise DefinitionRefused(errors_in(found))
    return found


def _rules(key: str, files: Files, alone: Net, called: Mapping[str, Files], groups: Mapping[str, str]) -> tuple[list[Rule], list[Rule]]:
    """The rules that this process by itself can keep or break, and those that reach into what it calls or is called by."""
    own = exploring.read_rules(files[RULES]) if RULES in files else []
    near = [rule for rule in own if not rule.unknown_in(alone)]
    far = [rule for rule in own if rule not in near]
    for name, folder in called.items():
        if RULES in folder:
            there = exploring.read_net(name, folder, groups=groups)
            far += [rule for rule in exploring.read_rules(folder[RULES]) if rule.unknown_in(there)]
    return near, far


def _told(proof: Proof, what: str) -> list[Problem]:
    if proof.verdict is Verdict.NOT_PROVEN:
        return [Problem("not-proven", f"{what} is not proven: the search was cut short after {proof.states} states", severity="warning")]
    return list(proof.problems)
