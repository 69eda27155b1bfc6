"""The pages of administration that only show: overview, jobs and timers, people and groups, policy values."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Job, JobStatus, Timer, User, clock
from webapp.admin import bp, frame
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.shared import policy_values
from webapp.signed_in import person
from workflows.actions import mending
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
    "incidents.tell": "Tell administrators what cannot continue",
    "nightly": "Tidy up at the end of the day",
    "rules.watch": "Look whether cases keep their rules",
    "undertaking": "Work that somebody asked for",
    "visits.due": "Open the inspections that come due",
    "people.left": "Put back the tasks of people who left a team",
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
        may_retry=permissions.can_retry(person()),
        timers=[_timer(each, links) for each in timers],
        waiting=sum(each.status is not JobStatus.DONE for each in found),
        checked_at=clock.now(),
    )


@bp.post("/admin/jobs/<uuid:job_id>/retry")
@writes
def retry_job(job_id: uuid.UUID) -> ResponseReturnValue:
    """Have a job done now that was given up or that waits for its next try."""
    permissions.check_retry(person())
    mending.try_job_again(db.session, administration.job(db.session, job_id), by=person())
    flash("The job is done again now")
    return redirect(url_for("admin.jobs"), 303)


def _job(found: Job) -> dict[str, Any]:
    text, colour = JOB_STATES[found.status]
    return {
        "id": found.id,
        "name": job_name(found.name),
        "state": {"text": text, "colour": colour},
        "run_at": found.run_at,
        "finished_at": found.finished_at,
        "tries": found.tries,
        "error": found.last_error,
        "enqueued_at": found.enqueued_at,
        "is_waiting": found.status is JobStatus.TODO,
        "can_retry": found.status is JobStatus.FAILED or (found.status is JobStatus.TODO and bool(found.last_error)),
    }


def job_name(name: str) -> str:
    """What a job does, in words."""
    return JOB_NAMES.get(name, name.replace(".", ": ").replace("_", " ").capitalize())


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
        may_change=permissions.can_administer(person()),
        people=[_person(each) for each in administration.people(db.session, words=words)],
        groups=[_group(each, names) for each in names.values()],
    )


def _person(user: User) -> dict[str, Any]:
    current = [m.group.name for m in permissions.current_memberships(user)]
    return {
        "name": user.name,
        "href": "" if permissions.is_provider(user) else url_for("admin.show_person", user_id=user.id),
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
        "href": "" if found.group.role in permissions.PROVIDERS else url_for("admin.show_group", group_key=found.group.key),
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
