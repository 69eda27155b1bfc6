"""What storage raises."""

from __future__ import annotations


class StorageDown(Exception):
    """What keeps documents did not do what it was asked, or is full; nothing is known to be kept."""
