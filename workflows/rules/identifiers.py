"""The numbers by which public registers know an organisation: put into their normal form, or refused with words that say what they look like."""

from __future__ import annotations

import re
from collections.abc import Callable

from models import IdentifierScheme

COMPANY = re.compile(
    r"(?:\d{8}|(?:AC|CE|CS|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)\d{5}[0-9A-Z])",
    re.ASCII,
)
SOCIETY = re.compile(r"(?:RS|SP|IP|NP)\d{5}[0-9A-Z]{1,3}", re.ASCII)
CHARITY = re.compile(r"\d{6,7}(?:-\d{1,3})?", re.ASCII)
URN = re.compile(r"(?:SC\d{6}|\d{5,7})", re.ASCII)
VAT = re.compile(r"(?:\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})", re.ASCII)
VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


class NotAnIdentifier(ValueError):
    """The text cannot be a number of this register; the sentence says what one looks like."""


def check(scheme: IdentifierScheme, text: str) -> str:
    """The number in its normal form. NotAnIdentifier when no number of this register looks like it (domain 9.3).

    Only the form is checked, and the check digits of VAT numbers: whether the register knows the number is for a look-up. The same
    characters may be right in several registers, so the scheme is always given and never told from the text.
    """
    return CHECKS[scheme]("".join(text.split()).upper())


def _company(text: str) -> str:
    padded = text.zfill(8) if text.isascii() and text.isdigit() and text else text
    if not (COMPANY.fullmatch(padded) or SOCIETY.fullmatch(padded)):
        raise NotAnIdentifier("Company number must be 8 characters, like 09876543 or SC123456")
    return padded


def _vat(text: str) -> str:
    number = text.removeprefix("GB")
    if not VAT.fullmatch(number):
        raise NotAnIdentifier("VAT number must be 9 digits, like 123 4567 89, with or without GB")
    if number[:9].isdigit() and not _has_right_checksum(number[:9]):
        raise NotAnIdentifier("VAT number must be one that HMRC gives out. Check its digits")
    return number


def _has_right_checksum(digits: str) -> bool:
    """Whether nine digits pass HMRC's check: the older modulus 97, or the newer one with 55 added."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, VAT_WEIGHTS, strict=False)) + int(digits[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _like(pattern: str, words: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.ASCII)

    def checked(text: str) -> str:
        if not compiled.fullmatch(text):
            raise NotAnIdentifier(words)
        return text

    return checked


def _northern_irish_charity(text: str) -> str:
    return _like(r"\d{6}", "Charity number for Northern Ireland must be 6 digits")(text.removeprefix("NIC"))


def _ppon(text: str) -> str:
    plain = text.replace("-", "")
    _like(r"P[A-Z]{3}\d{4}[A-Z]{4}", "Public procurement number (PPON) must be like PABC-1234-WXYZ")(plain)
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


CHECKS: dict[IdentifierScheme, Callable[[str], str]] = {
    IdentifierScheme.COMPANY: _company,
    IdentifierScheme.CHARITY: _like(CHARITY.pattern, "Charity number must be 6 or 7 digits, like 1234567"),
    IdentifierScheme.SCOTTISH_CHARITY: _like(r"SC\d{6}", "Scottish charity number must be SC and 6 digits, like SC012345"),
    IdentifierScheme.NORTHERN_IRISH_CHARITY: _northern_irish_charity,
    IdentifierScheme.VAT: _vat,
    IdentifierScheme.UKPRN: _like(r"1\d{7}", "UK provider reference number must be 8 digits and start with 1, like 10012345"),
    IdentifierScheme.OFSTED: _like(URN.pattern, "Ofsted number (URN) must be 5 to 7 digits, or SC and 6 digits"),
    IdentifierScheme.ICO: _like(r"Z[0-9A-Z]{7}", "Data protection registration must be Z and 7 characters, like ZA123456"),
    IdentifierScheme.DUNS: _like(r"\d{9}", "DUNS number must be 9 digits"),
    IdentifierScheme.PPON: _ppon,
}  # fmt: skip
