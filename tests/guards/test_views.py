"""Every view that a post reaches is marked with `@writes`, none that only reads is, and every part of the site has an area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from webapp import areas, create_app
from webapp.db import READS, only_asks, writes
from webapp.settings import from_environment


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(from_environment({"DPS_SECRET_KEY": "k" * 40}, folder=tmp_path))
    yield app
    app.extensions["dps_engine"].dispose()


def view_problems(rule: Rule, view: Callable[..., Any]) -> list[str]:
    """What is wrong with how a rule and its view agree about writing."""
    unsafe = (rule.methods or set()) - READS
    is_marked = getattr(view, "writes", False)
    only_asks = getattr(view, "only_asks", False)
    if unsafe and is_marked and only_asks:
        return [f"{rule.endpoint} is marked with @writes and @only_asks"]
    if unsafe and not is_marked and not only_asks:
        return [f"{rule.endpoint} takes {', '.join(sorted(unsafe))} without @writes"]
    if unsafe and "GET" in (rule.methods or set()):
        return [f"{rule.endpoint} takes posts and visits in one view: a visit would commit"]
    if (is_marked or only_asks) and not unsafe:
        return [f"{rule.endpoint} only reads but is marked with @writes or @only_asks"]
    return []


def test_what_writes_says_so(app: Flask) -> None:
    found = [problem for rule in app.url_map.iter_rules() for problem in view_problems(rule, app.view_functions[rule.endpoint])]

    assert found == []


def test_a_post_without_the_mark_would_be_found() -> None:
    assert view_problems(Rule("/x", endpoint="work.x", methods=["POST"]), lambda: "")
    assert view_problems(Rule("/x", endpoint="work.x", methods=["GET", "POST"]), writes(lambda: ""))
    assert view_problems(Rule("/x", endpoint="work.x", methods=["GET"]), writes(lambda: ""))
    assert not view_problems(Rule("/x", endpoint="work.x", methods=["POST"]), writes(lambda: ""))
    assert not view_problems(Rule("/x", endpoint="work.x", methods=["POST"]), only_asks(lambda: ""))
    assert view_problems(Rule("/x", endpoint="work.x", methods=["GET"]), only_asks(lambda: ""))
    assert view_problems(Rule("/x", endpoint="work.x", methods=["POST"]), only_asks(writes(lambda: "")))


def test_every_part_of_the_site_has_an_area(app: Flask) -> None:
    assert set(app.blueprints) == set(areas.AREAS)


def test_a_part_without_an_area_stops_the_start() -> None:
    app = Flask(__name__)
    app.blueprints["cellar"] = None  # type: ignore[assignment]

    with pytest.raises(LookupError, match="cellar"):
        areas.init_areas(app)


def test_every_place_of_the_navigation_exists(app: Flask) -> None:
    assert [place.endpoint for place in areas.PLACES if place.endpoint not in app.view_functions] == []
