"""Which mails a person gets: at once, with the daily mail, or never, by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.account import bp
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import users
from workflows.errors import Invalid
from workflows.queries import parameters
from workflows.rules import mail_kinds, permissions
from workflows.rules.mail_kinds import CHOICE_WORDS, Topic


@bp.get("/settings/mail")
def mail() -> ResponseReturnValue:
    """What this person gets, and what cannot be switched off and why."""
    return _page({}, {})


@bp.post("/settings/mail", endpoint="save_mail")
@writes
def save_mail() -> ResponseReturnValue:
    """Keep the choices; an answer that is not on offer stands at its question."""
    topics = [topic for topic in _topics() if not topic.fixed]
    typed = {topic.key: request.form.get(topic.key, "") for topic in topics}
    try:
        users.choose_mail(db.session, person(), choices=typed)
    except Invalid as error:
        return _page(typed, error.errors), 422
    flash("Your choices are saved")
    return redirect(url_for("account.mail"), 303)


def _topics() -> list[Topic]:
    return mail_kinds.topics_for(provider=permissions.is_provider(person()))


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    chosen = {topic.key: typed.get(topic.key, mail_kinds.choice(topic, person().preferences)) for topic in _topics()}
    return render_template(
        "account/mail.html",
        questions=[_question(topic, chosen[topic.key]) for topic in _topics() if not topic.fixed],
        fixed=[topic for topic in _topics() if topic.fixed and topic.key != "digest"],
        errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        address=person().email,
        digest_at=parameters.time_of_day(db.session, "mail_digest_at") if _has_digest() else None,
    )


def _has_digest() -> bool:
    try:
        parameters.find(db.session, "mail_digest_at")
    except parameters.UnknownParameter:
        return False
    return True


def _question(topic: Topic, chosen: str) -> dict[str, Any]:
    items = [{"value": each, "text": CHOICE_WORDS[each], "checked": each == chosen} for each in topic.choices]
    return {"key": topic.key, "name": topic.name, "hint": topic.hint, "items": items}
