"""The pages shown instead of the page asked for: what happened, in words, with what was typed kept, and a
reference when it is our fault."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, g, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp import areas, db, kept, logs
from webapp.account.pages import sign_in_page
from webapp.security import is_from_our_pages
from webapp.shared import task_forms
from webapp.signed_in import visitor
from workflows.actions.sign_ins import TooManyTries
from workflows.engine import DefinitionRefused
from workflows.errors import CannotContinue, Conflict, Invalid, NotFound, NotYetLawful, Refused, TaskGone
from workflows.storage import StorageDown

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LAST_RESORT = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
    "<title>There is a problem with the service</title></head><body>"
    "<main><h1>There is a problem with the service</h1>"
    "<p>Try again in a few minutes. Reference {reference}</p></main></body></html>"
)


def init_errors(app: Flask) -> None:
    """Register the pages. Our own refusals, the framework's, and everything nobody expected end here."""
    app.jinja_env.globals["useful_links"] = _useful_links
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(401, _signed_out)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Refused, lambda error: _page(403, words=str(error)))
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(NotYetLawful, lambda error: _page(403, name="not_yet_lawful", checks=error.checks, **_typed()))
    app.register_error_handler(TaskGone, _task_gone)
    app.register_error_handler(CannotContinue, lambda error: _page(409, name="cannot_continue", **_typed()))
    app.register_error_handler(Conflict, lambda error: _page(409, words=str(error), **_typed()))
    app.register_error_handler(Invalid, lambda error: _page(422, words=str(error), **_typed()))
    app.register_error_handler(DefinitionRefused, lambda error: _page(422, words=" ".join(f"{problem}." for problem in error.problems), **_typed()))
    app.register_error_handler(TooManyTries, lambda error: _page(429))
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(StorageDown, lambda error: _our_fault(error, 503))
    app.register_error_handler(Exception, _unexpected)


def new_reference() -> str:
    """A reference to read out on the telephone, such as 7F3K-22: no letters that look or sound alike."""
    letters = [secrets.choice(LETTERS) for _ in range(6)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def _task_gone(error: TaskGone) -> ResponseReturnValue:
    """Somebody was faster: both answers side by side, or words for a page's script."""
    if _wants_json():
        return _page(409, words=f"{error}.")
    return task_forms.task_gone_page(error, task_forms.typed_in_form())


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):
        return _unexpected(error.original_exception or error)
    response = make_response(_page(error.code, **_place(error.code)))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _place(code: int) -> dict[str, Any]:
    """Which team can let someone in, without saying whether the thing itself exists."""
    area = areas.AREAS.get(request.blueprint or "", areas.STAFF)
    return {"ask": area.ask} if code == 403 else {}


def _signed_out(_error: HTTPException) -> ResponseReturnValue:
    """Nobody is signed in: a visit is led to the sign-in page; a post gets it at once, with what was typed
    inside it."""
    if _wants_json():
        return jsonify(error="You are signed out"), 401
    is_provider = areas.AREAS.get(request.blueprint or "") is areas.OF_PROVIDERS
    if request.method in db.READS:
        entrance = "apply.account" if is_provider else "account.sign_in"
        return make_response("", 302, {"Location": url_for(entrance, next=request.full_path.rstrip("?"))})
    if is_provider:
        return _page(401, name="provider_signed_out", next_page=kept.page_of_the_form(), kept=_typed()["kept"])
    return sign_in_page(kept_text=kept.seal(), was_signed_out=True, next_page=kept.page_of_the_form()), 401


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    """A post whose token is not this browser's: from our own page its words are kept, from another site
    nothing is."""
    if not is_from_our_pages():
        return _page(400)
    return _page(400, is_stale=True, **_typed())


def _database_failed(error: DBAPIError) -> ResponseReturnValue:
    if not (error.connection_invalidated or isinstance(error, OperationalError)):
        return _unexpected(error)
    return _our_fault(error, 503)


def _unexpected(error: BaseException) -> ResponseReturnValue:
    return _our_fault(error, 500)


def _our_fault(error: BaseException, code: int) -> ResponseReturnValue:
    """Log what happened under a new reference and say so on a page that needs nothing that may be broken."""
    reference = new_reference()
    logs.log.error(
        "failed", reference=reference, error=logs.describe(error, hide=logs.typed_by_the_visitor())
    )
    typed = _typed() if request.method not in db.READS else {}
    db.let_go()
    g._login_user = AnonymousUserMixin()
    try:
        return _page(code, reference=reference, is_bare=True, **typed)
    except Exception as second:  # noqa: BLE001  the last page must come, whatever is wrong with the others
        logs.log.error(
            "error_page_failed",
            reference=reference,
            error=logs.describe(second, hide=logs.typed_by_the_visitor()),
        )
        return LAST_RESORT.format(reference=reference), code


def _typed() -> dict[str, Any]:
    """What was typed, to be shown and put back."""
    sealed = kept.seal()
    found = kept.unseal(sealed) if sealed else None
    return {"kept_text": sealed, "kept": found}


def _page(code: int, *, name: str = "", **values: Any) -> ResponseReturnValue:
    if _wants_json():
        said = {name: values[name] for name in ("words", "reference") if values.get(name)}
        return jsonify(error=code, **said), code
    template = f"errors/{name or code}.html"
    try:
        return render_template(template, code=code, **values), code
    except TemplateNotFound as missing:
        if missing.name != template:
            raise
        return render_template("errors/other.html", code=code, **values), code


def _useful_links() -> list[dict[str, object]]:
    """Where someone who is lost may go on: their navigation, or what the public has."""
    user = visitor()
    if user is not None:
        return areas.navigation(user) or [{"text": "Settings", "href": url_for("account.settings")}]
    return [{"text": "Start page", "href": "/"}, {"text": "Sign in", "href": url_for("account.sign_in")}]


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
