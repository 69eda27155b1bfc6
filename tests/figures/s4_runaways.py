"""Figure S4: processes that would run away, some of which the gate refuses and all of which the engine stops by its budget: nothing is moved,
and somebody else's case goes on meanwhile.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable

from tests.unit.engine import drawing as d
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.engine import OperationFailed, StepBudgetSpent
from workflows.engine.language import EvaluationError, LanguageError

ALONE = True

LONGEST_SECONDS = 6.0
# Two threads that both work take turns of 5 ms, so a case of 2 ms takes some 50 ms beside a runaway; what counts is that nobody notices.
LONGEST_FOR_OTHERS = 1.0
BOUNDS = (StepBudgetSpent, EvaluationError, LanguageError, OperationFailed, engine.DefinitionRefused)
USUAL = d.definitions(d.process("p", d.start("s"), d.user("u"), d.user("v"), d.end("e"), d.chain("s", "u", "v", "e")))


def runaways() -> dict[str, tuple[str, dict[str, object]]]:
    """Each diagram by what it does, with the values its case begins with. The gate is left out on purpose."""
    loop = (d.start("s"), d.user("u"), d.exclusive("m"), d.script("t", "n = 1"), d.exclusive("x", default="m"), d.end("e"))
    spin = d.definitions(d.process("p", *loop, d.chain("s", "u", "m", "t", "x", "m"), d.flow("x", "e", "n == 2")))
    own = (
        d.process("p", d.start("s"), d.user("u"), d.call("there", "q"), d.end("e"), d.chain("s", "u", "there", "e")),
        d.process("q", d.start("qs"), d.call("again", "q"), d.end("qe"), d.chain("qs", "again", "qe")),
    )
    pair = (
        d.process("p", d.start("s"), d.user("u"), d.call("there", "q"), d.end("e"), d.chain("s", "u", "there", "e")),
        d.process("q", d.start("qs"), d.call("back", "r"), d.end("qe"), d.chain("qs", "back", "qe")),
        d.process("r", d.start("rs"), d.call("forth", "q"), d.end("re"), d.chain("rs", "forth", "re")),
    )
    many = d.definitions(
        d.process("p", d.start("s"), d.user("u"), d.call("each", "q", each=("all", "one")), d.end("e"), d.chain("s", "u", "each", "e")),
        d.process("q", d.start("qs"), d.script("t", "n = 1"), d.end("qe"), d.chain("qs", "t", "qe")),
    )
    work = d.script("t", "n = [sum(all), sum(all), sum(all), sum(all)]")
    scripts = d.definitions(d.process("p", d.start("s"), d.user("u"), work, d.end("e"), d.chain("s", "u", "t", "e")))
    doubling = d.script("t", "; ".join(f"a{n + 1} = a{n} + a{n}" for n in range(40)).replace("; ", "\n"))
    growing = d.definitions(d.process("p", d.start("s"), d.user("u"), doubling, d.end("e"), d.chain("s", "u", "t", "e")))
    return {
        "a loop without a wait": (spin, {}),
        "a process that calls itself": (d.definitions(*own), {}),
        "two processes that call one another": (d.definitions(*pair), {}),
        "200,000 instances": (many, {"all": list(range(200_000))}),
        "a script that adds without end": (scripts, {"all": list(range(900_000))}),
        "a text that doubles": (growing, {"a0": "x" * 1_000}),
    }


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    alone = statistics.median(usual() for _ in range(20)) * 1_000
    free, slowest, beside = list[str](), 0.0, list[float]()
    for what, (text, values) in runaways().items():
        with_others = Others()
        stopped, seconds = bounded(text, values)
        beside += with_others.stop()
        slowest = max(slowest, seconds)
        if not stopped:
            free.append(what)
    for_others = sorted(beside)[len(beside) * 95 // 100] if beside else 0.0
    print(f"S4 runaways_not_stopped_or_moved {len(free)} of_{len(runaways())} 0 {'short' if free else 'ok'}")
    print(f"S4 slowest_to_stop {slowest:.1f} s {LONGEST_SECONDS:g} {'ok' if slowest < LONGEST_SECONDS else 'short'}")
    is_free = for_others < LONGEST_FOR_OTHERS
    print(f"S4 another_case_meanwhile_p95_{len(beside)}_cases_{alone:.1f}ms_alone {for_others:.2f} s {LONGEST_FOR_OTHERS:g} {'ok' if is_free else 'short'}")
    for words in free:
        print(f"  {words}", file=sys.stderr)
    return 1 if free or slowest >= LONGEST_SECONDS or not is_free else 0


def bounded(text: str, values: dict[str, object]) -> tuple[bool, float]:
    """Whether a case was stopped where it was, in processor seconds of this thread: refused at reading, or kept as it was stored before."""
    began = time.thread_time()
    try:
        case = Walk(engine.read("p", {"process.bpmn": text}), **values)
        before = case.stored
        stopped = _stops(lambda: case.complete("u"), case) and case.stored == before or bool(getattr(case, "stuck", None))
    except BOUNDS:
        stopped = True
    return stopped, time.thread_time() - began


def _stops(work: Callable[[], None], case: Walk) -> bool:
    try:
        work()
    except BOUNDS:
        return True
    return bool(case.stuck)


def usual() -> float:
    """The seconds that somebody else's case takes for two steps."""
    began = time.monotonic()
    case = Walk(engine.read("p", {"process.bpmn": USUAL}))
    case.complete("u")
    case.complete("v")
    return time.monotonic() - began


class Others:
    """Somebody else's cases, one after the other, until they are stopped."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._took: list[float] = []
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._over.wait(0.02):
            self._took.append(usual())

    def stop(self) -> list[float]:
        """What each of them took."""
        self._over.set()
        self._thread.join()
        return self._took


if __name__ == "__main__":
    sys.exit(main())
