"""The pages of administration that only show: overview, jobs and timers, people and groups, policy values."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from models import Job, JobStatus, Timer, User, clock
from webapp.admin import bp, frame
from webapp.db import db
from webapp.settings import Settings
from webapp.shared import policy_values
from workflows.queries import administration, processes
from workflows.rules import permissions

JOB_STATES = {
    JobStatus.TODO: ("Queued", "blue"),
    JobStatus.DOING: ("Running", "teal"),
    JobStatus.DONE: ("Done", ""),
    JobStatus.FAILED: ("Failed", "red"),
}
JOB_NAMES = {
    "mail.send": "Send a mail",
    "mail.plan_digests": "See whether today has a daily mail",
    "mail.write_digests": "Write the daily mails",
    "documents.erase": "Erase a removed document",
    "provider_documents.scan": "Look for viruses in a file",
    "standing.watch": "Look at every provider on a list",
    "standing.look": "Look at one provider again",
    "webhook.send": "Tell another system",
}


@bp.get("/admin")
def home() -> ResponseReturnValue:
    """The figures that say whether anything needs a person."""
    return frame.page("admin/home.html", place="home", overview=administration.overview(db.session), checked_at=clock.now(), has_server=_has_server())


def _has_server() -> bool:
    settings: Settings = current_app.extensions["dps_settings"]
    return bool(settings.mail.host)


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
