"""The pages of inspections: the list by week, one inspection, a line marked by itself, findings, and what a stranger sees."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import Finding, Inspection, StandardMark
from models.session import new_session
from tests.support import planting_inspections as planting
from tests.support.planting_inspections import COLLEAGUE, INSPECTOR, MANAGER
from tests.web.inspections.conftest import Visiting

Begun = Callable[..., Visiting]


def marks(visiting: Visiting) -> dict[str, tuple[str, int]]:
    """Every mark that is kept: how the line was found and how often it was marked."""
    with new_session(visiting.app.extensions["dps_engine"], writes=False) as session:
        return {mark.line: (mark.mark.value, mark.revision) for mark in session.scalars(select(StandardMark))}


def test_the_list_groups_visits_by_week_and_never_shows_an_address(begun: Begun) -> None:
    visiting = begun()

    page = visiting.browser(INSPECTOR).get("/inspections").get_data(as_text=True)

    assert visiting.reference in page
    assert "This week" in page
    assert planting.ADDRESS not in page


def test_an_empty_list_says_so(begun: Begun) -> None:
    visiting = begun()

    page = visiting.browser(INSPECTOR).get("/inspections?words=nobody").get_data(as_text=True)

    assert "No visits in this period." in page


@pytest.mark.parametrize("rest", ["", "/visit/protection-1", "/notes", "/findings"])
def test_a_provider_never_opens_a_page_of_an_inspection(begun: Begun, rest: str) -> None:
    visiting = begun()

    assert visiting.browser("provider").get(visiting.path(rest)).status_code == 403
    assert visiting.browser("provider").get("/inspections").status_code == 403


def test_an_unknown_inspection_is_not_found(begun: Begun) -> None:
    assert begun().browser(INSPECTOR).get("/inspections/INS-2020-9999").status_code == 404


def test_a_line_is_marked_by_itself_and_the_next_one_opens(begun: Begun) -> None:
    visiting = begun()
    browser = visiting.browser(INSPECTOR)

    answer = browser.post(visiting.path("/visit/protection-1"), data={"mark": "met", "evidence": "", "seen": "0"})

    assert (answer.status_code, answer.headers["Location"]) == (303, visiting.path("/visit/protection-2"))
    assert marks(visiting) == {"protection-1": ("met", 1)}


def test_a_line_that_is_not_met_needs_what_was_seen_and_keeps_the_choice(begun: Begun) -> None:
    visiting = begun()

    answer = visiting.browser(INSPECTOR).post(visiting.path("/visit/protection-1"), data={"mark": "not_met", "evidence": " ", "seen": "0"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "Enter what you saw" in page
    assert re.search(r'value="not_met"[^>]*checked', page)
    assert marks(visiting) == {}


def test_two_devices_at_one_line_meet_a_page_with_both_marks(begun: Begun) -> None:
    visiting = begun()
    phone, tablet = visiting.browser(INSPECTOR), visiting.browser(INSPECTOR)
    phone.post(visiting.path("/visit/protection-1"), data={"mark": "met", "evidence": "", "seen": "0"})

    answer = tablet.post(visiting.path("/visit/protection-1"), data={"mark": "partly", "evidence": "The rota has gaps.", "seen": "0"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "This line was marked on another device" in page
    assert "The rota has gaps." in page
    assert marks(visiting) == {"protection-1": ("met", 1)}
    kept = tablet.post(visiting.path("/visit/protection-1"), data={"mark": "partly", "evidence": "The rota has gaps.", "seen": "1"})
    assert kept.status_code == 303
    assert marks(visiting) == {"protection-1": ("partly", 2)}


def test_a_script_that_sends_what_was_kept_gets_words(begun: Begun) -> None:
    visiting = begun()
    browser = visiting.browser(INSPECTOR)
    wants = {"Accept": "application/json"}

    first = browser.post(visiting.path("/visit/protection-1"), data={"mark": "met", "evidence": "", "seen": "0"}, headers=wants)
    wrong = browser.post(visiting.path("/visit/protection-2"), data={"mark": "partly", "evidence": "", "seen": "0"}, headers=wants)
    late = browser.post(visiting.path("/visit/protection-1"), data={"mark": "partly", "evidence": "Gaps.", "seen": "0"}, headers=wants)

    assert (first.status_code, first.get_json()["revision"]) == (200, 1)
    assert (wrong.status_code, late.status_code) == (422, 409)
    assert late.get_json()["elsewhere"] is True


def test_a_colleague_reads_a_line_that_somebody_else_records(begun: Begun) -> None:
    visiting = begun()
    visiting.browser(INSPECTOR).post(visiting.path("/visit/protection-1"), data={"mark": "met", "seen": "0"})

    colleague = visiting.browser(COLLEAGUE)

    assert "A colleague records this visit" in colleague.get(visiting.path("/visit/protection-1")).get_data(as_text=True)
    assert colleague.post(visiting.path("/visit/protection-1"), data={"mark": "partly", "evidence": "x", "seen": "1"}).status_code == 409


def test_a_line_outside_the_visit_is_not_found(begun: Begun) -> None:
    visiting = begun()

    assert visiting.browser(INSPECTOR).get(visiting.path("/visit/support-1")).status_code == 404


def test_the_visit_is_recorded_and_the_findings_lead_to_a_grade(begun: Begun) -> None:
    visiting = begun()
    browser = visiting.browser(INSPECTOR)
    for number in range(1, 6):
        browser.post(visiting.path(f"/visit/protection-{number}"), data={"mark": "not_met" if number == 2 else "met", "evidence": "Seen.", "seen": "0"})

    notes = {**planting.VISITED, "visited_on": "2026-03-10"}
    assert browser.post(visiting.path("/notes"), data=notes).status_code == 303
    assert browser.post(visiting.path("/report"), data={"report": "Draft."}).status_code == 422
    kept = browser.post(visiting.path("/findings/protection-2"), data={"severity": "major", "evidence": "Seen.", "action_wanted": "Train."})
    assert kept.status_code == 303
    assert browser.post(visiting.path("/report"), data={"report": "Draft."}).status_code == 303

    page = browser.get(visiting.path()).get_data(as_text=True)
    assert "Amber" in page
    assert "Provider replying" in page
    with new_session(visiting.app.extensions["dps_engine"], writes=False) as session:
        assert [finding.severity.value for finding in session.scalars(select(Finding))] == ["major"]


def test_wrong_times_of_a_visit_are_told_at_their_question(begun: Begun) -> None:
    visiting = begun()
    browser = visiting.browser(INSPECTOR)
    browser.post(visiting.path("/visit/protection-1"), data={"mark": "met", "seen": "0"})

    answer = browser.post(visiting.path("/notes"), data={**planting.VISITED, "visited_on": "2026-03-10", "visit_from": "late", "visit_to": "12:30"})

    assert answer.status_code == 422
    assert 'href="#visit_from"' in answer.get_data(as_text=True)


def test_only_those_who_protect_read_what_young_people_said(begun: Begun) -> None:
    visiting = begun(planting.graded)

    assert "They feel safe." in visiting.browser(MANAGER).get(visiting.path()).get_data(as_text=True)
    assert "They feel safe." not in visiting.browser("amara.osei").get(visiting.path()).get_data(as_text=True)


def test_the_manager_cancels_after_being_asked_once_more(begun: Begun) -> None:
    visiting = begun()

    assert visiting.browser(INSPECTOR).get(visiting.path("/cancel")).status_code == 403
    assert visiting.browser(INSPECTOR).post(visiting.path("/cancel"), data={"because": "It is no longer wanted."}).status_code == 403
    manager = visiting.browser(MANAGER)
    assert manager.get(visiting.path("/cancel")).status_code == 200
    assert manager.post(visiting.path("/cancel"), data={"because": "No"}).status_code == 422
    assert manager.post(visiting.path("/cancel"), data={"because": "It is no longer wanted."}).status_code == 303

    assert "Cancelled" in manager.get(visiting.path()).get_data(as_text=True)


def test_an_inspection_is_started_by_hand_and_not_twice(begun: Begun) -> None:
    visiting = begun(planting.begin)
    browser = visiting.browser(INSPECTOR)

    taken = browser.post("/inspections/new", data={"premises": "prem-0001", "trigger": "sample", "risk": "low"})
    wrong = browser.post("/inspections/new", data={"premises": "PREM-9999"})

    assert taken.status_code == 409
    assert wrong.status_code == 422
    with new_session(visiting.app.extensions["dps_engine"], writes=False) as session:
        assert len(session.scalars(select(Inspection)).all()) == 1


def test_an_incident_is_told_to_the_inspection_under_way(begun: Begun) -> None:
    visiting = begun(planting.begin)

    answer = visiting.browser("amara.osei").post("/inspections/incident", data={"premises": "PREM-0001", "trigger": "allegation", "risk": "high"})

    assert answer.status_code == 303
    with new_session(visiting.app.extensions["dps_engine"], writes=False) as session:
        assert [inspection.risk for inspection in session.scalars(select(Inspection))] == ["high"]


def test_the_calendar_of_an_inspector_holds_references_only(begun: Begun) -> None:
    visiting = begun()

    answer = visiting.browser(INSPECTOR).get("/inspections/my-visits.ics")
    text = answer.get_data(as_text=True)

    assert answer.mimetype == "text/calendar"
    assert f"SUMMARY:Visit {visiting.reference}" in text
    assert not [word for word in (planting.ADDRESS, planting.HOUSE, "Harbour Homes") if word in text]


def test_the_pages_write_nothing(begun: Begun) -> None:
    visiting = begun()
    browser = visiting.browser(INSPECTOR)

    for rest in ("", "/visit/protection-1", "/notes", "/findings", "/findings/protection-1"):
        assert browser.get(visiting.path(rest)).status_code == 200, rest

    assert marks(visiting) == {}
