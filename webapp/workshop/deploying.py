"""Deploying an agreed draft: what happens to running cases is chosen and confirmed before anything goes live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import DraftStatus, ProcessDraft
from webapp.db import db, only_asks, writes
from webapp.signed_in import person
from webapp.workshop import bench, bp, opening
from webapp.workshop.gate_first import found_for, looked_at
from workflows.actions import agreeing, process_drafts, undertakings
from workflows.engine import DefinitionRefused
from workflows.library import moving
from workflows.library.gate.around import around
from workflows.library.moving import Line, Preview
from workflows.rules import drafting

LEAVE, MOVE, CHOOSE = "leave", "move", "choose"
UNDERTAKING = "move-cases"


@bp.get("/processes/<key>/draft/deploy")
def deploy(key: str) -> ResponseReturnValue:
    """Choose what happens to running cases; a draft that is not agreed goes back to its review."""
    draft = process_drafts.find_going(db.session, key)
    if draft is None:
        return opening.offer(key)
    if draft.status is not DraftStatus.AGREED or not drafting.may_edit(person()):
        return redirect(url_for("workshop.review", key=key))
    found = preview_of(draft)
    return redirect(url_for("workshop.review", key=key)) if found is None else _page(draft, found, {})


def _page(draft: ProcessDraft, found: Preview, errors: Mapping[str, str]) -> str:
    return render_template(
        "workshop/deploy.html", bench=bench.find(draft.key, draft=draft), draft=draft, digest=process_drafts.digest_of(db.session, draft),
        running=len(found.lines), moving=[line_of(each) for each in found.moving], staying=[line_of(each) for each in found.staying], errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()], fate=request.form.get("fate", ""),
        chosen=request.form.getlist("case"),
    )  # fmt: skip


def preview_of(draft: ProcessDraft) -> Preview | None:
    """What would become of the running cases; None for a draft that cannot be read."""
    files = process_drafts.files_of(db.session, draft)
    try:
        return moving.preview(db.session, moving.version_from(draft.key, files, around(db.session, draft.key, files).called))
    except DefinitionRefused:
        return None


def line_of(line: Line) -> dict[str, Any]:
    """A case as a row of a table, with what changes for it at once in one sentence."""
    return {
        "id": str(line.instance_id), "reference": line.case_reference, "href": url_for("cases.show_case", reference=line.case_reference),
        "version": line.version, "why": line.why, "notes": "; ".join(line.notes),
    }  # fmt: skip


@bp.post("/processes/<key>/draft/deploy")
@only_asks
def deploy_check(key: str) -> ResponseReturnValue:
    """Show what was chosen before it is done."""
    draft = process_drafts.going(db.session, key)
    drafting.check_edit(person())
    found = preview_of(draft)
    if found is None:
        return redirect(url_for("workshop.review", key=key), 303)
    fate, chosen = request.form.get("fate", ""), request.form.getlist("case")
    errors = _errors(fate, chosen)
    if errors:
        return _page(draft, found, errors), 422
    return render_template(
        "workshop/deploy_check.html", bench=bench.find(key, draft=draft), draft=draft, digest=request.form.get("digest", ""), fate=fate,
        chosen=chosen, count={MOVE: len(found.moving), CHOOSE: len(chosen)}.get(fate, 0), staying=len(found.staying), running=len(found.lines),
    )  # fmt: skip


def _errors(fate: str, chosen: list[str]) -> dict[str, str]:
    """What is not chosen yet, by its field."""
    if fate not in (LEAVE, MOVE, CHOOSE):
        return {"fate": "Choose what happens to open cases"}
    return {"case": "Choose at least one case, or leave them all"} if fate == CHOOSE and not chosen else {}


@bp.post("/processes/<key>/draft/deploy/now")
@looked_at
@writes
def deploy_now(key: str) -> ResponseReturnValue:
    """Make the agreed draft the live version, and ask for the cases to be moved that were chosen."""
    draft = process_drafts.going(db.session, key)
    name = bench.find(key, draft=draft).name
    try:
        made = agreeing.deploy(db.session, draft, digest=request.form.get("digest", ""), found=found_for(draft).problems, by=person())
    except DefinitionRefused:
        db.session.rollback()
        flash("This draft has errors now, so it cannot go live. They are listed below")
        return redirect(url_for("workshop.review", key=key), 303)
    flash(f"Version {made.version} of {name} is live")
    wanted = wanted_of(moving.running_ids(db.session, key, besides=made.id), request.form.get("fate", ""), request.form.getlist("case"))
    if not wanted:
        return redirect(url_for("processes.show_process", key=key), 303)
    return redirect(asked_to_move(name, made.version, str(made.id), wanted), 303)


def wanted_of(running: list[str], fate: str, chosen: list[str]) -> list[str]:
    """The ids of the instances to move. All that run are asked for when all that can should move: the job says of each whether it could."""
    if fate == CHOOSE:
        return [each for each in running if each in set(chosen)]
    return running if fate == MOVE else []


def asked_to_move(name: str, version: int, to: str, wanted: list[str]) -> str:
    """Ask for these instances to be moved, and give the address of the page that shows how far it is."""
    title = f"Move cases of {name} to version {version}"
    row = undertakings.ask(db.session, UNDERTAKING, title, {"to": to, "instances": wanted}, len(wanted), by=person())
    return url_for("undertakings.show_job", undertaking_id=row.id)
