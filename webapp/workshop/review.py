"""One page about a change: what is different, what the gate says, which cases run, and who agrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import DraftStatus, ProcessDraft
from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bench, bp, gate_first, mending, opening
from webapp.workshop.bench import Bench
from webapp.workshop.changes import changes_of
from webapp.workshop.deploying import line_of
from webapp.workshop.gate_first import Found, found_for, looked_at
from workflows.actions import agreeing, process_drafts
from workflows.engine import DefinitionRefused
from workflows.errors import Invalid, NotFound
from workflows.library import definitions, moving
from workflows.library.gate.around import around
from workflows.queries import processes
from workflows.rules import drafting

Errors = Mapping[str, str]
LONGEST_NUMBER = 7
MOST_LOOKED_AT = 100


@bp.get("/processes/<key>/draft/review")
def review(key: str) -> ResponseReturnValue:
    """The change as the person who must agree to it sees it; without a draft, the page that offers to begin one."""
    draft = process_drafts.find_going(db.session, key)
    if draft is None:
        return opening.offer(key)
    return _page(draft, gate_first.look(db.session, draft), {})


def _page(draft: ProcessDraft, found: Found, errors: Errors, typed: Errors | None = None) -> str:
    own, before = bench.find(draft.key, draft=draft), process_drafts.base_files(draft)
    files = own.files
    live = definitions.find_latest(db.session, draft.key)
    rules_changed = drafting.changes_rules(before, files)
    return render_template(
        "workshop/review.html", bench=own, draft=draft, digest=found.digest, errors=errors, typed=typed or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()], changes=changes_of(before, files, key=draft.key),
        found=_problems(own, found), error_count=len(found.errors), problem_count=len(found.problems),
        report=found.tests, authors=process_drafts.author_names(db.session, draft), running=_running(draft, files), rules_changed=rules_changed,
        agrees=drafting.needs_agreement_of(rules_changed=rules_changed), meanwhile=live if live is not None and live.id != draft.base_id else None,
        **_rights(draft, found, rules_changed=rules_changed, is_changed=files != before),
    )  # fmt: skip


def _rights(draft: ProcessDraft, found: Found, *, rules_changed: bool, is_changed: bool) -> dict[str, bool]:
    """What this reader may do now."""
    user = person()
    may_edit = drafting.may_edit(user)
    may_agree = drafting.may_agree(user, process_drafts.authors_of(db.session, draft), rules_changed=rules_changed)
    is_sent, is_agreed = draft.status is DraftStatus.SENT, draft.status is DraftStatus.AGREED
    return {
        "may_edit": may_edit,
        "is_changed": is_changed,
        "can_send": may_edit and draft.status is DraftStatus.OPEN and is_changed and not found.errors,
        "can_agree": is_sent and may_agree and not found.errors,
        "can_hand_back": (is_sent or is_agreed) and (may_agree or draft.sent_by_id == user.id),
        "can_deploy": is_agreed and may_edit and not found.errors,
        "is_author": user.id in process_drafts.authors_of(db.session, draft),
    }


def _problems(own: Bench, found: Found) -> list[dict[str, Any]]:
    """What stands against the draft, errors first, each with the link to its step."""
    link = mending.links_for(own)
    return [
        {
            "is_error": each.severity == "error", "name": each.element_name or each.element_id, "message": each.message, "fix": each.fix,
            "link": link(each),
        }
        for each in (*found.errors, *found.warnings)
    ]  # fmt: skip


def _running(draft: ProcessDraft, files: Mapping[str, str]) -> dict[str, Any]:
    """The open cases by version, and which of them could move to this change; when there are very many, the page that deploys it says that."""
    versions = processes.versions_of(db.session, draft.key)
    by_version = [{"version": each.definition.version, "count": each.running} for each in versions if each.running]
    count = sum(each["count"] for each in by_version)
    found = _preview(draft, files) if 0 < count <= MOST_LOOKED_AT else None
    staying = [line_of(line) for line in found.staying] if found is not None else []
    return {"count": count, "by_version": by_version, "moving": len(found.moving) if found is not None else None, "staying": staying}


def _preview(draft: ProcessDraft, files: Mapping[str, str]) -> moving.Preview | None:
    try:
        return moving.preview(db.session, moving.version_from(draft.key, files, around(db.session, draft.key, files).called))
    except DefinitionRefused:
        return None


@bp.post("/processes/<key>/draft/review/send")
@looked_at
@writes
def review_send(key: str) -> ResponseReturnValue:
    """Ask another person to agree."""
    draft = process_drafts.going(db.session, key)
    found = found_for(draft)
    why = request.form.get("why", "")
    try:
        agreeing.send(db.session, draft, why=why, found=found.problems, by=person())
    except Invalid as error:
        return _again(key, found, error.errors, {"why": why})
    except DefinitionRefused:
        return _again(key, found, {"found": "Mend the errors before you send this for agreement"}, {"why": why})
    flash(f"Sent for agreement to {_who_agrees(draft)}")
    return _to_review(key)


@bp.post("/processes/<key>/draft/review/agree")
@looked_at
@writes
def review_agree(key: str) -> ResponseReturnValue:
    """Agree to exactly the files that the page showed."""
    draft = process_drafts.going(db.session, key)
    found = found_for(draft)
    try:
        agreeing.agree(db.session, draft, digest=request.form.get("digest", ""), found=found.problems, by=person())
    except DefinitionRefused:
        return _again(key, found, {"found": "This draft has errors now. Send it back to be mended"}, {})
    flash("You have agreed to this change. It can go live now")
    return _to_review(key)


@bp.post("/processes/<key>/draft/review/hand-back")
@looked_at
@writes
def review_hand_back(key: str) -> ResponseReturnValue:
    """Send a draft back to its authors, with the reason."""
    draft = process_drafts.going(db.session, key)
    because = request.form.get("because", "")
    try:
        agreeing.hand_back(db.session, draft, because=because, by=person())
    except Invalid as error:
        return _again(key, found_for(draft), error.errors, {"because": because})
    flash("Sent back with your reason")
    return _to_review(key)


@bp.post("/processes/<key>/draft/review/follow")
@writes
def review_follow(key: str) -> ResponseReturnValue:
    """Put a draft onto the version that somebody deployed meanwhile."""
    both = process_drafts.follow_live(db.session, process_drafts.going(db.session, key), by=person())
    words = f"Both changed {', '.join(both)}: your text stands there, so read it again" if both else "Nothing was changed in two places"
    flash(f"The draft begins from the live version now. {words}")
    return _to_review(key)


@bp.post("/processes/<key>/draft/discard")
@writes
def review_discard(key: str) -> ResponseReturnValue:
    """End a draft without deploying it."""
    process_drafts.discard(db.session, process_drafts.going(db.session, key), by=person())
    flash("The draft is discarded. It can be taken up again from here")
    return redirect(url_for("workshop.diagram", key=key), 303)


@bp.post("/processes/<key>/draft/reopen")
@writes
def review_reopen(key: str) -> ResponseReturnValue:
    """Take up the draft that was discarded last. NotFound when none was."""
    draft = process_drafts.last_discarded(db.session, key)
    if draft is None:
        raise NotFound("No draft of this process was discarded")
    process_drafts.reopen(db.session, draft, by=person())
    flash("You have taken up the draft again")
    return redirect(url_for("workshop.diagram", key=key), 303)


@bp.post("/processes/<key>/draft/bring-back")
@writes
def review_bring_back(key: str) -> ResponseReturnValue:
    """Begin a draft that says what an older version said; `version` is its number."""
    number = request.form.get("version", "")
    if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
        raise NotFound("There is no such version")
    process_drafts.bring_back(db.session, key, int(number), by=person())
    flash(f"You have begun a draft that says what version {int(number)} said. Another person must agree before it goes live")
    return _to_review(key)


def _again(key: str, found: Found, errors: Errors, typed: Errors) -> ResponseReturnValue:
    db.session.rollback()
    return _page(process_drafts.going(db.session, key), found, errors, typed), 422


def _who_agrees(draft: ProcessDraft) -> str:
    return drafting.needs_agreement_of(rules_changed=process_drafts.rules_changed(db.session, draft))


def _to_review(key: str) -> ResponseReturnValue:
    return redirect(url_for("workshop.review", key=key), 303)
