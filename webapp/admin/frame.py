"""What every page of administration has: its navigation, and how much of a case its reader may be told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for

from webapp.db import db
from webapp.signed_in import person
from workflows.queries import administration

HIDDEN = "A restricted case"
NO_CASE = ""
PLACES = (
    ("Overview", "home"),
    ("Cannot continue", "incidents"),
    ("Mail", "mail"),
    ("Jobs and timers", "jobs"),
    ("Other systems", "webhooks"),
    ("Audit trail", "audit"),
    ("People and groups", "people"),
    ("Policy values", "parameters"),
    ("Working days", "calendars"),
)


def page(template: str, *, place: str, **values: Any) -> str:
    """A page of administration; `place` is the endpoint that the navigation marks."""
    places = [{"text": text, "href": url_for(f"admin.{endpoint}"), "active": endpoint == place, "count": None} for text, endpoint in PLACES]
    return render_template(template, places=places, **values)


class CaseLinks:
    """The cases named on a page, as far as its reader may know of them: reference and address, or that it is restricted."""

    def __init__(self, ids: Iterable[uuid.UUID | None]) -> None:
        self._seen = administration.visible_cases(db.session, person(), {each for each in ids if each is not None})

    def of(self, case_id: uuid.UUID | None) -> dict[str, str]:
        """Words and address for a case; without an address for one that is restricted, without words when there is none."""
        if case_id is None:
            return {"text": NO_CASE, "href": ""}
        case = self._seen.get(case_id)
        if case is None:
            return {"text": HIDDEN, "href": ""}
        return {"text": case.reference, "href": url_for("cases.show_case", reference=case.reference)}

    def may_see(self, case_id: uuid.UUID | None) -> bool:
        """Whether the reader may be told what concerns this case; what concerns none may be told to all here."""
        return case_id is None or case_id in self._seen
