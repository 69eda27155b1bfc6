"""Small counts: what is shown, and that no total, share, other period or other version gives a hidden count away."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from workflows.rules.small_counts import FEW, LEAST, NOT_SAID, Shown, is_enough

EXACT, PROTECTED = Shown(True), Shown(False)


def test_whoever_sees_every_case_sees_every_count() -> None:
    assert [EXACT.count(count) for count in (0, 1, 4, 5, 1234)] == ["0", "1", "4", "5", "1,234"]
    assert EXACT.share(1, [1, 7]) == EXACT.share_of(1, 8) == "12%"
    assert EXACT.total([1, 7]) == "8"


def test_for_others_small_counts_are_called_small_and_the_rest_come_in_bands() -> None:
    assert [PROTECTED.count(count) for count in (0, 1, 4, 5, 9, 10, 1234)] == ["0", FEW, FEW, "5 to 9", "5 to 9", "10 to 14", "1,230 to 1,234"]


def test_totals_and_shares_are_made_of_the_bands() -> None:
    assert PROTECTED.total([3, 22, 0]) == "21 to 28"
    assert PROTECTED.share(3, [3, 22]) == NOT_SAID
    assert PROTECTED.share(13, [13, 22]) == "35%"  # 12 of 34, not 37%
    assert PROTECTED.share_of(22, 22) == "100%"
    assert PROTECTED.share(0, [0, 22]) == "0%"


def test_too_few_say_no_share() -> None:
    assert EXACT.share(1, [1, 3]) == EXACT.share_of(1, 4) == PROTECTED.share_of(0, 4) == NOT_SAID
    # Otherwise the dash would tell whether two small counts are 5 together.
    assert PROTECTED.share(0, [0, 1, 1]) == PROTECTED.share(0, [0, 4, 4]) == NOT_SAID


def test_fewer_than_five_say_nothing_of_time() -> None:
    assert [is_enough(cases) for cases in (0, 4, 5)] == [False, False, True]


def possible(shown: Shown) -> list[set[int]]:
    """For every row of three counts with a small one: what the small one could be, given the row as it is shown with its total and shares."""
    seen: dict[tuple[str, ...], set[int]] = {}
    for counts in product(range(1, LEAST), range(LEAST, 25), range(LEAST, 25)):
        told = (*(shown.count(count) for count in counts), shown.total(counts), *(shown.share(count, counts) for count in counts))
        seen.setdefault(told, set()).add(counts[0])
    return list(seen.values())


def test_neither_a_total_nor_shares_give_a_small_count_away() -> None:
    assert {frozenset(each) for each in possible(PROTECTED)} == {frozenset(range(1, LEAST))}


def test_another_period_or_version_does_not_give_a_small_difference_away() -> None:
    # Someone asks for all versions and for all but one, or for six months and for three, and takes one from the other.
    seen: dict[tuple[str, str], set[int]] = {}
    for without, small in product(range(LEAST, 60), range(1, LEAST)):
        seen.setdefault((PROTECTED.count(without), PROTECTED.count(without + small)), set()).add(small)

    assert min(len(each) for each in seen.values()) == LEAST - 1


def test_counts_that_are_only_hidden_but_whose_total_is_told_would_be_found() -> None:
    class Naive(Shown):
        def total(self, parts: Sequence[int]) -> str:
            return str(sum(parts))

        def band(self, count: int) -> tuple[int, int]:
            return (1, LEAST - 1) if 0 < count < LEAST else (count, count)

    assert min(len(each) for each in possible(Naive(False))) == 1
