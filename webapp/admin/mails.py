"""The outbox and how each kind of mail looks: what was sent, waits, was not needed any more, or could not be sent, and why."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from models import OutboxMail
from webapp.admin import bp, frame
from webapp.db import db
from webapp.settings import Settings
from workflows.errors import NotFound
from workflows.letters import mails
from workflows.letters.mails import Line, Said, Section
from workflows.queries import administration, mail_about
from workflows.queries.administration import MAIL_STATES
from workflows.rules import mail_kinds
from workflows.rules.mail_kinds import CHOICE_WORDS, KINDS, TOPICS, Kind

A_PAGE = 50
MAIL_POLICY = "default-src 'none'; style-src {style}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# Shown with every kind: what a title or a name may hold, and how it comes out.
SAMPLE_TITLE = "Smith & Sons <Homes>"


@bp.get("/admin/mail")
def mail() -> ResponseReturnValue:
    """The outbox, all of it or the mails in one state."""
    state = request.args.get("state", "")
    state = state if state in MAIL_STATES else ""
    found = administration.mails(db.session, after=request.args.get("after", "")[:40], limit=A_PAGE + 1, state=state)
    links = frame.CaseLinks(each.case_id for each in found)
    more = url_for("admin.mail", after=str(found[A_PAGE - 1].id), state=state or None) if len(found) > A_PAGE else ""
    states = [{"text": text, "href": url_for("admin.mail", state=key or None), "active": key == state} for key, text in _choices()]
    rows = [_mail(each, links) for each in found[:A_PAGE]]
    return frame.page("admin/mail.html", place="mail", rows=rows, next_href=more, has_server=_has_server(), states=states, state=state)


def _choices() -> list[tuple[str, str]]:
    return [("", "All"), *MAIL_STATES.items()]


@bp.get("/admin/mail/<uuid:mail_id>")
def show_mail(mail_id: uuid.UUID) -> ResponseReturnValue:
    """One mail as it goes out. NotFound for one about a case that this person may not know of."""
    found = _readable(mail_id)
    rendered = _render(mails.said(db.session, found))
    shown = _mail(found, frame.CaseLinks([found.case_id]))
    href = url_for("admin.show_mail_as_html", mail_id=found.id)
    return frame.page("admin/one_mail.html", place="mail", mail=shown, text=rendered.text, html_href=href, link=found.link)


@bp.get("/admin/mail/<uuid:mail_id>/html")
def show_mail_as_html(mail_id: uuid.UUID) -> ResponseReturnValue:
    """The HTML of one mail by itself, as a mail program shows it."""
    return _as_html(mails.said(db.session, _readable(mail_id)))


@bp.get("/admin/mail/kinds")
def mail_kinds_page() -> ResponseReturnValue:
    """Every kind of mail, with what its readers may choose."""
    return frame.page("admin/mail_kinds.html", place="mail", kinds=[_kind(each) for each in KINDS.values()])


@bp.get("/admin/mail/kinds/<mail_kind>")
def show_mail_kind(mail_kind: str) -> ResponseReturnValue:
    """How one kind of mail looks, with invented words."""
    kind = _known(mail_kind)
    rendered = _render(_sample(kind))
    href = url_for("admin.show_mail_kind_as_html", mail_kind=kind.key)
    return frame.page("admin/mail_kind.html", place="mail", kind=_kind(kind), text=rendered.text, html_href=href)


@bp.get("/admin/mail/kinds/<mail_kind>/html")
def show_mail_kind_as_html(mail_kind: str) -> ResponseReturnValue:
    """The HTML of one kind by itself."""
    return _as_html(_sample(_known(mail_kind)))


def _readable(mail_id: uuid.UUID) -> OutboxMail:
    found = administration.mail(db.session, mail_id)
    if not frame.CaseLinks([found.case_id]).may_see(found.case_id):
        raise NotFound("There is no such mail")
    return found


def _known(key: str) -> Kind:
    if key not in KINDS:
        raise NotFound("There is no such kind of mail")
    return KINDS[key]


def _kind(kind: Kind) -> dict[str, str]:
    topic = TOPICS[kind.topic]
    chosen = topic.fixed or f"{topic.name}: {CHOICE_WORDS[topic.default].lower()} unless its reader chose otherwise"
    return {"name": kind.name, "key": kind.key, "choice": chosen, "href": url_for("admin.show_mail_kind", mail_kind=kind.key)}


def _sample(kind: Kind) -> Said:
    sections: list[Section] = []
    if kind.key == "digest":
        lines = [Line(f"Check the insurance: {SAMPLE_TITLE} (DPS-2026-0042)", "/work", "due 2 March 2026, for Amara Osei")]
        free = Line("4 tasks unassigned in Procurement", "/work?list=unassigned", "1 overdue")
        sections = [Section("Overdue", lines), Section("In your teams", [free])]
    subject = "Your work today: 1 task, 0 due today, 1 overdue" if sections else f"{kind.name}: {SAMPLE_TITLE} (DPS-2026-0042)"
    return Said(
        subject=subject, link="/work", sections=[each.to_json() for each in sections], why="You get this because you are in Procurement.",
        contact="Procurement, procurement@example.gov.uk", has_choices=mail_kinds.TOPICS[kind.topic].key != "account",
    )  # fmt: skip


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings


def _has_server() -> bool:
    return bool(_settings().mail.host)


def _render(said: Said) -> mails.Rendered:
    return mails.render(said, public_url=_settings().public_url, council=_settings().council_name)


def _as_html(said: Said) -> Response:
    answer = Response(_render(said).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY.format(style=mails.style_source())
    return answer


def _mail(found: OutboxMail, links: frame.CaseLinks) -> dict[str, Any]:
    told = links.may_see(found.case_id)
    text, colour = _mail_state(found)
    return {
        "href": url_for("admin.show_mail", mail_id=found.id) if told else "",
        "subject": found.subject if told else frame.HIDDEN,
        "to": found.to_address,
        "case": links.of(found.case_id),
        "kind": mail_kinds.kind_of(found.kind).name,
        "created_at": found.created_at,
        "state": {"text": text, "colour": colour},
        "sent_at": found.sent_at,
        "because": found.not_sent_because,
        "tries": found.tries,
        "last_error": found.last_error if not found.sent_at and not found.not_sent_because else "",
        "with_href": url_for("admin.show_mail", mail_id=found.with_id) if found.with_id and told else "",
    }


def _mail_state(found: OutboxMail) -> tuple[str, str]:
    if found.sent_at is not None:
        return "Sent", ""
    if found.not_sent_because in mail_about.NOT_NEEDED:
        return "Not needed", "grey"
    if found.not_sent_because:
        return "Not sent", "orange"
    if found.tries >= administration.MAIL_TRIES:
        return "Failed", "red"
    if found.tries:
        return "Trying again", "yellow"
    return ("In the next daily mail", "blue") if found.is_for_digest else ("Queued", "blue")
