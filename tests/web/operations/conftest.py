"""Every test here that asks for `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.support.databases import database

__all__ = ["database"]
