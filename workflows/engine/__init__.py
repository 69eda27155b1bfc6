"""The engine layer: the only code that knows SpiffWorkflow. Everyone else reads, starts and moves processes through these names."""

from __future__ import annotations

from workflows.engine.checking import check
from workflows.engine.definition import Spec, Step, digest, read, steps_of
from workflows.engine.operations import OperationCall, known_operations, perform_nothing
from workflows.engine.problems import DefinitionRefused, Problem
from workflows.engine.running import OperationFailed, Run, StepBudgetSpent, TaskNotWaiting, load, start
from workflows.engine.spiff import harden
from workflows.engine.standing import Passed, Stuck, WaitingMessage, WaitingTask, WaitingTimer
from workflows.engine.state import StateNotReadable

harden()

__all__ = [
    "DefinitionRefused",
    "OperationCall",
    "OperationFailed",
    "Passed",
    "Problem",
    "Run",
    "Spec",
    "StateNotReadable",
    "Step",
    "StepBudgetSpent",
    "Stuck",
    "TaskNotWaiting",
    "WaitingMessage",
    "WaitingTask",
    "WaitingTimer",
    "check",
    "digest",
    "known_operations",
    "load",
    "perform_nothing",
    "read",
    "start",
    "steps_of",
]
