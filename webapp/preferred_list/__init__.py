"""The preferred provider list: finding accommodation, who was on it when, placements, and its term."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("preferred_list", __name__, template_folder="templates")

from webapp.preferred_list import (  # noqa: E402  the views register themselves on the blueprint above
    finding,
    history,
    lists,
    placements,
    setting_up,
    tabs,
    terms,
)
from webapp.shared import case_cards_list_term  # noqa: E402  the cards of its kind of case register themselves

__all__ = ["bp", "case_cards_list_term", "finding", "history", "lists", "placements", "setting_up", "tabs", "terms"]
