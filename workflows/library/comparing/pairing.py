"""Which entry of a list is which in its newer version, when entries came, went, changed and moved."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

Pair = tuple[int | None, int | None]
MOST_COMPARED = 1_000_000  # beyond it entries are taken in turn: a file from anywhere must not keep the server busy


def pairs(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[Pair]:
    """The places of the same entry in two lists, None where it is missing, in the order of the newer list with those that went
    where they were. Entries are (id, content): the same id is the same entry if it is used once, then the same content; what is left
    between two that are found is taken in turn.
    """
    found = _by(before, after, 0, {})
    found = _by(before, after, 1, found)
    found |= _in_turn(before, after, found)
    return _ordered(len(before), len(after), found)


def moved(found: Sequence[Pair]) -> set[Pair]:
    """Those pairs that changed places: the fewest that have to be moved for the rest to stand in one order."""
    both = [pair for pair in found if pair[0] is not None and pair[1] is not None]
    both.sort(key=lambda pair: pair[1] or 0)
    stays = _longest_rising([pair[0] or 0 for pair in both])
    return {pair for place, pair in enumerate(both) if place not in stays}


def _by(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], part: int, found: dict[int, int]) -> dict[int, int]:
    """Pairs by id (part 0) or content (part 1), where it stands once in each of what is left."""
    old = [place for place in range(len(before)) if place not in found]
    taken = set(found.values())
    new = [place for place in range(len(after)) if place not in taken]
    often = Counter(before[place][part] for place in old), Counter(after[place][part] for place in new)
    where = {after[place][part]: place for place in new}
    found = dict(found)
    for place in old:
        key = before[place][part]
        if key and often[0][key] == often[1][key] == 1:
            found[place] = where[key]
    return found


def _in_turn(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]], found: dict[int, int]) -> dict[int, int]:
    """What is left, by alike content in one order; then one after the other where as many went as came. Entries with ids of their own stay apart."""
    ids_before, ids_after = {key for key, _ in before if key}, {key for key, _ in after if key}
    used = set(found.values())
    old = [place for place in range(len(before)) if place not in found and (not before[place][0] or before[place][0] in ids_after)]
    new = [place for place in range(len(after)) if place not in used and (not after[place][0] or after[place][0] in ids_before)]
    if len(old) * len(new) > MOST_COMPARED:
        return dict(zip(old, new, strict=False))
    matcher = difflib.SequenceMatcher(None, [before[place][1] for place in old], [after[place][1] for place in new], autojunk=False)
    taken: dict[int, int] = {}
    for what, start, end, first, last in matcher.get_opcodes():
        if what in ("equal", "replace"):
            taken |= dict(zip(old[start:end], new[first:last], strict=False))
    return taken


def _ordered(old: int, new: int, found: dict[int, int]) -> list[Pair]:
    """The newer order, with what went behind the entry it followed."""
    back = {after: before for before, after in found.items()}
    order: list[Pair] = _gone_from(0, old, found)
    for place in range(new):
        before = back.get(place)
        order.append((before, place))
        if before is not None:
            order += _gone_from(before + 1, old, found)
    return order


def _gone_from(place: int, end: int, found: dict[int, int]) -> list[Pair]:
    gone: list[Pair] = []
    while place < end and place not in found:
        gone.append((place, None))
        place += 1
    return gone


def _longest_rising(values: Sequence[int]) -> set[int]:
    """The places of a longest rising run of the values."""
    tails: list[int] = []
    tail_places: list[int] = []
    before: dict[int, int | None] = {}
    for place, value in enumerate(values):
        spot = bisect_left(tails, value)
        before[place] = tail_places[spot - 1] if spot else None
        tails[spot : spot + 1] = [value]
        tail_places[spot : spot + 1] = [place]
    kept: set[int] = set()
    current = tail_places[-1] if tail_places else None
    while current is not None:
        kept.add(current)
        current = before[current]
    return kept
