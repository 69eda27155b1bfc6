"""Figure S5: three hundred escapes from the language and the bombs made for it, all refused or bounded."""

from __future__ import annotations

import sys
import time
from typing import Any

from tests.unit.engine.payloads import BOMBS, DATA, EXPRESSIONS, SCRIPT_BOMBS, SCRIPTS, escapes
from workflows.engine import language

LONGEST = 0.5


def main() -> int:
    """Print the figure's lines; 1 when any is short."""
    language.evaluate("add_workdays('2026-01-01', 1)", {})
    tried = [*((text, language.evaluate) for text in (*EXPRESSIONS, *escapes())), *((text, language.execute) for text in SCRIPTS)]
    out = [text for text, work in tried if not refused(work, text)[0]]
    bombs = [*((text, language.evaluate) for text in BOMBS), *((text, language.execute) for text in SCRIPT_BOMBS)]
    slowest = max(quickest(work, text) for text, work in bombs)
    print(f"S5 escapes_not_refused {len(out)} of_{len(tried)} 0 {'short' if out else 'ok'}")
    print(f"S5 slowest_of_{len(bombs)}_bombs {slowest:.2f} s {LONGEST} {'ok' if slowest < LONGEST else 'short'}")
    for text in out[:5]:
        print(f"  {text!r}", file=sys.stderr)
    return 1 if out or slowest >= LONGEST else 0


def quickest(work: Any, text: str) -> float:
    """The processor seconds that a bomb takes when nothing else gets in its way: the best of up to three tries."""
    tries = [refused(work, text)[1]]
    while min(tries) >= LONGEST and len(tries) < 3:
        tries.append(refused(work, text)[1])
    return min(tries)


def refused(work: Any, text: str) -> tuple[bool, float]:
    """Whether a text was refused in words, and the processor seconds that took. Any other failure goes up."""
    before = time.process_time()
    try:
        work(text, DATA)
    except (language.LanguageError, language.EvaluationError):
        return True, time.process_time() - before
    return False, time.process_time() - before


if __name__ == "__main__":
    sys.exit(main())
