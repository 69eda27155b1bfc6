"""Figure R2 on PostgreSQL."""

from __future__ import annotations

import sys

from tests.figures import r2_pairs

CLASS = "long"

if __name__ == "__main__":
    sys.exit(r2_pairs.main(kind="postgresql"))
