"""The versions of a process side by side by their figures, as a table and as a file."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.processes import bp, frame
from webapp.processes.asking import Asked
from webapp.shared import spreadsheets
from webapp.signed_in import person
from workflows.library.figures import versions
from workflows.library.figures.versions import OfVersion, Versions
from workflows.queries import processes
from workflows.rules.small_counts import NOT_SAID


@bp.get("/processes/<key>/versions/figures")
def version_figures(key: str) -> ResponseReturnValue:
    """What became of the cases that began on each version in a time."""
    live = processes.live(db.session, key)
    asked = Asked.of_request(key)
    found = versions.find(db.session, person(), asked.scope, asked.drawings)
    return frame.page(
        "version_figures.html", live, "show_versions", found=found, lines=_lines(found),
        **asked.page_values("processes.version_figures", "processes.version_figures_csv", by_version=False),
    )  # fmt: skip


@bp.get("/processes/<key>/versions/figures.csv")
def version_figures_csv(key: str) -> Response:
    """The same as a file: a column for each version."""
    asked = Asked.of_request(key)
    found = versions.find(db.session, person(), asked.scope, asked.drawings)
    headings = ["Figure", *(f"Version {each.number}" for each in found.versions)]
    return spreadsheets.csv_file(asked.file_name("versions"), headings, _lines(found))


def _lines(found: Versions) -> list[list[str]]:
    """A line for each figure: its words, then the value of each version."""
    own, shown = found.versions, found.shown

    def days(each: OfVersion, which: str) -> str:
        return f"{getattr(each.days, which):.1f}" if each.days else "Too few" if each.ended else NOT_SAID

    return [
        ["Cases begun", *[shown.total(each.parts) for each in own]],
        ["Not ended", *[shown.count(each.not_ended) for each in own]],
        *([f"Ended: {name}", *[shown.count(each.ends.get(end, 0)) for each in own]] for end, name in found.ends.items()),
        ["Half ended within (working days)", *[days(each, "median") for each in own]],
        ["Nine in ten ended within (working days)", *[days(each, "slowest") for each in own]],
        ["Share of cases with an overdue step", *[shown.share_of(each.late, each.worked_on) for each in own]],
        ["Share of cases in which a step was done again", *[shown.share_of(each.done_again, each.worked_on) for each in own]],
    ]
