"""Figure R2 on SQLite: the pairs of R3 at the same moment, as luck has it, five hundred times each; what is stored is whole afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from tests.figures.r3_chosen_orders import NOTHING, PAIRS, Deeds, Pair
from tests.support import databases, invariants, rounds
from workflows.errors import TaskGone

CLASS = "long"
ROUNDS = 500


def main(count: int = ROUNDS, kind: str = "sqlite", pairs: Sequence[Pair] = PAIRS) -> int:
    """Print the figure's lines; 1 when any is short."""
    if kind not in databases.available():
        print(f"R2 {kind} none without {kind} short")
        return 1
    fair, wrong = 0, list[str]()
    for pair in pairs:
        # In a database of its own, so that looking at all of it does not take ever longer.
        with databases.fresh(kind) as database, rounds.quiet():
            ring = rounds.build(database)
            unfair = [words for _ in range(count) for words in _at_once(ring, pair)]
            fair += count - len(unfair)
            wrong += [f"{pair.name}: {words}" for words in unfair + invariants.broken(database.engine)]
    wanted = count * len(pairs)
    print(f"R2 {kind}_rounds_of_{len(pairs)}_pairs_that_end_as_they_may {fair} rounds {wanted} {'ok' if fair == wanted else 'short'}")
    print(f"R2 {kind}_unfair_rounds_and_broken_invariants {len(wrong)} count 0 {'ok' if not wrong else 'short'}")
    for words in wrong[:10]:
        print(f"  {words}", file=sys.stderr)
    return 1 if wrong else 0


def _at_once(ring: rounds.Ring, pair: Pair) -> list[str]:
    """Both deeds on a fresh case; one line when they ended as they may not, whoever came first."""
    deeds = Deeds(rounds.another(ring), claimed=pair.claimed)
    ended = at_once(getattr(deeds, pair.one), getattr(deeds, pair.other))
    deeds.end()
    may = [{NOTHING, second} | ({TaskGone} if name == pair.refuses_first else set()) for name, second in _each(pair)]
    is_fair = all(type(outcome) in allowed for outcome, allowed in zip(ended, may, strict=True)) and NOTHING in map(type, ended)
    if is_fair and NOTHING not in (pair.one_second, pair.other_second):
        is_fair = ended.count(None) == 1
    if is_fair:
        return []
    told = (f"{name} ended as {type(outcome).__name__} {outcome or ''}" for (name, _), outcome in zip(_each(pair), ended, strict=True))
    return [" and ".join(told)]


def _each(pair: Pair) -> tuple[tuple[str, type], tuple[str, type]]:
    return (pair.one, pair.one_second), (pair.other, pair.other_second)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Begin all at the same moment; what each returned, or the exception that it raised."""
    line, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int) -> None:
        line.wait()
        try:
            outcomes[number] = deeds[number]()
        except Exception as error:
            outcomes[number] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
