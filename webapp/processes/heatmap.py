"""Where the cases of a process wait, on its diagram, as a table, and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from models import Parameter
from webapp.db import db
from webapp.processes import bp, frame
from webapp.processes.asking import Asked
from webapp.shared import policy_values, spreadsheets
from webapp.signed_in import person
from workflows.library import diagrams
from workflows.library.diagrams_figures import Figure
from workflows.library.figures import waiting
from workflows.library.figures.waiting import Row, Waiting
from workflows.queries import processes
from workflows.rules.small_counts import NOT_SAID, Shown

USUAL_RULE = "task_days"
COLUMNS = (
    ("step", "Step"), ("waiting", "Waiting now"), ("done", "Cases done"), ("median", "Half within (working days)"),
    ("slowest", "Nine in ten within (working days)"), ("", "Allowed"), ("late", "Over time"),
)  # fmt: skip
SHADES = 4


@bp.get("/processes/<key>/heatmap")
def heatmap(key: str) -> ResponseReturnValue:
    """How many cases stand at each step now, and how long each step took: numbers on the diagram, and the same as a table."""
    live = processes.live(db.session, key)
    asked = Asked.of_request(key)
    found = waiting.find(db.session, person(), asked.scope, asked.drawings)
    by, smallest_first = _order()
    allowed = _allowed()
    return frame.page(
        "heatmap.html", live, "heatmap", found=found, cases=found.shown.count(found.cases),
        rows=[_cells(row, found.shown, allowed) for row in waiting.in_order(found, by, smallest_first=smallest_first)],
        drawing=_drawing(asked, found), headings=_headings(asked, by, smallest_first), longest=_longest(found),
        sorts=_sorts(by), **asked.page_values("processes.heatmap", "processes.heatmap_csv"),
    )  # fmt: skip


@bp.get("/processes/<key>/heatmap.csv")
def heatmap_csv(key: str) -> Response:
    """The same table as a file, in the order of the flow."""
    asked = Asked.of_request(key)
    found = waiting.find(db.session, person(), asked.scope, asked.drawings)
    allowed = _allowed()
    rows = [_cells(row, found.shown, allowed) for row in found.rows]
    return spreadsheets.csv_file(asked.file_name("where-cases-wait"), [heading for _, heading in COLUMNS], rows)


def _order() -> tuple[str, bool]:
    by = request.args.get("sort", "")
    smallest_first = request.args.get("order") == "up"
    return (by, smallest_first) if by in waiting.COLUMNS or by == "step" else ("median", False)


def _headings(asked: Asked, by: str, smallest_first: bool) -> list[dict[str, str]]:
    """Each heading with the link that sorts by it; a second press turns the order round."""
    found = []
    for column, text in COLUMNS:
        is_now = column == by
        order = "up" if is_now and not smallest_first else "down"
        href = url_for("processes.heatmap", key=asked.key, **asked.args, sort=column, order=order, _anchor="table") if column else ""
        found.append({"text": text, "href": href, "sorted": ("ascending" if smallest_first else "descending") if is_now else ""})
    return found


def _sorts(by: str) -> list[dict[str, Any]]:
    return [{"value": column, "text": text, "selected": column == by} for column, text in COLUMNS if column]


def _allowed() -> dict[str, Parameter]:
    return {row.key: row for row in processes.policy_values(db.session)}


def _cells(row: Row, shown: Shown, allowed: dict[str, Parameter]) -> list[str]:
    """A row as words; nothing here says more than the reader may know."""
    work = row.is_work
    return [
        row.name if row.is_drawn else f"{row.name} (only in an older version)",
        shown.count(row.waiting),
        shown.count(row.cases) if work else NOT_SAID,
        f"{row.days.median:.1f}" if row.days else _no_days(row),
        f"{row.days.slowest:.1f}" if row.days else _no_days(row),
        _time_allowed(row, allowed) if work else NOT_SAID,
        shown.share_of(row.late, row.done) if row.days else NOT_SAID,
    ]


def _no_days(row: Row) -> str:
    return "Too few" if row.cases else NOT_SAID


def _time_allowed(row: Row, allowed: dict[str, Parameter]) -> str:
    own = row.step.properties if row.step else {}
    if own.get("dueOn"):
        return "By its own date"
    rule = allowed.get(own.get("dueRule") or USUAL_RULE)
    return policy_values.words(rule) if rule else NOT_SAID


def _longest(found: Waiting) -> str:
    row = found.longest
    return f"Cases wait longest at “{row.name}”: half of them more than {row.days.median:.1f} working days." if row and row.days else ""


def _drawing(asked: Asked, found: Waiting) -> Markup:
    """The newest of the chosen versions with its numbers."""
    version = asked.scope.chosen[0]
    most = found.longest.days.median if found.longest and found.longest.days else 0.0
    figures = {row.id: _figure(row, found.shown, most) for row in found.rows if row.is_drawn and (row.is_work or row.waiting)}
    title = f"{version.name}, version {version.number}: where cases wait"
    return Markup(diagrams.svg(asked.xml[version.id], title=title, figures=figures))  # noqa: S704  the drawing escapes every word


def _figure(row: Row, shown: Shown, most: float) -> Figure:
    now = shown.count(row.waiting)
    said = f"{now} waiting now".capitalize()
    if row.days is None:
        return Figure([f"{now} now"], said)
    said += f"; half done within {row.days.median:.1f} working days, nine in ten within {row.days.slowest:.1f}"
    shade = 1 + min(SHADES - 1, int(SHADES * row.days.median / most)) if most else 1
    return Figure([f"{now} now", f"{row.days.median:.1f} / {row.days.slowest:.1f} days"], said, shade)
