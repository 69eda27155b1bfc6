"""Which way cases go at each gateway, and what none of them ever reached: of the cases that began in a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import User
from workflows.engine import Step
from workflows.library.figures.drawn import Drawn, Flow
from workflows.queries import process_figures
from workflows.queries.process_figures import Scope, Taken
from workflows.rules.small_counts import Shown

CHOOSING = frozenset({"exclusive gateway", "inclusive gateway", "event-based gateway"})
NOTHING = Taken(0, 0)
NOT_STEPS = frozenset({"exclusive gateway", "parallel gateway", "inclusive gateway", "event-based gateway", "sub-process", "start event"})


@dataclass(frozen=True)
class Way:
    """A way out of a gateway: the flows that make it (several that lead to the same element cannot be told apart), and how often it was taken."""

    flows: tuple[Flow, ...]
    name: str
    leads_to: str
    taken: Taken

    @property
    def id(self) -> str:
        """The id of its first flow."""
        return self.flows[0].id


@dataclass(frozen=True)
class Gateway:
    """A gateway of a version at which cases go one of several ways."""

    id: str
    name: str
    ways: Sequence[Way]

    def part(self, way: Way, shown: Shown) -> str:
        """The share of a way in percent."""
        return shown.share(way.taken.times, [each.taken.times for each in self.ways])


@dataclass(frozen=True)
class OfVersion:
    """What is known of one version: how many cases came into it, its gateways in the order of the flow, and the steps nobody reached."""

    number: int
    cases: int
    gateways: Sequence[Gateway]
    unreached: Sequence[Step]


@dataclass(frozen=True)
class Ways:
    """The versions, the newest first, and how many of the cases began before anybody noted which way they went."""

    versions: Sequence[OfVersion]
    unknown: int
    shown: Shown


def find(session: Session, reader: User, scope: Scope, drawings: Mapping[uuid.UUID, Drawn]) -> Ways:
    """The ways of each version that any case came into, or of the newest alone when none did."""
    shown = Shown(process_figures.sees_every_case(session, reader, scope))
    passed = process_figures.passed(session, scope)
    standing = _standing(session, scope)
    _, unknown = process_figures.count_begun(session, scope)
    found = [
        _of_version(version.number, drawings[version.id], passed.get(version.id, {}), standing.get(version.id, frozenset()))
        for place, version in enumerate(scope.chosen)
        if version.id in passed or place == 0
    ]
    return Ways(found, unknown, shown)


def _standing(session: Session, scope: Scope) -> dict[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, frozenset[str]] = {}
    for version, live, _ in process_figures.standing(session, scope, begun=True):
        found[version] = found.get(version, frozenset()) | frozenset(live)
    return found


def _of_version(number: int, drawn: Drawn, passed: Mapping[str, Taken], standing: frozenset[str]) -> OfVersion:
    gateways = [_gateway(step, drawn, passed) for step in drawn.steps.values() if step.kind in CHOOSING and len(drawn.ways_from(step.id)) > 1]
    unreached = [step for step in drawn.steps.values() if step.kind not in NOT_STEPS and step.id not in passed and step.id not in standing]
    cases = max((passed[element].cases for element in drawn.outermost("start event") if element in passed), default=0)
    return OfVersion(number, cases, gateways, unreached)


def _gateway(step: Step, drawn: Drawn, passed: Mapping[str, Taken]) -> Gateway:
    by_target: dict[str, list[Flow]] = {}
    for flow in drawn.ways_from(step.id):
        by_target.setdefault(flow.target, []).append(flow)
    # Which event came first is known from the event itself: a gateway that waits for events leads to all of them.
    key = "{1}" if step.kind == "event-based gateway" else "{0}>{1}"
    ways = [
        Way(tuple(flows), _words(flows), drawn.called(target), passed.get(key.format(step.id, target), NOTHING))
        for target, flows in by_target.items()
    ]
    return Gateway(step.id, drawn.called(step.id), ways)


def _words(flows: Sequence[Flow]) -> str:
    words = (flow.name or ("Otherwise" if flow.is_default else "") for flow in flows)
    return " or ".join(dict.fromkeys(each for each in words if each))
