"""Where a key decision stands, in the one sentence and the few words that every page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import CallIn, DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, NoticeRoute, clock
from workflows.rules import words
from workflows.rules.calendar import date_words, london_date


@dataclass(frozen=True)
class Status:
    """The public sentence, the tag with its colour, and the word the council's committee system uses (domain 1.8)."""

    sentence: str
    tag: str
    colour: str
    committee_word: str


@dataclass(frozen=True)
class Stage:
    """One place on the life bar: what it is called, when it was or will be, and whether it is past, present or to come."""

    name: str
    when: str
    state: str


def status_of(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn] = (), *, at: datetime | None = None) -> Status:
    """The status at a moment (now unless told). A draft has one too, for staff; the public never sees it."""
    moment = at or clock.now()
    status = SENTENCES[decision.state](decision, record, call_ins, moment)
    return _with_urgency(decision, status)


def _with_urgency(decision: KeyDecision, status: Status) -> Status:
    if decision.route in (None, NoticeRoute.NORMAL) or not decision.impracticable_because:
        return status
    sentence = f"{status.sentence} 28 days' notice was not given because {_inside(decision.impracticable_because)}"
    return Status(sentence, status.tag, status.colour, status.committee_word)


def _inside(reason: str) -> str:
    text = reason.strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}."


Say = Callable[[KeyDecision, DecisionRecord | None, Sequence[CallIn], datetime], Status]


def _draft(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    return Status("This proposal is not public yet.", "Draft", "grey", "")


def _not_key(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    return Status("This was found not to be a key decision.", "Not key", "grey", "")


def _noticed(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    due = _due(decision)
    closes = decision.representations_close_at
    if closes is not None and at <= closes:
        local = closes.astimezone(clock.LONDON)
        return Status(f"{due} You can comment until {words.short_day(local.date())}.", "Comments open", "blue", "For Determination")
    closed = f" Comments closed on {words.short_day(london_date(closes))}." if closes else ""
    return Status(f"{due}{closed}", "Waiting for decision", "purple", "For Determination")


def _due(decision: KeyDecision) -> str:
    period = words.period(decision.due_from, decision.due_to)
    if decision.moved_because:
        return f"Moved from {decision.moved_from} to {period} because {_inside(decision.moved_because)}"
    return f"Due to be decided in {period}." if decision.due_is_month else f"Due to be decided on {period}."


def _signed(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    made = f" on {words.short_day(record.made_on)}" if record else ""
    return Status(f"Decided{made}. The record is about to be published.", "Decided", "purple", "For Determination")


def _call_in_open(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    if record is None or record.call_in_closes_at is None or record.effective_from is None:
        return _signed(decision, record, call_ins, at)
    closes = record.call_in_closes_at.astimezone(clock.LONDON)
    sentence = (
        f"Approved on {words.short_day(record.made_on)}. Councillors can call it in until {words.time(closes)} on "
        f"{date_words(closes.date())}. If they do not, it takes effect on {date_words(record.effective_from)}."
    )
    return Status(sentence, "Approved, can be called in", "teal", "Recommendations Approved (subject to call-in)")


def _called_in(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    open_ones = [call_in for call_in in call_ins if call_in.closed_at is None and call_in.judged_at is not None]
    received = f", then called in on {words.short_day(london_date(open_ones[-1].received_at))}" if open_ones else ", then called in"
    made = f" on {words.short_day(record.made_on)}" if record else ""
    return Status(f"Approved{made}{received}. It is on hold until the scrutiny committee has met.", "Called in", "orange", "Called In")


def _reconsidering(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    made = f" on {words.short_day(record.made_on)}" if record else ""
    return Status(f"Approved{made}, then referred back. It is on hold while it is reconsidered.", "Referred back", "orange", "Referred Back")


def _in_effect(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    if record is None or record.effective_from is None:
        return _signed(decision, record, call_ins, at)
    verb = "in effect since" if record.effective_from <= london_date(at) else "in effect from"
    sentence = f"Approved on {words.short_day(record.made_on)}, {verb} {words.short_day(record.effective_from)}."
    return Status(sentence, "In effect", "green", _approved_word(record))


def _approved_word(record: DecisionRecord) -> str:
    amended = record.outcome is DecisionOutcome.APPROVED_AMENDED
    return "Recommendations Approved as Amended" if amended else "Recommendations Approved"


def _carried_out(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    when = f" on {words.short_day(decision.implemented_on)}" if decision.implemented_on else ""
    return Status(f"Carried out{when}.", "Carried out", "green", _approved_word(record) if record else "Recommendations Approved")


def _not_approved(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    made = f" on {words.short_day(record.made_on)}" if record else ""
    return Status(f"Not approved{made}.", "Not approved", "grey", "Recommendations Not Approved")


def _withdrawn(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    when = f" on {words.short_day(london_date(decision.withdrawn_at))}" if decision.withdrawn_at else ""
    return Status(f"Withdrawn{when} because {_inside(decision.withdrawn_because)}", "Withdrawn", "grey", "Withdrawn")


SENTENCES: dict[DecisionState, Say] = {
    DecisionState.DRAFT: _draft,
    DecisionState.NOT_KEY: _not_key,
    DecisionState.NOTICE_PUBLISHED: _noticed,
    DecisionState.AWAITING_DECISION: _noticed,
    DecisionState.DECIDED: _signed,
    DecisionState.CALL_IN_OPEN: _call_in_open,
    DecisionState.CALLED_IN: _called_in,
    DecisionState.RECONSIDERING: _reconsidering,
    DecisionState.IN_EFFECT: _in_effect,
    DecisionState.CARRIED_OUT: _carried_out,
    DecisionState.NOT_APPROVED: _not_approved,
    DecisionState.WITHDRAWN: _withdrawn,
}


def life_bar(decision: KeyDecision, record: DecisionRecord | None, *, noticed_on: datetime | None, at: datetime | None = None) -> list[Stage]:
    """The stations of a public decision in order; `state` is `done`, `now` or `to come`, and a withdrawn one ends where it stopped."""
    moment = at or clock.now()
    closes = decision.representations_close_at
    stations = [
        ("Notice published", _short(noticed_on), noticed_on is not None),
        ("Comments close", _short(closes), closes is not None and moment > closes),
        ("Decided", words.short_day(record.made_on) if record else words.period(decision.due_from, decision.due_to), record is not None),
    ]
    if decision.state is DecisionState.NOT_APPROVED:
        return _stages([*stations, ("Not approved", "", True)])
    if decision.state is DecisionState.WITHDRAWN:
        return _stages([station for station in stations if station[2]] + [("Withdrawn", _short(decision.withdrawn_at), True)])
    in_effect = decision.state in (DecisionState.IN_EFFECT, DecisionState.CARRIED_OUT)
    effective = words.short_day(record.effective_from) if record and record.effective_from else ""
    last = words.short_day(record.call_in_last_day) if record and record.call_in_last_day else ""
    return _stages(
        [
            *stations,
            ("Call-in period ends", last, in_effect),
            ("In effect", effective, in_effect),
            ("Carried out", words.short_day(decision.implemented_on) if decision.implemented_on else "", decision.implemented_on is not None),
        ]
    )


def _short(moment: datetime | None) -> str:
    return words.short_day(london_date(moment)) if moment else ""


def _stages(stations: Sequence[tuple[str, str, bool]]) -> list[Stage]:
    first_open = next((place for place, station in enumerate(stations) if not station[2]), len(stations))
    return [
        Stage(name, when, "done" if done else "now" if place == first_open else "to come")
        for place, (name, when, done) in enumerate(stations)
    ]
