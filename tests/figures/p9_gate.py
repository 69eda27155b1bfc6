"""Figure P9: the whole gate, state space and rules included, in its warm process: on the largest shipped process, and on a drawing of 200 elements,
which tells how far it is.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping

from tests.support import factories
from tests.support.casebook import FORM
from tests.unit.engine import drawing as d
from workflows.actions import catalogue, definitions, organisation
from workflows.engine import Problem
from workflows.library import definitions as library
from workflows.library import gate

SHIPPED_SECONDS, LARGE_SECONDS, QUICK_SECONDS = 2.0, 10.0, 1.0
TRIES = 4
BLOCKS = 20
RULES = """rules:
  - {id: ends-well, rule: a0 always followed by a%d, legal: The law, because: It must.}
  - {id: in-order, rule: a0 before a%d, legal: The law, because: It must.}
"""
__all__ = ["catalogue"]


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    folders = {path.parent.name: definitions.read_folder(path.parent) for path in factories.LIBRARY.glob("*/process.bpmn")}
    groups = organisation.names_in(factories.LIBRARY / "organisation.yml")
    key = max(folders, key=lambda name: folders[name]["process.bpmn"].count("BPMNShape "))
    called = library.folders_called_by(folders[key], folders)
    shipped, found, _ = looked(key, folders[key], called, groups)
    typed = min(_timed(lambda number=number: gate.lint(key, _again(folders[key], number), called, groups=groups)) for number in range(TRIES))
    elements = len(re.findall(r"<(?!sequenceFlow)\w+ id=", large()["process.bpmn"].partition("<process")[2]))
    slow, proven, said = looked("p", large(), {}, {"officers": "Officers"})
    lines = [
        (f"gate_on_{key}_with_{len(folders[key])}_files", shipped, SHIPPED_SECONDS, not any(each.severity == "error" for each in found)),
        (f"lint_of_{key}", typed, QUICK_SECONDS, True),
        (f"gate_on_a_drawing_of_{elements}_elements_told_{said}_times", slow, LARGE_SECONDS, said > 1 and not _unproven(proven)),
    ]
    for what, seconds, most, is_right in lines:
        print(f"P9 {what} {seconds:.2f} s {most:g} {'ok' if is_right and seconds < most else 'short'}")
    return 0 if all(is_right and seconds < most for _, seconds, most, is_right in lines) else 1


def looked(key: str, files: Mapping[str, str], called: Mapping[str, Mapping[str, str]], groups: Mapping[str, str]) -> tuple[float, list[Problem], int]:
    """The best of a few looks at content that was not seen before, in a warm process; what was found, and how often progress was told."""
    best, found, said = LARGE_SECONDS * 10, list[Problem](), list[str]()
    for number in range(TRIES):
        said = []
        began = time.monotonic()
        found = gate.look(key, _again(files, number), called, groups=groups, seconds=60, tell=lambda what, _done, _total, said=said: said.append(what))
        best = min(best, time.monotonic() - began)
    return best, found, len(said)


def _again(files: Mapping[str, str], number: int) -> dict[str, str]:
    """The same content as something new, so that nothing is remembered of it."""
    return {**files, "README.md": f"{files.get('README.md', '')}\n{number} {time.monotonic()}"}


def _timed(work: object) -> float:
    began = time.monotonic()
    assert callable(work)
    work()
    return time.monotonic() - began


def _unproven(found: list[Problem]) -> bool:
    return any(each.code in ("not-proven", "law", "deadlock", "unreadable", "form", "group") for each in found)


def large() -> dict[str, str]:
    """A process of at least 200 elements: parallel steps with a time on them, and a choice, again and again."""
    parts, before, tasks = [d.start("s")], "s", list[str]()
    for n in range(BLOCKS):
        split, join, choice, merge, late, after = (f"{name}{n}" for name in ("split", "join", "choice", "merge", "late", "after"))
        a, b, c, e = (f"{letter}{n}" for letter in "abce")
        tasks += [a, b, c, e]
        parts += [d.user(task) for task in (a, b, c, e)]
        parts += [d.parallel(split), d.parallel(join), d.exclusive(choice, default=e), d.exclusive(merge), d.exclusive(after)]
        parts += [d.boundary(late, a, d.after("'P5D'")), d.chain(before, split, a, after, join, choice), d.chain(split, b, join), d.flow(late, after)]
        parts += [d.flow(choice, c, "case_reference == 'A'"), d.flow(c, merge), d.chain(choice, e, merge)]
        before = merge
    forms = {f"forms/{task}.json": FORM % task for task in tasks}
    return {"process.bpmn": d.definitions(d.process("p", *parts, d.end("end"), d.flow(before, "end"))), "rules.yml": RULES % (BLOCKS - 1, BLOCKS - 1), **forms}


if __name__ == "__main__":
    sys.exit(main())
