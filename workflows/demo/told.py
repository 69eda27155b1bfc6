"""What a provider of the demo market tells in each section of its application: what is its own, beside the usual answers in market.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from models import LegalForm, clock
from workflows.demo.market import Home, Market, Trader
from workflows.rules import applying

Told = Mapping[str, Any]
Papers = Mapping[str, str]
STREETS = (
    "Lantern Street", "Mill Lane", "Cooper's Row", "Fuller Street", "Saltpan Road", "Orchard Way", "Bell Lane", "Weaver Street", "Tidemill Road",
)  # fmt: skip
NIGHT_COVER = {1: "visiting", 2: "waking", 3: "sleeping", 4: "visiting"}
HOURS = {1: 10, 2: 15, 3: 12, 4: 8}
# What a postcode may end with; the area WX does not exist.
ENDINGS = "ABDEFGHJLNPQRSTUWXYZ"
LIMITS = {"employers_liability": "10000000", "public_liability": "10000000", "professional_indemnity": "2000000"}


def section(key: str, trader: Trader, market: Market, papers: Papers) -> list[Told]:
    """The entries of a section, one for a section that is no list: the usual answers with the trader's own over them."""
    usual = {**market.sections.get(key, {}), **trader.fate.answers_to(f"section-{key}", 0)}
    known = {name: papers[value[1:]] if isinstance(value, str) and value.startswith("$") else value for name, value in usual.items()}
    return [{**known, **entry} for entry in OWN.get(key, _nothing_of_its_own)(trader, market, papers)]


def numbers(trader: Trader) -> dict[str, str]:
    """The numbers that registers would know a trader by: of the right form, and far above any that was ever given out."""
    if trader.form is LegalForm.LLP:
        return {"company_number": f"OC99{trader.number:04}"}
    if trader.form in applying.NEEDS_COMPANY_NUMBER:
        return {"company_number": f"99{trader.number:06}"}
    return {"charity_number": f"99{trader.number:05}"} if trader.form is LegalForm.CHARITABLE_ORGANISATION else {}


def postcode(trader: Trader, place: int) -> str:
    """A postcode in the right form of a postal area that does not exist; another for each place of a trader."""
    return f"WX{trader.number} {1 + place}{ENDINGS[trader.number % 20]}{ENDINGS[(trader.number + 7 * place + 3) % 20]}"


def _organisation(trader: Trader, _market: Market, _papers: Papers) -> list[Told]:
    house = trader.chance("office").randint(2, 90)
    return [{
        "legal_name": trader.name, "legal_form": trader.form.value, **numbers(trader), "is_small": "yes",
        "is_voluntary": "yes" if trader.form is LegalForm.CHARITABLE_ORGANISATION else "no",
        "address": f"{house} {trader.chance('street').choice(STREETS)}\nWesthampton", "postcode": postcode(trader, 0),
        "contact_name": trader.people[0], "contact_email": trader.email(trader.people[0]), "contact_phone": f"01632 960{400 + trader.number}",
    }]  # fmt: skip


def _people(trader: Trader, _market: Market, _papers: Papers) -> list[Told]:
    first, *others = trader.people
    return [
        {"name": first, "role": "Registered manager", "is_in_control": "yes", "control": "Runs it from day to day and holds most of it."},
        *({"name": name, "role": "Service manager", "is_in_control": "no"} for name in others),
    ]


def registration(trader: Trader) -> dict[str, Any]:
    """What the register says of a trader: its number, and every kind of accommodation in which it has a home."""
    return {"ofsted_urn": f"99{trader.number:05}", "ofsted_categories": sorted({str(home.category) for home in trader.homes})}


def _ofsted(trader: Trader, _market: Market, _papers: Papers) -> list[Told]:
    return [{"ofsted_status": "registered", **registration(trader), "registered_manager": trader.people[0]}]


def _premises(trader: Trader, market: Market, papers: Papers) -> list[Told]:
    return [_home(trader, market, home, place, papers) for place, home in enumerate(trader.homes, 1)]


def _home(trader: Trader, market: Market, home: Home, place: int, papers: Papers) -> Told:
    chance = trader.chance(f"home {place}")
    street, house = chance.choice(STREETS), chance.randint(1, 120)
    until = market.day + timedelta(days=chance.randint(40, 330))
    return {
        "name": f"{street.split()[0]} {'House' if home.spaces > 2 else 'Flat'}", "address": f"{house} {street}\n{home.district}\nWesthampton",
        "postcode": postcode(trader, place), "district": home.district, "category": str(home.category), "spaces": str(home.spaces),
        "age_from": "16", "age_to": chance.choice(["17", "18", "21"]), "gender": chance.choice(["any", "any", "any", "female", "male"]),
        "night_cover": NIGHT_COVER[home.category], "is_step_free": chance.choice(["yes", "no", "no"]), "support_hours": str(HOURS[home.category]),
        "weekly_price": str(chance.randint(6, 14) * 100), "supports": chance.sample(market.supports, 3), "gas_until": until,
        "electrical_until": until + timedelta(days=200), "fire_until": until + timedelta(days=30), "needs_licence": "no",
        "gas_document": papers["safety"],
    }  # fmt: skip


def _insurance(trader: Trader, market: Market, papers: Papers) -> list[Told]:
    ends = max(market.day + timedelta(days=trader.fate.insured_until), clock.today())
    own: dict[str, Any] = {
        "has": "yes", "issuer": "Northern Mutual Insurance", "starts_on": ends - timedelta(days=364), "ends_on": ends,
        "document": papers["insurance"],
    }  # fmt: skip
    extra = {"public_liability": {"covers_abuse": "yes"}}
    return [
        {**own, "kind": kind, "limit": limit, "number": f"NM-{trader.number:03}-{place}", **extra.get(kind, {})}
        for place, (kind, limit) in enumerate(LIMITS.items(), 1)
    ]


def _nothing_of_its_own(_trader: Trader, _market: Market, _papers: Papers) -> list[Told]:
    return [{}]


OWN: dict[str, Callable[[Trader, Market, Papers], Sequence[Told]]] = {
    "organisation": _organisation, "people": _people, "ofsted": _ofsted, "premises": _premises, "insurance": _insurance,
}  # fmt: skip
