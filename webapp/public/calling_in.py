"""Call-in: the rules for everyone, and for scrutiny councillors the request, its check and its confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import CallIn, KeyDecision, Parameter, User, clock
from webapp import kept
from webapp.db import db, writes
from webapp.public import bp
from webapp.shared import decision_sections
from webapp.signed_in import person, visitor
from workflows.actions import call_ins
from workflows.actions.representations import plain
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import parameters, public
from workflows.queries.public import PublicDecision
from workflows.rules import permissions, words
from workflows.rules.calendar import date_words


@dataclass(frozen=True)
class Rule:
    """One of the council's own rules of call-in, and whether somebody has confirmed it."""

    words: str
    is_confirmed: bool


@bp.get("/decisions/<slug>/call-in")
def call_in(slug: str) -> ResponseReturnValue:
    """The rules and the requests so far; the form as well for a councillor who may ask."""
    found = public.decision_page(db.session, slug)
    again = kept.typed()
    typed = {"requesters": "", "reasons": ""} | {key: value for key, value in (again or {}).items() if key in ("requesters", "reasons")}
    return _page(found, typed, again.getlist("grounds") if again else [])


@bp.post("/decisions/<slug>/call-in", endpoint="request_call_in")
@writes
def request_call_in(slug: str) -> ResponseReturnValue:
    """Check a councillor's request and show it once more; send it when it has been looked at."""
    user = person()
    permissions.check_call_in(user)
    found = public.decision_page(db.session, slug)
    typed = {key: plain(request.form.get(key)) for key in ("requesters", "reasons")}
    grounds = [ground for ground in request.form.getlist("grounds") if ground in call_ins.GROUNDS]
    if request.form.get("step") == "change":
        return _page(found, typed, grounds)
    answers = {"requesters": typed["requesters"].splitlines(), "grounds": grounds, "reasons": typed["reasons"]}
    try:
        call_ins.check_request(answers)
    except Invalid as error:
        return _page(found, typed, grounds, error.errors), 422
    if request.form.get("step") != "send":
        record = call_ins.callable_record(db.session, found.decision)
        names = call_ins.names_in(answers["requesters"])
        return render_template("public/call_in_check.html", **_about(found.decision), typed=typed, grounds=grounds, names=names, late=_late(record))
    sent = call_ins.request(db.session, found.decision, answers=answers, by=user)
    return redirect(url_for("public.call_in_sent", slug=slug, reference=sent.reference), 303)


@bp.get("/decisions/<slug>/call-in/sent")
def call_in_sent(slug: str) -> ResponseReturnValue:
    """The confirmation for the councillor who sent a request. NotFound for everyone else."""
    found = public.decision_page(db.session, slug)
    sent = _own_request(found.call_ins, request.args.get("reference", ""), visitor())
    return render_template("public/call_in_sent.html", **_about(found.decision), sent=sent)


def _own_request(known: Sequence[CallIn], reference: str, user: User | None) -> CallIn:
    sent = next((each for each in known if each.reference == reference), None)
    if sent is None or user is None or sent.received_from_id != user.id:
        raise NotFound("There is no such request")
    return sent


def _page(found: PublicDecision, typed: dict[str, str], grounds: Sequence[str], errors: dict[str, str] | None = None) -> str:
    user = visitor()
    may_ask = user is not None and permissions.can_call_in(user)
    cannot = _why_not(found.decision)
    return render_template(
        "public/call_in.html",
        **_about(found.decision),
        section=decision_sections.call_in(found, clock.now()),
        rules=_rules(db.session, found),
        may_ask=may_ask and not cannot,
        cannot=cannot if may_ask else "",
        late=_late(found.record) if may_ask and not cannot and found.record else "",
        typed=typed,
        grounds=[{"value": each, "text": each, "checked": each in grounds} for each in call_ins.GROUNDS],
        errors=errors or {},
        problems=[{"text": text, "href": f"#{key}"} for key, text in (errors or {}).items()],
        longest=call_ins.LONGEST_REASONS,
        is_councillor=may_ask,
    )


def _why_not(decision: KeyDecision) -> str:
    try:
        call_ins.callable_record(db.session, decision)
    except (Refused, Conflict) as reason:
        return str(reason)
    return ""


def _late(record: Any) -> str:
    if not call_ins.is_late(record):
        return ""
    closed = record.call_in_closes_at.astimezone(clock.LONDON)
    ended = f"The call-in period ended at {words.time(closed)} on {date_words(closed.date())}."
    return f"{ended} You can still send a request. It is recorded as late."


def _rules(session: Session, found: PublicDecision) -> list[Rule]:
    """The council's parameters as they stood when the record was published, or today."""
    on = found.record.published_on if found.record is not None else None
    days = f"call_in_working_days_{found.decision.maker_type.value}"
    sentences = {
        days: "The call-in period is {value} working days after the decision is published.",
        "call_in_cutoff": "It ends at {value} on the last day.",
        "call_in_requesters": "At least {value} councillors who are not in the cabinet must ask.",
        "call_in_meeting_days": "The scrutiny committee meets within {value} working days of an accepted request.",
        "reconsider_days": "A decision that is referred back is looked at again within {value} working days.",
    }
    found_rules = []
    for key, sentence in sentences.items():
        try:
            row = parameters.find(session, key, on=on)
        except parameters.UnknownParameter:
            continue
        found_rules.append(Rule(sentence.format(value=_value(row)), row.confirmed_at is not None))
    return found_rules


def _value(row: Parameter) -> str:
    if row.key == "call_in_cutoff":
        hour, minute = (int(part) for part in str(row.value).split(":")[:2])
        return words.time(clock.now().replace(hour=hour, minute=minute))
    return str(row.value)


def _about(decision: KeyDecision) -> dict[str, Any]:
    return {"reference": decision.public_reference, "decision_title": decision.title, "slug": decision.slug}
