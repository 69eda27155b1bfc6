"""The web application: pages over the workflows, one blueprint a kind of user."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, send_file, url_for
from flask.typing import ResponseReturnValue

from models import clock
from webapp import (
    account,
    admin,
    apply,
    approvals,
    areas,
    cases,
    consultations,
    db,
    errors,
    form_keys,
    health,
    inspections,
    kept,
    limits,
    logs,
    metrics,
    preferred_list,
    processes,
    provider,
    providers,
    public,
    publishing,
    security,
    sessions,
    undertakings,
    work,
    workshop,
)
from webapp.settings import Settings, from_environment
from webapp.shared import init_shared
from webapp.signed_in import visitor
from workflows.actions import catalogue

__all__ = ["BLUEPRINTS", "catalogue", "create_app"]

BLUEPRINTS: list[Blueprint] = [
    health.bp,
    account.bp,
    public.bp,
    work.bp,
    cases.bp,
    consultations.bp,
    approvals.bp,
    publishing.bp,
    apply.bp,
    provider.bp,
    providers.bp,
    preferred_list.bp,
    inspections.bp,
    processes.bp,
    workshop.bp,
    undertakings.bp,
    admin.bp,
]


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, or for those of the environment.

    Raises SettingsRefused when the environment's settings cannot be used. The database is not touched until a
    request
    needs it; `webapp.commands` makes and migrates it.
    """
    settings = settings or from_environment()
    app = Flask(__name__, static_folder=None)
    app.extensions["dps_settings"] = settings
    app.config.update(COUNCIL_NAME=settings.council_name, COUNCIL_COLOUR=settings.council_colour)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.clock:
        clock.hold(settings.clock)
    logs.init_request_log(app)
    db.init_db(app, settings)
    metrics.init_metrics(app, settings)
    sessions.init_sessions(app, settings)
    kept.init_kept(app)
    security.init_security(app, settings)
    limits.init_limits(app)
    init_shared(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _add_logo(app, settings)
    areas.init_areas(app)
    errors.init_errors(app)
    app.jinja_env.globals.update(
        form_key=form_keys.new,
        navigation=lambda: areas.navigation(visitor()),
        clock_held=clock.is_held,
        now=clock.now,
        session_seconds_left=sessions.seconds_left,
    )
    app.context_processor(_about_the_visitor)
    return app


def _about_the_visitor() -> dict[str, object]:
    """What the frame of every page says about the person who looks at it."""
    user = visitor()
    if user is None:
        return {}
    search = "cases.search"
    return {
        "person_name": user.name,
        "shortcuts_on": bool(user.preferences.get("shortcuts", True)),
        "search_href": url_for(search) if search in current_app.view_functions and areas.may_enter(user, search) else "",
    }


def _add_logo(app: Flask, settings: Settings) -> None:
    """Serve the council's own logo file when there is one."""
    app.config["COUNCIL_LOGO"] = "/council-logo" if settings.council_logo else ""

    @app.get("/council-logo")
    def council_logo() -> ResponseReturnValue:
        if not settings.council_logo:
            return "", 404
        return send_file(settings.council_logo, max_age=24 * 60 * 60)
