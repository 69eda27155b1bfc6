"""What holds on every route, found from the URL map: rights (S1), form tokens (S8), headers (S16), errors
(S18), logs (S20)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.support import planters_of_providers  # noqa: F401  what each plants is found by the walk
from tests.support.said import said
from tests.support.walk import PROVIDERS, ROLES, UNSAFE, Visit, World, is_open, visits, world_in
from tests.web.account import planters as account_planters  # noqa: F401  what each plants is found by the walk
from tests.web.admin import planters as admin_planters  # noqa: F401
from tests.web.cases import planters as case_planters  # noqa: F401
from tests.web.processes import planters as process_planters  # noqa: F401
from tests.web.public import planters as public_planters  # noqa: F401
from tests.web.undertakings import planters as undertaking_planters  # noqa: F401
from tests.web.work import planters as work_planters  # noqa: F401
from tests.web.workshop import planters as workshop_planters  # noqa: F401
from tests.web.workshop import planting_files  # noqa: F401
from webapp import areas, logs

LEAKS = re.compile(
    r"Traceback|File \"|/webapp/|site-packages|SELECT |INSERT |sqlite3|psycopg|sqlalchemy|werkzeug|Python/|3\.1\d\.\d",
    re.I,
)
# What some of the council may read and others may not; qa_inspector is who declared the interest that is planted.
READERS_OF = {
    "notes": {"qa_inspector", "qa_manager", "safeguarding_officer", "lead_director", "everything"},
    "interest": {
        "procurement_officer", "head_of_procurement", "monitoring_officer", "legal_officer", "auditor", "qa_inspector", "everything",
    },
}  # fmt: skip
# An application is kept as it was typed, with what is wrong about it.
KEEPS_WHAT_IS_WRONG = {"apply.save_entry"}
# What is answered to somebody who may not enter; the public is led to the sign-in page.
SHUT, SHUT_TO_THE_PUBLIC = {403, 404}, {302, 401, 404, 405}
ENDS_THE_SESSION = {"account.sign_out", "account.sign_in_post", "account.sign_in_as_demo"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everything planted, on a copy of its own."""
    world = world_in(tmp_path)
    yield world
    world.app.extensions["dps_engine"].dispose()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as text, as it would be written to standard error."""
    stream = io.StringIO()
    logs.init_logs(stream)
    yield stream
    logs.init_logs()


def asks_who(endpoint: str) -> bool:
    """Whether what an address answers depends on who asks, so that nobody else may keep it."""
    return endpoint not in areas.OPEN_ENDPOINTS and not endpoint.startswith("health.")


def header_problems(visit: Visit, answer: TestResponse, *, signed_in: bool) -> list[str]:
    """What is missing from an answer's headers (S16)."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wanted = {
        "no policy": "default-src 'none'" in policy and "frame-ancestors 'none'" in policy,
        "unsafe policy": "unsafe" not in policy
        and "base-uri 'none'" in policy
        and "form-action 'self'" in policy,
        "sniffing": answer.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.headers.get("Referrer-Policy") == "same-origin",
        "opener": answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "server": "Server" not in answer.headers,
        "stored": not signed_in
        or visit.endpoint == "static"
        or answer.headers.get("Cache-Control") == "no-store",
    }
    return [f"{visit}: {what}" for what, is_right in wanted.items() if not is_right]


@pytest.mark.figure("S1 walks_over_all_routes_with_faults")
def test_every_rule_can_be_visited(world: World) -> None:
    """A route whose argument nobody plants raises here: nothing stays outside the walk."""
    walked = list(visits(world))

    rules = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    assert {visit.endpoint for visit in walked} == rules


@pytest.mark.figure("S1 walks_over_all_routes_with_faults")
def test_the_public_reads_only_what_is_public(world: World) -> None:
    problems = []
    for visit in visits(world):
        answer = visit.make(world.browser("public"))
        if not is_open(visit.endpoint) and answer.status_code not in SHUT_TO_THE_PUBLIC:
            problems.append(f"{visit}: {answer.status_code}")
        if answer.status_code == 302 and not answer.location.startswith("/"):
            problems.append(f"{visit}: leads to {answer.location}")

    assert problems == []


@pytest.mark.figure("S1 walks_over_all_routes_with_faults")
@pytest.mark.figure("S16 walks_with_a_header_missing")
@pytest.mark.parametrize("role", [*ROLES, *PROVIDERS, "public"])
def test_nobody_enters_reads_or_changes_what_is_not_theirs(world: World, role: str) -> None:
    """Each walk is dear, so one looks at everything: rights, areas and headers."""
    walked, barred = list(visits(world)), world.barred(role)
    foreign = {
        name: planted
        for name, planted in world.planted.items()
        if planted.canary and role not in planted.readers
    }
    kept = {
        f"{kind} of {which}": owned.words[kind]
        for which, owned in world.owned.items()
        for kind, readers in READERS_OF.items()
        if role not in readers
    }
    before, browser = world.content(), world.browser(role)
    problems = []

    for visit in walked:
        if visit.endpoint in ENDS_THE_SESSION:
            continue
        is_foreign = bool(set(visit.planted) & set(foreign))
        # A post may have ended the session, as a new password does.
        browser = world.browser(role) if visit.method in UNSAFE else browser
        answer = visit.make(browser)
        words = said(answer)
        shown = [name for name, planted in foreign.items() if planted.canary in words]
        shown += [kind for kind, word in kept.items() if word in words]
        after = world.content()
        if answer.status_code >= 500 or shown:
            problems.append(f"{visit}: {answer.status_code} shows {shown}")
        may_change = visit.method in UNSAFE and not is_foreign and (answer.status_code < 400 or visit.endpoint in KEEPS_WHAT_IS_WRONG)
        if after != before and not may_change:
            problems.append(f"{visit}: {answer.status_code} and something changed")
        if visit.endpoint in barred and answer.status_code not in (SHUT_TO_THE_PUBLIC if role == "public" else SHUT):
            problems.append(f"{visit}: {answer.status_code} in an area that is not theirs")
        problems += header_problems(visit, answer, signed_in=role != "public" and asks_who(visit.endpoint))
        before = after

    assert problems == []


