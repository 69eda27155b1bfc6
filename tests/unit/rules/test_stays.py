"""How many stay on one day, which is what leaves a space free or not."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflows.queries.placements import Stay, most_at_once

SINCE = date(2026, 3, 2)
DAYS = st.integers(-20, 20).map(lambda days: SINCE + timedelta(days=days))
STAYS = st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 15))), max_size=8)


def counted_by_hand(stays: list[Stay]) -> int:
    days = [SINCE + timedelta(days=number) for number in range(60)]
    return max(sum(start <= day and (end is None or end >= day) for start, end in stays) for day in days)


@given(STAYS)
def test_the_most_at_once_is_what_counting_every_day_gives(drawn: list[tuple[date, int | None]]) -> None:
    stays = [(start, None if length is None else start + timedelta(days=length)) for start, length in drawn]

    assert most_at_once(stays, since=SINCE) == counted_by_hand(stays)


def test_a_space_that_is_promised_later_is_not_free_now() -> None:
    later = (SINCE + timedelta(days=7), None)

    assert most_at_once([later], since=SINCE) == 1
