"""What belongs to one provider is never seen by another, and what the council keeps to itself by none (S1, S2): over every route, with planted words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response, make_response
from sqlalchemy import select

from models import OutboxMail, Provider, clock
from models.session import new_session, transaction
from tests.support import planters_of_providers  # noqa: F401  what each plants is found by the walk
from tests.support.said import said, without_tokens
from tests.support.walk import PROVIDERS, UNSAFE, Visit, World, visits, world_in
from tests.web.account import planters as account_planters  # noqa: F401
from tests.web.admin import planters as admin_planters  # noqa: F401
from tests.web.cases import planters as case_planters  # noqa: F401
from tests.web.processes import planters as process_planters  # noqa: F401
from tests.web.public import planters as public_planters  # noqa: F401
from tests.web.undertakings import planters as undertaking_planters  # noqa: F401
from tests.web.work import planters as work_planters  # noqa: F401
from tests.web.workshop import planters as workshop_planters  # noqa: F401
from tests.web.workshop import planting_files  # noqa: F401

ENDS_THE_SESSION = {"account.sign_out", "account.sign_in_post", "account.sign_in_as_demo"}
LEAST_PAGES_OF_ONES_OWN = 8


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two providers that own one of everything, on a copy of their own."""
    world = world_in(tmp_path)
    yield world
    world.app.extensions["dps_engine"].dispose()


def answers(world: World, who: str, *, only: str = "") -> Iterator[tuple[Visit, str]]:
    """What every address of both providers' things answers to somebody, or only one endpoint's."""
    browser = world.browser(who)
    for visit in (*visits(world), *visits(world, own=True)):
        if visit.endpoint in ENDS_THE_SESSION or only not in ("", visit.endpoint):
            continue
        browser = world.browser(who) if visit.method in UNSAFE else browser
        yield visit, said(visit.make(browser))


def leaks(world: World, who: str, secrets: list[str], *, only: str = "") -> list[str]:
    """The visits that showed somebody one of these words."""
    return [f"{visit} shows {secret}" for visit, words in answers(world, who, only=only) for secret in secrets if secret in words]


def forbidden_to(world: World, who: str) -> list[str]:
    """What somebody outside the council may never see: everything of the other provider but its name, and what is the council's own."""
    mine = PROVIDERS.get(who)
    return [
        secret for which, owned in world.owned.items()
        for secret in (owned.secrets("inside") if which == mine else owned.secrets("inside", "shown", "address") + [owned["premises"].postcode])
    ]  # fmt: skip


@pytest.mark.figure("S2 walks_in_which_one_provider_saw_anothers_or_the_councils_own")
@pytest.mark.parametrize("who", [*PROVIDERS, "public", "scrutiny_member"])
def test_nobody_outside_the_council_sees_what_is_not_theirs(world: World, who: str) -> None:
    assert leaks(world, who, forbidden_to(world, who)) == []


@pytest.mark.parametrize("who", PROVIDERS)
def test_a_provider_sees_what_is_its_own(world: World, who: str) -> None:
    owned = world.owned[PROVIDERS[who]]

    pages = [visit for visit, words in answers(world, who) if owned.words["shown"] in words and visit.method == "GET"]

    assert len({visit.endpoint for visit in pages}) >= LEAST_PAGES_OF_ONES_OWN


@pytest.mark.parametrize("address", ["/provider/messages/{}", "/apply/{}", "/apply/{}/status", "/c/{}"])
def test_an_unannounced_visit_is_to_its_provider_what_does_not_exist(world: World, address: str) -> None:
    hidden, browser = world.owned["one"]["unannounced_case"].reference, world.browser("provider")

    there, nowhere = (browser.get(address.format(reference)) for reference in (hidden, "INS-2020-9999"))

    assert there.status_code == nowhere.status_code
    assert there.status_code in {302, 403, 404}
    assert without_tokens(there.text).replace(hidden, "") == without_tokens(nowhere.text).replace("INS-2020-9999", "")


@pytest.mark.figure("S2 walks_in_which_one_provider_saw_anothers_or_the_councils_own")
def test_no_mail_says_where_young_people_live_or_what_the_council_keeps_to_itself(world: World) -> None:
    planted = {owned["mail"].id for owned in world.owned.values()}
    for visit in (*visits(world), *visits(world, own=True)):
        if visit.endpoint not in ENDS_THE_SESSION:
            visit.make(world.browser("everything"))

    with new_session(world.app.extensions["dps_engine"], writes=False) as session:
        mails = [mail for mail in session.scalars(select(OutboxMail)) if mail.id not in planted]
    secrets = [secret for owned in world.owned.values() for secret in owned.secrets("address", "inside")]
    assert [mail.kind for mail in mails if any(secret in f"{mail.subject} {mail.body}" for secret in secrets)] == []


@pytest.mark.parametrize("where", ["page", "header", "office file"])
def test_a_leak_is_found_wherever_it_is(world: World, where: str) -> None:
    secret = world.owned["two"].words["address"]

    def leak(**_arguments: object) -> Response:
        response = make_response(packed(secret) if where == "office file" else secret if where == "page" else "nothing")
        response.headers["X-Where"] = secret if where == "header" else "nowhere"
        return response

    world.app.view_functions["public.list_decisions"] = leak

    found = leaks(world, "provider", forbidden_to(world, "provider"), only="public.list_decisions")

    assert found == [f"GET /decisions shows {secret}"]


def test_a_visit_that_writes_is_found(world: World) -> None:
    def write(**_arguments: object) -> str:
        with transaction(world.app.extensions["dps_engine"]) as session:
            session.get_one(Provider, world.owned["one"]["provider"].id).website = str(clock.now())
        return "written"

    before = world.content()
    assert world.content() == before
    world.app.view_functions["public.list_decisions"] = write

    world.browser("provider").get("/decisions")

    assert world.content() != before


def packed(words: str) -> bytes:
    """An office file with these words in a part that is packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", words * 20)
    return out.getvalue()