@pytest.mark.figure("S8 kinds_of_forged_posts_that_did_something")
@pytest.mark.parametrize(
    "forgery", ["no token", "token of another browser", "foreign origin", "foreign page", "origin null"]
)
def test_a_forged_post_changes_nothing_anywhere(world: World, forgery: str) -> None:
    headers = {
        "foreign origin": {"Origin": "https://example.org"},
        "foreign page": {"Sec-Fetch-Site": "cross-site"},
        "origin null": {"Origin": "null"},
    }.get(forgery, {})
    stranger = world.browser("public").token()
    unsafe = [visit for visit in visits(world) if visit.method in UNSAFE]
    before = world.content()
    problems = []

    for visit in unsafe:
        browser = world.browser("everything")
        token = {"no token": "", "token of another browser": stranger}.get(forgery) or browser.token()
        body = {**visit.body, "csrf_token": "" if forgery == "no token" else token}
        answer = browser.open(visit.url, method=visit.method, data=body, headers=headers)
        if answer.status_code not in {400, 403} or world.content() != before:
            problems.append(f"{visit}: {answer.status_code}")

    assert problems == []


@pytest.mark.figure("S16 walks_with_a_header_missing")
@pytest.mark.parametrize("role", ["public", "everything"])
def test_every_answer_carries_the_headers(world: World, role: str) -> None:
    """For somebody who may do everything, and where the walk by role does not go."""
    odd = [Visit("", "GET", "/no-such-page", {}, ()), Visit("", "DELETE", "/health", {}, ())]
    walked = [visit for visit in visits(world) if role == "everything" or visit.endpoint in ENDS_THE_SESSION]
    problems = []
    for visit in [*walked, *odd]:
        answer = visit.make(world.browser(role))
        problems += header_problems(visit, answer, signed_in=role != "public" and asks_who(visit.endpoint))

    assert problems == []


@pytest.mark.figure("S16 walks_with_a_header_missing")
def test_over_tls_every_answer_demands_it(tmp_path: Path) -> None:
    world = world_in(tmp_path, DPS_PUBLIC_URL="https://casework.example.gov.uk")
    without = []

    for visit in visits(world):
        answer = world.browser("public").open(
            visit.url, method=visit.method, base_url="https://casework.example.gov.uk", buffered=True
        )
        if "max-age=31536000" not in answer.headers.get("Strict-Transport-Security", ""):
            without.append(str(visit))

    assert without == []


@pytest.mark.figure("S18 walks_with_an_error_that_tells_too_much")
def test_an_error_on_any_route_shows_a_reference_and_nothing_else(world: World, log: io.StringIO) -> None:
    def fail(**_arguments: object) -> str:
        raise RuntimeError("SELECT secret FROM cupboard")

    problems = []
    for visit in visits(world):
        browser = world.browser("provider" if world.may_enter("provider", visit.endpoint) else "everything")
        before = world.app.view_functions[visit.endpoint]
        world.app.view_functions[visit.endpoint] = fail
        answer = visit.make(browser)
        world.app.view_functions[visit.endpoint] = before
        reference = re.search(r"(?<=<strong>)[2-9A-Z]{4}-[2-9A-Z]{2}(?=</strong>)", answer.text)
        if (
            answer.status_code != 500
            or LEAKS.search(answer.text)
            or "cupboard" in answer.text
            or not reference
        ):
            problems.append(f"{visit}: {answer.status_code} {LEAKS.findall(answer.text)}")
        elif f'"reference": "{reference[0]}"' not in log.getvalue():
            problems.append(f"{visit}: {reference[0]} is not in the log")

    assert problems == []


def test_what_people_type_never_reaches_the_log(world: World, log: io.StringIO) -> None:
    hostile = 'canary-typed\r\n{"event": "forged"}\x1b[31mred\x1b[0m'

    for role in ("public", "everything"):
        for visit in visits(world):
            body = {
                **visit.body,
                **dict.fromkeys(("email", "password", "reason", "old_password", "person", "next"), hostile),
            }
            browser = world.browser(role)
            url = visit.url + "?q=canary-typed"
            if visit.method == "POST":
                browser.post(
                    url,
                    data=body,
                    headers={"User-Agent": "canary-typed\x1b[31m", "X-Request-ID": "canary-typed"},
                )
            else:
                browser.open(url, method=visit.method, buffered=True)
            browser.get("/canary-typed%0d%0aforged")

    lines = log.getvalue().splitlines()
    assert lines
    assert "canary" not in log.getvalue()
    assert "\x1b" not in log.getvalue()
    assert "example.gov.uk" not in log.getvalue()
    assert all(isinstance(json.loads(line), dict) for line in lines)
