"""The premises of a provider with their addresses, for staff only."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.providers import bp, frame
from webapp.shared import provider_words
from workflows.actions import premises as actions
from workflows.queries import providers


@bp.get("/providers/<provider_reference>/premises")
def premises(provider_reference: str) -> ResponseReturnValue:
    """All premises, the open ones first."""
    provider = frame.find(provider_reference)
    homes = [
        {"home": each, "category": actions.CATEGORIES[each.category], "gender": actions.GENDERS[each.gender],
         "night_cover": actions.NIGHT_COVER[each.night_cover], "grade": provider_words.GRADES.get(each.grade)}
        for each in providers.premises_of(db.session, provider)
    ]  # fmt: skip
    return frame.page(provider, "providers/premises.html", tab="premises", homes=homes)
