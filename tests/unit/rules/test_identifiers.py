"""The numbers of public registers: which are taken, in what form, and what is said of those that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import IdentifierScheme as Scheme
from workflows.rules import identifiers
from workflows.rules.identifiers import NotAnIdentifier

TAKEN = [
    (Scheme.COMPANY, "9876543", "09876543"),
    (Scheme.COMPANY, " 09 87 65 43 ", "09876543"),
    (Scheme.COMPANY, "sc123456", "SC123456"),
    (Scheme.COMPANY, "CE012345", "CE012345"),
    (Scheme.COMPANY, "RS00123FI", "RS00123FI"),
    (Scheme.VAT, "GB 980 7806 84", "980780684"),
    (Scheme.VAT, "220430231", "220430231"),
    (Scheme.VAT, "434031494", "434031494"),
    (Scheme.VAT, "GD123", "GD123"),
    (Scheme.UKPRN, "10012345", "10012345"),
    (Scheme.CHARITY, "1234567", "1234567"),
    (Scheme.CHARITY, "123456-1", "123456-1"),
    (Scheme.SCOTTISH_CHARITY, "sc 012345", "SC012345"),
    (Scheme.NORTHERN_IRISH_CHARITY, "NIC100123", "100123"),
    (Scheme.OFSTED, "2700123", "2700123"),
    (Scheme.OFSTED, "sc123456", "SC123456"),
    (Scheme.ICO, "za123456", "ZA123456"),
    (Scheme.DUNS, "12 345 6789", "123456789"),
    (Scheme.PPON, "pabc1234wxyz", "PABC-1234-WXYZ"),
]
NOT_TAKEN = [
    (Scheme.COMPANY, "123456789"),
    (Scheme.COMPANY, "QQ123456"),
    (Scheme.COMPANY, ""),
    (Scheme.COMPANY, "٠٩٨٧٦٥٤٣"),
    (Scheme.VAT, "123456789"),
    (Scheme.VAT, "12345"),
    (Scheme.UKPRN, "20012345"),
    (Scheme.CHARITY, "12345"),
    (Scheme.SCOTTISH_CHARITY, "012345"),
    (Scheme.NORTHERN_IRISH_CHARITY, "1234567"),
    (Scheme.OFSTED, "12345678"),
    (Scheme.ICO, "AA123456"),
    (Scheme.DUNS, "12345678"),
    (Scheme.PPON, "XABC-1234-WXYZ"),
]


@pytest.mark.parametrize(("scheme", "typed", "kept"), TAKEN)
def test_a_number_is_kept_in_its_normal_form(scheme: Scheme, typed: str, kept: str) -> None:
    assert identifiers.check(scheme, typed) == kept


@pytest.mark.parametrize(("scheme", "typed"), NOT_TAKEN)
def test_what_is_no_number_of_the_register_is_refused(scheme: Scheme, typed: str) -> None:
    with pytest.raises(NotAnIdentifier):
        identifiers.check(scheme, typed)


def test_every_register_says_what_its_numbers_look_like_in_words_of_its_own() -> None:
    said = []
    for scheme in Scheme:
        with pytest.raises(NotAnIdentifier) as refusal:
            identifiers.check(scheme, "?")
        said.append(str(refusal.value))

    assert len(set(said)) == len(Scheme)


@given(st.sampled_from(list(Scheme)), st.text(max_size=30))
def test_whatever_is_typed_is_taken_in_a_form_that_stays_or_refused_in_words(scheme: Scheme, text: str) -> None:
    try:
        kept = identifiers.check(scheme, text)
    except NotAnIdentifier as refusal:
        assert str(refusal)
        return
    assert identifiers.check(scheme, kept) == kept


@given(st.integers(min_value=0, max_value=9_999_999))
def test_one_wrong_digit_of_a_vat_number_is_noticed(start: int) -> None:
    digits = f"{start:07d}"
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, identifiers.VAT_WEIGHTS, strict=True))
    number = f"{digits}{-weighted % 97:02d}"
    wrong = f"{number[:8]}{(int(number[8]) + 1) % 10}"

    assert identifiers.check(Scheme.VAT, number) == number
    with pytest.raises(NotAnIdentifier):
        identifiers.check(Scheme.VAT, wrong)
