"""The list of decisions: found by reference in every spelling, by words, status and dates; honest when nothing matches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models import DecisionState, clock
from tests.support.clients import Browser
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import main, problems, words

Plant = Callable[[Callable[..., Any]], Any]


def titles(page: Any) -> list[str]:
    """The titles in the list, in order."""
    return [words(title) for title in re.findall(r'(?s)<th scope="row"[^>]*>\s*<a[^>]*>(.*?)</a>', page.text)]


def three(session: Any) -> None:
    factories.noticed(
        session, number=1, title="Replacing the list", due_from=date(2021, 1, 1), due_to=date(2021, 1, 31), representations_close_at=factories.at("2020-12-31 23:59")
    )  # fmt: skip
    factories.approved(session, number=2, title="Reserving places")
    factories.approved(session, number=3, title="Buying a house", state=DecisionState.CARRIED_OUT, implemented_on=date(2020, 11, 12))


@pytest.mark.parametrize("typed", ["OKD99 20-21", "OKD99 20/21", "OKD 99 (20/21)", "OKD99_20_21", "okd99-20-21"])
def test_a_reference_in_any_spelling_leads_to_its_decision(public: Browser, plant: Plant, typed: str) -> None:
    plant(factories.noticed)

    answer = public.get("/decisions", query_string={"q": typed})

    assert (answer.status_code, answer.location) == (302, "/decisions/okd99-20-21")


def test_a_reference_that_nobody_knows_finds_nothing(public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    answer = public.get("/decisions?q=OKD98 20/21")

    assert answer.status_code == 200
    assert "0 decisions match these filters." in answer.text
    assert '<a class="govuk-link" href="/decisions">Clear filters</a>' in answer.text


def test_words_find_titles_and_summaries(public: Browser, plant: Plant) -> None:
    plant(three)

    assert titles(public.get("/decisions?q=reserving")) == ["Reserving places"]
    assert titles(public.get("/decisions?q=house buying")) == ["Buying a house"]
    assert len(titles(public.get("/decisions?q=live on their own"))) == 3
    assert titles(public.get("/decisions?q=100%25_")) == []


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("comments-open", ["Replacing the list"]),
        ("waiting", []),
        ("call-in", ["Reserving places"]),
        ("carried-out", ["Buying a house"]),
        ("withdrawn", []),
        ("no-such-status", ["Replacing the list", "Reserving places", "Buying a house"]),
    ],
)
def test_the_status_filter_uses_the_words_of_the_tags(public: Browser, plant: Plant, status: str, found: list[str]) -> None:
    plant(three)

    assert titles(public.get(f"/decisions?status={status}")) == found


def test_comments_that_have_closed_are_waiting_for_a_decision(public: Browser, plant: Plant) -> None:
    plant(three)

    with clock.held(on("2021-01-01 00:00")):
        assert titles(public.get("/decisions?status=waiting")) == ["Replacing the list"]
        assert titles(public.get("/decisions?status=comments-open")) == []


def test_dates_find_what_is_due_or_decided_between_them(public: Browser, plant: Plant) -> None:
    plant(three)

    early = public.get("/decisions?until-day=30&until-month=11&until-year=2020")
    late = public.get("/decisions?since-day=1&since-month=12&since-year=2020")

    assert sorted(titles(early)) == ["Buying a house", "Reserving places"]
    assert titles(late) == ["Replacing the list"]
    assert "1 decision matches these filters" in words(main(late))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("since-day=31&since-month=2&since-year=2020", "The first date must be a real date, such as 28 9 2020"),
        ("since-day=1", "The first date must be a real date, such as 28 9 2020"),
        ("until-day=x&until-month=1&until-year=2020", "The last date must be a real date, such as 28 9 2020"),
        ("until-day=٣&until-month=1&until-year=2020", "The last date must be a real date, such as 28 9 2020"),
        ("since-day=1&since-month=1&since-year=99999", "The first date must be a real date, such as 28 9 2020"),
        (
            "since-day=2&since-month=1&since-year=2020&until-day=1&until-month=1&until-year=2020",
            "The last date must be the same as or after the first date",
        ),
    ],
)
def test_a_wrong_date_is_told_and_kept(public: Browser, query: str, message: str) -> None:
    page = public.get(f"/decisions?{query}")

    assert page.status_code == 422
    assert "<title>Error: Decisions" in page.text
    assert problems(page) == [message]
    assert page.text.count(message) == 2
    assert 'value="1"' in page.text or 'value="31"' in page.text or 'value="x"' in page.text or 'value="٣"' in page.text or 'value="2"' in page.text


def test_an_empty_council_says_that_nothing_is_published(public: Browser) -> None:
    assert "No notice has been published yet." in public.get("/decisions").text


def test_the_list_comes_in_pages(public: Browser, plant: Plant) -> None:
    def many(session: Any) -> None:
        for number in range(1, 24):
            factories.noticed(session, number=number, title=f"Decision {number}")

    plant(many)
    first, second, beyond = (public.get(f"/decisions?q=Decision&page={page}") for page in ("1", "2", "9999999999999999999999"))

    assert len(titles(first)) == 20
    assert len(titles(second)) == 3
    assert not set(titles(first)) & set(titles(second))
    assert 'href="/decisions?q=Decision&amp;page=2" rel="next"' in first.text
    assert 'href="/decisions?q=Decision&amp;page=1" rel="prev"' in second.text
    assert beyond.status_code == 200


def test_the_addresses_of_pages_hold_nothing_but_what_was_asked(public: Browser, plant: Plant) -> None:
    def many(session: Any) -> None:
        for number in range(1, 24):
            factories.noticed(session, number=number)

    plant(many)

    page = public.get("/decisions?_scheme=javascript&_anchor=x&_external=1")

    assert 'href="/decisions?_scheme=javascript&amp;_anchor=x&amp;_external=1&amp;page=2"' in page.text


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "%00", "'; DROP TABLE key_decision", "x" * 5000, "{{ 7*7 }}"])
def test_hostile_words_are_only_words(public: Browser, plant: Plant, hostile: str) -> None:
    plant(factories.noticed)

    page = public.get("/decisions", query_string={"q": hostile})

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in titles(page)


def test_the_start_page_leads_to_decisions_comments_and_signing_in(public: Browser, plant: Plant) -> None:
    plant(three)

    page = public.get("/")

    for href in ("/decisions", "/decisions?status=comments-open", "/sign-in", "/decisions/okd1-20-21"):
        assert f'href="{href}"' in page.text
    assert "Comment until 31 December 2020" in page.text
    assert "Reserving places" not in page.text


@pytest.mark.parametrize("path", ["/help", "/contact", "/accessibility", "/privacy", "/cookies"])
def test_the_pages_of_words_end_with_whom_to_ask(public: Browser, plant: Plant, path: str) -> None:
    plant(factories.groups)

    page = public.get(path)

    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert words(main(page)).endswith(
        "Ask us Democratic Services , Westhampton County Council democratic-services@westhampton.example.gov.uk 01632 960100"
    )
    footer = page.text.partition("<footer")[2]
    assert [footer.index(f'href="{each}"') for each in ("/help", "/contact", "/accessibility", "/privacy", "/cookies")] == sorted(
        footer.index(f'href="{each}"') for each in ("/help", "/contact", "/accessibility", "/privacy", "/cookies")
    )


def test_reading_sets_no_cookie_and_a_form_sets_the_one_we_name(public: Browser, plant: Plant) -> None:
    plant(three)

    read = [public.get(path) for path in ("/", "/decisions", "/decisions/okd1-20-21", "/cookies")]
    form = public.get("/decisions/okd1-20-21/representations/new")

    assert all("Set-Cookie" not in answer.headers for answer in read)
    assert form.headers["Set-Cookie"].startswith("dps=")
    assert ">dps</th>" in read[-1].text
