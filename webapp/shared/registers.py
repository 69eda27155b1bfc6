"""The public registers as this council's settings have them: by hand, or with a client; and an answer carried from a page to its form."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from models import RegistrationStatus
from webapp.settings import Settings
from workflows.registers import charity, company, ofsted

SECONDS = 60 * 60
DAYS = frozenset({"incorporated_on", "dissolved_on", "registered_on", "removed_on", "last_inspected_on"})

T = TypeVar("T")


def companies() -> company.Register:
    """The register of companies."""
    wanted = _settings().registers
    return company.Client(wanted.company_key, url=wanted.company_url or company.PUBLIC_URL) if wanted.company_key else company.Manual()


def charities() -> charity.Register:
    """The register of charities."""
    wanted = _settings().registers
    return charity.Client(wanted.charity_key, url=wanted.charity_url or charity.PUBLIC_URL) if wanted.charity_key else charity.Manual()


def accommodation() -> ofsted.Register:
    """Ofsted's register of supported accommodation."""
    wanted = _settings().registers
    return ofsted.Client(wanted.ofsted_url) if wanted.ofsted_url else ofsted.Manual()


def seal(entry: Any) -> str:
    """An answer of a register, signed for a hidden input: what is written down is what the register said."""
    return str(_serializer().dumps({name: _plain(value) for name, value in dataclasses.asdict(entry).items()}))


def unseal(sealed: str, kind: type[T]) -> T | None:
    """The answer behind a hidden input; None when it was changed or is older than an hour."""
    try:
        values = _serializer().loads(sealed, max_age=SECONDS)
        found = {name: _value(name, value) for name, value in values.items()}
        return kind(**({**found, "status": RegistrationStatus(found["status"])} if kind is ofsted.Entry else found))
    except (BadData, TypeError, ValueError, KeyError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, RegistrationStatus) else list(value) if isinstance(value, tuple) else value


def _value(name: str, value: Any) -> Any:
    if name in DAYS and value:
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="register-answer")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings
