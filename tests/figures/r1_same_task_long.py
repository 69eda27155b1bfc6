"""Figure R1 with two thousand rounds."""

from __future__ import annotations

import sys

from tests.figures import r1_same_task

CLASS = "long"
ROUNDS = 2_000

if __name__ == "__main__":
    sys.exit(r1_same_task.main(ROUNDS))
