"""Placements are one row that names nobody, made only where the law and the list allow it (acceptance test 8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from models import AuditEvent, CertificateKind, Placement, RegistrationStatus, WelfareCheck, clock
from tests.processes.membership.harbour import Harbour
from workflows.actions import placements, registrations, welfare
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import placements as placement_queries
from workflows.registers import ofsted
from workflows.rules import placing

TODAY = date(2026, 3, 2)


def place(harbour: Harbour, *, age: int | None = 17, by: str = "bridget.nolan", **changed: Any) -> None:
    asked = {"reference": "YP-300001", "starts_on": TODAY, "social_worker_post": "Social worker, team 4", **changed}
    with harbour.writing() as session:
        placements.record(session, premises=harbour.premises(session), age=age, by=harbour.person(session, by), **asked)


def open_to(harbour: Harbour, age: int) -> None:
    """Let the premises take people up to this age."""
    with harbour.writing() as session:
        harbour.premises(session).age_to = age


def stays(harbour: Harbour) -> list[Placement]:
    with harbour.reading() as session:
        return list(session.scalars(select(Placement)))


def test_a_placement_says_where_since_when_and_whose_and_no_more(harbour: Harbour) -> None:
    place(harbour, reference=" yp-300001 ")

    [stay] = stays(harbour)
    assert (stay.reference, stay.starts_on, stay.ends_on) == ("YP-300001", TODAY, None)
    columns = {column.key for column in inspect(Placement).column_attrs}
    assert columns == {"id", "reference", "premises_id", "starts_on", "ends_on", "social_worker_post", "recorded_by_id", "recorded_at"}
    with harbour.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "placement:recorded")).one()
    assert set(event.detail) == {"placement", "premises", "provider"} or set(event.detail) == {"placement", "premises"}


def test_fifteen_is_refused_and_eighteen_is_not(harbour: Harbour) -> None:
    open_to(harbour, 21)

    with pytest.raises(Refused, match=placing.TOO_YOUNG):
        place(harbour, age=15)

    place(harbour, age=18)

    assert len(stays(harbour)) == 1


def test_seventeen_needs_a_registered_category(harbour: Harbour) -> None:
    open_to(harbour, 21)
    with harbour.writing() as session:
        entry = ofsted.Entry(urn="2700001", status=RegistrationStatus.REGISTERED, categories=(4,))
        registrations.record(session, harbour.provider(session), entry, by=harbour.person(session, "raj.patel"))

    with pytest.raises(Refused, match="not registered"):
        place(harbour, age=17)

    place(harbour, age=18)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": "Jordan Smith"}, "reference"),
        ({"age": None}, "age"),
        ({"age": 40}, "age"),
        ({"social_worker_post": " "}, "social_worker_post"),
        ({"social_worker_post": "x" * 81}, "social_worker_post"),
        ({"starts_on": TODAY - timedelta(days=366)}, "starts_on"),
        ({"starts_on": TODAY + timedelta(days=91)}, "starts_on"),
    ],
)
def test_each_wrong_field_has_its_message(harbour: Harbour, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        place(harbour, **changed)

    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("person", ["amara.osei", "helen.ashdown", "amy"])
def test_only_those_who_place_record_placements(harbour: Harbour, person: str) -> None:
    with pytest.raises(Refused, match="Only the placements and social work teams"):
        place(harbour, by=person)


def test_a_hold_stops_new_placements_and_ends_none(harbour: Harbour) -> None:
    place(harbour)
    harbour.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 10:00")

    with pytest.raises(Refused, match="No new placement can be made here"):
        place(harbour, reference="YP-300002", starts_on=date(2026, 4, 1))

    assert [stay.ends_on for stay in stays(harbour)] == [None]


def test_one_young_person_is_in_one_place_at_a_time(harbour_on: Harbour) -> None:
    place(harbour_on)

    with pytest.raises(Invalid, match="has not ended"):
        place(harbour_on)

    with harbour_on.writing() as session:
        placements.end(session, session.scalars(select(Placement)).one(), ends_on=TODAY, by=harbour_on.person(session, "sam.iqbal"))
    place(harbour_on, starts_on=TODAY + timedelta(days=1))
    assert sorted(stay.ends_on is None for stay in stays(harbour_on)) == [False, True]


def test_a_stay_is_ended_once_and_not_before_it_began(harbour: Harbour) -> None:
    place(harbour)

    with harbour.writing() as session:
        [stay], bridget = session.scalars(select(Placement)).all(), harbour.person(session, "bridget.nolan")
        with pytest.raises(Invalid):
            placements.end(session, stay, ends_on=TODAY - timedelta(days=1), by=bridget)
        placements.end(session, stay, ends_on=TODAY, by=bridget)
        with pytest.raises(Conflict):
            placements.end(session, stay, ends_on=TODAY, by=bridget)


def test_no_provider_and_no_procurement_officer_learns_who_lives_where(harbour: Harbour) -> None:
    place(harbour)

    with harbour.reading() as session:
        seen = {name: len(placement_queries.placements_on(session, harbour.person(session, name), on=TODAY)) for name in ("amy", "raj.patel", "tess.warrick")}
    assert seen == {"amy": 0, "raj.patel": 0, "tess.warrick": 1}


def test_a_welfare_check_is_made_once_and_somebody_at_risk_is_told_to_safeguarding(harbour_on: Harbour) -> None:
    place(harbour_on)
    harbour_on.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour_on.skip_to("2026-03-31 20:00")
    harbour_on.pass_until("2026-04-01 10:00")

    with harbour_on.writing() as session:
        check, tess = session.scalars(select(WelfareCheck)).one(), harbour_on.person(session, "tess.warrick")
        with pytest.raises(Invalid):
            welfare.record(session, check, outcome=" ", by=tess)
        welfare.record(session, check, outcome="at_risk", by=tess)
        with pytest.raises(Conflict):
            welfare.record(session, check, outcome="well", by=tess)

    assert harbour_on.told("welfare:at_risk") == {"Yusuf Adeyemi"}
    assert clock.today() == date(2026, 4, 1)
