"""Figure R10 with ten thousand timers and workers that share the work."""

from __future__ import annotations

import sys

from tests.figures import r10_timers, r10_timers_long

CLASS = "long"

if __name__ == "__main__":
    sys.exit(r10_timers.main(r10_timers_long.COUNT, ("distributed",)))
