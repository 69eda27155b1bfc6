"""What every page about one case has: the case itself for this reader, its name plate, its tabs and its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, url_for

from models import Case, CaseStatus, KeyDecision
from webapp.db import db
from webapp.signed_in import person
from workflows.actions import proposals
from workflows.queries import case_list, case_pages, cases, decisions, providers
from workflows.rules import permissions, status

CLOSED = "Closed"
KIND_WORDS = {"key-decision": "Key decision", "list-term": "End of a contract"}


@dataclass(frozen=True)
class Plate:
    """The name plate of a case: who owns it, how it stands, and where the public reads about it."""

    case: Case
    kind: str
    decision: KeyDecision | None
    status: status.Status | None
    is_stuck: bool
    public_href: str
    owner: str


def find(reference: str) -> Case:
    """The case at this address. NotFound when there is none or this person may not know of it."""
    return cases.case_for(db.session, person(), reference=reference)


def kind_words(kind: str) -> str:
    """The kind of a case as people say it."""
    return KIND_WORDS.get(kind, kind.replace("-", " ").capitalize())


def page(case: Case, template: str, *, tab: str, **values: Any) -> str:
    """A page about a case: `template` extends `cases/frame.html`; `tab` is the endpoint of the tab it belongs to."""
    plate = _plate(case)
    return render_template(template, case=case, plate=plate, tabs=_tabs(case, tab), case_actions=_actions(case, plate.decision), **values)


def _plate(case: Case) -> Plate:
    row = case_list.in_rows(db.session, [case])[0]
    return Plate(
        case=case,
        kind=kind_words(case.kind),
        decision=row.decision,
        status=row.status,
        is_stuck=row.is_stuck,
        public_href=_public_href(row.decision),
        owner=f"{case.owner.name}, {case.team.name}" if case.owner else case.team.name,
    )


def _public_href(decision: KeyDecision | None) -> str:
    endpoint = "public.show_decision"
    if decision is None or endpoint not in current_app.view_functions or not decisions.is_public(db.session, decision):
        return ""
    return url_for(endpoint, slug=decision.slug)


def _tabs(case: Case, active: str) -> list[dict[str, object]]:
    held = case_pages.counts(db.session, case)
    listed: list[tuple[str, str, int | None]] = [
        ("Summary", "show_case", None),
        ("Timeline", "timeline", None),
        ("Documents", "documents", held.documents),
        ("Comments", "comments", held.comments),
        ("Consultations", "consultations", held.consultations),
        ("Process", "process", None),
        ("Legal checklist", "law", None),
        ("Answers", "answers", None),
    ]
    tabs: list[dict[str, object]] = [
        {"text": text, "href": url_for(f"cases.{endpoint}", reference=case.reference), "count": count or None, "active": endpoint == active}
        for text, endpoint, count in listed
    ]
    if case.provider_id is not None:
        tabs.insert(4, _thread(case))
    return tabs


def _thread(case: Case) -> dict[str, object]:
    """The tab of the thread with the provider, with how many of its messages nobody has read."""
    unread = providers.unread_by_case(db.session, [case.id], from_provider=True).get(case.id, 0)
    return {"text": "Messages", "href": url_for("providers.thread", reference=case.reference), "count": unread or None, "active": False}


def _actions(case: Case, decision: KeyDecision | None) -> list[dict[str, str]]:
    """What this person may do with the case, as links to the pages that ask first."""
    user = person()
    found = []
    if permissions.can_comment(user, case):
        found.append({"text": "Add comment", "href": url_for("cases.comments", reference=case.reference) + "#body"})
    if case.status is CaseStatus.OPEN and permissions.can_manage(user, case):
        if decision is not None and decision.state not in proposals.FINISHED | proposals.DECIDED:
            found.append({"text": "Move to another month", "href": url_for("cases.defer", reference=case.reference)})
        if decision is None or decision.state not in proposals.FINISHED:
            found.append({"text": "Withdraw", "href": url_for("cases.withdraw", reference=case.reference)})
    if case.status is CaseStatus.OPEN and permissions.can_retry(user):
        found.append({"text": "Put back to an earlier step", "href": url_for("admin.put_back", reference=case.reference)})
    return found
