"""Who is signed in, with a type: Flask-Login's own `current_user` has none."""

from __future__ import annotations

import uuid
from typing import cast

from flask import abort
from flask_login import current_user

from models import User


def visitor() -> User | None:
    """The person who is signed in, or None for the public."""
    return cast(User, current_user._get_current_object()) if current_user.is_authenticated else None


def person() -> User:
    """The person who is signed in; 401 when nobody is."""
    user = visitor()
    if user is None:
        abort(401)
    return user


def current_user_id() -> uuid.UUID | None:
    """The id of the person who is signed in, or None for the public."""
    user = visitor()
    return user.id if user else None
