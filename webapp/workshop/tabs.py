"""The pages about a draft, in the order of the work, for the bar above each of them."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from webapp.workshop import bp

# The endpoint of each page and the first parts of the names of the endpoints that belong to it.
TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Diagram", "diagram", ("diagram",)),
    ("Outline", "outline", ("outline",)),
    ("Forms", "forms", ("form",)),
    ("Tables", "tables", ("table",)),
    ("Problems", "problems", ("problem",)),
    ("Try", "trying", ("try", "simul")),
    ("Tests", "tests", ("test",)),
    ("Files", "files", ("files", "upload")),
    ("Review change", "review", ("review", "agree", "deploy")),
)


@bp.context_processor
def _tabs() -> dict[str, Any]:
    return {"draft_tabs": draft_tabs}


def draft_tabs(key: str) -> list[dict[str, Any]]:
    """Each page about the draft of a process, with the present one marked."""
    here = str(request.endpoint).partition(".")[2]
    return [
        {"text": text, "href": url_for(f"workshop.{name}", key=key), "active": here.startswith(begins), "name": name}
        for text, name, begins in TABS
        if f"workshop.{name}" in current_app.view_functions
    ]
