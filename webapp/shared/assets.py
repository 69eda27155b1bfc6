"""The built style sheets and scripts, served under names that change with their content."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory, url_for

FOLDER = Path(__file__).parent.parent / "static"
A_YEAR = 365 * 24 * 60 * 60
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class AssetsNotBuilt(RuntimeError):
    """The front end has not been built yet: run `make setup`."""


def init_assets(app: Flask) -> None:
    """Serve the assets and the council's colour, and let templates name them."""
    app.add_url_rule("/static/<path:filename>", "static", _send)
    app.add_url_rule("/council.css", "council_css", _council_css)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a built file such as `site.css`. AssetsNotBuilt or KeyError when it is not there."""
    return url_for("static", filename=_manifest()[name])


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    try:
        content = json.loads((FOLDER / "manifest.json").read_text())
    except FileNotFoundError as error:
        raise AssetsNotBuilt("The front end has not been built: run make setup") from error
    return dict(content["files"])


def _send(filename: str) -> Response:
    return send_from_directory(FOLDER, filename, max_age=A_YEAR)


def _council_css() -> Response:
    """The council's colour as a style sheet, since the pages allow no style inside them."""
    colour = str(current_app.config.get("COUNCIL_COLOUR") or "")
    rule = f":root{{--govuk-brand-colour:{colour}}}" if COLOUR.fullmatch(colour) else ""
    response = Response(rule, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
