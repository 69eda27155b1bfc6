"""The term of a list's contract: whether it may be extended today, by when each step must be taken, and when who is reminded."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from models import Regime, User
from workflows.errors import Refused
from workflows.rules import calendar, permissions, words
from workflows.rules.calendar import date_words

PCR = frozenset({Regime.PCR_R34, Regime.PCR_LTR_LIST})
LIGHT_TOUCH = frozenset({Regime.PA23_DYNAMIC_MARKET, Regime.PA23_LT_FRAMEWORK})
REGIME_WORDS = {
    Regime.PCR_R34: "Dynamic purchasing system (DPS), Public Contracts Regulations 2015",
    Regime.PCR_LTR_LIST: "Approved list for social care, Public Contracts Regulations 2015",
    Regime.PA23_DYNAMIC_MARKET: "Dynamic market, Procurement Act 2023",
    Regime.PA23_LT_FRAMEWORK: "Light-touch framework, Procurement Act 2023",
    Regime.PA23_OPEN_FRAMEWORK: "Open framework, Procurement Act 2023",
}
KEEPERS = ("commissioning_officer", "procurement_officer", "head_of_procurement", "lead_director")


def check_keep(user: User) -> None:
    """Raise Refused unless this person may set up lists and contracts and look after their terms."""
    if permissions.is_provider(user) or not permissions.has_role(user, *KEEPERS):
        raise Refused("Only the commissioning and procurement teams can change a list or its contract")


def can_keep(user: User) -> bool:
    """Whether `check_keep` would pass."""
    return not permissions.is_provider(user) and permissions.has_role(user, *KEEPERS)


class Answer(enum.Enum):
    """Whether a term may be extended: yes, only after Legal has said so, or no."""

    YES = "yes"
    LEGAL = "legal"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class LawDays:
    """The days that the saving provisions of the Procurement Act 2023 set (SI 2024/716 reg 5), as the council has confirmed them."""

    frozen_after: date
    pcr_ends_on: date
    pa23_from: date


@dataclass(frozen=True, kw_only=True)
class Term:
    """A contract's term as the rules look at it. `unused_months` is the length of the first option not used yet, 0 for none."""

    regime: Regime
    ends_on: date
    notice_months: int
    unused_months: int
    is_terminated: bool = False

    @property
    def notice_by(self) -> date:
        """The last day to give the suppliers the notice that the contract asks for."""
        return calendar.add_months(self.ends_on, -self.notice_months)

    @property
    def would_end_on(self) -> date:
        """The last day once the next option is used."""
        return calendar.add_months(self.ends_on, self.unused_months)


class Verdict(NamedTuple):
    """The answer with its reason in a sentence, and what to be warned of when it is not no."""

    answer: Answer
    because: str
    warnings: tuple[str, ...] = ()


def may_extend(term: Term, *, today: date, law: LawDays, effect_from: date) -> Verdict:
    """Whether the term may be extended on a London day (table D-18). `effect_from` is the first day a decision proposed today can take effect.

    The validity of a list under PCR 2015 reg 34 cannot be changed after 23 February 2026 (SI 2024/716 reg 5(4)(b)(i)); an option
    that was not used before the term ended, or before the notice it needs, is for Legal; terms under the Procurement Act 2023 follow
    its ss.74 and 34 to 40.
    """
    if term.is_terminated:
        return Verdict(Answer.NO, "The contract was terminated")
    if term.regime is Regime.PCR_R34 and today > law.frozen_after:
        because = f"The validity of a list under the 2015 regulations cannot be changed after {date_words(law.frozen_after)}"
        return Verdict(Answer.NO, f"{because}, whatever the contract says")
    if not term.unused_months and term.regime not in LIGHT_TOUCH:
        return Verdict(Answer.NO, "The contract has no option to extend that is not used")
    if today > term.ends_on:
        return _after_the_end(term)
    warnings = _warnings(term, law, effect_from)
    if today > term.notice_by:
        late = f"The contract asks for {term.notice_months} months' notice, which had to be given by {date_words(term.notice_by)}"
        return Verdict(Answer.LEGAL, f"{late}. Legal says whether it can still be extended", warnings)
    return Verdict(Answer.YES, _basis(term), warnings)


def _after_the_end(term: Term) -> Verdict:
    ended = f"The term ended on {date_words(term.ends_on)}"
    if term.regime in LIGHT_TOUCH and not term.unused_months:
        return Verdict(Answer.NO, f"{ended}. What has ended cannot be modified")
    return Verdict(Answer.LEGAL, f"{ended} before the option was used, so the option may have lapsed. Legal says whether it can still be used")


def _basis(term: Term) -> str:
    if term.regime is Regime.PCR_R34:
        return "The contract has an option that is not used. The change of validity is notified (SI 2015/102 reg 34(28))"
    if term.regime is Regime.PCR_LTR_LIST:
        return "The contract has a review clause that is not used (SI 2015/102 reg 72(1)(a))"
    if term.regime is Regime.PA23_DYNAMIC_MARKET:
        return "The term of a dynamic market may be modified with a notice; its conditions for membership may not (Procurement Act 2023 ss.36(7), 39)"
    if term.regime is Regime.PA23_LT_FRAMEWORK:
        return "A light-touch contract may be modified (Procurement Act 2023 s.74(2))"
    return "The option was in the tender notice (Procurement Act 2023 s.74 and schedule 8)"


