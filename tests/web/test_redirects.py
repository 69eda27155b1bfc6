"""Where a sign-in leads (S11): always to a page of ours, whatever `next` says."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models import User
from tests.support.clients import public_client
from tests.web.conftest import PASSWORD
from webapp.shared.safe_next import safe_next

FOREIGN = [
    "http://example.org",
    "https://example.org",
    "HTTPS://EXAMPLE.ORG",
    "https:example.org",
    "https:/example.org",
    "https:///example.org",
    "http:example.org",
    "http:/\\example.org",
    "//example.org",
    "///example.org",
    "////example.org",
    "/\\example.org",
    "\\/example.org",
    "\\\\example.org",
    "/\\/example.org",
    "/\\\\example.org",
    "//example.org/%2f..",
    "//example.org/..;/work",
    "/%2f/example.org",
    "/%2F%2Fexample.org",
    "%2f%2fexample.org",
    "/%5cexample.org",
    "/%5C/example.org",
    "%5c%5cexample.org",
    "/.//example.org",
    "/..//example.org",
    "/work/..//example.org",
    "/./\\example.org",
    "//example.org:80/work",
    "//user@example.org",
    "https://127.0.0.1@example.org",
    "//localhost@example.org",
    "@example.org",
    "/@example.org/../..//example.org",
    "//example%E3%80%82org",
    "//example。org",
    "//example．org",
    "//ⓔxample.org",
    "/／example.org",
    "／／example.org",
    "/＼example.org",
    "//[::1]/",
    "//[::ffff:198.51.100.7]/",
    "//0x7f000001/",
    "//3232235777/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "file:///etc/passwd",
    "mailto:a@example.org",
    "ftp://example.org",
    "ws://example.org",
    "blob:https://example.org/1",
    "view-source:https://example.org",
    "/work\r\nLocation: https://example.org",
    "/work%0d%0aLocation:%20https://example.org",
    "/work\nSet-Cookie: a=b",
    "/work%0aSet-Cookie:a=b",
    "/work\x00.example.org",
    "/work%00",
    "\t//example.org",
    " //example.org",
    "\x0b//example.org",
    "/\t/example.org",
    "/\n/example.org",
    "/\r/example.org",
    "/%09/example.org",
    "/%0a/example.org",
    "\x01https://example.org",
    "%20//example.org",
    "/ /example.org",
    "?next=//example.org",
    "#//example.org",
    ".",
    "..",
    "../..//example.org",
    "work",
    "work/../..//example.org",
    "/work\u2028",
    "/work\u202egro.elpmaxe",
    ";//example.org",
    "/;@example.org//",
    "https://example.org\\@127.0.0.1",
    "http://[example.org",
    "//",
    "///",
    "/\\",
    "",
    "/" + "a" * 3000,
]
OURS = [
    "/",
    "/work",
    "/cases/KD-2026-0001",
    "/cases/KD-2026-0001/timeline",
    "/search?q=notice+period&page=2",
    "/c/DPS-0042",
    "/tasks/3f2c1b6e-5a5e-4a83-9a53-7e7a3d0f8f11",
    "/decisions/okd99-20-21",
    "/search?q=30%25",
    "/work?team=a,b",
]
STAYS_HERE = {"/;@example.org//"}


def test_no_form_of_next_leads_away(app: Flask, an_officer: User) -> None:
    led_away = []

    for wanted in FOREIGN:
        answer = sign_in(app, an_officer, wanted)
        if answer.status_code != 303 or not is_ours(answer.location) or "a=b" in str(answer.headers):
            led_away.append((wanted, answer.status_code, answer.location))

    assert led_away == []


def test_the_sign_in_page_repeats_no_foreign_address(app: Flask) -> None:
    repeated = []

    for wanted in FOREIGN:
        page = public_client(app).get("/sign-in", query_string={"next": wanted}).text.lower()
        if ("example.org" in page and wanted not in STAYS_HERE) or "javascript:" in page:
            repeated.append(wanted)

    assert repeated == []


@pytest.mark.parametrize("wanted", OURS)
def test_a_page_of_ours_is_reached_after_signing_in(app: Flask, an_officer: User, wanted: str) -> None:
    answer = sign_in(app, an_officer, wanted)

    assert answer.location == wanted


def test_there_are_at_least_80_forms() -> None:
    assert len(set(FOREIGN)) >= 80


def test_a_twice_encoded_path_is_not_decoded_into_a_host() -> None:
    assert safe_next("/%252f%252fexample.org") == "/%252f%252fexample.org"
    assert safe_next(quote("//example.org", safe="")) == ""


def sign_in(app: Flask, user: User, wanted: str) -> TestResponse:
    data = {"email": user.email, "password": PASSWORD, "next": wanted}
    return public_client(app).post("/sign-in", data=data)


def is_ours(location: str) -> bool:
    """A browser reads backslashes as slashes and drops tabs and line ends before it looks for a host."""
    as_read = location.replace("\\", "/").replace("\t", "").replace("\r", "").replace("\n", "").strip()
    is_path = location.startswith("/") and not as_read.startswith("//")
    return is_path and as_read == location and not urlsplit(as_read).netloc
