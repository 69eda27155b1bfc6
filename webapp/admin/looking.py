"""The pages of administration that only show: overview, mail, jobs and timers, people and groups, policy values."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from models import Job, JobStatus, OutboxMail, Timer, User, clock
from webapp.admin import bp, frame
from webapp.db import db
from webapp.settings import Settings
from webapp.shared import policy_values
from workflows.errors import NotFound
from workflows.queries import administration, processes
from workflows.rules import permissions

A_PAGE = 50
JOB_STATES = {
    JobStatus.TODO: ("Queued", "blue"),
    JobStatus.DOING: ("Running", "teal"),
    JobStatus.DONE: ("Done", ""),
    JobStatus.FAILED: ("Failed", "red"),
}
JOB_NAMES = {
    "mail.send": "Send a mail",
    "documents.erase": "Erase a removed document",
    "provider_documents.scan": "Look for viruses in a file",
    "standing.watch": "Look at every provider on a list",
    "standing.look": "Look at one provider again",
}


@bp.get("/admin")
def home() -> ResponseReturnValue:
    """The figures that say whether anything needs a person."""
    return frame.page("admin/home.html", place="home", overview=administration.overview(db.session), checked_at=clock.now(), has_server=_has_server())


@bp.get("/admin/mail")
def mail() -> ResponseReturnValue:
    """The outbox: every mail that was sent, waits, or was kept because no mail server is set."""
    found = administration.mails(db.session, after=request.args.get("after", "")[:40], limit=A_PAGE + 1)
    links = frame.CaseLinks(each.case_id for each in found)
    more = url_for("admin.mail", after=str(found[A_PAGE - 1].id)) if len(found) > A_PAGE else ""
    return frame.page("admin/mail.html", place="mail", rows=[_mail(each, links) for each in found[:A_PAGE]], next_href=more, has_server=_has_server())


@bp.get("/admin/mail/<uuid:mail_id>")
def show_mail(mail_id: uuid.UUID) -> ResponseReturnValue:
    """One mail as it goes out. NotFound for one about a case that this person may not know of."""
    found = administration.mail(db.session, mail_id)
    links = frame.CaseLinks([found.case_id])
    if not links.may_see(found.case_id):
        raise NotFound("There is no such mail")
    return frame.page("admin/one_mail.html", place="mail", mail=_mail(found, links), body=found.body, link=found.link)


def _has_server() -> bool:
    settings: Settings = current_app.extensions["dps_settings"]
    return bool(settings.mail.host)


def _mail(found: OutboxMail, links: frame.CaseLinks) -> dict[str, Any]:
    told = links.may_see(found.case_id)
    text, colour = _mail_state(found)
    return {
        "href": url_for("admin.show_mail", mail_id=found.id) if told else "",
        "subject": found.subject if told else frame.HIDDEN,
        "to": found.to_address,
        "case": links.of(found.case_id),
        "created_at": found.created_at,
        "state": {"text": text, "colour": colour},
        "sent_at": found.sent_at,
        "because": found.not_sent_because,
    }


def _mail_state(found: OutboxMail) -> tuple[str, str]:
    if found.sent_at is not None:
        return "Sent", ""
    return ("Not sent", "grey") if found.not_sent_because else ("Queued", "blue")


@bp.get("/admin/jobs")
def jobs() -> ResponseReturnValue:
    """What the service does by itself: jobs, and the timers of cases."""
    timers = administration.timers(db.session)
    links = frame.CaseLinks(each.instance.case_id for each in timers)
    found = administration.jobs(db.session)
    return frame.page(
        "admin/jobs.html",
        place="jobs",
        jobs=[_job(each) for each in found],
        timers=[_timer(each, links) for each in timers],
        waiting=sum(each.status is not JobStatus.DONE for each in found),
        checked_at=clock.now(),
    )


def _job(found: Job) -> dict[str, Any]:
    text, colour = JOB_STATES[found.status]
    return {
        "name": JOB_NAMES.get(found.name, found.name.replace(".", ": ").replace("_", " ").capitalize()),
        "state": {"text": text, "colour": colour},
        "run_at": found.run_at,
        "finished_at": found.finished_at,
        "tries": found.tries,
        "error": found.last_error,
    }


def _timer(found: Timer, links: frame.CaseLinks) -> dict[str, Any]:
    return {
        "name": found.name,
        "case": links.of(found.instance.case_id),
        "process": found.instance.definition.name,
        "due_at": found.due_at,
        "is_overdue": found.due_at < clock.now(),
    }


@bp.get("/admin/people")
def people() -> ResponseReturnValue:
    """Who is here, in which groups, and when they last signed in."""
    words = request.args.get("words", "").strip()[:200]
    names = {group.group.key: group for group in administration.groups(db.session)}
    return frame.page(
        "admin/people.html",
        place="people",
        words=words,
        people=[_person(each) for each in administration.people(db.session, words=words)],
        groups=[_group(each, names) for each in names.values()],
    )


def _person(user: User) -> dict[str, Any]:
    current = [m.group.name for m in permissions.current_memberships(user)]
    return {
        "name": user.name,
        "email": user.email,
        "job_title": user.job_title,
        "groups": sorted(current),
        "is_active": user.is_active,
        "last_signed_in_at": user.last_signed_in_at,
    }


def _group(found: administration.Group, names: dict[str, administration.Group]) -> dict[str, Any]:
    manager = names.get(found.group.manager_key or "")
    return {
        "name": found.group.name,
        "key": found.group.key,
        "kind": "Post" if found.group.kind.value == "post" else "Team",
        "role": found.group.role.replace("_", " "),
        "manager": manager.group.name if manager else "",
        "members": [user.name for user in found.members],
    }


@bp.get("/admin/parameters")
def parameters() -> ResponseReturnValue:
    """The council's policy values as they stand, and which of them nobody has confirmed."""
    found = processes.policy_values(db.session)
    return frame.page(
        "admin/parameters.html",
        place="parameters",
        values=[policy_values.present(row) for row in found],
        not_confirmed=len(administration.not_confirmed(db.session)),
    )