def _warnings(term: Term, law: LawDays, effect_from: date) -> tuple[str, ...]:
    found = []
    if term.regime is Regime.PCR_R34:
        if effect_from > law.frozen_after:
            first = f"A decision proposed today cannot take effect before {date_words(effect_from)}"
            found.append(f"{first}, and validity cannot be changed after {date_words(law.frozen_after)}")
        if term.would_end_on > law.pcr_ends_on:
            found.append(f"The list would still end on {date_words(law.pcr_ends_on)}, as every list under the 2015 regulations does")
    if effect_from > term.notice_by:
        found.append(f"It would take effect after {date_words(term.notice_by)}, the last day for the notice to suppliers")
    return tuple(found)


def new_end(term: Term, *, law: LawDays) -> date:
    """The last day of the term once the next option is used; a list under PCR 2015 reg 34 never outlives 23 February 2029."""
    return min(term.would_end_on, law.pcr_ends_on) if term.regime is Regime.PCR_R34 else term.would_end_on


def standing_notices(regime: Regime, *, today: date, law: LawDays) -> list[str]:
    """What a page about a list says at its top because of the law it lives under."""
    if regime is Regime.PCR_LTR_LIST:
        return [f"If its notice relied on regulation 34, this list ends on {date_words(law.pcr_ends_on)}. Check the notice"]
    if regime is not Regime.PCR_R34:
        return []
    found = [f"Every list under the 2015 regulations ends at the end of {date_words(law.pcr_ends_on)}, if not earlier"]
    if today > law.frozen_after:
        found.append(f"Its validity cannot be changed: it has been frozen since {date_words(law.frozen_after)}")
    return found


def why_not_regime(regime: Regime, *, noticed_on: date, law: LawDays) -> str:
    """Why a list whose first notice was sent on a day cannot be under this law, as a sentence; empty when it can (DPS-1, SI 2024/716 reg 5)."""
    first = date_words(law.pa23_from)
    if regime in PCR and noticed_on >= law.pa23_from:
        return f"A list whose notice is sent on or after {first} is set up under the Procurement Act 2023"
    if regime not in PCR and noticed_on < law.pa23_from:
        return f"A list whose notice was sent before {first} stays under the Public Contracts Regulations 2015"
    return ""


@dataclass(frozen=True, kw_only=True)
class PlanRules:
    """The council's periods that the plan counts back by, each from its parameter."""

    options_months: int
    case_months: int
    notice: calendar.Rule
    call_in: calendar.Rule
    publication: calendar.Rule
    buffer: calendar.Rule
    sign_off: calendar.Rule
    consultation: calendar.Rule
    change: calendar.Rule
    close: calendar.Rule
    closures: Sequence[calendar.Closure] = field(default_factory=tuple)


class Step(NamedTuple):
    """One day of the plan: what has to be done by then, and how the day was worked out."""

    kind: str
    words: str
    on: date
    explanation: calendar.Explanation


def backward_plan(ends_on: date, *, notice_months: int, rules: PlanRules) -> list[Step]:
    """The latest day for each step of a key decision that extends a term, counted back from its last day, in order of time (domain 7.2).

    The route is the normal one, with 28 clear days' notice before the month of the decision.
    """
    effective = _months(ends_on, notice_months, "End of the term", "Notice to the suppliers", "supplier_notice")
    publication = _latest_publication(effective.gives, rules)
    decision = _back(publication.gives, rules.publication, "Record published", rules)
    early = _back(decision.gives, rules.buffer, "Last day to decide", rules)
    signed = _back(early.gives, rules.sign_off, "Ready, with days in hand", rules)
    asked = _back(signed.gives, rules.consultation, "Advice complete", rules)
    notice, closing = _notice(decision.gives, rules)
    change = calendar.reckon(rules.change, effective.gives, event="In effect", closures=rules.closures)
    options = _months(ends_on, rules.options_months, "End of the term", "Time to look at the options", "term_options_months")
    opened = _months(ends_on, rules.case_months, "End of the term", "Time for a key decision", "term_case_months")
    steps = [
        Step("options", "Look at the options", *_day(options)),
        Step("case", "Open the key decision and draft the consultation", *_day(opened)),
        Step("consult", "Ask Procurement, Legal and Finance", *_day(asked)),
        Step("advice", "Advice complete, report signed off", *_day(signed)),
        Step("notice", f"Publish the notice for a decision in {words.month(decision.gives)}", *_day(notice)),
        Step("comments", "Comments close", *_day(closing)),
        Step("early", "Everything is ready for the decision, with days in hand", *_day(early)),
        Step("decision", "Make the decision", *_day(decision)),
        Step("record", "Publish the record", *_day(publication)),
        Step("effective", "The decision is in effect and the suppliers are told", *_day(effective)),
        Step("change", "Publish the change of validity and update the contracts register", *_day(change.explanation)),
        Step("end", "The term ends", ends_on, _plain("term", ends_on, ends_on, "End of the term", "The last day of the term")),
    ]  # fmt: skip
    return sorted(steps, key=lambda step: step.on)


