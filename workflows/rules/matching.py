"""Which premises suit what a young person needs: who passes every condition, in which order and why; and why each other one does not.

The result is advice. A person decides about each placement (UK GDPR art 22).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from workflows.rules import words
from workflows.rules.needs import NIGHT_COVER, NIGHT_WORDS, RISKS, Needs

WHOLE = 100
GREEN, AMBER = "green", "amber"
GENDER_WORDS = {"female": "young women", "male": "young men"}
# The conditions that a search can do without, in words; the others are the law's or the provider's own.
RELAXABLE = {
    "step_free": "step-free access",
    "night_cover": "the cover at night",
    "category": "the kind of accommodation",
    "excluded": "the districts that are ruled out",
    "price": "the weekly ceiling",
    "space": "a free space on that day",
}


@dataclass(frozen=True)
class Weights:
    """How much each thing counts towards a score of 100; `amber` is the share of `quality` that an amber grade gets. ValueError otherwise."""

    support: int = 30
    location: int = 20
    education: int = 10
    risk: int = 15
    quality: int = 10
    stability: int = 5
    price: int = 10
    amber: float = 0.4

    def __post_init__(self) -> None:
        total = self.support + self.location + self.education + self.risk + self.quality + self.stability + self.price
        if total != WHOLE:
            raise ValueError(f"The weights of matching add up to {total}, not {WHOLE}")


class Offer(NamedTuple):
    """A category of the list that a member was admitted to: the kind of accommodation (None for any) and the ages it is for."""

    kind: int | None
    age_from: int
    age_to: int


class Barrier(NamedTuple):
    """One reason why premises do not match; `code` says which condition it is."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Premises of a member of the list, as they will stand on the first day: no address, and nobody who lives there."""

    reference: str
    name: str
    provider: str
    provider_reference: str
    district: str
    category: int
    spaces: int
    free: int
    age_from: int
    age_to: int
    gender: str
    night_cover: str
    is_step_free: bool
    support_hours: int
    weekly_price: Decimal | None
    supports: frozenset[str]
    grade: str
    is_open: bool
    registered: frozenset[int]
    offers: tuple[Offer, ...]
    blockers: tuple[Barrier, ...] = ()
    stays: int = 0
    long_stays: int = 0


class Part(NamedTuple):
    """What one thing adds to a score, of how much, and why."""

    name: str
    points: int
    most: int
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """Premises that pass every condition, with the score and its parts."""

    candidate: Candidate
    score: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """Premises that do not match, with each reason."""

    candidate: Candidate
    barriers: tuple[Barrier, ...]


@dataclass(frozen=True)
class Ranking:
    """The result of a search: matches, the best first; the others; and how many more would match without one condition, in words."""

    matches: Sequence[Match]
    excluded: Sequence[Excluded]
    without: Sequence[tuple[str, int]] = ()


def rank(needs: Needs, candidates: Iterable[Candidate], *, weights: Weights) -> Ranking:
    """Sort candidates into matches and others. Conditions first, all of them; then the score; equal scores by price, then reference.

    Price is no condition in an emergency. Source: the council's published criteria (domain 6.3).
    """
    matches: list[Match] = []
    excluded: list[Excluded] = []
    for candidate in candidates:
        barriers = barriers_of(needs, candidate)
        if barriers:
            excluded.append(Excluded(candidate, tuple(barriers)))
        else:
            matches.append(_match(needs, candidate, weights))
    matches.sort(key=lambda match: (-match.score, _price_first(match.candidate), match.candidate.reference))
    excluded.sort(key=lambda other: (len(other.barriers), other.candidate.reference))
    return Ranking(matches, excluded, [] if matches else _without(excluded))


def _price_first(candidate: Candidate) -> tuple[bool, Decimal]:
    return candidate.weekly_price is None, candidate.weekly_price or Decimal(0)


def _without(excluded: Sequence[Excluded]) -> list[tuple[str, int]]:
    """How many would match without each single condition that can be given up, the most first."""
    alone = Counter(codes.pop() for other in excluded if len(codes := {barrier.code for barrier in other.barriers}) == 1)
    found = [(RELAXABLE[code], count) for code, count in alone.items() if code in RELAXABLE]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def barriers_of(needs: Needs, candidate: Candidate) -> list[Barrier]:
    """Every reason why these premises do not match, none when they do."""
    return [*candidate.blockers, *_of_the_law(needs, candidate), *_of_the_place(needs, candidate), *_of_the_search(needs, candidate)]


def _of_the_law(needs: Needs, candidate: Candidate) -> Iterable[Barrier]:
    """At 16 and 17 only a category the provider is registered for (SI 2010/959 reg 27C; SI 2023/416), and only what the list admits it to."""
    if needs.needs_registration and candidate.category not in candidate.registered:
        yield Barrier("registration", f"Not registered with Ofsted for category {candidate.category}")
    if not any(_serves(offer, needs, candidate) for offer in candidate.offers):
        yield Barrier("offer", f"Not on the list for category {candidate.category} at the age of {needs.age}")


def _serves(offer: Offer, needs: Needs, candidate: Candidate) -> bool:
    return offer.kind in (None, candidate.category) and offer.age_from <= needs.age <= offer.age_to


