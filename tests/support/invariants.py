"""The twelve invariants of everything that is stored, as one check for every test that does harm: the product's own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Engine

from workflows.actions import verifying
from workflows.storage import Place


def broken(engine: Engine, *, uploads: Place | None = None, is_worked: bool = False, acknowledged: Collection[str] = ()) -> list[str]:
    """What does not hold in a database, in words, each with the number of its invariant."""
    found = verifying.verify(engine, uploads=uploads, is_worked=is_worked, acknowledged=acknowledged, patience=timedelta(seconds=15))
    return [f"I{each.number} {words}" for each in found for words in each.first]
