"""The start page and the pages of words that every page links to."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from webapp import areas
from webapp.db import db
from webapp.public import bp
from webapp.signed_in import visitor
from workflows.queries import public
from workflows.rules import permissions

MOST_OPEN = 5


@bp.get("/")
def start() -> ResponseReturnValue:
    """Where everyone begins: find a decision, comment on one, sign in."""
    user = visitor()
    return render_template(
        "public/start.html",
        open_for_comments=public.open_for_comments(db.session, limit=MOST_OPEN),
        home_href=areas.home_of(user) if user is not None and permissions.is_staff(user) else "",
    )


@bp.get("/help", endpoint="help")
def help_page() -> ResponseReturnValue:
    """What the words mean and how to do the things people come for."""
    return render_template("public/help.html", team=public.democratic_services(db.session))


@bp.get("/contact")
def contact() -> ResponseReturnValue:
    """Whom to ask."""
    return render_template("public/contact.html", team=public.democratic_services(db.session))


@bp.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """How accessible the service is and what is not."""
    return render_template("public/accessibility.html", team=public.democratic_services(db.session))


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept about people who use the service."""
    return render_template("public/privacy.html", team=public.democratic_services(db.session))


@bp.get("/cookies")
def cookies() -> ResponseReturnValue:
    """The one cookie."""
    name = str(current_app.config["SESSION_COOKIE_NAME"])
    return render_template("public/cookies.html", cookie_name=name, team=public.democratic_services(db.session))
