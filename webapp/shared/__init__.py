"""What every page shares: the shell, the macros, the assets and the words for dates, times and money."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from webapp.shared import assets, filters, provider_navigation, rule_names

SERVICE_NAME = "DPS Casework"


def init_shared(app: Flask) -> None:
    """Register the shared templates, the static files under hashed names, and the globals and filters of the macros."""
    app.jinja_env.loader = ChoiceLoader(
        [
            app.jinja_env.loader or PackageLoader("webapp"),
            PackageLoader("webapp.shared"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    assets.init_assets(app)
    app.jinja_env.globals.update(SERVICE_NAME=SERVICE_NAME, rule_name=rule_names.rule_name, provider_navigation=provider_navigation.places)
    app.jinja_env.filters.update(filters.ALL)
