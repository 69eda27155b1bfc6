"""What every answer carries and every post must bring, whatever the page: headers, a form token, a request
from our own pages."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.db import READS
from webapp.settings import Settings

LARGEST_UPLOAD = 20 * 1024 * 1024
SLACK = 512 * 1024
A_YEAR = 365 * 24 * 60 * 60

POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init_security(app: Flask, settings: Settings) -> None:
    """Check where posts come from, ask for the form token, limit their size, and set the headers of every
    answer."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD + SLACK,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
        # Our own check of Origin is stricter, and browsers that hide the referrer stay welcome.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.globals["csp_nonce"] = nonce
    # Before anything reads the form.
    app.before_request_funcs.setdefault(None, []).insert(0, _limit_fields)
    app.before_request(_refuse_other_sites)
    CSRFProtect(app)
    app.after_request(_set_headers)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def nonce() -> str:
    """The nonce of this answer, made when a page first asks for it: an error page may be drawn before any of
    our hooks ran."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def is_from_our_pages() -> bool:
    """Whether the browser itself says that one of our own pages made this request."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host and origin != "null"
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _limit_fields() -> None:
    """A form without files is read and taken apart at once: all of it may be no longer than one field of a form with files."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = request.max_form_memory_size


def _refuse_other_sites() -> None:
    """Refuse a post that another site made; a browser that says nothing is left to the form token."""
    if request.method in READS:
        return
    says_nothing = not {"Origin", "Sec-Fetch-Site"} & set(request.headers.keys())
    is_typed_address = request.headers.get("Sec-Fetch-Site") == "none"
    if not (says_nothing or is_typed_address or is_from_our_pages()):
        abort(403)


def _set_headers(response: Response) -> Response:
    used = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=used))
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    if request.endpoint != "static":
        _keep_out_of_caches(response)
    return response


def _keep_out_of_caches(response: Response) -> None:
    """A page for a signed-in person, or one with a form token in it, is never stored; a public page is asked
    for again each time."""
    is_signed_in = g.get("login_session") is not None or current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    is_personal = is_signed_in or "csrf_token" in g or request.method not in READS
    if is_personal or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
