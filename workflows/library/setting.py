"""What the diagram and its rules say of a case that would be put past a step, or back at an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workflows import engine
from workflows.engine import setting
from workflows.engine.moving import CannotMove
from workflows.engine.places import Place, places_of
from workflows.library.exploring import from_here
from workflows.library.moving import Crossing, Version


def why_not_past(version: Version, stored: bytes, element: str) -> str:
    """Why a case cannot go on without a step that failed; empty when it can.

    It can when no rule of the process names the step and nothing ahead needs a value that only the step would have given.
    """
    name = version.spec.names.get(element) or element
    rule = next((each for each in version.rules if element in _keys_named(version, each.names)), None)
    if rule is not None:
        return f"“{name}” cannot be left out: {rule.because} ({rule.legal})"
    run = engine.load(version.spec, stored, perform=engine.perform_nothing)
    try:
        before = list(_places(engine.load(version.spec, stored, perform=engine.perform_nothing)))
        after = setting.places_after(run, element)
    except CannotMove as error:
        return str(error)[:1].upper() + str(error)[1:]
    return _missing(version, before, after, name)


def _keys_named(version: Version, names: Sequence[str]) -> frozenset[str]:
    nodes = version.whole.nodes
    return frozenset({*names, *(nodes[key].id for name in names for key in version.whole.named(name))})


def _places(run: engine.Run) -> Sequence[Place]:
    return list(places_of(run.workflow))


def _missing(version: Version, before: Sequence[Place], after: Sequence[Place], name: str) -> str:
    known = frozenset[str]().union(*(place.known for place in after))
    already = {value for place in before for value in version.values.missing(replace(place, known=known))}
    for place in after:
        for value, reader in sorted(version.values.missing(replace(place, known=known)).items()):
            if value not in already:
                reads = version.spec.names.get(reader) or version.values.names.get(reader) or reader
                return f"“{name}” would have given the value {value}, which “{reads}” needs"
    return ""


def why_not_at(version: Version, places: Sequence[Place], passed: Sequence[str], now: Sequence[Place]) -> str:
    """Why a case cannot stand at these places alone; empty when it can come to an end from there and keeps every rule it keeps now."""
    crossing = Crossing(version, version)
    for place in places:
        trouble = from_here.trouble_from(from_here.scope_net(version.containers[place.scope]), replace(place, known=frozenset()))
        if trouble:
            return f"from there, {trouble}. It lies beside other steps that must be open at the same time"
        missing = version.values.missing(place)
        before = {value for each in now for value in version.values.missing(each)}
        value = next((each for each in sorted(missing) if each not in before), None)
        if value is not None:
            reader = missing[value]
            return f"“{version.spec.names.get(reader) or reader}” needs the value {value}, which the case did not have then"
    return _broken(version, crossing, places, passed, now)


def _broken(version: Version, crossing: Crossing, places: Sequence[Place], passed: Sequence[str], now: Sequence[Place]) -> str:
    if not version.rules:
        return ""
    broken = from_here.broken_from(version.whole, crossing._whole_place(places), version.rules, passed)
    before = from_here.broken_from(version.whole, crossing._whole_place(now), version.rules, passed)
    rule = next((each for each in version.rules if each.id in broken and each.id not in before), None)
    return f"the law stands in the way: {broken[rule.id]} ({rule.legal})" if rule is not None else ""
