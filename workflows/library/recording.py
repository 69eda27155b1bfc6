"""A walk by hand kept as a scenario: the moves, what they led to, and where they must go in `scenarios.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from workflows.errors import Invalid
from workflows.library import scenarios, trying

LONGEST_NAME = 120
RESERVED = (scenarios.GIVEN, scenarios.PATHS)


class _Plain(yaml.SafeDumper):
    """Writes lists and mappings of plain values in one line, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def steps_of(place: trying.Place, *, finished: bool, declared: trying.Given, given: trying.Given) -> list[dict[str, Any]]:
    """A walk as the steps of a scenario: each move and what waits after it, and the end if the walk is `finished`.

    `declared` is what the file of scenarios gives by itself; what the walk took from elsewhere (`given`) is written into its start.
    """
    steps = [dict(made.move) for made in place.made]
    borrowed = {name: dict(given[name]) for made in place.made for name in made.performed if name in given and name not in declared}
    told = borrowed | dict(steps[0].get("gives") or {})
    if told:
        steps[0]["gives"] = told
    found: list[dict[str, Any]] = []
    for made, step in zip(place.made, steps, strict=True):
        found.append(step)
        if "operations" not in step:
            found.append({"waits_for": _by_step(made.waits_for)})
    if finished:
        ends = [passed.element_id for passed in place.trail if passed.kind == "end event"]
        found[-1] = {"ends_at": ends[-1]}
    return found


def _by_step(waits_for: Sequence[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for step, group in waits_for:
        found.setdefault(step, []).append(group)
    return {step: groups[0] if len(groups) == 1 else groups for step, groups in found.items()}


def add(text: str, name: str, steps: Sequence[dict[str, Any]]) -> str:
    """A file of scenarios with one more at its end; everything before stays as it was written.

    Invalid, at `name`, for no name, one that is too long, kept for something else, or there already; ScenariosRefused when the file
    cannot be read.
    """
    plain = " ".join(name.split())
    if not plain:
        raise Invalid({"name": "Enter a name for the test"})
    if len(plain) > LONGEST_NAME:
        raise Invalid({"name": f"The name must be {LONGEST_NAME} characters or fewer"})
    if plain in RESERVED or plain in {each.name for each in (scenarios.read(text) if text.strip() else [])}:
        raise Invalid({"name": "There is a test with this name already. Enter another"})
    written = yaml.dump({plain: list(steps)}, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=140, default_flow_style=None)
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    whole = f"{before}{written}"
    scenarios.read(whole)
    return whole
