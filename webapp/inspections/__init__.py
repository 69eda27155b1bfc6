"""Inspections: planned, visited line by line, reported, and followed up."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("inspections", __name__, template_folder="templates")

from webapp.inspections import cancelling, finding, listing, marking, overview, planning, writing  # noqa: E402  the views register themselves
from webapp.shared import case_cards_inspection  # noqa: E402  and so do the cards of its kind of case

__all__ = ["bp", "cancelling", "case_cards_inspection", "finding", "listing", "marking", "overview", "planning", "writing"]
