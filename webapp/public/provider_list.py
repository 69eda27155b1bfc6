"""The preferred provider list as anyone may read it: names, categories, districts and status. Never an address, a contact or a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from models import MembershipStatus, clock
from webapp.db import db
from webapp.public import bp
from webapp.shared import spreadsheets
from workflows.queries import public_list
from workflows.queries.public_list import Listed

HEADINGS = ("Provider", "List", "Categories", "Districts", "Status")
STATUS = {
    MembershipStatus.ACTIVE: ("On the list", "green"), MembershipStatus.CONDITIONAL: ("On the list", "green"),
    MembershipStatus.EMBARGOED: ("No new placements for now", "orange"), MembershipStatus.SUSPENDED: ("Suspended", "red"),
}  # fmt: skip


@bp.get("/providers-list")
def provider_list() -> ResponseReturnValue:
    """Every provider on the list today, by name."""
    found = public_list.listed(db.session, on=clock.today())
    rows = [_row(each) for each in found]
    return render_template("public/provider_list.html", rows=rows, today=clock.today())


def _row(found: Listed) -> dict[str, Any]:
    text, colour = STATUS[found.status]
    status = {"text": text, "colour": colour}
    return {"name": found.name, "categories": found.categories, "districts": found.districts, "list": found.list_title, "status": status}


@bp.get("/providers-list.csv")
def provider_list_csv() -> Response:
    """The same as a file for a spreadsheet."""
    rows = (_cells(each) for each in public_list.listed(db.session, on=clock.today()))
    return spreadsheets.csv_file(f"providers-{clock.today().isoformat()}.csv", HEADINGS, rows)


def _cells(found: Listed) -> list[str]:
    return [found.name, found.list_title, _joined(found.categories), _joined(found.districts), STATUS[found.status][0]]


def _joined(names: Sequence[str]) -> str:
    return "; ".join(names)
