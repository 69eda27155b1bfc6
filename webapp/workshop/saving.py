"""Files of a draft saved while somebody edits, and never over what somebody else saved meanwhile."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from webapp.db import db, only_asks, writes
from webapp.shared import filters
from webapp.signed_in import person
from webapp.workshop import bench, bp
from workflows.actions import process_drafts
from workflows.errors import Invalid, Refused
from workflows.library import joining


@bp.post("/processes/<key>/draft/files")
@writes
def save_draft_file(key: str) -> ResponseReturnValue:
    """Save one file of a draft: JSON with `path`, `text` and `based_on`.

    Answers 200 with the new `revision` and words; 409 with what somebody else saved since, who and when; 403 or 422 with words.
    """
    body = body_of_request()
    draft = process_drafts.going(db.session, key)
    try:
        revision = process_drafts.save_file(
            db.session, draft, str(body.get("path", "")), str(body.get("text", "")), based_on=_number(body.get("based_on")), by=person()
        )
    except process_drafts.FileChanged as changed:
        return jsonify(by=changed.by, at=filters.time_of(changed.at), theirs=changed.theirs or "", revision=changed.revision), 409
    except Refused as refused:
        return jsonify(words=str(refused)), 403
    except Invalid as invalid:
        return jsonify(words=" ".join(invalid.errors.values())), 422
    return jsonify(revision=revision, words=bench.saved_words(draft))


@bp.post("/processes/<key>/draft/join")
@only_asks
def join_draft_file(key: str) -> ResponseReturnValue:
    """Both changes of one file together, when they are in different places: JSON with `path`, `base`, `mine` and `theirs`; `joined` is null
    when they are not."""
    process_drafts.going(db.session, key)
    body = body_of_request()
    return jsonify(joined=joining.join(*(str(body.get(name, "")) for name in ("path", "base", "mine", "theirs"))))


def body_of_request() -> dict[str, Any]:
    """The JSON object that a script of our pages posted; empty when it is none."""
    found = request.get_json(silent=True)
    return dict(found) if isinstance(found, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
