"""What can be said of a run where it stands: what it waits for, what it passed, and where it is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class WaitingTask:
    """A task that waits for a person, as the inbox needs it."""

    id: UUID
    bpmn_id: str
    name: str
    process_key: str
    lane: str
    candidate_group: str | None
    form_key: str
    properties: Mapping[str, str]
    documentation: str
    data: Mapping[str, Any]
    path: tuple[str, ...]
    instance_label: str


@dataclass(frozen=True)
class WaitingTimer:
    """A timer that runs, with the aware UTC moment it is due."""

    id: UUID
    bpmn_id: str
    name: str
    due_at: datetime
    expression: str
    interrupts: bool


@dataclass(frozen=True)
class WaitingMessage:
    """A place that waits for a message."""

    id: UUID
    name: str
    bpmn_id: str


@dataclass(frozen=True)
class Passed:
    """An element of the diagram that was completed in this run; of a gateway that chooses also the elements it led to."""

    element_id: str
    element_name: str
    kind: str
    process_key: str
    led_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stuck:
    """An element that cannot be carried out, why in words, and the error itself."""

    element_id: str
    element_name: str
    message: str
    error: BaseException
