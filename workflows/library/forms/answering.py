"""Checking what a person sent: each answer made plain or refused with a message at its question; nothing they typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from models import clock
from workflows.library.forms.conditions import is_true
from workflows.library.forms.reading import Field, FormSchema
from workflows.rules.words import short_day

LARGEST_FILE = 20 * 1024 * 1024
FILE_TYPES: Mapping[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "docx": (b"PK\x03\x04",), "xlsx": (b"PK\x03\x04",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
}  # fmt: skip
EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+$")
PHONE = re.compile(r"^\+?[\d\s()-]{6,20}$")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOST_LINES = 100


class Sent(Protocol):
    """What a browser sends: several values a name."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class File:
    """An uploaded file."""

    name: str
    content: bytes
    media_type: str = ""


@dataclass
class Validated:
    """The answers that are right, the message at each question that is not, and what was typed, for showing again."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[File]] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.errors


class NotAnAnswer(ValueError):
    """The text is not an answer to this question; says why."""


def validate(
    schema: FormSchema, sent: Sent, *, files: Mapping[str, Sequence[File]] | None = None, known: Mapping[str, Any] | None = None
) -> Validated:
    """Check everything a browser sent; never raises, whatever it is. A hidden question is neither asked nor kept.

    `known` are values from outside that conditions look at. Dates come as three parts and leave as ISO text, money as text with
    two decimals, lists as lists.
    """
    result = Validated()
    for question in schema.fields:
        raw = [CONTROL.sub("", str(value)) for value in sent.getlist(question.key)]
        result.typed[question.key] = raw
        if question.hide and is_true(question.hide, {**(known or {}), **_plain(result)}):
            continue
        if question.kind == "filepicker":
            _take_files(question, list((files or {}).get(question.key, [])), result)
            continue
        _take(question, raw, result)
    return result


def _plain(result: Validated) -> dict[str, Any]:
    typed = {key: values[0] for key, values in result.typed.items() if values}
    return typed | result.answers


def _take(question: Field, raw: list[str], result: Validated) -> None:
    try:
        value = READERS[question.kind](question, raw)
    except NotAnAnswer as error:
        result.errors[question.key] = str(error)
        return
    if value is None or value is False or value == "" or value == []:  # 0 is an answer
        if question.is_required:
            result.errors[question.key] = _missing(question)
        elif value is False:
            result.answers[question.key] = False
        return
    result.answers[question.key] = value


def _missing(question: Field) -> str:
    verb = "Select" if question.kind in ("radio", "select", "checklist", "filepicker") else "Enter"
    if question.kind == "checkbox":
        return question.words.get("errorRequired", f"Confirm: {question.label}")
    return question.words.get("errorRequired", f"{verb} {question.label[:1].lower()}{question.label[1:]}".rstrip("?"))


def _first(raw: list[str]) -> str:
    return raw[0].strip() if raw else ""


def _text(question: Field, raw: list[str]) -> Any:
    text = (raw[0] if raw else "").replace("\r\n", "\n").strip()
    if question.longest and len(text) > question.longest:
        raise NotAnAnswer(question.words.get("errorMaxLength", f"{question.label} must be {question.longest:,} characters or fewer"))
    if text and len(text) < question.shortest:
        raise NotAnAnswer(question.words.get("errorMinLength", f"{question.label} must be {question.shortest:,} characters or more"))
    if question.kind == "textfield" and "\n" in text:
        raise NotAnAnswer(f"{question.label} must be one line")
    if text and question.pattern and not re.fullmatch(question.pattern, text[:1000]):
        raise NotAnAnswer(question.words.get("errorPattern", f"{question.label} is not in the right form"))
    return FORMATS[question.format](question, text) if text and question.format else text


def _money(question: Field, text: str) -> str:
    typed = text.replace("£", "").replace(" ", "")
    plain = typed.replace(",", "")
    # A comma only groups thousands: `500,00` could mean five hundred or fifty thousand.
    if not re.fullmatch(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?", typed) or not re.fullmatch(r"\d{1,12}(?:\.\d{1,2})?", plain):
        raise NotAnAnswer(question.words.get("errorFormat", f"{question.label} must be an amount of money, like 1,200 or 1,200.50"))
    amount = Decimal(plain)
    _check_bounds(question, amount)
    return f"{amount:.2f}"


def _email(question: Field, text: str) -> str:
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise NotAnAnswer(question.words.get("errorFormat", "Enter an e-mail address in the right form, like name@example.org"))
    return text


def _phone(question: Field, text: str) -> str:
    if not PHONE.fullmatch(text):
        raise NotAnAnswer(question.words.get("errorFormat", "Enter a phone number, like 01632 960 001"))
    return text


def _reference(question: Field, text: str) -> str:
    return " ".join(text.split())


def _lines(question: Field, text: str) -> list[str]:
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise NotAnAnswer(f"{question.label} must have {MOST_LINES} lines or fewer")
    return found


FORMATS: dict[str, Callable[[Field, str], Any]] = {
    "money": _money, "email": _email, "phone": _phone, "reference": _reference, "lines": _lines,
}  # fmt: skip


def _number(question: Field, raw: list[str]) -> Any:
    text = _first(raw).replace(",", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise NotAnAnswer(question.words.get("errorFormat", f"{question.label} must be a number")) from error
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise NotAnAnswer(f"{question.label} must be a number")
    _check_bounds(question, number)
    return int(number) if number == number.to_integral_value() else float(number)


def _check_bounds(question: Field, number: Decimal) -> None:
    if question.least and number < Decimal(question.least):
        raise NotAnAnswer(question.words.get("errorMin", f"{question.label} must be {question.least} or more"))
    if question.most and number > Decimal(question.most):
        raise NotAnAnswer(question.words.get("errorMax", f"{question.label} must be {question.most} or less"))


def _checkbox(question: Field, raw: list[str]) -> bool:
    return _first(raw).lower() in ("yes", "y", "true", "on", "1")


def _choice(question: Field, raw: list[str]) -> str:
    value = _first(raw)
    if value and value not in dict(question.options):
        raise NotAnAnswer(_missing(question))
    return value


def _choices(question: Field, raw: list[str]) -> list[str]:
    known = dict(question.options)
    chosen = list(dict.fromkeys(value for value in raw if value))
    if any(value not in known for value in chosen):
        raise NotAnAnswer(_missing(question))
    return chosen


def _named(question: Field) -> str:
    """The question's label as the start of a sentence: "Date of publication" is "The date of publication"."""
    return f"The d{question.label[1:]}" if question.label.startswith("Date ") else question.label