def _of_the_place(needs: Needs, candidate: Candidate) -> Iterable[Barrier]:
    day = words.short_day(needs.starts_on)
    if not candidate.is_open:
        yield Barrier("open", f"Not open on {day}")
    elif candidate.free < 1:
        yield Barrier("space", f"No free space on {day}")
    if not candidate.age_from <= needs.age <= candidate.age_to:
        yield Barrier("age", f"Takes young people from {candidate.age_from} to {candidate.age_to}")
    if candidate.gender not in ("any", needs.gender):
        yield Barrier("gender", f"Only for {GENDER_WORDS.get(candidate.gender, candidate.gender)}")


def _of_the_search(needs: Needs, candidate: Candidate) -> Iterable[Barrier]:
    if needs.category is not None and candidate.category != needs.category:
        yield Barrier("category", f"Another kind of accommodation: category {candidate.category}")
    if candidate.district in needs.excluded:
        yield Barrier("excluded", f"In {candidate.district}, which is ruled out")
    if needs.night_cover and NIGHT_COVER.index(candidate.night_cover) < NIGHT_COVER.index(needs.night_cover):
        yield Barrier("night_cover", f"Has {NIGHT_WORDS[candidate.night_cover]}, not {NIGHT_WORDS[needs.night_cover]}")
    if needs.is_step_free and not candidate.is_step_free:
        yield Barrier("step_free", "Not step-free")
    if _is_too_dear(needs, candidate) and not needs.is_emergency:
        yield Barrier("price", f"{words.money(candidate.weekly_price)} a week is above the ceiling")


def _is_too_dear(needs: Needs, candidate: Candidate) -> bool:
    return needs.ceiling is not None and candidate.weekly_price is not None and candidate.weekly_price > needs.ceiling


def _match(needs: Needs, candidate: Candidate, weights: Weights) -> Match:
    parts = (
        _support(needs, candidate, weights.support),
        _location(needs, candidate, weights.location),
        _education(needs, candidate, weights.education),
        _risk(needs, candidate, weights.risk),
        _quality(candidate, weights),
        _stability(candidate, weights.stability),
        _price(needs, candidate, weights.price),
    )
    return Match(candidate, sum(part.points for part in parts), parts)


def _part(name: str, share: float, most: int, said: str) -> Part:
    return Part(name, round(share * most), most, said)


def _met(needs: Needs, candidate: Candidate, *, risks: bool) -> tuple[float, str]:
    """The share of the needs of one sort that can be met here, each by its level, and how many in words."""
    wanted = {key: level for key, level in needs.supports.items() if level > 0 and (key in RISKS) is risks}
    if not wanted:
        return 1.0, "no needs were named"
    met = [key for key in wanted if key in candidate.supports]
    return sum(wanted[key] for key in met) / sum(wanted.values()), f"meets {len(met)} of {len(wanted)} needs"


def _support(needs: Needs, candidate: Candidate, most: int) -> Part:
    share, said = _met(needs, candidate, risks=False)
    if not needs.hours:
        return _part("Support", share, most, said)
    given = min(1.0, candidate.support_hours / needs.hours)
    return _part("Support", (share + given) / 2, most, f"{said}; {candidate.support_hours} of {needs.hours} hours a week")


def _location(needs: Needs, candidate: Candidate, most: int) -> Part:
    if not needs.districts:
        return _part("Location", 1, most, "no district was asked for")
    is_wanted = candidate.district in needs.districts
    return _part("Location", float(is_wanted), most, f"{candidate.district} {'is' if is_wanted else 'is not'} a district that was asked for")


def _education(needs: Needs, candidate: Candidate, most: int) -> Part:
    if not needs.learning_district:
        return _part("Education and work", 1, most, "no place of education or work was named")
    is_near = candidate.district == needs.learning_district
    where = "in the same district as" if is_near else "in another district than"
    return _part("Education and work", float(is_near), most, f"{where} education or work")


def _risk(needs: Needs, candidate: Candidate, most: int) -> Part:
    share, said = _met(needs, candidate, risks=True)
    return _part("Managing risk", share, most, said)


def _quality(candidate: Candidate, weights: Weights) -> Part:
    share = {GREEN: 1.0, AMBER: weights.amber}.get(candidate.grade, 0.0)
    return _part("Quality", share, weights.quality, f"graded {candidate.grade} at the last visit" if candidate.grade else "not graded yet")


def _stability(candidate: Candidate, most: int) -> Part:
    if not candidate.stays:
        return _part("Stability", 0.5, most, "no stay has ended here in the past year")
    told = f"{candidate.long_stays} of {candidate.stays} stays lasted three months or more"
    return _part("Stability", candidate.long_stays / candidate.stays, most, told)


def _price(needs: Needs, candidate: Candidate, most: int) -> Part:
    if candidate.weekly_price is None:
        return _part("Price", 0, most, "no weekly price is known")
    told = f"{words.money(candidate.weekly_price)} a week"
    if not needs.ceiling:
        return _part("Price", 1, most, f"{told}; no ceiling was named")
    if _is_too_dear(needs, candidate):
        return _part("Price", 0, most, f"{told}, above the ceiling")
    return _part("Price", 0.5 + 0.5 * float(1 - candidate.weekly_price / needs.ceiling), most, told)
