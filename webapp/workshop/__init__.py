"""The workshop: where process owners change a process, try it and send the change for agreement. Everything here is about one draft."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("workshop", __name__, template_folder="templates")

# The views register themselves on the blueprint.
from webapp.workshop import (  # noqa: E402
    beginning,  # noqa: F401
    deploying,  # noqa: F401
    editors,  # noqa: F401
    files,  # noqa: F401
    form_pages,  # noqa: F401
    moving,  # noqa: F401
    opening,  # noqa: F401
    outline,  # noqa: F401
    problems,  # noqa: F401
    review,  # noqa: F401
    saving,  # noqa: F401
    simulations,  # noqa: F401
    table_pages,  # noqa: F401
    tabs,  # noqa: F401
    testing,  # noqa: F401
    trying,  # noqa: F401
)

