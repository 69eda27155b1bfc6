"""What a person had typed when their sign-in ran out: sealed into the page that says so, and put back into
the form afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Response
from wtforms import ValidationError

from webapp import sessions
from webapp.db import db
from webapp.signed_in import current_user_id

FIELD = "kept"
OURS = frozenset({"csrf_token", FIELD})
MARKS = OURS | {"form_key", "revision"}
# These carry the text on themselves, past the sign-in, to the page it belongs to.
SIGN_IN = frozenset({"account.sign_in_post", "account.sign_in_as_demo"})
KEPT_SECONDS = 12 * 60 * 60


def is_mark(name: str) -> bool:
    """Whether a field is the form's own and no answer: the known marks, and every name that no question can have."""
    return name in MARKS or name.startswith("_")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The fields of a post that was not carried out, the page they were typed into, and whose browser it
    was."""

    path: str
    fields: list[tuple[str, str]]
    user_id: str

    def typed(self) -> list[tuple[str, str]]:
        """Only what a person would miss: without our own marks."""
        return [(name, value) for name, value in self.fields if not is_mark(name) and value]


def init_kept(app: Flask) -> None:
    """Let a page be opened with the text that was kept; must come before the form token is checked."""
    app.before_request(_open_with_kept_text)
    app.jinja_env.globals["kept_typed"] = typed


def seal() -> str:
    """This request's fields, signed for a hidden input; empty when there is nothing to keep or it holds a
    password."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in OURS]
    if not fields or any("password" in name for name, _ in fields):
        return ""
    return str(_serializer().dumps({"path": page_of_the_form(), "fields": fields, "user": _whose()}))


def _whose() -> str:
    """The id of whoever's browser this is; empty for nobody, and while the database is away: the text is worth more than its owner's name."""
    try:
        with db.reading() as session:
            last = sessions.last_person(session)
            return str(last.id) if last else ""
    except DBAPIError:
        return ""


def unseal(sealed: str) -> Kept | None:
    """The fields behind a hidden input; None when it was changed, is older than twelve hours, or is empty."""
    try:
        data = _serializer().loads(sealed, max_age=KEPT_SECONDS)
    except BadData:
        return None
    return Kept(
        path=data["path"], fields=[(name, value) for name, value in data["fields"]], user_id=data["user"]
    )


def typed() -> MultiDict[str, str] | None:
    """What to fill the form of this page with instead of stored values; None on an ordinary visit."""
    kept: Kept | None = g.get("kept")
    return MultiDict(kept.fields) if kept else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-text")


def page_of_the_form() -> str:
    """The page that holds the form: where the browser says it came from, else the address it posted to."""
    came_from = urlsplit(request.referrer or "")
    candidates = ([came_from.path] if came_from.netloc == request.host else []) + [request.path]
    return next((path for path in candidates if _can_be_opened(path)), "/")


def _can_be_opened(path: str) -> bool:
    try:
        endpoint, _ = _adapter().match(path, method="GET")
    except HTTPException:
        return False
    return not str(endpoint).startswith("account.sign")


def _adapter() -> MapAdapter:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    return adapter


def _open_with_kept_text() -> Response | None:
    """A post that carries kept text opens the page at its address as a visit would; nothing can be written by
    it."""
    if request.method != "POST" or request.endpoint in SIGN_IN or FIELD not in request.form:
        return None
    kept = unseal(request.form[FIELD])
    try:
        validate_csrf(request.form.get("csrf_token"))
        rule, arguments = _adapter().match(request.path, method="GET", return_rule=True)
    except (ValidationError, HTTPException):
        return redirect("/", 303)
    request.url_rule, request.view_args, request.routing_exception = rule, dict(arguments), None
    request.method = "GET"
    if kept and kept.path == request.path and kept.user_id in {"", str(current_user_id())}:
        g.kept = kept
    return None
