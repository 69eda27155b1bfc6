"""What is wrong with a process, in words that name the element and say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One finding about one element; `code` is stable, `severity` says whether it stops a deployment.

    `path` are the ids of the elements and flows on the way to a fault, in their order, where a way was found; `line` the line of the file
    for what has no id, 0 where an element is named.
    """

    code: str
    message: str
    element_id: str = ""
    element_name: str = ""
    fix: str = ""
    severity: Literal["error", "warning"] = "error"
    path: tuple[str, ...] = ()
    line: int = 0

    def __str__(self) -> str:
        where = f"“{self.element_name or self.element_id}”: " if self.element_id else f"line {self.line}: " if self.line else ""
        stop = "" if self.message.endswith("?") else "."
        return f"{where}{self.message}{f'{stop} {self.fix}' if self.fix else ''}"


class DefinitionRefused(Exception):
    """The files cannot be run as they are."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def errors_in(problems: list[Problem]) -> list[Problem]:
    """The findings that stop a deployment."""
    return [problem for problem in problems if problem.severity == "error"]
