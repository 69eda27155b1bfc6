"""Figure R6 with twenty restarts, of PostgreSQL and of the service on SQLite."""

from __future__ import annotations

import sys

from tests.figures import r6_restarts
from tests.support import databases

CLASS = "long"
COUNT = 20

if __name__ == "__main__":
    sys.exit(r6_restarts.main(COUNT, databases.KINDS))
