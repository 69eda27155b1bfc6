"""Files stay below 400 lines and functions below 40, or stand with a reason in allowed_sizes.yml."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.guards.source import CODE, Source, files, functions

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_CONFTEST = 150
ALLOWED = yaml.safe_load((Path(__file__).parent / "allowed_sizes.yml").read_text())


def too_long(source: Source) -> list[str]:
    """What is too long in a Python file."""
    lines = source.text.count("\n")
    found = [f"{source.path}: {lines} lines"] if lines >= LONGEST_FILE else []
    for function in functions(source):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length >= LONGEST_FUNCTION:
            found.append(f"{source.path}: {function.name} has {length} lines")
    return found


def test_files_and_functions_stay_small() -> None:
    sources = [source for source in files(*CODE, ending=".py") if not source.path.startswith(tuple(ALLOWED))]

    assert [problem for source in sources for problem in too_long(source)] == []


def test_what_tests_start_from_stays_small() -> None:
    long = [source.path for source in files("tests", ending="conftest.py") if source.text.count("\n") > LONGEST_CONFTEST]

    assert long == []


def test_a_long_file_and_a_long_function_would_be_found() -> None:
    body = "    pass\n" * LONGEST_FILE

    assert too_long(Source("x.py", f"def f():\n{body}")) == ["x.py: 401 lines", "x.py: f has 401 lines"]


def test_every_exception_is_still_needed() -> None:
    paths = [source.path for source in files(ending=".py")]

    assert [allowed for allowed in ALLOWED if not any(path.startswith(allowed) for path in paths)] == []
