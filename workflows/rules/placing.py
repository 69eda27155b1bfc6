"""Who may be placed where: ages and registered categories (CP10 regs 27A to 27C, SI 2023/416), and references that name nobody."""

from __future__ import annotations

import re
from datetime import date

from models import Premises, Registration, RegistrationStatus

YOUNGEST = 16
ADULT = 18
OLDEST = 25
REGISTERED_SINCE = date(2023, 10, 28)  # SI 2023/416 reg 1(3): from this day 16 and 17 year olds live only with registered providers
REFERENCE = re.compile(r"[A-Z]{2}-[0-9]{4,8}")
TOO_YOUNG = "Young people under 16 cannot be placed in supported accommodation"


def refusal(age: int, premises: Premises, registration: Registration | None, *, on: date) -> str:
    """Why someone of this age may not be placed in these premises from a day on, as a sentence; empty when they may.

    Under 16: never (Care Planning Regulations 2010 reg 27A). 16 and 17: from 28 October 2023 only where the provider is registered
    for the category of the premises (reg 27C), or had applied before that day (SI 2023/416 reg 44). 18 and over: outside the
    registration regime. `registration` is what the register said on that day.
    """
    if age < YOUNGEST:
        return TOO_YOUNG
    if not premises.age_from <= age <= premises.age_to:
        return f"These premises are for young people aged {premises.age_from} to {premises.age_to}"
    if age >= ADULT or on < REGISTERED_SINCE:
        return ""
    if is_registered_for(premises.category, registration):
        return ""
    return f"The provider is not registered with Ofsted for category {premises.category}"


def is_registered_for(category: int, registration: Registration | None) -> bool:
    """Whether the register, as it stood, lets a provider take 16 and 17 year olds in a category of SI 2023/416 reg 2(1)."""
    if registration is None or category not in registration.categories:
        return False
    if registration.status is RegistrationStatus.APPLIED:
        return registration.starts_at.date() < REGISTERED_SINCE
    return registration.status is RegistrationStatus.REGISTERED


def tidy_reference(typed: str) -> str:
    """`YP-204417` for any spelling of it. ValueError, in words, for what could be a name or a day of birth."""
    reference = "".join(typed.split()).upper()
    if not REFERENCE.fullmatch(reference):
        raise ValueError("Enter the reference from the social-care system, two letters and four to eight digits, like YP-204417")
    return reference
