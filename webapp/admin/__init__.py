"""The administration area: what cannot continue, what was sent, who is here, what was done."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("admin", __name__, template_folder="templates")

from webapp.admin import calendars, incidents, looking, mails, people_pages, putting_back, settings_pages, trail, webhooks  # noqa: E402, F401  the views register themselves on the blueprint
