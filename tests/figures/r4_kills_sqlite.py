"""Figure R4 on SQLite, five hundred kills, for `make test-long`: every fifty in a town of its own."""

from __future__ import annotations

import sys

from tests.figures import r4_kills

CLASS = "long"
KILLS = 500

if __name__ == "__main__":
    sys.exit(r4_kills.main(KILLS, only="sqlite", at_a_time=50))
