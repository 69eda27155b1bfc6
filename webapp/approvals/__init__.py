"""The approvals area: deciding and signing off."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("approvals", __name__, template_folder="templates")

from webapp.approvals import listing, pages, signing  # noqa: E402  the views register themselves on the blueprint

__all__ = ["bp", "listing", "pages", "signing"]
