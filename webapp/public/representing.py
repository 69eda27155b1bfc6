"""Having one's say about a proposed decision: the questions, the check, the sending, the confirmation."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from models import KeyDecision, clock
from webapp import kept
from webapp.db import db, writes
from webapp.limits import limiter
from webapp.public import bp
from webapp.shared import decision_sections
from workflows.actions import representations
from workflows.errors import Closed, Invalid
from workflows.queries import decisions, public

SENDS = "20 per 10 minutes"
QUESTIONS = ("text", "name", "contact", "capacity", "may_publish")
ANSWERS = {"yes": True, "no": False}
TOO_MANY = "Too many comments came from your network. Wait 10 minutes and send yours again"


@bp.get("/decisions/<slug>/representations/new")
def represent(slug: str) -> ResponseReturnValue:
    """The questions, or the words that comments are closed and whom to write to."""
    decision = decisions.public_by_slug(db.session, slug)
    again = kept.typed()
    typed = {key: again.get(key, "") if again else "" for key in QUESTIONS}
    return _questions(decision, typed) if representations.is_open(decision) else _closed(decision, typed)


@bp.post("/decisions/<slug>/representations/new", endpoint="send_representation")
@writes
def send_representation(slug: str) -> ResponseReturnValue:
    """Check the answers and show them once more; send them when they have been looked at."""
    decision = decisions.public_by_slug(db.session, slug)
    typed = {key: request.form.get(key, "") for key in QUESTIONS}
    if not representations.is_open(decision):
        return _closed(decision, typed), 403
    try:
        return _step(decision, typed, request.form.get("step", "check"))
    except Invalid as error:
        return _questions(decision, typed, error.errors), 422
    except RateLimitExceeded:
        return _questions(decision, typed, {"": TOO_MANY}), 429
    except Closed:
        return _closed(decision, typed), 403


def _step(decision: KeyDecision, typed: dict[str, str], step: str) -> ResponseReturnValue:
    answers = typed | {"may_publish": ANSWERS.get(typed["may_publish"])}
    if step == "change":
        return _questions(decision, typed)
    representations.check(answers)
    if step != "send":
        return _check(decision, {key: representations.plain(value) for key, value in typed.items()})
    with limiter.limit(SENDS):
        sent = representations.receive(db.session, decision, answers=answers)
    return redirect(url_for("public.representation_sent", slug=decision.slug, reference=sent.reference), 303)


@bp.get("/decisions/<slug>/representations/sent")
def representation_sent(slug: str) -> ResponseReturnValue:
    """The confirmation, at an address that only the sender was given; it says nothing of what was sent."""
    decision = decisions.public_by_slug(db.session, slug)
    sent = public.representation_sent(db.session, decision, request.args.get("reference", "").replace("\x00", ""))
    return render_template("public/representation_sent.html", **_about(decision), sent=sent, maker=decision.maker.name)


def _questions(decision: KeyDecision, typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    return render_template(
        "public/representation.html",
        **_about(decision),
        typed=typed,
        errors=errors or {},
        problems=[{"text": (errors or {})[key], "href": f"#{key}" if key else ""} for key in ("", *QUESTIONS) if key in (errors or {})],
        longest=representations.LONGEST,
        window=_window(decision),
        maker=decision.maker.name,
    )


def _check(decision: KeyDecision, typed: dict[str, str]) -> str:
    return render_template("public/representation_check.html", **_about(decision), typed=typed, maker=decision.maker.name)


def _closed(decision: KeyDecision, typed: dict[str, str]) -> str:
    return render_template(
        "public/representation_closed.html",
        **_about(decision),
        typed=typed,
        window=_window(decision),
        contact=decision.contact,
        team=public.democratic_services(db.session),
    )


def _window(decision: KeyDecision) -> str:
    """The first sentence of the window: until when, or since when no more."""
    return decision_sections.comments(decision, count=0, at=clock.now()).lines[0]


def _about(decision: KeyDecision) -> dict[str, Any]:
    return {"reference": decision.public_reference, "decision_title": decision.title, "slug": decision.slug}
