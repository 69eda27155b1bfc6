"""The versions of a process: who deployed and agreed each, which cases run on it, and its files to take away."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, url_for
from flask.typing import ResponseReturnValue

from models import ProcessDefinition
from webapp import areas
from webapp.db import db
from webapp.processes import bp, frame, readme
from webapp.shared import drawings, process_files
from webapp.signed_in import person
from workflows.library import definitions, uploading
from workflows.queries import processes
from workflows.rules import drafting

COMPARE = "processes.compare"
BRING_BACK = "workshop.review_bring_back"
MOVE = "workshop.move_running"


@bp.get("/processes/<key>/versions")
def show_versions(key: str) -> ResponseReturnValue:
    """Every version, the newest first, and a choice of two to compare."""
    live = processes.live(db.session, key)
    found = [_row(each) for each in processes.versions_of(db.session, key)]
    can_compare = COMPARE in current_app.view_functions and len(found) > 1
    # Cases that run on an older version can be moved to the live one by those who work on processes.
    can_move = MOVE in current_app.view_functions and len(found) > 1 and areas.may_enter(person(), MOVE)
    return frame.page(
        "versions.html", live, "show_versions", versions=found, compare_href=url_for(COMPARE, key=key) if can_compare else "",
        move_href=url_for(MOVE, key=key) if can_move else "",
    )  # fmt: skip


@bp.get("/processes/<key>/versions/<int:number>")
def show_version(key: str, number: int) -> ResponseReturnValue:
    """One version: its story, its description, its drawing and its files."""
    chosen = processes.version_of(db.session, key, number)
    found = next(each for each in processes.versions_of(db.session, key) if each.definition.id == chosen.id)
    return frame.page(
        "version.html", processes.live(db.session, key), "show_versions",
        version=_row(found),
        about=readme.blocks(str(chosen.files.get("README.md", ""))),
        drawing=drawings.of(chosen, title=f"{chosen.name}, version {chosen.version}"),
        files=[{"path": path, "what": uploading.what_is(path, text), "size": len(text.encode())} for path, text in sorted(chosen.files.items())],
        calls=_calls(chosen),
        digest=chosen.digest,
        bring_back_href=url_for(BRING_BACK, key=key) if not found.is_live and drafting.may_edit(person()) else "",
    )  # fmt: skip


@bp.get("/processes/<key>/versions/<int:number>/files.zip")
def version_files(key: str, number: int) -> Response:
    """The folder of a version as a zip file: what is uploaded again gives the same digest."""
    chosen = processes.version_of(db.session, key, number)
    return process_files.zipped(chosen.files, key, f"{key}-version-{number}.zip")


@bp.get("/processes/<key>/versions/<int:number>/process.bpmn")
def version_diagram(key: str, number: int) -> Response:
    """The diagram of a version as the BPMN file that was deployed."""
    return process_files.bpmn(definitions.diagram_xml(processes.version_of(db.session, key, number)), f"{key}-version-{number}.bpmn")


def _calls(definition: ProcessDefinition) -> list[dict[str, str]]:
    found = []
    for key in sorted(definition.calls):
        called = definitions.called_definition(db.session, definition, key)
        href = url_for("processes.show_version", key=called.key, number=called.version)
        found.append({"name": f"{called.name}, version {called.version}", "href": href})
    return found


def _row(found: processes.Version) -> dict[str, Any]:
    own = found.definition
    by, agreed_by = own.deployed_by, own.agreed_by
    return {
        "number": own.version,
        "name": own.name,
        "is_live": found.is_live,
        "deployed_at": own.deployed_at,
        "by": by.name if by else "Came with the service",
        "agreed_by": agreed_by.name if agreed_by else "",
        "agreed_at": own.agreed_at,
        "note": own.note,
        "running": found.running,
        "href": url_for("processes.show_version", key=own.key, number=own.version),
        "cases_href": url_for("cases.list_cases", process=own.key, version=own.version),
        "files_href": url_for("processes.version_files", key=own.key, number=own.version),
    }
