"""Where a key decision stands, in the one sentence and the few words that every page shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from models import CallIn, CallInStatus, DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, NoticeRoute, clock
from workflows.rules import words
from workflows.rules.calendar import date_words, london_date


@dataclass(frozen=True)
class Status:
    """The public sentence, the tag with its colour, and the word the council's committee system uses (domain 1.8)."""

    sentence: str
    tag: str
    colour: str
    committee_word: str
    is_urgent: bool = False


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


def is_urgent(decision: KeyDecision) -> bool:
    """Whether 28 clear days' notice was not given and the reason has to be printed (SI 2012/2089 regs 10, 11)."""
    return decision.route not in (None, NoticeRoute.NORMAL) and bool(decision.impracticable_because)


def _with_urgency(decision: KeyDecision, status: Status) -> Status:
    if not is_urgent(decision):
        return status
    sentence = f"{status.sentence} 28 days' notice was not given because {_inside(decision.impracticable_because)}"
    return replace(status, sentence=sentence, is_urgent=True)


# Words that begin a sentence with a capital only because they begin it; a name keeps its own.
PLAIN_STARTS = frozenset(
    re.findall(
        r"\w+",
        "a all an and another any as at both by each every few for from he if in it its many more most much new no nobody none not nothing "
        "of on one only other our people she since so some that the their there these they this those three to two until we what when "
        "while who with without you young",
    )
)


def _inside(reason: str) -> str:
    text = reason.strip().rstrip(".")
    first = re.split(r"\W", text, maxsplit=1)[0]
    is_plain = first.lower() in PLAIN_STARTS or re.fullmatch(r"[A-Z][a-z]+(?:ing|[a-rt-z]s)", first) is not None
    return f"{text[:1].lower() if is_plain else text[:1]}{text[1:]}."


Say = Callable[[KeyDecision, DecisionRecord | None, Sequence[CallIn], datetime], Status]


