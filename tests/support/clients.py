"""Browsers for tests: a test client that sends form tokens as a page would, and one that is signed in as a
person."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from models import User
from models.session import transaction
from webapp import sessions
from workflows.actions import sign_ins


class Browser(FlaskClient):
    """A client that adds the form token to each post; `post_raw` sends exactly what it is given."""

    def token(self) -> str:
        """The form token of this browser, as a page would carry it."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw))

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and read the whole answer, so that a file served is closed."""
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Post a form with its token, or JSON with the token's header."""
        headers = {**dict(kwargs.pop("headers", None) or {})}
        if "data" in kwargs or "json" not in kwargs:
            data = kwargs.pop("data", None)
            data = {} if data is None else data
            if isinstance(data, dict):
                data = {"csrf_token": self.token(), **data}
            kwargs["data"] = data
        if not isinstance(kwargs.get("data"), dict):
            headers.setdefault("X-CSRFToken", self.token())
        return super().post(*args, headers=headers, **kwargs)

    def post_raw(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Post without a token unless the caller gives one."""
        return super().post(*args, **kwargs)


def public_client(app: Flask) -> Browser:
    """A browser of somebody who is not signed in."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def client_for(app: Flask, user: User) -> Browser:
    """A browser signed in as `user`, who must be in the app's database."""
    client = public_client(app)
    token = sign_ins.new_token()
    with transaction(app.extensions["dps_engine"]) as session:
        sign_ins.begin(session, session.get_one(User, user.id), token=token)
        roles = sign_ins.roles_digest(session.get_one(User, user.id))
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN], cookie[sessions.ROLES] = token, roles
    return client
