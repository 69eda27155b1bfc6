"""The work area: the lists of tasks, and doing one task."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("work", __name__, template_folder="templates")

import webapp.shared.case_cards_suspension  # noqa: E402  the cards of its kind of case register themselves
import webapp.work.applied  # noqa: E402  the views register themselves on the blueprint
import webapp.work.bulk  # noqa: E402
import webapp.work.doing  # noqa: E402
import webapp.work.drafting  # noqa: E402
import webapp.work.handing  # noqa: E402
import webapp.work.inbox  # noqa: E402
import webapp.work.interests  # noqa: E402
import webapp.work.remarks  # noqa: E402
import webapp.work.teams  # noqa: E402, F401