def _draft(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    return Status("This proposal is not public yet.", "Draft", "grey", "")


def _not_key(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    return Status("This was found not to be a key decision.", "Not key", "grey", "")


def _noticed(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    sentence = f"{_due(decision)}{_comments(decision, at)}"
    if decision.moved_because:
        return Status(sentence, "Moved", "yellow", "Deferred")
    if comments_are_open(decision, at=at):
        return Status(sentence, "Comments open", "blue", "For Determination")
    return Status(sentence, "Waiting for decision", "purple", "For Determination")


def comments_are_open(decision: KeyDecision, *, at: datetime) -> bool:
    """Whether people can comment at a moment: the notice is out, nothing is withdrawn or decided, and the period has not ended."""
    closes = decision.representations_close_at
    return decision.state in UNDECIDED and closes is not None and at <= closes


UNDECIDED = frozenset({DecisionState.NOTICE_PUBLISHED, DecisionState.AWAITING_DECISION})


def _comments(decision: KeyDecision, at: datetime) -> str:
    closes = decision.representations_close_at
    if closes is None:
        return ""
    if decision.route is NoticeRoute.SPECIAL_URGENCY:
        return " There is no time for comments."
    verb = "You can comment until" if at <= closes else "Comments closed on"
    return f" {verb} {words.short_day(london_date(closes))}."


def _due(decision: KeyDecision) -> str:
    period = words.period(decision.due_from, decision.due_to)
    if decision.moved_because:
        return f"Moved from {decision.moved_from} to {period} because {_inside(decision.moved_because)}"
    if decision.due_from == decision.due_to:
        return f"Due to be decided on {period}."
    is_month = period == words.month(decision.due_from)
    return f"Due to be decided in {period}." if is_month else f"Due to be decided between {period.replace(' to ', ' and ')}."


def _signed(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    made = f" on {words.short_day(record.made_on)}" if record else ""
    return Status(f"Decided{made}. The record is about to be published.", "Decided", "purple", "For Determination")


def _call_in_open(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    if record is None or record.call_in_closes_at is None or record.effective_from is None:
        return _signed(decision, record, call_ins, at)
    closes = record.call_in_closes_at.astimezone(clock.LONDON)
    deadline = f"{words.time(closes)} on {date_words(closes.date())}"
    begins = f"Approved on {words.short_day(record.made_on)}."
    effect = f"it takes effect on {date_words(record.effective_from)}."
    word = "Recommendations Approved (subject to call-in)"
    if any(call_in.status is CallInStatus.RECEIVED and call_in.closed_at is None for call_in in call_ins):
        sentence = f"{begins} A request to call it in is being checked, so it is on hold. If the request is turned down, {effect}"
        return Status(sentence, "Call-in requested", "orange", word)
    if at > record.call_in_closes_at:
        return Status(f"{begins} The call-in period ended at {deadline}, and {effect}", "Approved", "teal", word)
    return Status(f"{begins} Councillors can call it in until {deadline}. If they do not, {effect}", "Approved, can be called in", "teal", word)


def _called_in(decision: KeyDecision, record: DecisionRecord | None, call_ins: Sequence[CallIn], at: datetime) -> Status:
    open_ones = [call_in for call_in in call_ins if call_in.closed_at is None and call_in.status in VALID]
    received = f", then called in on {words.short_day(london_date(open_ones[-1].received_at))}" if open_ones else ", then called in"
    made = f" on {words.short_day(record.made_on)}" if record else ""
    hold = _on_hold_until(open_ones[-1] if open_ones else None, london_date(at))
    return Status(f"Approved{made}{received}. It is on hold until {hold}.", "Called in", "orange", "Called In")


VALID = frozenset({CallInStatus.VALID, CallInStatus.REFERRED_BACK, CallInStatus.REFERRED_TO_COUNCIL})


def _on_hold_until(call_in: CallIn | None, today: date) -> str:
    if call_in is not None and call_in.status is CallInStatus.REFERRED_TO_COUNCIL:
        return "the full council has met"
    meeting = call_in.meeting_on if call_in is not None else None
    if meeting is None:
        return "the scrutiny committee has met"
    if meeting < today:
        return f"what the scrutiny committee said on {words.short_day(meeting)} is published"
    return f"the scrutiny committee meets on {words.short_day(meeting)}"


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
    because = f" because {_inside(record.reasons)}" if record and record.reasons.strip() else "."
    return Status(f"Not approved{made}{because}", "Not approved", "grey", "Recommendations Not Approved")


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
    stations = [("Notice published", _short(noticed_on), noticed_on is not None), *_comment_station(decision, moment)]
    if decision.state is DecisionState.NOT_APPROVED:
        return _stages([*stations, ("Not approved", words.short_day(record.made_on) if record else "", True)])
    stations.append(_decided_station(decision, record))
    if decision.state is DecisionState.WITHDRAWN:
        return _stages([station for station in stations if station[2]] + [("Withdrawn", _short(decision.withdrawn_at), True)])
    return _stages([*stations, *_after_the_decision(decision, record, moment)])


Station = tuple[str, str, bool]


def _comment_station(decision: KeyDecision, at: datetime) -> list[Station]:
    closes = decision.representations_close_at
    if closes is None or decision.route is NoticeRoute.SPECIAL_URGENCY:
        return []
    is_over = at > closes or decision.state not in UNDECIDED
    return [("Comments closed" if is_over else "Comments close", _short(closes), is_over)]


def _decided_station(decision: KeyDecision, record: DecisionRecord | None) -> Station:
    if record is None:
        return ("Decision due", words.period(decision.due_from, decision.due_to), False)
    return ("Decided", words.short_day(record.made_on), record.published_on is not None)


def _after_the_decision(decision: KeyDecision, record: DecisionRecord | None, at: datetime) -> list[Station]:
    stands = decision.state in (DecisionState.IN_EFFECT, DecisionState.CARRIED_OUT)
    is_on_hold = decision.state in (DecisionState.CALLED_IN, DecisionState.RECONSIDERING)
    effective = record.effective_from if record is not None and not is_on_hold else None
    is_effective = stands and (effective is None or effective <= london_date(at))
    done_on = words.short_day(decision.implemented_on) if decision.implemented_on else ""
    return [
        *_call_in_station(decision, record, is_over=stands),
        ("In effect", words.short_day(effective) if effective else "", is_effective),
        ("Carried out", done_on, decision.implemented_on is not None),
    ]


def _call_in_station(decision: KeyDecision, record: DecisionRecord | None, *, is_over: bool) -> list[Station]:
    if decision.state is DecisionState.CALLED_IN:
        return [("Called in", "On hold", False)]
    if decision.state is DecisionState.RECONSIDERING:
        return [("Being reconsidered", "On hold", False)]
    if record is not None and record.published_on is not None and not record.can_be_called_in:
        return []
    last = f"To {words.short_day(record.call_in_last_day)}" if record and record.call_in_last_day else ""
    return [("Call-in period", last, is_over)]


def _short(moment: datetime | None) -> str:
    return words.short_day(london_date(moment)) if moment else ""


def _stages(stations: Sequence[Station]) -> list[Stage]:
    first_open = next((place for place, station in enumerate(stations) if not station[2]), len(stations))
    return [
        Stage(name, when, "done" if done else "now" if place == first_open else "to come")
        for place, (name, when, done) in enumerate(stations)
    ]
