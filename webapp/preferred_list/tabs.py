"""The tabs above every page of the provider list."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from webapp.preferred_list import bp
from webapp.signed_in import person
from workflows.rules import permissions

TABS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Find accommodation", "find", frozenset({"find", "find_post", "compare", "compare_post", "shortlist", "shortlist_post"})),
    ("Who is on the list", "history", frozenset({"history"})),
    ("Lists and contracts", "lists", frozenset()),
)


@bp.context_processor
def _tabs() -> dict[str, Any]:
    return {"list_tabs": list_tabs}


def list_tabs() -> list[dict[str, Any]]:
    """The tabs this person may open, with the present one marked."""
    here = str(request.endpoint).partition(".")[2]
    of_placements = here.startswith("placement")
    known = {page for _, _, pages in TABS for page in pages}
    is_of_lists = not of_placements and here not in known
    shown = [
        {"text": text, "href": url_for(f"preferred_list.{name}"), "active": here in pages or (name == "lists" and is_of_lists)}
        for text, name, pages in TABS
    ]
    if permissions.can_see_placements(person()):
        shown.append({"text": "Placements", "href": url_for("preferred_list.placements"), "active": of_placements})
    return shown
