"""Providers as staff see them: the records, their certificates, and the thread with each."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("providers", __name__, template_folder="templates")

from webapp.providers import (  # noqa: E402  the views register themselves on the blueprint above
    certificates,
    changing,
    letters,
    listing,
    premises,
    registers,
    showing,
    threads,
)

__all__ = ["bp", "certificates", "changing", "letters", "listing", "premises", "registers", "showing", "threads"]
