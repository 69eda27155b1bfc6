"""The walk over the routes of the public area: nobody is shown a secret, no visit changes anything, nothing breaks."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.walk import ROLES, UNSAFE, Visit, World, build_world
from tests.web.public import planters

SAFE_ARGUMENTS = {"slug", "document_id"}


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def public_visits(world: World) -> list[Visit]:
    """Every rule of the public area with every method, as real addresses."""
    values = {name: world.plant(name).value for name in sorted(SAFE_ARGUMENTS)}
    found = []
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if not rule.endpoint.startswith("public."):
            continue
        assert set(rule.arguments) <= SAFE_ARGUMENTS
        with world.app.test_request_context():
            _, url = rule.build({name: values[name] for name in rule.arguments}) or (None, "")
        found += [
            Visit(rule.endpoint, method, url, {}, tuple(sorted(rule.arguments))) for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
        ]
    return found


@pytest.mark.parametrize("role", ["public", "scrutiny_member", "democratic_services", "commissioning_officer"])
def test_public_pages_show_no_secret_and_change_nothing_for_anyone(world: World, role: str) -> None:
    visits = public_visits(world)
    canaries = [planted.canary for planted in world.planted.values() if planted.canary]
    before, problems = world.content(), []

    for visit in visits:
        answer = visit.make(world.browser(role))
        if answer.status_code >= 500 or any(canary in answer.text for canary in canaries) or world.content() != before:
            problems.append(f"{visit}: {answer.status_code}")

    assert len(visits) >= 20
    assert problems == []


def test_posts_of_the_public_area_need_a_token_of_the_form(world: World) -> None:
    for visit in public_visits(world):
        if visit.method in UNSAFE:
            assert world.browser("public").post_raw(visit.url, data={"step": "send"}).status_code == 400


def test_the_planters_know_the_roles_of_the_walk() -> None:
    assert {*ROLES, "everything"} >= planters.STAFF
