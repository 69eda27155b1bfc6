"""What holds for every test: the clock runs again afterwards, and tests that prove a figure print its line at the end."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator

import pytest

from models import clock
from tests.support import compiled_once

FIGURE = "figure"
# Whole procedures are walked on both databases: in every run on SQLite, and on PostgreSQL by the files that write in every way there is
# (test_from_draft_to_answer, test_admitting, test_acceptance); the rest of them on PostgreSQL only in long runs.
LONG_ON_POSTGRESQL = ("tests/storage/test_demo_stories.py",) + tuple(
    f"tests/processes/{name}.py"
    for name in (
        "law/test_advice_and_signatures", "law/test_calling_in", "law/test_notice_clocks", "library/test_by_the_real_actions",
        "admission/test_checking", "admission/test_clock_and_conflicts", "admission/test_criteria", "admission/test_withdrawing",
        "applications/test_beginning_and_sending", "applications/test_ends", "applications/test_looking_for_what_is_missing",
        "applications/test_the_clock", "applications/test_withdrawing",
    )
)  # fmt: skip


# The files that take longest begin first, so that no worker is left with one of them at the end.
FIRST = ("tests/journeys/test_every_page", "tests/web/test_every_route", "tests/journeys/", "tests/web/test_providers_apart", "tests/storage/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what takes long on the second database to the long runs, and begin with the files that take longest."""
    items.sort(key=lambda item: next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))
    for item in items:
        if "postgresql" in item.name and item.nodeid.startswith(LONG_ON_POSTGRESQL):
            item.add_marker(pytest.mark.long)


def pytest_configure() -> None:
    """Let the apps of a test run share what they compile."""
    compiled_once.install()


def pytest_collection_finish() -> None:
    """Spare what lives as long as the run from being searched for garbage again and again: that took a tenth of the whole time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def running_clock() -> Iterator[None]:
    """No test leaves the clock held for the next one."""
    yield
    clock.release()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the outcome of each test that is marked with a figure: `@pytest.mark.figure("S8 forged_posts_that_changed_something")`."""
    report = yield
    if report.when == "call" or report.failed:
        report.user_properties += [(FIGURE, mark.args[0]) for mark in item.iter_markers(FIGURE)]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each figure: how many of the tests that prove it found something wrong."""
    wrong: dict[str, int] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            for name, figure in getattr(report, "user_properties", ()):
                if name == FIGURE:
                    wrong[figure] = wrong.get(figure, 0) + (outcome != "passed")
    for figure, count in sorted(wrong.items()):
        terminalreporter.write_line(f"{figure} {count} tests 0 {'short' if count else 'ok'}")
