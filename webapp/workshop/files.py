"""The files of a draft: what each is and how it differs from the version it began from; all of them as a zip file, there and back."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import ProcessDraft
from webapp.db import db, writes
from webapp.shared import process_files, uploads
from webapp.signed_in import person
from webapp.workshop import bench, bp, opening
from workflows.actions import process_drafts
from workflows.engine import DefinitionRefused
from workflows.errors import Invalid
from workflows.library import uploading
from workflows.library.uploading import Upload
from workflows.rules import drafting

STATES = {
    "new": ("New", "green"), "changed": ("Changed", "yellow"), "removed": ("Removed", "orange"), "same": ("As it was", "grey"),
}  # fmt: skip
MOST_NAMED = 5
ONLY_LEGAL = "The file changes rules.yml. Only Legal can change the rules of a process: take rules.yml out of the zip file, or ask Legal to upload it"


@bp.get("/processes/<key>/draft/upload")
def files(key: str) -> ResponseReturnValue:
    """Every file of the draft with what it is, and the way to upload others in their place."""
    draft = process_drafts.find_going(db.session, key)
    return opening.offer(key) if draft is None else _page(draft, {})


@bp.post("/processes/<key>/draft/upload")
@writes
def upload(key: str) -> ResponseReturnValue:
    """Put an uploaded folder in place of the draft's, or one file among them; nothing is changed when anything of it is refused."""
    draft = process_drafts.going(db.session, key)
    drafting.check_edit(person())
    try:
        _check_unchanged(draft)
        found = _read(draft)
        changed = process_drafts.replace_files(db.session, draft, found.files, by=person())
    except (Invalid, DefinitionRefused) as error:
        db.session.rollback()
        return _page(process_drafts.going(db.session, key), _messages(error)), 422
    _tell(found, changed)
    return redirect(url_for("workshop.files", key=key), 303)


@bp.get("/processes/<key>/draft/files.zip")
def draft_files(key: str) -> Response:
    """The folder of the draft as a zip file."""
    draft = process_drafts.going(db.session, key)
    return process_files.zipped(process_drafts.files_of(db.session, draft), key, f"{key}-draft.zip")


def _check_unchanged(draft: ProcessDraft) -> None:
    """Raise Invalid when somebody saved something since the page was opened: an upload would undo it without a word."""
    process_drafts.hold(db.session, draft)
    if request.form.get("revision", "") != str(draft.revision):
        words = f"{draft.saved_by.name} changed the draft after you opened this page. Look at the files below, and upload again if they may go"
        raise Invalid({"file": words})


def _read(draft: ProcessDraft) -> Upload:
    """What the uploaded file makes of the draft. Invalid or DefinitionRefused says what is wrong with it."""
    file = uploads.sent()
    may_change_rules = drafting.may_edit_rules(person())
    found = uploading.read(file.name, file.content, process_drafts.files_of(db.session, draft), keep_rules=not may_change_rules)
    if found.changes_rules and not may_change_rules:
        raise Invalid({"file": ONLY_LEGAL})
    return found


def _messages(error: Invalid | DefinitionRefused) -> dict[str, str]:
    if isinstance(error, Invalid):
        return {"file": " ".join(error.errors.values())}
    return {"file": " ".join(str(problem) for problem in error.problems)}


def _tell(found: Upload, changed: list[str]) -> None:
    """Say what came of the upload: what changed, and what was left out and why."""
    flash(f"{_named(changed)} changed." if changed else "The files are the same as those of the draft. Nothing changed.")
    left_out = [each for each in found.said if each.state == "left out"]
    if left_out:
        flash(f"Left out: {_named([each.path for each in left_out])}. {left_out[0].why}.", "information")


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"{len(paths)} file{'' if len(paths) == 1 else 's'}: {', '.join(paths[:MOST_NAMED])}{more}"


def _page(draft: ProcessDraft, errors: dict[str, str]) -> str:
    found = bench.find(draft.key, draft=draft)
    return render_template(
        "workshop/files.html", bench=found, errors=errors, problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        rows=_rows(process_drafts.base_files(draft), found.files),
    )  # fmt: skip


def _rows(before: uploading.Files, after: uploading.Files) -> list[dict[str, Any]]:
    return [
        {"path": each.path, "what": each.what, "state": STATES[each.state][0], "colour": STATES[each.state][1]}
        for each in uploading.compared(before, after)
    ]