def _date(question: Field, raw: list[str]) -> str:
    parts = [part.strip() for part in (raw + ["", "", ""])[:3]]
    if len(raw) == 1 and re.fullmatch(r"\d{4}-\d{2}-\d{2}", parts[0]):
        parts = parts[0].split("-")[::-1]
    if not any(parts):
        return ""
    missing = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
    if missing:
        raise NotAnAnswer(f"{_named(question)} must include a {' and '.join(missing)}")
    try:
        day = date(int(parts[2]), int(parts[1]), int(parts[0]))
    except (ValueError, OverflowError) as error:
        raise NotAnAnswer(question.words.get("errorDate", f"{_named(question)} must be a real date")) from error
    if not 2000 <= day.year <= 2099:
        raise NotAnAnswer(question.words.get("errorDate", f"{_named(question)} must be a real date, with a year such as 2026"))
    _check_date(question, day)
    return day.isoformat()


def _check_date(question: Field, day: date) -> None:
    first, last = _bound(question.not_before), _bound(question.not_after)
    if first and day < first:
        word = "today or in the future" if question.not_before == "today" else f"on or after {short_day(first)}"
        raise NotAnAnswer(question.words.get("errorNotBefore", f"{question.label} must be {word}"))
    if last and day > last:
        word = "today or in the past" if question.not_after == "today" else f"on or before {short_day(last)}"
        raise NotAnAnswer(question.words.get("errorNotAfter", f"{question.label} must be {word}"))


def _bound(text: str) -> date | None:
    if text == "today":
        return clock.today()
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None


READERS: dict[str, Callable[[Field, list[str]], Any]] = {
    "textfield": _text, "textarea": _text, "number": _number, "checkbox": _checkbox, "radio": _choice, "select": _choice,
    "checklist": _choices, "datetime": _date,
}  # fmt: skip


def _take_files(question: Field, sent: list[File], result: Validated) -> None:
    wanted = [file for file in sent if file.name]
    for file in wanted:
        fault = file_fault(file)
        if fault:
            result.errors[question.key] = fault
            return
    if not wanted and question.is_required:
        result.errors[question.key] = question.words.get("errorRequired", "Select a file")
    result.files[question.key] = wanted if question.takes_many else wanted[:1]


def file_fault(file: File) -> str:
    """Why a file cannot be taken, or nothing: its size, its name's type, and whether its first bytes agree."""
    ending = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    if ending not in FILE_TYPES:
        return "The selected file must be a PDF, DOCX, XLSX, JPG or PNG"
    if len(file.content) > LARGEST_FILE:
        return "The selected file must be smaller than 20MB"
    if not file.content:
        return "The selected file is empty"
    if not file.content.startswith(FILE_TYPES[ending]):
        return f"The selected file is not a {ending.upper()}, whatever its name says"
    return ""
