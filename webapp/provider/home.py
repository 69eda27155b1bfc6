"""Where a provider starts: what waits for it, its applications, the newest messages, and what runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from models import Application, Case, Membership, Provider, UserTask, clock
from webapp.db import db
from webapp.provider import bp, frame
from webapp.shared import days_left, filters, provider_navigation, provider_words, task_links
from webapp.signed_in import person
from workflows.queries import providers
from workflows.rules import certificate_kinds

SHOWN = 3
SOON = timedelta(days=60)

provider_navigation.COUNTS["provider.messages"] = providers.unread_of


@bp.get("/provider")
def home() -> ResponseReturnValue:
    """What waits for the provider, first what is due first."""
    provider = frame.here()
    cases = providers.known_cases(db.session, provider)
    return frame.page(
        "provider/home.html",
        provider=provider,
        tasks=[task_row(task) for task in providers.tasks_for(db.session, provider)],
        applications=[_application(each) for each in providers.applications_of(db.session, provider)],
        memberships=[_membership(each) for each in providers.memberships_of(db.session, provider)],
        messages=_messages(cases),
        unread=providers.unread_of(db.session, person()),
        runs_out=_runs_out(provider),
        start_href=_href("apply.start"),
    )


def task_row(task: UserTask) -> dict[str, Any]:
    """A task as a row of a list of the provider's area."""
    return {
        "name": f"{task.name}: {task.label}" if task.label else task.name,
        "href": task_links.provider_href(task),
        "reference": task.case.reference,
        "title": task.case.title,
        "due_at": task.due_at,
        "due_words": days_left.until(task.due_at),
        "holder": task.assignee.name if task.assignee else "",
    }


def _application(found: Application) -> dict[str, Any]:
    reference = found.case.reference
    return {
        "reference": reference,
        "list": found.purchasing_list.title,
        "href": _href("apply.hub" if found.sent_at is None else "apply.status", reference=reference),
        "tag": provider_words.APPLICATION[found.status],
        "when": f"Sent {filters.short_day(found.sent_at)}" if found.sent_at else f"Last changed {filters.moment(found.last_changed_at)}",
        "due": filters.day(found.evaluation_due_on) if found.sent_at and found.decided_at is None else "",
    }


def _membership(found: Membership) -> dict[str, Any]:
    return {
        "list": found.purchasing_list.title,
        "tag": provider_words.MEMBERSHIP[found.status],
        "conditions": [{"words": each.words, "due_on": each.due_on} for each in found.conditions if each.met_at is None],
    }


def _messages(cases: Any) -> list[dict[str, Any]]:
    newest = providers.newest_messages(db.session, [case.id for case in cases])
    shown: list[tuple[Case, Any]] = [(case, newest[case.id]) for case in cases if case.id in newest]
    shown.sort(key=lambda each: each[1].sent_at, reverse=True)
    return [
        {"reference": case.reference, "href": url_for("provider.thread", reference=case.reference), "at": message.sent_at,
         "by": message.author.name if message.is_from_provider else "The council",
         "is_new": not message.is_from_provider and message.read_at is None}
        for case, message in shown[:SHOWN]
    ]  # fmt: skip


def _runs_out(provider: Provider) -> list[dict[str, Any]]:
    """Certificates that count and end soon, without a newer one."""
    today = clock.today()
    found = providers.certificates_of(db.session, provider)
    newest: dict[Any, Any] = {}
    for each in found:
        if not each.refused_because:
            newest.setdefault((each.kind, each.premises_id), each)
    ending = [each for each in newest.values() if each.ends_on - today <= SOON]
    return [
        {"name": certificate_kinds.WORDS[each.kind] + (f", {each.premises.name}" if each.premises else ""), "on": each.ends_on,
         "words": days_left.until_event(each.ends_on)}
        for each in sorted(ending, key=lambda each: each.ends_on)
    ]  # fmt: skip


def _href(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
