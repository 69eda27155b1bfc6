"""Whether a password is right, at the same cost and with the same limit whoever asks."""

from __future__ import annotations

import uuid
from functools import cache

from flask import current_app, request
from sqlalchemy import select

from models import User
from models.session import transaction
from webapp import db as database
from webapp.db import db
from webapp.settings import Settings
from workflows.actions import sign_ins
from workflows.rules import passwords


def person_with(email: str, password: str) -> uuid.UUID | None:
    """The id of the active person with this address and password, or None. Raises TooManyTries.

    Unknown, wrong and disabled take the same time and steps. The try is stored before the slow hash is worked out and
    in a transaction of its own, so that many tries at once are all counted and nobody waits for the database meanwhile.
    """
    database.close()
    settings: Settings = current_app.extensions["dps_settings"]
    account = sign_ins.digest_of(settings.secret_key, email)
    address = sign_ins.digest_of(settings.secret_key, request.remote_addr or "")
    active = select(User.id, User.password_hash).where(User.email == email.lower(), User.is_active)
    with transaction(db.engine) as session:
        attempt_id = sign_ins.open_try(session, account=account, address=address).id
        found = session.execute(active).one_or_none()
    stored = found.password_hash if found else None
    is_right = passwords.is_right(stored or _nobodys_hash(settings.cheap_passwords), password)
    if found is None or stored is None or not is_right:
        return None
    with transaction(db.engine) as session:
        sign_ins.was_right(session, attempt_id)
    user_id: uuid.UUID = found.id
    return user_id


@cache
def _nobodys_hash(cheap: bool) -> str:
    """The hash of a password that nobody knows: what an unknown account's try is compared with."""
    return passwords.store(uuid.uuid4().hex, cheap=cheap)
