"""Insurance that ends today holds new placements from the first moment of the next day in London (acceptance test 7)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models import CertificateKind, Hold, MembershipStatus, clock
from tests.processes.membership.harbour import Harbour
from workflows.actions import holds
from workflows.errors import Refused
from workflows.jobs import planning, standing_watch
from workflows.queries import memberships as queries

EMPLOYERS = CertificateKind.EMPLOYERS_LIABILITY
MIDNIGHTS = [
    pytest.param(date(2026, 3, 31), datetime(2026, 3, 31, 23, tzinfo=UTC), id="in summer"),
    pytest.param(date(2026, 3, 28), datetime(2026, 3, 29, 0, tzinfo=UTC), id="the night before the clocks go forward"),
    pytest.param(date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC), id="the night in which the clocks went forward"),
    pytest.param(date(2026, 10, 24), datetime(2026, 10, 24, 23, tzinfo=UTC), id="the night before the clocks go back"),
    pytest.param(date(2026, 10, 25), datetime(2026, 10, 26, 0, tzinfo=UTC), id="the night in which the clocks went back"),
]


@pytest.mark.parametrize(("ends_on", "midnight"), MIDNIGHTS)
def test_the_hold_begins_at_midnight_in_london(harbour: Harbour, ends_on: date, midnight: datetime) -> None:
    harbour.cover_ends(EMPLOYERS, ends_on)

    harbour.skip_to(f"{ends_on} 08:00")
    harbour.pass_until(f"{ends_on} 23:59")
    before = harbour.status()
    harbour.pass_until(midnight.isoformat())

    assert before is MembershipStatus.ACTIVE
    assert harbour.status() is MembershipStatus.EMBARGOED
    assert [hold.starts_at for hold in harbour.holds()] == [midnight]
    assert [(period.status, period.starts_at, period.is_automatic) for period in harbour.periods()][-1] == (MembershipStatus.EMBARGOED, midnight, True)
    assert len(harbour.cases()) == 1
    assert clock.now() == midnight


def test_everyone_hears_of_it_and_nobody_moves(harbour: Harbour) -> None:
    placement = harbour.place_young_person()
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))

    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 09:00")

    told = harbour.told("suspension:")
    assert {"Amy Lowe", "Amara Osei", "Owen Fairley"} <= told
    assert harbour.placement_ends(placement) is None
    assert harbour.waits_for() == ["check-welfare", "confirm-status"]


def test_a_midnight_that_nobody_was_there_for_is_made_up_for_once(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    clock.hold(clock.read_instant("2026-04-03 08:00"))

    planning.plan_one(harbour.engine, standing_watch.NAME)
    harbour.pass_until("2026-04-03 08:00")
    planning.plan_one(harbour.engine, standing_watch.NAME)
    harbour.pass_until("2026-04-06 12:00")

    assert len(harbour.holds()) == 1 and len(harbour.cases()) == 1
    assert harbour.status() is MembershipStatus.EMBARGOED


def test_nobody_is_placed_after_midnight_even_before_the_watch_came(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    clock.hold(clock.read_instant("2026-04-01 00:00"))

    with harbour.reading() as session:
        found = queries.blockers_of(session, harbour.membership(session), harbour.premises(session))

    assert [each.code for each in found] == ["insurance"]
    assert harbour.status() is MembershipStatus.ACTIVE


def test_cover_that_was_renewed_in_time_changes_nothing(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.insure(EMPLOYERS, date(2027, 3, 31), starts_on=date(2026, 4, 1))

    harbour.pass_until("2026-04-02 09:00")

    assert harbour.status() is MembershipStatus.ACTIVE and harbour.cases() == []


def test_cover_for_less_than_the_list_asks_for_does_not_count(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.insure(EMPLOYERS, date(2027, 3, 31), starts_on=date(2026, 4, 1), limit=1_000_000)

    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 09:00")

    assert harbour.status() is MembershipStatus.EMBARGOED


def test_cover_that_nobody_has_verified_does_not_count(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.insure(EMPLOYERS, date(2027, 3, 31), starts_on=date(2026, 4, 1), verified_by="")

    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 09:00")

    assert harbour.status() is MembershipStatus.EMBARGOED


def test_reinstating_needs_a_second_person_who_did_not_verify_the_new_certificate(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 10:00")
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")
    harbour.insure(EMPLOYERS, date(2027, 3, 31), starts_on=date(2026, 4, 1), verified_by="tom.birch")
    harbour.look_now()

    assert harbour.waits_for() == ["reinstate"]
    with pytest.raises(Refused, match="added or verified the certificate"):
        harbour.complete("reinstate", by="tom.birch")
    with pytest.raises(Refused, match="you completed"):
        harbour.complete("reinstate", by="amara.osei")
    harbour.complete("reinstate", by="lena.hartwell")

    hold = harbour.holds()[0]
    with harbour.reading() as session:
        assert (hold.lifted_by_id, hold.approved_by_id) == (harbour.person(session, "lena.hartwell").id, harbour.person(session, "tom.birch").id)
    assert harbour.status() is MembershipStatus.ACTIVE
    assert [case.outcome for case in harbour.cases()] == ["reinstated"]
    assert [letter.kind for letter in harbour.letters()] == ["suspension", "reinstatement"]


def test_a_hold_is_not_lifted_without_new_cover(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 10:00")
    harbour.complete("confirm-status", confirm="lift", confirm_reasons="They say that it is renewed.")

    with pytest.raises(Refused, match="no certificate yet"):
        harbour.complete("reinstate", by="lena.hartwell")

    assert harbour.status() is MembershipStatus.EMBARGOED


def test_two_reasons_must_both_be_gone(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 3, 31))
    harbour.cover_ends(CertificateKind.PUBLIC_LIABILITY, date(2026, 3, 31))
    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 10:00")
    harbour.insure(EMPLOYERS, date(2027, 3, 31), starts_on=date(2026, 4, 1), verified_by="tom.birch")
    hold = next(each for each in harbour.holds() if each.because.startswith("Employers"))

    with harbour.writing() as session:
        lena, tom = (harbour.person(session, name) for name in ("lena.hartwell", "tom.birch"))
        holds.lift(session, session.get_one(Hold, hold.id), because="Renewed.", by=lena, approved_by=tom)

    assert harbour.status() is MembershipStatus.EMBARGOED
    assert len(harbour.holds()) == 2


def test_indemnity_cover_that_ends_is_a_warning_first_and_a_hold_after_five_working_days(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.PROFESSIONAL_INDEMNITY, date(2026, 4, 14))

    harbour.skip_to("2026-04-14 20:00")
    harbour.pass_until("2026-04-15 09:00")
    warned = (harbour.status(), [letter.kind for letter in harbour.letters()], harbour.waits_for())
    harbour.pass_until("2026-04-22 23:59")
    last_day = harbour.status()
    harbour.pass_until("2026-04-23 00:00")

    assert warned == (MembershipStatus.ACTIVE, ["warning"], [])
    assert last_day is MembershipStatus.ACTIVE
    assert harbour.status() is MembershipStatus.EMBARGOED
    assert harbour.waits_for() == ["confirm-status"]


def test_indemnity_cover_renewed_after_the_warning_ends_the_case(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.PROFESSIONAL_INDEMNITY, date(2026, 4, 14))
    harbour.skip_to("2026-04-14 20:00")
    harbour.pass_until("2026-04-16 09:00")

    harbour.insure(CertificateKind.PROFESSIONAL_INDEMNITY, date(2027, 4, 14), starts_on=date(2026, 4, 15), limit=5_000_000)
    harbour.look_now()

    assert [case.outcome for case in harbour.cases()] == ["cleared-in-time"]
    assert harbour.status() is MembershipStatus.ACTIVE and harbour.holds() == []


def test_a_gas_certificate_that_ends_holds_its_premises_only(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.GAS_SAFETY, date(2026, 3, 31), place="Quay House")

    harbour.pass_until("2026-04-01 00:00")

    assert harbour.status() is MembershipStatus.ACTIVE
    with harbour.reading() as session:
        member = harbour.membership(session)
        quay = [each.code for each in queries.blockers_of(session, member, harbour.premises(session, "Quay House"))]
        mill = [each.code for each in queries.blockers_of(session, member, harbour.premises(session, "Mill Lane"))]
    assert quay == ["premises_held", "premises_documents"] and mill == []


def test_the_holder_is_reminded_on_each_of_the_days_before(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 5, 15))

    harbour.pass_until("2026-05-15 12:00")

    days = [(date(2026, 5, 15) - sent).days for sent in harbour.mails("certificate:ends")]
    assert days == [60, 30, 14, 7, 1]


def test_no_reminder_comes_once_a_new_certificate_was_sent(harbour: Harbour) -> None:
    harbour.cover_ends(EMPLOYERS, date(2026, 5, 15))
    harbour.pass_until("2026-03-20 12:00")
    harbour.insure(EMPLOYERS, date(2027, 5, 15), starts_on=date(2026, 5, 16), verified_by="")

    harbour.pass_until("2026-05-15 12:00")

    assert len(harbour.mails("certificate:ends")) == 1
