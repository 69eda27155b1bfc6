"""The legal checklist of a case: how it stands to every rule of its process, and what becomes of a rule that was broken."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Breach, Case, clock
from webapp import kept
from webapp.cases import bp, frame
from webapp.db import db, writes
from webapp.shared import days_left
from webapp.signed_in import person
from workflows.actions import breaches
from workflows.errors import Invalid
from workflows.library import legal
from workflows.library.legal import Checklist, Line, Reason, State
from workflows.queries import breaches as breach_queries
from workflows.queries import case_pages
from workflows.queries.case_pages import Whole
from workflows.rules import calendar, permissions

TAGS = {
    State.BREACHED: ("Breached", "red"), State.AT_RISK: ("At risk", "orange"), State.WAITING: ("Waiting", "blue"),
    State.OVERRIDDEN: ("Overridden", "purple"), State.MET: ("Met", "green"), State.NOT_APPLICABLE: ("Does not apply", "grey"),
}  # fmt: skip
SHOWN = (State.BREACHED, State.AT_RISK, State.WAITING, State.OVERRIDDEN, State.MET)
PASSED = frozenset({State.MET, State.OVERRIDDEN, State.BREACHED})


@dataclass(frozen=True)
class Law:
    """The checklist of a case as its pages show it; `broken` are the rules written down as broken."""

    found: Checklist
    broken: Sequence[Breach]
    names: Mapping[str, str]

    @property
    def counts(self) -> str:
        """How many rules have each state, in words; empty for a case without rules."""
        if not self.found.lines:
            return ""
        held, later = self.found.counts, len(self.not_reached)
        said = [(held[State.MET], "met"), (held[State.OVERRIDDEN], "overridden"), (held[State.WAITING] - later, "waiting")]
        words = [f"{count} {word}" for count, word in said if count or word == "met"]
        words += [f"{held[State.AT_RISK]} at risk"] if held[State.AT_RISK] else []
        return ", ".join([*words, f"{held[State.BREACHED] or 'none'} breached"])

    @property
    def not_reached(self) -> list[Line]:
        """The rules about what the case has not come to yet."""
        return [line for line in self.found.lines if line.judgement.reason is Reason.NOT_REACHED]

    @property
    def apart(self) -> list[Line]:
        """The rules that do not apply to this case."""
        return [line for line in self.found.lines if line.judgement.state is State.NOT_APPLICABLE]

    @property
    def listed(self) -> list[Line]:
        """All others, the worst first."""
        reached = [line for line in self.found.lines if line.judgement.reason is not Reason.NOT_REACHED]
        lines = [line for line in reached if line.judgement.state in SHOWN]
        return sorted(lines, key=lambda line: SHOWN.index(line.judgement.state))

    @property
    def troubles(self) -> list[dict[str, Any]]:
        """What the summary says beside the counts: rules at risk, and those broken that nobody has dealt with."""
        settled = {each.mark for each in self.broken if each.closed_at is not None}
        bad = [line for line in self.listed if line.judgement.state in (State.BREACHED, State.AT_RISK)]
        return [self.row(line) for line in bad if line.judgement.state is State.AT_RISK or line.mark not in settled]

    def is_written_down(self, line: Line) -> bool:
        """Whether a rule stands among the broken ones."""
        return line.judgement.state is State.BREACHED and any(each.mark == line.mark for each in self.broken)

    def row(self, line: Line) -> dict[str, Any]:
        """One line with its words, its tag, its date and who."""
        found, (text, colour) = line.judgement, TAGS[line.judgement.state]
        return {
            "rule": line.rule,
            "process": f"{line.process}, version {line.version}" if line.is_called else "",
            "tag": {"text": text, "colour": colour},
            "said": legal.says(found, self.found.names, self.names),
            "at": found.at if found.state in PASSED else None,
            "who": found.who,
            "date": found.date,
            "has_time": _has_time(found.at or found.date),
            "left": _left(found.date, found.reason) if found.date else "",
        }


def _has_time(at: datetime | None) -> bool:
    """Whether a moment is more than the beginning of a day in London, which stands for the day itself."""
    return at is not None and at.astimezone(clock.LONDON).time() != time(0)


def _left(date: datetime, reason: Reason) -> str:
    return days_left.until_event(calendar.london_date(date)) if reason is Reason.TIME_RUNS else days_left.until(date)


def of_whole(whole: Whole) -> Law:
    """The checklist of a case whose rows have been read. Two statements, and one more for a case that was moved."""
    rows = legal.Rows(whole.instances, whole.tasks, whole.timers)
    found = legal.of_case(
        db.session, rows, now=clock.now(), soon=days_left.soon_until(), groups=whole.names, dates=_dates(whole),
    )  # fmt: skip
    return Law(found, breach_queries.of_case(db.session, whole.case), whole.names)


def _dates(whole: Whole) -> dict[str, datetime]:
    """When the times of a key decision are over, as its notice and its record give them, before their timers run."""
    if whole.decision is None or whole.standing is None:
        return {}
    record = whole.standing.record
    days = {"first-lawful-day": whole.decision.earliest_decision_on, "effective-day": record.effective_from if record else None}
    found = {step: calendar.london_instant(day) for step, day in days.items() if day is not None}
    closes = whole.decision.representations_close_at
    return {**found, "comments-close": closes} if closes is not None else found


@bp.get("/cases/<reference>/law")
def law(reference: str) -> ResponseReturnValue:
    """How a case stands to each rule of its process."""
    case = frame.find(reference)
    found = of_whole(case_pages.whole(db.session, case))
    return frame.page(
        case,
        "cases/law.html",
        tab="law",
        counts=found.counts,
        broken=found.broken,
        # What is written down as broken is told above the list, with what becomes of it.
        rows=[found.row(line) for line in found.listed if not found.is_written_down(line)],
        later=[found.row(line) for line in found.not_reached],
        apart=[found.row(line) for line in found.apart],
        unreadable=found.found.unreadable,
        can_settle=permissions.can_settle_breach(person()),
    )


@bp.get("/cases/<reference>/law/<uuid:breach_id>")
def settle(reference: str, breach_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what was done about a broken rule. Refused for anyone but Legal and the Monitoring Officer."""
    permissions.check_settle_breach(person())
    case = frame.find(reference)
    breach = breach_queries.one_of_case(db.session, case, breach_id)
    if breach.closed_at is not None:
        return redirect(url_for("cases.law", reference=case.reference), 303)
    back = kept.typed()
    return _page(case, breach, because=back.get("because", "") if back else "")


@bp.post("/cases/<reference>/law/<uuid:breach_id>", endpoint="settle_post")
@writes
def settle_post(reference: str, breach_id: uuid.UUID) -> ResponseReturnValue:
    """Close what was written down about a broken rule, with the reason."""
    case = frame.find(reference)
    breach = breach_queries.one_of_case(db.session, case, breach_id)
    because = request.form.get("because", "")
    try:
        breaches.settle(db.session, breach, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        case = frame.find(reference)
        return _page(case, breach_queries.one_of_case(db.session, case, breach_id), because=because, errors=error.errors), 422
    flash("The broken rule is marked as dealt with")
    return redirect(url_for("cases.law", reference=case.reference), 303)


def _page(case: Case, breach: Breach, *, because: str, errors: dict[str, str] | None = None) -> str:
    return frame.page(
        case,
        "cases/settle.html",
        tab="",
        breach=breach,
        because=because,
        errors=errors or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()],
        longest=breaches.LONGEST_REASON,
    )
