"""A renewed declaration: five working days, then new placements are held, and accepting it clears the way (PCR 2015 reg 34(25))."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, MembershipStatus, UserTask
from tests.processes.membership.harbour import TOOLS, Harbour
from workflows.actions import days_off, declarations, memberships
from workflows.errors import Conflict, Refused
from workflows.jobs import moving_dates
from workflows.library import invariants
from workflows.rules.calendar import london_date

JUBILEE = date(2026, 3, 4)


def ask(harbour: Harbour, by: str = "raj.patel") -> None:
    with harbour.writing() as session:
        declarations.start(session, harbour.membership(session), by=harbour.person(session, by))


def test_the_whole_fifth_working_day_is_the_providers(harbour: Harbour) -> None:
    ask(harbour)

    harbour.pass_until("2026-03-09 23:59")
    before = harbour.status()
    harbour.pass_until("2026-03-10 00:00")

    assert (before, harbour.status()) == (MembershipStatus.ACTIVE, MembershipStatus.EMBARGOED)
    assert [hold.event for hold in harbour.holds()] == ["declaration_not_returned"]
    assert [letter.subject for letter in harbour.letters()] == ["Declare anew by 9 March 2026"]
    assert len(harbour.mails("declaration:reminder")) == 1


def test_a_bank_holiday_that_is_proclaimed_meanwhile_gives_another_day_and_its_end_takes_none_away(harbour: Harbour) -> None:
    ask(harbour)
    with harbour.writing() as session:
        asked = days_off.add(
            session, day=JUBILEE, kind="bank holiday", name="Jubilee", source="Royal proclamation", by=harbour.person(session, "priya.nair")
        ).id
    harbour.pass_until("2026-03-02 10:00")
    moving_dates.move_dates(harbour.engine, TOOLS, asked)

    with harbour.writing() as session:
        moved = session.scalars(select(AuditEvent).where(AuditEvent.kind == "dates:moved")).all()
        due = {london_date(task.due_at) for task in session.scalars(select(UserTask).where(UserTask.bpmn_id == "return-declaration"))}
        days_off.remove(session, JUBILEE, because="The proclamation was taken back", by=harbour.person(session, "priya.nair"))
    harbour.pass_until("2026-03-10 23:59")
    before = harbour.status()
    harbour.pass_until("2026-03-11 00:00")

    assert [(each.detail["from"], each.detail["to"], each.detail["name"]) for each in moved] == [("2026-03-09", "2026-03-10", "Renewed declaration")]
    assert due == {date(2026, 3, 10)}
    assert (before, harbour.status()) == (MembershipStatus.ACTIVE, MembershipStatus.EMBARGOED)


def test_one_that_is_returned_in_time_changes_nothing(harbour: Harbour) -> None:
    ask(harbour)
    harbour.complete("return-declaration")
    harbour.complete("check-declaration")

    harbour.pass_until("2026-03-12 09:00")

    assert harbour.status() is MembershipStatus.ACTIVE and harbour.cases() == []
    assert [case.outcome for case in harbour.cases("renewed-declaration")] == ["declared"]


def test_one_that_is_returned_late_lets_a_second_person_lift_the_hold(harbour: Harbour) -> None:
    ask(harbour)
    harbour.pass_until("2026-03-10 09:00")
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")
    harbour.complete("return-declaration")

    harbour.complete("check-declaration")
    waits = harbour.waits_for()
    harbour.complete("reinstate", by="lena.hartwell", reinstate_reasons="The declaration is here.")

    assert waits == ["reinstate"]
    assert harbour.status() is MembershipStatus.ACTIVE
    with harbour.reading() as session:
        assert invariants.broken(session) == []


def test_only_the_provider_declares(harbour: Harbour) -> None:
    ask(harbour)

    with pytest.raises(Refused):
        harbour.complete("return-declaration", by="amara.osei")


def test_nobody_is_asked_twice_at_a_time_and_not_by_everyone(harbour: Harbour) -> None:
    ask(harbour)

    with pytest.raises(Conflict, match="asked already"):
        ask(harbour)
    with pytest.raises(Refused):
        ask(harbour, by="bridget.nolan")


def test_a_provider_that_leaves_the_list_need_not_declare(harbour: Harbour) -> None:
    ask(harbour)

    with harbour.writing() as session:
        memberships.withdraw(session, harbour.membership(session), because="We close.", by=harbour.person(session, "amy"))

    assert [case.outcome for case in harbour.cases("renewed-declaration")] == ["no-longer-wanted"]
