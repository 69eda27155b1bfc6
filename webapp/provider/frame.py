"""What every page of the provider's area has: the provider itself, and the ways to its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from models import Provider
from webapp.db import db
from webapp.signed_in import person
from workflows.queries import providers

Problem = dict[str, str]


def here() -> Provider:
    """The provider of the person who is signed in. NotFound for anyone else."""
    return providers.provider_of(db.session, person())


def page(template: str, **values: Any) -> str:
    """A page of the area; `template` extends `shared/provider.html`."""
    return render_template(template, **{"problems": [], "errors": {}, **values})


def listed(errors: Mapping[str, str]) -> list[Problem]:
    """Messages as the error summary wants them."""
    return [{"text": words, "href": f"#{name}"} for name, words in errors.items()]
