"""Signing in and out."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import User, clock
from webapp import areas, kept, logs, sessions
from webapp.account import bp
from webapp.account.checking import person_with
from webapp.account.pages import demo_people, sign_in_page
from webapp.db import db, writes
from webapp.shared.safe_next import safe_next
from webapp.signed_in import visitor

WRONG = "The e-mail address or password is wrong"


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; someone who is signed in already goes on."""
    next_page = safe_next(request.args.get("next", ""))
    user = visitor()
    if user is not None:
        return redirect(next_page or areas.home_of(user))
    return sign_in_page(next_page=next_page)


@bp.post("/sign-in", endpoint="sign_in_post")
@writes
def check_sign_in() -> ResponseReturnValue:
    """Look at an e-mail address and a password. The answer to a wrong one does not tell whether the account
    exists."""
    email, password = request.form.get("email", "")[:320].strip(), request.form.get("password", "")
    if not email or not password:
        return _again(email, "Enter your e-mail address and your password"), 422
    user_id = person_with(email, password)
    if user_id is None:
        logs.log.info("sign_in_refused")
        return _again(email, WRONG), 422
    return _let_in(db.session.get_one(User, user_id))


@bp.post("/sign-in/demo")
@writes
def sign_in_as_demo() -> ResponseReturnValue:
    """Become one of the invented people of a demonstration, without a password; there is no such thing in
    production."""
    chosen = request.form.get("person", "")
    user = next((person for person in demo_people() if str(person.id) == chosen), None)
    if user is None:
        abort(404)
    return _let_in(db.session.get_one(User, user.id))


@bp.get("/sign-out")
def confirm_sign_out() -> ResponseReturnValue:
    """Ask before signing out, for those who came by a link."""
    return render_template("account/sign_out.html")


@bp.post("/sign-out", endpoint="sign_out")
@writes
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    sessions.end(db.session)
    return redirect(url_for("account.signed_out"), 303)


@bp.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    """Say that the sign-in is over."""
    return render_template("account/signed_out.html")


@bp.get("/session")
def session_left() -> ResponseReturnValue:
    """How many seconds of this sign-in are left if nothing is done; asking does not count as use."""
    return {"seconds_left": sessions.seconds_left()}


@bp.post("/session")
@writes
def stay_signed_in() -> ResponseReturnValue:
    """Stay signed in for another while; the post itself counts as use."""
    return {"seconds_left": sessions.seconds_left()}


def _again(email: str, error: str) -> str:
    return sign_in_page(
        email=email,
        error=error,
        kept_text=request.form.get(kept.FIELD, ""),
        next_page=request.form.get("next", ""),
    )


def _let_in(user: User) -> ResponseReturnValue:
    """Begin the sign-in and lead on: to the page that was wanted, or back to what was being typed."""
    sessions.begin(db.session, user)
    logs.log.info("signed_in", user=str(user.id), at=clock.now().isoformat())
    found = kept.unseal(request.form.get(kept.FIELD, ""))
    if found and found.user_id in {"", str(user.id)}:
        return render_template("account/signed_in_again.html", kept=found, kept_text=request.form[kept.FIELD])
    if found:
        flash("You signed in as someone else, so what was typed before was not kept")
    return redirect(safe_next(request.form.get("next", "")) or areas.home_of(user), 303)
