"""One decision: its page for life, the notice and the record alone, the report, and what changed when."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import DecisionRecord, KeyDecision, Notice, NoticeKind
from webapp.db import db
from webapp.public import bp
from webapp.shared import decision_page, published, reports
from webapp.shared.decision_page import Links
from webapp.signed_in import visitor
from workflows.actions.reports import digest
from workflows.errors import NotFound
from workflows.queries import public
from workflows.queries.public import PublicDecision
from workflows.rules import permissions

KINDS = {
    NoticeKind.KEY_DECISION: "Notice of a key decision",
    NoticeKind.GENERAL_EXCEPTION: "Notice under the general exception",
    NoticeKind.SPECIAL_URGENCY: "Notice of special urgency",
    NoticeKind.REASONS: "Reasons for urgency",
    NoticeKind.CORRECTION: "Corrected notice",
}


@bp.get("/decisions/<slug>")
def show_decision(slug: str) -> ResponseReturnValue:
    """Everything about one decision, all its life."""
    found = public.decision_page(db.session, slug)
    return render_template("public/decision.html", page=decision_page.present(found, links=links_of(found)))


def links_of(found: PublicDecision) -> Links:
    """Where a decision's page leads to, for whoever looks at it."""
    decision = found.decision
    slug = decision.slug
    has_record = found.record is not None
    return Links(
        record=url_for("public.record", slug=slug) if has_record else "",
        notice=url_for("public.notice", slug=slug),
        history=url_for("public.history", slug=slug),
        represent=url_for("public.represent", slug=slug),
        call_in=url_for("public.call_in", slug=slug) if has_record else "",
        report=url_for("public.report", slug=slug) if has_record and decision.restriction == "open" else "",
        case=_case_href(decision),
        glossary=url_for("public.help", _anchor="words"),
        document=lambda document_id: url_for("public.document", slug=slug, document_id=document_id),
    )


def _case_href(decision: KeyDecision) -> str:
    user = visitor()
    may_look = user is not None and permissions.is_staff(user) and permissions.can_see(user, decision.case, working_on_it=False)
    if not may_look or "cases.show_case" not in current_app.view_functions:
        return ""
    return url_for("cases.show_case", reference=decision.case.reference)


@bp.get("/decisions/<slug>/record")
def record(slug: str) -> ResponseReturnValue:
    """The record as it was signed, alone, for printing and citing; earlier ones stay readable."""
    found = public.decision_page(db.session, slug)
    shown = _version(found.records) if found.records else None
    rows = _record_rows(found, shown) if isinstance(shown, DecisionRecord) else []
    as_signed = isinstance(shown, DecisionRecord) and digest(published.words_of(shown)) == shown.digest
    return render_template("public/record.html", **_about(found), shown=shown, versions=found.records, rows=rows, as_signed=as_signed)


def _record_rows(found: PublicDecision, shown: DecisionRecord) -> list[published.Row]:
    rows = published.record_rows(published.words_of(shown), decision=found.decision, requests=found.requests)
    callable_words = "Yes" if shown.can_be_called_in else f"No. {shown.not_callable_because.rstrip('.')}." if shown.not_callable_because else "No"
    return [*rows, {"key": "Can be called in", "value": callable_words}]


@bp.get("/decisions/<slug>/notice")
def notice(slug: str) -> ResponseReturnValue:
    """A notice as it was published, every version of it."""
    found = public.decision_page(db.session, slug)
    shown = _version(found.notices)
    assert isinstance(shown, Notice)
    versions = [{"number": each.version, "kind": KINDS[each.kind], "on": max(each.website_on, each.offices_on)} for each in found.notices]
    rows = published.rows_of_notice(shown)
    return render_template("public/notice.html", **_about(found), shown=shown, kind=KINDS[shown.kind], versions=versions, rows=rows)


def _version(versions: object) -> object:
    """The version that the address asks for, else the newest. NotFound for one that does not exist."""
    known = {each.version: each for each in versions}  # type: ignore[attr-defined]
    wanted = request.args.get("version", type=int) if "version" in request.args else max(known)
    if wanted not in known:
        raise NotFound("There is no such version")
    return known[wanted]


@bp.get("/decisions/<slug>/report")
def report(slug: str) -> ResponseReturnValue:
    """The report that was decided on, once the record is published (SI 2012/2089 reg 14). NotFound while it is not public."""
    found = public.decision_page(db.session, slug)
    if found.record is None or found.decision.restriction != "open":
        raise NotFound("This report is not public")
    return render_template("public/report.html", **_about(found), parts=reports.parts(found.record.report.content), record=found.record)


@bp.get("/decisions/<slug>/history")
def history(slug: str) -> ResponseReturnValue:
    """What changed on the page, when and why."""
    found = public.decision_page(db.session, slug)
    events = [{"id": str(each.id), "title": each.what, "at": each.at, "by": "", "text": each.reason} for each in found.revisions]
    return render_template("public/history.html", **_about(found), events=events)


def _about(found: PublicDecision) -> dict[str, str]:
    decision = found.decision
    return {"reference": decision.public_reference, "decision_title": decision.title, "slug": decision.slug}
