"""What an application consists of, and what its forms alone cannot tell: numbers of registers, postcodes, dates and ages that do not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models import IdentifierScheme, LegalForm
from workflows.rules import identifiers
from workflows.rules.identifiers import NotAnIdentifier

ORGANISATION, SAFE, HOMES, MONEY = (
    "About your organisation",
    "How you keep young people safe",
    "Your accommodation",
    "Money, insurance and experience",
)
Answers = Mapping[str, Any]
Problems = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section: its form is `section-<key>`. A list has entries, called `item_name`, at least `least` and at most `most` (0: any)."""

    key: str
    title: str
    group: str
    is_list: bool = False
    item_name: str = ""
    least: int = 0
    most: int = 0


SECTIONS: Sequence[Section] = (
    Section(key="organisation", title="Organisation details", group=ORGANISATION),
    Section(key="people", title="People who run it", group=ORGANISATION, is_list=True, item_name="Person", least=1, most=40),
    Section(key="exclusion", title="Grounds for exclusion", group=ORGANISATION),
    Section(key="ofsted", title="Ofsted registration", group=ORGANISATION),
    Section(key="safeguarding", title="Safeguarding policy and checks", group=SAFE),
    Section(key="staff", title="Staff and training", group=SAFE),
    Section(key="methods", title="How you work", group=SAFE),
    Section(key="premises", title="Premises", group=HOMES, is_list=True, item_name="Premises", least=1, most=200),
    Section(key="finance", title="Accounts and credit check", group=MONEY),
    Section(key="insurance", title="Insurance", group=MONEY, is_list=True, item_name="Insurance", least=2, most=20),
    Section(key="experience", title="Experience", group=MONEY, is_list=True, item_name="Contract", most=3),
)
BY_KEY = {section.key: section for section in SECTIONS}
# Which register each number belongs to; a Scottish charity number is told by its letters because only charities are asked here.
SCHEMES = {
    "company_number": IdentifierScheme.COMPANY,
    "charity_number": IdentifierScheme.CHARITY,
    "vat_number": IdentifierScheme.VAT,
    "ukprn": IdentifierScheme.UKPRN,
    "ico_number": IdentifierScheme.ICO,
    "duns_number": IdentifierScheme.DUNS,
    "ofsted_urn": IdentifierScheme.OFSTED,
}
POSTCODE = re.compile(
    r"GIR 0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPSTUW]) [0-9][ABD-HJLNP-UW-Z]{2}", re.ASCII
)
MOST_YEARS = 10
RUNS_OUT = {
    "gas_until": "The day the gas safety certificate runs out",
    "electrical_until": "The day the electrical safety report runs out",
    "fire_until": "The day the fire risk assessment is due again",
    "licence_until": "The day the licence runs out",
    "ends_on": "The day it ends",
}
NEEDS_COMPANY_NUMBER = frozenset({LegalForm.PUBLIC_COMPANY, LegalForm.PRIVATE_COMPANY, LegalForm.LLP, LegalForm.COMMUNITY_INTEREST_COMPANY})


def scheme_of(question: str, text: str) -> IdentifierScheme:
    """The register that an answer to this question is a number of."""
    if question == "charity_number" and text.strip().upper().startswith("SC"):
        return IdentifierScheme.SCOTTISH_CHARITY
    return SCHEMES[question]


def identifiers_in(answers: Answers) -> dict[IdentifierScheme, str]:
    """The numbers among answers, in their normal form by register. NotAnIdentifier when one is none."""
    found = {}
    for question in SCHEMES:
        text = str(answers.get(question) or "")
        if text:
            scheme = scheme_of(question, text)
            found[scheme] = identifiers.check(scheme, text)
    return found


def problems(key: str, answers: Answers, *, today: date) -> Problems:
    """A message for each answer of a section, or of one of its entries, that its form takes and that still cannot be right on a day."""
    return _numbers(answers) | _postcode(answers) | _too_far(answers, today) | CHECKS.get(key, _nothing)(answers)


def organisation_problems(answers: Answers) -> Problems:
    """The same for the organisation as it is named at the start."""
    return _numbers(answers) | _organisation(answers)


def _numbers(answers: Answers) -> Problems:
    found = {}
    for question in SCHEMES:
        text = str(answers.get(question) or "")
        if not text:
            continue
        try:
            identifiers.check(scheme_of(question, text), text)
        except NotAnIdentifier as refusal:
            found[question] = str(refusal)
    return found


def _postcode(answers: Answers) -> Problems:
    letters = "".join(str(answers.get("postcode") or "").split()).upper()
    if letters and not POSTCODE.fullmatch(f"{letters[:-3]} {letters[-3:]}"):
        return {"postcode": "Enter a full UK postcode, like WH1 1AA"}
    return {}


def _too_far(answers: Answers, today: date) -> Problems:
    """Days by which something runs out that lie so far ahead that they must be a slip."""
    found = {}
    for question, words in RUNS_OUT.items():
        text = str(answers.get(question) or "")
        if text and date.fromisoformat(text).year - today.year > MOST_YEARS:
            found[question] = f"{words} must be a real date, within {MOST_YEARS} years"
    return found


def _organisation(answers: Answers) -> Problems:
    form = str(answers.get("legal_form") or "")
    if form in {each.value for each in NEEDS_COMPANY_NUMBER} and not answers.get("company_number"):
        return {"company_number": "Enter the company number"}
    if form == LegalForm.CHARITABLE_ORGANISATION.value and not (answers.get("charity_number") or answers.get("company_number")):
        return {"charity_number": "Enter the charity number"}
    return {}


def _premises(answers: Answers) -> Problems:
    youngest, oldest = answers.get("age_from"), answers.get("age_to")
    if isinstance(youngest, int) and isinstance(oldest, int) and oldest < youngest:
        return {"age_to": "Oldest age must be the same as or more than the youngest"}
    return {}


def _period(answers: Answers) -> Problems:
    starts_on, ends_on = str(answers.get("starts_on") or ""), str(answers.get("ends_on") or "")
    if starts_on and ends_on and ends_on < starts_on:
        return {"ends_on": "The day it ends must be after the day it begins"}
    return {}


def _staff(answers: Answers) -> Problems:
    everyone, qualified = answers.get("staff_count"), answers.get("staff_qualified")
    if isinstance(everyone, int) and isinstance(qualified, int) and qualified > everyone:
        return {"staff_qualified": "The number with a qualification must be no more than the number of people"}
    return {}


def _nothing(answers: Answers) -> Problems:
    return {}


CHECKS: dict[str, Callable[[Answers], Problems]] = {
    "organisation": _organisation,
    "premises": _premises,
    "insurance": _period,
    "experience": _period,
    "staff": _staff,
}
