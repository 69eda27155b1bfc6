"""The library of processes as its pages show it: the live versions, what runs on them, and the deadlines they use."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import InstanceStatus, Parameter, ProcessDefinition, ProcessInstance, clock
from workflows.errors import NotFound

LISTS = "choices_"
TOO_LARGE = 1_000_000


@dataclass(frozen=True)
class Listed:
    """A process in the library: its live version and how many cases run on any version of it."""

    live: ProcessDefinition
    running: int
    versions: int


@dataclass(frozen=True)
class Version:
    """One version and how many cases run on it."""

    definition: ProcessDefinition
    running: int
    is_live: bool


def library(session: Session) -> list[Listed]:
    """Every process with its newest version, by name."""
    running = _running_by_definition(session)
    versions: dict[str, list[ProcessDefinition]] = {}
    for definition in session.scalars(select(ProcessDefinition).order_by(ProcessDefinition.version.desc())):
        versions.setdefault(definition.key, []).append(definition)
    found = [Listed(own[0], sum(running.get(each.id, 0) for each in own), len(own)) for own in versions.values()]
    return sorted(found, key=lambda each: each.live.name)


def live(session: Session, key: str) -> ProcessDefinition:
    """The newest version of a process. NotFound when it was never deployed."""
    found = session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version.desc()).limit(1))
    if found is None:
        raise NotFound("There is no such process")
    return found


def version_of(session: Session, key: str, number: int) -> ProcessDefinition:
    """One version of a process. NotFound when there is none with this number."""
    # A number from an address may be larger than any column takes.
    asked = number if 0 < number < TOO_LARGE else 0
    found = session.scalar(select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.version == asked))
    if found is None:
        raise NotFound(f"There is no version {number} of this process")
    return found


def versions_of(session: Session, key: str) -> list[Version]:
    """All versions of a process, the newest first."""
    running = _running_by_definition(session)
    people = (joinedload(ProcessDefinition.deployed_by), joinedload(ProcessDefinition.agreed_by))
    query = select(ProcessDefinition).where(ProcessDefinition.key == key).options(*people)
    found = session.scalars(query.order_by(ProcessDefinition.version.desc())).all()
    return [Version(definition, running.get(definition.id, 0), place == 0) for place, definition in enumerate(found)]


def _running_by_definition(session: Session) -> Mapping[uuid.UUID, int]:
    query = select(ProcessInstance.definition_id, func.count()).where(ProcessInstance.status == InstanceStatus.RUNNING)
    return {key: count for key, count in session.execute(query.group_by(ProcessInstance.definition_id))}


def policy_values(session: Session) -> Sequence[Parameter]:
    """Every policy value as it stands today, by its label; the lists that forms choose from are none."""
    newest: dict[str, Parameter] = {}
    policies = select(Parameter).where(Parameter.valid_from <= clock.today(), ~Parameter.key.startswith(LISTS, autoescape=True))
    for row in session.scalars(policies.order_by(Parameter.valid_from)):
        newest[row.key] = row
    return sorted(newest.values(), key=lambda row: row.label)
