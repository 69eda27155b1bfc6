"""Figure R5 on PostgreSQL: the n-th database call fails, for every n of the main actions."""

from __future__ import annotations

import sys

from tests.figures import r5_failing_calls
from tests.support import databases

CLASS = "long"

if __name__ == "__main__":
    sys.exit(r5_failing_calls.main([kind for kind in databases.available() if kind == "postgresql"]))
