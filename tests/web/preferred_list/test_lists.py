"""The lists, the term of a contract, the list as it was on a day, placements, and the list that the public reads."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from models import AuditEvent, Case, Contract, Draft, Placement, Premises, PurchasingList, clock
from models.session import new_session, transaction
from tests.support import factories
from tests.support.factories import held
from tests.web.preferred_list.conftest import Office
from webapp.shared.spreadsheets import safe
from workflows.actions import contracts
from workflows.demo import walking
from workflows.queries import lists as list_queries


def contract_ends(office: Office, day: str) -> None:
    """Let the contract, its list and its first term end on a day."""
    with transaction(office.engine) as session:
        contract, found = session.scalars(select(Contract)).one(), session.scalars(select(PurchasingList)).one()
        contract.initial_ends_on = contract.ends_on = found.valid_to = clock.read_instant(f"{day} 12:00").date()


def test_the_overview_shows_the_law_the_days_the_members_and_the_term(office: Office) -> None:
    contract_ends(office, "2026-04-30")

    page = office.browser("amara.osei").get("/preferred-list/lists").get_data(as_text=True)

    assert "Dynamic purchasing system (DPS), Public Contracts Regulations 2015" in page
    assert "1 April 2024 to 30 April 2026" in page
    assert "Ends within 3 months" in page and "May be extended" in page


def test_a_list_of_2015_says_that_it_is_frozen_and_when_it_ends(office: Office) -> None:
    browser = office.browser("amara.osei")

    for path in ("/preferred-list/lists/L-0001", "/preferred-list/lists/L-0001/term"):
        page = browser.get(path).get_data(as_text=True)
        assert "frozen since Monday 23 February 2026" in page
        assert "ends at the end of Friday 23 February 2029" in page


def test_a_term_that_ended_and_is_in_use_is_an_alarm_and_route_a_is_too_late(office: Office) -> None:
    contract_ends(office, "2026-02-28")
    with transaction(office.engine) as session:
        home = session.scalars(select(Premises).where(Premises.name == "Tern House")).one()
        session.add(Placement(reference="YP-204417", premises_id=home.id, starts_on=clock.today(), ends_on=None, social_worker_post="Team 4",
                              recorded_by_id=factories.person(session, "bridget.nolan").id, recorded_at=clock.now()))  # fmt: skip

    page = office.browser("amara.osei").get("/preferred-list/lists/L-0001/term").get_data(as_text=True)

    assert "The term has ended and the list is still in use" in page
    assert "its notice had to be published by" in page
    assert "It cannot be extended" in page and "Open the key decision to extend it" not in page
    assert "Open the key decision to replace the list" in page


def test_every_step_of_the_plan_is_explained(office: Office) -> None:
    page = office.browser("amara.osei").get("/preferred-list/lists/L-0001/term").get_data(as_text=True)

    assert page.count("How we worked this out") == 12
    assert "Publish the notice for a decision in" in page


def test_one_click_opens_the_key_decision_with_what_is_known(office: Office) -> None:
    browser = office.browser("amara.osei")

    answer = browser.post("/preferred-list/lists/L-0001/term/decision", data={"kind": "replace"})
    task = browser.get(answer.headers["Location"]).get_data(as_text=True)
    again = browser.post("/preferred-list/lists/L-0001/term/decision", data={"kind": "replace"})

    assert answer.status_code == 303 and "/tasks/" in answer.headers["Location"]
    assert "Replacing DPS for Supported accommodation from 16" in task
    assert again.status_code == 409
    with new_session(office.engine) as session:
        assert len(session.scalars(select(Case).where(Case.kind == "key-decision")).all()) == 1
        assert session.scalars(select(Draft)).one().user_id == factories.person(session, "amara.osei").id


def test_the_case_that_watches_the_end_shows_the_contract_and_its_task_can_be_answered(office: Office) -> None:
    contract_ends(office, "2026-05-31")
    with new_session(office.engine) as session:
        contract = session.scalars(select(Contract)).one()
        watch = list_queries.term_case(session, contract)
        assert watch is not None
        case_id, reference = watch.id, watch.reference
    with transaction(office.engine) as session:
        contracts.tell(session, session.scalars(select(Contract)).one(), "written")
    for _ in walking.fire_until(office.engine, case_id, clock.read_instant("2026-03-31 12:00")):
        pass

    with held("2026-04-01 10:00"):
        browser = office.browser("amara.osei")
        page = browser.get(f"/cases/{reference}").get_data(as_text=True)
        with new_session(office.engine) as session:
            task = factories.open_task(session, session.get_one(Case, case_id), "answer-replacement")
        form = browser.get(f"/tasks/{task.id}").get_data(as_text=True)

    assert "See the term" in page and "31 May 2026" in page and "End of a contract" in page
    assert "Open the key decision on what follows it" in form and "Open the key decision to extend it" not in form


def test_extending_a_frozen_list_is_refused_even_when_the_form_is_made_by_hand(office: Office) -> None:
    answer = office.browser("amara.osei").post("/preferred-list/lists/L-0001/term/decision", data={"kind": "extend"})

    assert answer.status_code == 403
    assert "cannot be changed after Monday 23 February 2026" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("name", "status"), [("bridget.nolan", 403), ("ewan.tait", 403), ("raj.patel", 403)])
def test_only_who_may_propose_opens_the_decision(office: Office, name: str, status: int) -> None:
    browser = office.browser(name)

    assert browser.get("/preferred-list/lists/L-0001/term").status_code == 200
    assert browser.post("/preferred-list/lists/L-0001/term/decision", data={"kind": "replace"}).status_code == status


def test_a_list_and_its_contract_are_set_up_by_form(office: Office) -> None:
    browser = office.browser("amara.osei")
    asked = {
        "title": "Accommodation from 2026", "regime": "PA23_DYNAMIC_MARKET", "valid_from": ["1", "4", "2026"], "valid_to": ["31", "3", "2029"],
        "noticed_on": ["", "", ""], "request_deadline": ["", "", ""],
    }  # fmt: skip
    contract = {
        "title": "Accommodation from 2026", "starts_on": ["1", "4", "2026"], "initial_ends_on": ["31", "3", "2029"], "options": "12, 12",
        "notice_months": "3", "annual_value": "600,000", "owner_key": "children-commissioning",
    }  # fmt: skip

    wrong = browser.post("/preferred-list/lists/new", data=asked | {"regime": "PCR_R34"})
    made = browser.post("/preferred-list/lists/new", data=asked)
    written = browser.post("/preferred-list/lists/L-0002/contract", data=contract)

    assert wrong.status_code == 422 and "is set up under the Procurement Act 2023" in wrong.get_data(as_text=True)
    assert (made.status_code, written.status_code) == (303, 303)
    with new_session(office.engine) as session:
        found = list_queries.contract_of(session, list_queries.by_reference(session, "L-0002"))
        assert found is not None and [option.months for option in found.options] == [12, 12]
        assert list_queries.term_case(session, found) is not None
    assert "cannot be changed while the list lasts" in browser.get("/preferred-list/lists/L-0002").get_data(as_text=True).lower()


def test_a_paused_list_says_why_and_can_take_applications_again(office: Office) -> None:
    browser = office.browser("amara.osei")

    browser.post("/preferred-list/lists/L-0001/pause", data={"because": "We are moving office."})
    paused = browser.get("/preferred-list/lists/L-0001").get_data(as_text=True)
    browser.post("/preferred-list/lists/L-0001/pause", data={"because": ""})

    assert "Not taken for now: We are moving office." in paused
    assert "Taken at any time" in browser.get("/preferred-list/lists/L-0001").get_data(as_text=True)


def test_the_list_as_it_was_shows_the_status_and_the_categories_of_that_day(office: Office) -> None:
    with held("2026-06-01 10:00"):
        browser = office.browser()
        today = browser.get("/preferred-list/history?on=2026-03-02").get_data(as_text=True)
        before = browser.get("/preferred-list/history?on=2026-03-01").get_data(as_text=True)
        long_before = browser.get("/preferred-list/history?on=2020-01-01").get_data(as_text=True)

    assert "Tern Homes" in today and "=Heron Living" in today and "On the list" in today and "Accommodation from 18" in today
    assert "The list was empty on 1 March 2026." in before
    assert "There was no list on 1 January 2020. The first list began on 1 April 2024." in long_before


@pytest.mark.parametrize("asked", ["on=2026-02-30", "on-day=x&on-month=2&on-year=2026", "on=2027-01-01", "on=2026-03"])
def test_a_day_that_is_none_or_to_come_is_said_at_the_field(office: Office, asked: str) -> None:
    answer = office.browser().get(f"/preferred-list/history?{asked}")

    assert answer.status_code == 422
    assert 'href="#on-day"' in answer.get_data(as_text=True)


PLACEMENT = {
    "reference": "YP-204417", "premises": "PREM-0001", "age": "17", "starts_on": ["3", "3", "2026"], "social_worker_post": "Team 4, senior practitioner"
}  # fmt: skip


def test_a_placement_is_recorded_without_the_age_and_ended(office: Office) -> None:
    recorded = office.browser().post("/preferred-list/placements/new", data=PLACEMENT)
    with held("2026-03-04 10:00"):
        browser = office.browser()
        listed = browser.get("/preferred-list/placements").get_data(as_text=True)
        with new_session(office.engine) as session:
            placement_id = session.scalars(select(Placement)).one().id
        ended = browser.post(f"/preferred-list/placements/{placement_id}/end", data={"ends_on": ["4", "3", "2026"]})

    assert (recorded.status_code, ended.status_code) == (303, 303)
    assert "YP-204417" in listed and "Team 4" in listed
    with new_session(office.engine) as session:
        told = repr([event.detail for event in session.scalars(select(AuditEvent).where(AuditEvent.kind.startswith("placement:")))])
        assert "YP-204417" not in told and "17" not in told.replace(placement_id.hex, "")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"age": "15"}, "under 16"),
        ({"premises": "PREM-0003", "age": "17"}, "aged 18 to 25"),
        ({"premises": "PREM-9999"}, "There are no premises with this reference"),
        ({"reference": "Jo Bloggs"}, "two letters and four to eight digits"),
    ],
)
def test_a_placement_that_the_law_or_the_form_forbids_is_refused_with_words(office: Office, told: dict[str, str], words: str) -> None:
    answer = office.browser().post("/preferred-list/placements/new", data=PLACEMENT | told)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with new_session(office.engine) as session:
        assert session.scalars(select(Placement)).all() == []


def test_placements_are_for_those_who_place_and_look_after(office: Office) -> None:
    assert office.browser("tess.warrick").get("/preferred-list/placements").status_code == 200
    assert office.browser("raj.patel").get("/preferred-list/placements").status_code == 403
    assert office.browser("raj.patel").post("/preferred-list/placements/new", data=PLACEMENT).status_code == 403
    assert "Placements" not in office.browser("raj.patel").get("/preferred-list").get_data(as_text=True).split("<main")[0].split("Provider list</a>")[-1]


@pytest.mark.figure("acceptance_12 addresses_in_the_public_list")
@pytest.mark.parametrize("path", ["/providers-list", "/providers-list.csv"])
def test_the_public_list_has_names_and_districts_and_no_part_of_any_address(office: Office, path: str) -> None:
    text = office.public().get(path).get_data(as_text=True)

    with new_session(office.engine) as session:
        homes = session.scalars(select(Premises)).all()
    secret = {part for home in homes for part in (home.address, home.postcode, home.name, home.reference, *home.address.split(), *home.postcode.split())}
    assert "Tern Homes" in text and "Harbour" in text and "Saltings" in text
    assert len(homes) == 3 and [part for part in sorted(secret) if len(part) > 2 and part in text] == []


def test_no_cell_of_the_file_is_a_formula(office: Office) -> None:
    text = office.public().get("/providers-list.csv").get_data(as_text=True).removeprefix("\ufeff")

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Provider", "List", "Categories", "Districts", "Status"]
    assert rows[1][0] == "'=Heron Living" and rows[1][2] == "Accommodation from 18"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_what_a_spreadsheet_would_run_stays_text(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe("Tern - Homes = good") == "Tern - Homes = good"
