"""What alembic runs a migration in: the caller's connection, the names of our tables, our column types by name."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

import models  # noqa: F401  every table is known once the package is read
from models.base import Instant, Model, Pence
from models.migrations.queue_tables import is_ours


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column types as a migration names them; alembic's way for everything else."""
    if kind == "type" and isinstance(item, Instant | Pence):
        return f"base.{type(item).__name__}()"
    if kind == "type" and type(item).__name__ == "JSON":
        return "base.Json"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    render_item=render_item,
    render_as_batch=True,
    compare_type=True,
    include_name=lambda name, kind, _parents: kind != "table" or is_ours(name or ""),
)
context.run_migrations()
