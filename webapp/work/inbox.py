"""The page that a day of work starts from: five lists of tasks, and the next one to take."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, writes
from webapp.shared import task_links
from webapp.signed_in import person
from webapp.work import bp, rows
from webapp.work.lists import NAMES, Listed, cursor, desk, listed, place
from workflows.actions import tasks
from workflows.queries import inbox as lists
from workflows.queries.inbox import Counts, Desk, Page

EMPTY = {
    "mine": "You have no tasks.",
    "unassigned": "Nothing is unassigned in your teams.",
    "team": "Your teams have no open tasks.",
    "waiting": "You are not waiting for anyone.",
    "done": "You have not completed a task yet.",
}


@bp.get("/work")
def inbox() -> ResponseReturnValue:
    """One of the lists, soonest due first."""
    return page()


def page(*, problem: str = "") -> str:
    """The list that the address names, as HTML; `problem` is one sentence for the error summary."""
    at, found = desk(), listed()
    shown = lists.page(db.session, at, found.name, only=found.only, after=place("after"), before=place("before"))
    counts = lists.counts(db.session, at)
    refusals = {} if found.name in ("waiting", "done") else rows.refusals(lists.doers_of(db.session, shown.items), person())
    return render_template(
        "work/inbox.html",
        listed=found,
        list_name=NAMES[found.name],
        rows=[rows.row(item, at, found, refusals) for item in shown.items],
        tabs=rows.tabs(counts, found, NAMES),
        cards=rows.cards(counts),
        total=_total(counts, found, shown),
        pages=_pages(found, shown),
        empty=_empty(counts, found),
        can_take=counts.unassigned > 0,
        filters=_filters(at, found),
        problems=[{"text": problem, "href": "#tasks"}] if problem else [],
    )


def _total(counts: Counts, found: Listed, shown: Page) -> str:
    if found.only or found.name == "done":
        return ""
    return rows.number_of_tasks(getattr(counts, found.name), shown=shown.items, has_more=shown.has_more or shown.has_before)


def _pages(found: Listed, shown: Page) -> dict[str, str]:
    pages = {}
    if shown.has_more and shown.items:
        pages["next"] = found.href(after=cursor(max(shown.items, key=_beyond(found)), found.name))
    if shown.has_before and shown.items:
        pages["previous"] = found.href(before=cursor(min(shown.items, key=_beyond(found)), found.name))
    return pages


def _beyond(found: Listed) -> Any:
    """What orders a page as the database does, so that the cursor is its true end and not that of the tie by reference."""
    if found.name == "done":
        return lambda item: (-item.completed_at.timestamp(), [-byte for byte in item.id.bytes])
    return lambda item: (item.due_at, item.id.bytes)


def _empty(counts: Counts, found: Listed) -> dict[str, Any]:
    """What is said where there is nothing, and where to go on."""
    if found.only:
        return {"text": f"No task in “{NAMES[found.name]}” matches the filter.", "href": Listed(found.name).href(), "link": "Clear the filter"}
    waiting = counts.unassigned
    if found.name != "mine" or not waiting:
        return {"text": EMPTY[found.name]}
    verb = "task is" if waiting == 1 else "tasks are"
    text = f"{EMPTY['mine']} {rows.capped(waiting)} {verb} unassigned in your teams."
    return {"text": text, "href": Listed("unassigned").href(), "link": "See unassigned tasks", "offers_next": True}


def _filters(at: Desk, found: Listed) -> dict[str, Any]:
    people = [at.reader, *at.absent, *(each.person for each in at.left)]
    names = {m.group_key: m.group.name for each in people for m in each.memberships}
    teams = [("", "All teams"), *sorted(((key, names[key]) for key in at.groups if key in names), key=lambda each: each[1])]
    kinds = [("", "All kinds"), *rows.CASE_KINDS.items()]
    return {
        "number": sum(bool(each) for each in (found.only.kind, found.only.group, found.only.text)),
        "teams": [{"value": key, "text": name, "selected": key == found.only.group} for key, name in teams],
        "kinds": [{"value": key, "text": name, "selected": key == found.only.kind} for key, name in kinds],
    }


@bp.post("/work/next")
@writes
def take_next() -> ResponseReturnValue:
    """Take the most urgent unassigned task of the person's groups and open it."""
    task = tasks.take_next(db.session, by=person())
    if task is None:
        flash("There is no unassigned task that you can take", "information")
        return redirect(url_for("work.inbox"), 303)
    return redirect(task_links.href(task, **Listed("mine").arguments()), 303)


def back_to(task_id: object) -> str:
    """The task's own page in the list the request names."""
    found = listed()
    arguments = found.arguments() if found.is_named else {}
    return url_for("work.show_task", task_id=task_id, **arguments)