def _day(found: calendar.Explanation) -> tuple[date, calendar.Explanation]:
    return found.gives, found


def _plain(rule_id: str, start: date, gives: date, event: str, sentence: str, notes: Iterable[str] = ()) -> calendar.Explanation:
    return calendar.Explanation(
        rule_id=rule_id, rule_version="1", owner="", sentence=sentence, legal_basis="", legal_url="", confirmed=False, event=event,
        started_on=start, gives=gives, bound="latest", notes=tuple(notes),
    )  # fmt: skip


def _months(start: date, months: int, event: str, what: str, rule_id: str) -> calendar.Explanation:
    return _plain(rule_id, start, calendar.add_months(start, -months), event, f"{what}: {months} months before")


def _latest_publication(effective: date, rules: PlanRules) -> calendar.Explanation:
    """The last day to publish the record so that call-in is over and the decision in effect by a day."""
    office = calendar.find_calendar(rules.call_in.calendar or "EW", rules.closures)
    day = calendar.previous_working_day(effective, office)
    while (found := calendar.call_in_effective_day(day, rule=rules.call_in, closures=rules.closures)).on > effective:
        day = calendar.previous_working_day(day, office)
    told = found.explanation
    note = f"Published on {date_words(day)}, the decision takes effect on {date_words(found.on)}."
    return calendar.Explanation(
        rule_id=told.rule_id, rule_version=told.rule_version, owner=told.owner, sentence=told.sentence, legal_basis=told.legal_basis,
        legal_url=told.legal_url, confirmed=told.confirmed, event="To be in effect", started_on=effective, gives=day, bound="latest",
        counted=told.counted, left_out=told.left_out, calendar=told.calendar, calendar_version=told.calendar_version, notes=(note,),
    )  # fmt: skip


def _back(end: date, rule: calendar.Rule, event: str, rules: PlanRules) -> calendar.Explanation:
    """So many working days before a day, which itself does not count."""
    office = calendar.find_calendar(rule.calendar or "EW", rules.closures)
    counted, day = [], end
    for _ in range(rule.count):
        day = calendar.previous_working_day(day, office)
        counted.append(day)
    left_out = [off for back in range(1, (end - day).days) if (off := office.day_off(end - timedelta(days=back))) is not None]
    return calendar.Explanation(
        rule_id=rule.id, rule_version=rule.version, owner=rule.owner, sentence=rule.words, legal_basis=rule.legal_basis, legal_url=rule.legal_url,
        confirmed=rule.confirmed, event=event, started_on=end, gives=day, bound="latest", counted=tuple(sorted(counted)),
        left_out=tuple(sorted(left_out, key=lambda each: each.on)), calendar=office.name, calendar_version=office.version,
    )  # fmt: skip


def _notice(decision: date, rules: PlanRules) -> tuple[calendar.Explanation, calendar.Explanation]:
    """The last day to publish the notice, with 28 clear days before the first of the month of the decision, and when comments close."""
    month = calendar.first_of_month(decision)
    found = calendar.latest_publication_day(month, rule=rules.notice, event=f"First day of {words.month(month)}", closures=rules.closures)
    return found.explanation, calendar.reckon(rules.close, month, event="Month of the decision").explanation


class Rung(NamedTuple):
    """One reminder of a ladder: its key, such as `6m` or `14d`, its words, and its day."""

    key: str
    words: str
    on: date


def ladder(ends_on: date, *, months: Iterable[int], days: Iterable[int]) -> list[Rung]:
    """The reminders before an end date, in order of time (D-19)."""
    rungs = [Rung(f"{count}m", f"{count} month{'' if count == 1 else 's'}", calendar.add_months(ends_on, -count)) for count in months]
    rungs += [Rung(f"{count}d", f"{count} day{'' if count == 1 else 's'}", ends_on - timedelta(days=count)) for count in days]
    return sorted(rungs, key=lambda rung: rung.on)


BUCKETS = ((0, "Ended"), (3, "Ends within 3 months"), (6, "Ends within 6 months"), (12, "Ends within 12 months"))


def bucket(ends_on: date, *, today: date) -> str:
    """Where a contract belongs on the overview: ended, or ending within 3, 6 or 12 months; empty when it is further away."""
    if today > ends_on:
        return BUCKETS[0][1]
    return next((name for months, name in BUCKETS[1:] if ends_on <= calendar.add_months(today, months)), "")


def state(term: Term, *, starts_on: date, initial_ends_on: date, today: date, has_activity: bool) -> str:
    """Where a contract is in its life; `expired_with_activity` is an alarm: it ended and placements or applications go on (domain 7.1)."""
    if term.is_terminated:
        return "terminated"
    if today < starts_on:
        return "planned"
    if today > term.ends_on:
        return "expired_with_activity" if has_activity else "expired"
    if term.ends_on <= calendar.add_months(today, 12):
        return "extension_window" if term.unused_months else "expiring"
    return "extended" if term.ends_on > initial_ends_on else "live"
