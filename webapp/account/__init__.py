"""The account area: signing in and out, the password, and what a person sets for themselves."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("account", __name__, template_folder="templates")

from webapp.account import absences, calendar, mail, settings, sign_in  # noqa: E402, F401  the views register themselves on the blueprint
