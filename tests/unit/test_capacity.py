"""The capacity model agrees with what is known of queues, and answers more work with more machines."""

from __future__ import annotations

import math
import re

import pytest

from tests.figures import p14_capacity
from tests.figures.p14_capacity import ASSUMED, ONE_MACHINE, THREE_MACHINES, Shape
from tests.guards.source import ROOT
from tests.support import capacity
from tests.support.capacity import Kind
from tests.support.service_times import Cost

COSTS = {"page": Cost(0.02, 0.004), "completion": Cost(0.04, 0.008), "job": Cost(0.004, 0.002), "timer": Cost(0.01, 0.004)}


def mean_time(a_second: float, mean: float, servers: int) -> float:
    """The mean time in an M/M/c queue, by Erlang's formula."""
    offered = a_second * mean
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    waits = last / (sum(offered**number / math.factorial(number) for number in range(servers)) + last)
    return mean + waits * mean / (servers - offered)


@pytest.mark.parametrize(("a_second", "servers"), [(0.5, 1), (0.8, 1), (1.6, 2), (4.5, 6), (8.0, 10)])
def test_one_station_agrees_with_erlang(a_second: float, servers: int) -> None:
    result = capacity.simulate([Kind("work", a_second, [("desk", 1.0)])], {"desk": servers}, pieces=200_000)

    assert result.mean["work"] == pytest.approx(mean_time(a_second, 1.0, servers), rel=0.05)
    assert result.busy["desk"] == pytest.approx(a_second / servers, rel=0.02)


def test_a_wrong_number_of_servers_would_be_found() -> None:
    result = capacity.simulate([Kind("work", 1.6, [("desk", 1.0)])], {"desk": 3}, pieces=200_000)

    assert result.mean["work"] != pytest.approx(mean_time(1.6, 1.0, 2), rel=0.05)


def test_two_stations_agree_with_jackson() -> None:
    result = capacity.simulate([Kind("work", 0.5, [("a", 1.0), ("b", 0.5)])], {"a": 1, "b": 1}, pieces=200_000)

    assert result.mean["work"] == pytest.approx(1 / (1 / 1.0 - 0.5) + 1 / (1 / 0.5 - 0.5), rel=0.05)


def test_95_of_100_in_a_queue_of_one_server() -> None:
    result = capacity.simulate([Kind("work", 0.5, [("desk", 1.0)])], {"desk": 1}, pieces=200_000)

    assert result.p95["work"] == pytest.approx(math.log(20) / (1.0 - 0.5), rel=0.05)


def test_more_machines_carry_more_and_dearer_pages_less() -> None:
    carried = p14_capacity.most_people(COSTS, ONE_MACHINE)
    dear = {name: Cost(2 * cost.ours, 2 * cost.database) for name, cost in COSTS.items()}

    assert carried > 0
    assert p14_capacity.is_enough(int(1.5 * carried), COSTS, THREE_MACHINES)
    assert not p14_capacity.is_enough(int(1.5 * carried), COSTS, ONE_MACHINE)
    assert not p14_capacity.is_enough(int(0.8 * carried), dear, ONE_MACHINE)


def test_what_is_said_to_be_needed_is_enough_and_hardly_more() -> None:
    people = 20_000
    shape = p14_capacity.needed(people, COSTS)

    assert p14_capacity.is_enough(people, COSTS, shape)
    assert not p14_capacity.is_enough(people, COSTS, Shape(int(shape.web * 0.9), shape.workers, shape.database))


def test_what_is_assumed_stands_in_the_document() -> None:
    text = (ROOT / "docs" / "scaling.md").read_text()
    table = {name: float(value.replace(",", "")) for name, value in re.findall(r"^\| `([a-z0-9_]+)` \| ([\d.,]+) \|", text, re.M)}

    assert table == ASSUMED
