"""Finding a case by its reference or by words."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.cases import bp, listing
from webapp.db import db
from webapp.signed_in import person
from workflows.queries import search as search_queries

LONGEST = 200


@bp.get("/search")
def search() -> ResponseReturnValue:
    """What matches the words in the address; every spelling of a reference finds its case."""
    text = " ".join(request.args.get("q", "")[:LONGEST].split())
    too_short = "q" in request.args and len(text) < search_queries.SHORTEST
    found = search_queries.search(db.session, person(), text) if text and not too_short else None
    return render_template(
        "cases/search.html",
        text=text,
        too_short=too_short,
        shortest=search_queries.SHORTEST,
        rows=listing.rows(found.rows) if found else [],
        total=found.total if found else 0,
        asked=found is not None,
    )
