"""Where an application is, in one word and colour, and the page that shows it."""

from __future__ import annotations

from flask import url_for

from models import Application, ApplicationStatus

TAGS: dict[ApplicationStatus, tuple[str, str]] = {
    ApplicationStatus.DRAFT: ("In progress", "teal"),
    ApplicationStatus.SENT: ("Received", "blue"),
    ApplicationStatus.ADMITTED: ("Admitted", "green"),
    ApplicationStatus.ADMITTED_WITH_CONDITIONS: ("Admitted with conditions", "orange"),
    ApplicationStatus.REJECTED: ("Not admitted", "grey"),
    ApplicationStatus.WITHDRAWN: ("Withdrawn", "grey"),
    ApplicationStatus.LAPSED: ("Lapsed", "grey"),
    ApplicationStatus.SUPERSEDED: ("Replaced by a newer one", "grey"),
    ApplicationStatus.LIST_CLOSED: ("List closed", "grey"),
}


def tag(application: Application) -> dict[str, str]:
    """The status word with its colour."""
    text, colour = TAGS[application.status]
    return {"text": text, "colour": colour}


def href(application: Application) -> str:
    """The page of an application: where it is filled in, then where it is."""
    endpoint = "apply.hub" if application.status is ApplicationStatus.DRAFT else "apply.status"
    return url_for(endpoint, reference=application.case.reference)
