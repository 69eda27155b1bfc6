"""The sign-in page, which is also what a signed-out post gets."""

from __future__ import annotations

from flask import current_app, render_template
from sqlalchemy import select

from models import User
from webapp.db import db
from webapp.settings import Settings
from webapp.shared.safe_next import safe_next


def sign_in_page(
    *,
    email: str = "",
    error: str = "",
    kept_text: str = "",
    was_signed_out: bool = False,
    next_page: str = "",
) -> str:
    """The sign-in page as HTML; `kept_text` is sealed text to carry along, `error` one sentence for the
    summary."""
    return render_template(
        "account/sign_in.html",
        email=email,
        error=error,
        kept_text=kept_text,
        was_signed_out=was_signed_out,
        next_page=safe_next(next_page),
        demo_people=demo_people(),
    )


def demo_people() -> list[User]:
    """The invented people whom a demonstration lets anyone be; none in production or without demo data."""
    settings: Settings = current_app.extensions["dps_settings"]
    if settings.production:
        return []
    with db.reading() as session:
        return list(
            session.scalars(
                select(User).where(User.is_demo, User.is_active).order_by(User.job_title, User.name)
            )
        )
