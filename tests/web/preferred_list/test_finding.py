"""The search for accommodation: ranked with reasons, excluded with reasons, and nothing of it kept anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import Model
from models.session import new_session
from tests.web.preferred_list.conftest import Office, needs

CEILING = "4,321"


def content(office: Office) -> dict[str, list[str]]:
    """Every row of every table."""
    with new_session(office.engine, writes=False) as session:
        return {table.name: sorted(repr(tuple(row)) for row in session.execute(select(table))) for table in Model.metadata.sorted_tables}


def test_the_best_comes_first_with_its_reasons_and_the_others_with_theirs(office: Office) -> None:
    page = office.browser().post("/preferred-list", data=needs())

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "2 premises match all needs" in text
    assert text.index("Tern House") < text.index("Curlew House")
    assert "Location 20 of 20: Harbour is a district that was asked for" in text
    assert "Location 0 of 20: Saltings is not a district that was asked for" in text
    assert "Managing risk 0 of 15: meets 0 of 1 needs" in text
    assert "Not registered with Ofsted for category 2" in text.split("1 premises does not match")[1]


@pytest.mark.figure("acceptance_8 ages_in_matching")
def test_under_16_is_refused_17_needs_registration_and_18_does_not(office: Office) -> None:
    browser = office.browser()

    fifteen = browser.post("/preferred-list", data=needs(age="15"))
    seventeen = browser.post("/preferred-list", data=needs(age="17")).get_data(as_text=True)
    eighteen = browser.post("/preferred-list", data=needs(age="18")).get_data(as_text=True)

    assert fifteen.status_code == 422
    assert "Young people under 16 cannot be placed in supported accommodation" in fifteen.get_data(as_text=True)
    assert "Heron House" in seventeen.split("does not match")[1]
    assert "1 premises matches all needs" in eighteen and "Heron House" in eighteen.split("not match")[0]


def test_when_nothing_matches_it_says_what_to_do_without(office: Office) -> None:
    text = office.browser().post("/preferred-list", data=needs(is_step_free="yes")).get_data(as_text=True)

    assert "0 premises match all needs" in text
    assert "2 match without step-free access." in text
    assert "Not step-free" in text


def test_a_price_above_the_ceiling_excludes_unless_it_is_an_emergency(office: Office) -> None:
    browser = office.browser()

    planned = browser.post("/preferred-list", data=needs(ceiling="800")).get_data(as_text=True)
    urgent = browser.post("/preferred-list", data=needs(ceiling="800", is_emergency="yes")).get_data(as_text=True)

    assert "£900 a week is above the ceiling" in planned.split("not match", 1)[1]
    assert "2 premises match" in urgent


def test_a_search_writes_nothing_and_logs_nothing_of_what_was_typed(office: Office, capfd: pytest.CaptureFixture[str], caplog: Any) -> None:
    browser = office.browser()
    browser.get("/preferred-list")
    before = content(office)
    asked = needs(ceiling=CEILING, learning_district="Fallow Green")

    for path in ("/preferred-list", "/preferred-list/compare", "/preferred-list/shortlist"):
        answer = browser.post(path, data=asked | {"premises": ["PREM-0001", "PREM-0002"]})
        assert answer.status_code == 200 and "Location" not in answer.headers

    said = "".join(capfd.readouterr()) + caplog.text
    assert content(office) == before
    assert not any(word in said for word in (CEILING, "4321", "Fallow Green", "need_missing"))


def test_a_search_cannot_be_made_by_an_address(office: Office) -> None:
    page = office.browser().get("/preferred-list?age=17&gender=female&need_missing=4").get_data(as_text=True)

    assert 'value="17"' not in page


def test_two_or_three_are_compared_and_differences_are_said_in_words(office: Office) -> None:
    browser = office.browser()

    two = browser.post("/preferred-list/compare", data=needs() | {"premises": ["PREM-0001", "PREM-0002"]}).get_data(as_text=True)
    four = browser.post("/preferred-list/compare", data=needs() | {"premises": [f"PREM-000{n}" for n in range(1, 5)]})
    by_address = browser.get("/preferred-list/compare?premises=PREM-0001&premises=PREM-0002").get_data(as_text=True)

    assert "Compare premises" in two and "Different" in two and "Saltings" in two and "Score" in two
    assert four.status_code == 422 and "Select two or three premises to compare, not 4" in four.get_data(as_text=True)
    assert "Saltings" in by_address and "Score" not in by_address


def test_a_shortlist_says_what_was_looked_for_and_never_where_the_premises_are(office: Office) -> None:
    browser = office.browser()

    page = browser.post("/preferred-list/shortlist", data=needs() | {"premises": ["PREM-0001"]}).get_data(as_text=True)
    empty = browser.post("/preferred-list/shortlist", data=needs())

    assert "Tern House, Tern Homes" in page and "What you looked for" in page and "3 March 2026" in page
    assert "Canaryaddress" not in page and "WX1 4GA" not in page
    assert empty.status_code == 422 and "Select the premises for the shortlist" in empty.get_data(as_text=True)


def test_what_is_wrong_is_said_at_the_question(office: Office) -> None:
    page = office.browser().post("/preferred-list", data={"districts": ["Harbour"], "excluded": ["Harbour"], "age": "17"})

    text = page.get_data(as_text=True)
    assert page.status_code == 422 and "<title>Error: " in text
    assert 'href="#starts_on-day"' in text and "Enter the first day" in text and "Select the gender" in text


@pytest.mark.parametrize("path", ["/preferred-list", "/preferred-list/history", "/preferred-list/lists"])
def test_it_is_for_staff(office: Office, path: str) -> None:
    assert office.browser("nadia.farouk").get(path).status_code == 403
    assert office.public().get(path).status_code in (302, 303, 401)
