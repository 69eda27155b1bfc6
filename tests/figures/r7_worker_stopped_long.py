"""Figure R7 with a thousand timers and a thousand jobs on every engine."""

from __future__ import annotations

import sys

from tests.figures import r7_worker_stopped
from tests.support.engines import ENGINES

CLASS = "long"
COUNT = 1_000

if __name__ == "__main__":
    sys.exit(r7_worker_stopped.main(COUNT, ENGINES))
