"""Dates that only a process keeps: counted anew from the day that changed, in the calendar of their rule (domain CAL-7)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from workflows.actions import redating_counted
from workflows.actions.redating_counted import COUNTED, DAY_AFTER, STAYS, Counted
from workflows.rules.calendar import Closure, find_calendar, london_instant

LIBRARY = Path(__file__).parent.parent.parent.parent / "bpmn"
TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)
OFF = Closure(WEDNESDAY, "Jubilee")


def count(text: str, *, removed: bool = False, told: bool = False) -> str:
    plain, closed = find_calendar("EW"), find_calendar("EW", (OFF,))
    before, after = (closed, plain) if removed else (plain, closed)
    moved = redating_counted._moved(Counted("", "", ("due",), is_told=told), {"due": text}, TUESDAY, before, after)
    return next(iter(moved[2].values())) if moved else text


@pytest.mark.parametrize(
    ("day", "after"),
    [("2026-03-03", "2026-03-03"), ("2026-03-04", "2026-03-05"), ("2026-03-05", "2026-03-06"), ("2026-03-06", "2026-03-09"), ("2026-03-07", "2026-03-09")],
)
def test_a_day_off_gives_a_day_to_what_ends_on_or_after_it(day: str, after: str) -> None:
    assert count(day) == after


def test_a_day_off_that_is_none_any_more_takes_it_back_unless_a_provider_was_told() -> None:
    assert count("2026-03-09", removed=True) == "2026-03-06"
    assert count("2026-03-09", removed=True, told=True) == "2026-03-09"


def test_a_moment_keeps_its_time_in_london_over_the_night_when_the_clocks_change() -> None:
    plain, closed = find_calendar("EW"), find_calendar("EW", (Closure(date(2026, 3, 27), "Jubilee"),))
    due = london_instant(date(2026, 3, 27)).isoformat()

    moved = redating_counted._moved(Counted("", "", ("due",)), {"due": due}, date(2026, 3, 26), plain, closed)

    assert moved is not None and moved[2] == {("due", due): "2026-03-29T23:00:00+00:00"}


def test_the_moment_after_a_last_day_follows_that_day() -> None:
    late = london_instant(date(2026, 3, 7)).isoformat()

    moved = redating_counted._moved(
        Counted("", "", ("declaration_late_at",)), {"declaration_late_at": late}, TUESDAY, find_calendar("EW"), find_calendar("EW", (OFF,))
    )

    assert moved is not None and moved[2] == {("declaration_late_at", late): london_instant(date(2026, 3, 10)).isoformat()}


@pytest.mark.parametrize("key", sorted(COUNTED))
def test_the_shipped_processes_have_these_values_and_rules(key: str) -> None:
    diagram, rules = (LIBRARY / key / "process.bpmn").read_text(), {row["key"] for row in yaml.safe_load((LIBRARY / "parameters.yml").read_text())["parameters"]}

    for counted in COUNTED[key]:
        assert counted.rule in rules
        missing = {name for name in counted.values if name not in diagram}
        assert not missing, missing
    assert {*DAY_AFTER, *STAYS} <= {name for all_of in COUNTED.values() for each in all_of for name in each.values}
