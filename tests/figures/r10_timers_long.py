"""Figure R10 with ten thousand timers and the runner inside a process."""

from __future__ import annotations

import sys

from tests.figures import r10_timers

CLASS = "long"
COUNT = 10_000

if __name__ == "__main__":
    sys.exit(r10_timers.main(COUNT, ("embedded",)))
