"""Who may be placed where, and references that name nobody (acceptance test 8)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models import Premises, Registration, RegistrationStatus
from workflows.rules import placing

TODAY = date(2026, 3, 2)
BEFORE_THE_LAW = date(2020, 3, 2)


def premises(category: int = 2, age_from: int = 16, age_to: int = 21) -> Premises:
    return Premises(category=category, age_from=age_from, age_to=age_to)


def registration(status: RegistrationStatus = RegistrationStatus.REGISTERED, *categories: int, since: int = 2024) -> Registration:
    return Registration(status=status, categories=list(categories or (2,)), starts_at=datetime(since, 1, 1, tzinfo=UTC))


def test_fifteen_is_too_young_anywhere() -> None:
    assert placing.refusal(15, premises(), registration(), on=TODAY) == placing.TOO_YOUNG
    assert placing.refusal(15, premises(), registration(), on=BEFORE_THE_LAW) == placing.TOO_YOUNG


@pytest.mark.parametrize("age", [16, 17])
@pytest.mark.parametrize(
    "found",
    [None, registration(RegistrationStatus.NOT_REGISTERED), registration(RegistrationStatus.SUSPENDED), registration(RegistrationStatus.REGISTERED, 1, 3),
     registration(RegistrationStatus.APPLIED)],
)  # fmt: skip
def test_sixteen_and_seventeen_need_a_registered_category(age: int, found: Registration | None) -> None:
    assert placing.refusal(age, premises(), found, on=TODAY) == "The provider is not registered with Ofsted for category 2"
    assert placing.refusal(age, premises(), registration(), on=TODAY) == ""


def test_eighteen_is_outside_the_registration() -> None:
    assert placing.refusal(18, premises(), None, on=TODAY) == ""


def test_before_28_october_2023_no_registration_was_needed() -> None:
    assert placing.refusal(17, premises(), None, on=date(2023, 10, 27)) == ""
    assert placing.refusal(17, premises(), None, on=date(2023, 10, 28)) != ""


def test_whoever_had_applied_before_that_day_may_go_on() -> None:
    assert placing.refusal(17, premises(), registration(RegistrationStatus.APPLIED, since=2023), on=TODAY) == ""


def test_the_ages_of_the_premises_hold_for_everyone() -> None:
    assert placing.refusal(22, premises(), registration(), on=TODAY) == "These premises are for young people aged 16 to 21"


@pytest.mark.parametrize(("typed", "kept"), [("yp-204417", "YP-204417"), (" YP - 2044 ", "YP-2044")])
def test_a_reference_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert placing.tidy_reference(typed) == kept


@pytest.mark.parametrize("typed", ["", "Jordan", "JS 12/03/2009", "YP-123", "YP-123456789", "12032009"])
def test_what_could_name_somebody_is_no_reference(typed: str) -> None:
    with pytest.raises(ValueError, match="social-care system"):
        placing.tidy_reference(typed)
