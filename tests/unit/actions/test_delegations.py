"""Who acts for someone who is away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import OutboxMail, clock
from tests.support import factories
from tests.support.office import Office
from workflows.actions import delegations, users
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import people

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


def test_a_colleague_acts_between_the_two_days_and_is_told(office: Office) -> None:
    delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, reason="Leave", by=office.officer)

    assert list(people.absent_for(office.session, office.colleague)) == [office.officer]
    mail = office.session.scalars(select(OutboxMail)).one()
    assert mail.to_address == office.colleague.email
    assert mail.subject == "You act for Rowan Ashdown"


def test_an_absence_can_be_ended_early_once(office: Office) -> None:
    absence = delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=office.officer)

    delegations.end(office.session, absence, by=office.officer)

    assert list(people.absent_for(office.session, office.colleague)) == []
    with pytest.raises(Conflict):
        delegations.end(office.session, absence, by=office.officer)


def test_only_the_councils_own_people_act_for_one_another(office: Office) -> None:
    outsider = factories.officer(office.session, "Robin Vale", "provider-0001", role="provider")

    for away, acting in ((office.officer, outsider), (outsider, office.colleague)):
        with pytest.raises(Refused):
            delegations.add(office.session, away, to=acting, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=away)


def test_nobody_but_the_person_and_administrators_names_a_delegate(office: Office) -> None:
    with pytest.raises(Refused):
        delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=office.colleague)

    assert delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=office.administrator)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(FRIDAY, MONDAY, "ends_on"), (date(2026, 2, 1), date(2026, 2, 27), "ends_on")],
)
def test_days_that_make_no_sense_are_refused_at_their_field(office: Office, first: date, last: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        delegations.add(office.session, office.officer, to=office.colleague, starts_on=first, ends_on=last, reason="", by=office.officer)

    assert set(refused.value.errors) == {field}


def test_nobody_acts_for_themselves_and_nobody_who_has_left(office: Office) -> None:
    office.colleague.is_active = False

    for delegate in (office.officer, office.colleague):
        with pytest.raises(Invalid) as refused:
            delegations.add(office.session, office.officer, to=delegate, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=office.officer)
        assert set(refused.value.errors) == {"delegate"}


def test_two_absences_of_one_person_do_not_overlap(office: Office) -> None:
    delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, reason="", by=office.officer)

    with pytest.raises(Invalid) as refused:
        delegations.add(office.session, office.officer, to=office.administrator, starts_on=FRIDAY, ends_on=FRIDAY, reason="", by=office.officer)

    assert "Sam Reed acts for you from 2 March to 6 March 2026" in refused.value.errors["starts_on"]


def away(office: Office, person: str, to: str, first: date = MONDAY, last: date = FRIDAY) -> None:
    """One of the office's people names another."""
    who = getattr(office, person)
    delegations.add(office.session, who, to=getattr(office, to), starts_on=first, ends_on=last, by=who)


def mails(office: Office, kind: str) -> list[tuple[str, str]]:
    """Who got which mails of a kind."""
    return [(mail.to_address, mail.subject) for mail in office.session.scalars(select(OutboxMail).where(OutboxMail.kind == kind))]


def test_the_delegate_reads_the_message_and_nobody_else_does(office: Office) -> None:
    delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, by=office.officer, message="  Ring Legal.  ")

    mail = office.session.scalars(select(OutboxMail)).one()
    assert mail.body == "From 2 March 2026 to 6 March 2026 you see the work of Rowan Ashdown and can do it.\n\nRowan Ashdown writes:\nRing Legal."


def test_a_message_that_is_too_long_is_refused_at_its_field(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, by=office.officer, message="x" * 1_001)

    assert set(refused.value.errors) == {"message"}


def test_two_people_do_not_act_for_one_another_on_the_same_days(office: Office) -> None:
    away(office, "colleague", "officer", date(2026, 3, 4), date(2026, 3, 10))

    with pytest.raises(Invalid) as refused:
        away(office, "officer", "colleague")

    said = refused.value.errors["delegate"]
    assert said == "Sam Reed cannot act for you: you act for them from 4 March 2026 to 10 March 2026. Select someone else"


def test_nor_through_somebody_else(office: Office) -> None:
    away(office, "colleague", "administrator")
    away(office, "administrator", "officer")

    with pytest.raises(Invalid) as refused:
        away(office, "officer", "colleague")

    assert "through Val Stone their work would come back to you" in refused.value.errors["delegate"]


def test_they_may_on_other_days(office: Office) -> None:
    away(office, "colleague", "officer", date(2026, 3, 7), date(2026, 3, 10))
    away(office, "officer", "colleague")

    assert list(people.absent_for(office.session, office.colleague)) == [office.officer]


def test_an_auditor_does_not_act_for_anybody(office: Office) -> None:
    with pytest.raises(Refused):
        away(office, "officer", "auditor")


def test_it_begins_and_ends_by_itself_at_midnight_in_london_also_when_the_clocks_change(office: Office) -> None:
    away(office, "officer", "colleague", date(2026, 3, 29), date(2026, 3, 29))
    # The day with 23 hours: it begins at midnight UTC and ends at eleven in the evening UTC.
    for at, acts in (("2026-03-28 23:59", False), ("2026-03-29 00:00", True), ("2026-03-29 23:59", True), ("2026-03-30 00:00", False)):
        with clock.held(clock.read_instant(at)):
            assert bool(people.absent_for(office.session, office.colleague)) is acts, at


def test_who_is_named_while_they_are_away_themselves_does_not_act_and_the_absent_are_told(office: Office) -> None:
    away(office, "officer", "colleague")
    away(office, "colleague", "administrator", date(2026, 3, 4), date(2026, 3, 20))

    assert mails(office, "delegation:uncovered") == [
        (office.officer.email, "Nobody acts for you: Sam Reed is away from 4 March 2026 to 6 March 2026"),
    ]
    with clock.held(clock.read_instant("2026-03-03 12:00")):
        assert list(people.absent_for(office.session, office.colleague)) == [office.officer]
    with clock.held(clock.read_instant("2026-03-05 12:00")):
        assert list(people.absent_for(office.session, office.colleague)) == []


def test_when_the_delegate_leaves_the_absent_are_told(office: Office) -> None:
    away(office, "officer", "colleague")

    users.disable(office.session, office.colleague, by=office.administrator)

    assert mails(office, "delegation:uncovered") == [(office.officer.email, "Nobody acts for you: Sam Reed cannot sign in any more")]


def test_the_delegate_is_told_when_it_ends_early(office: Office) -> None:
    absence = delegations.add(office.session, office.officer, to=office.colleague, starts_on=MONDAY, ends_on=FRIDAY, by=office.officer)

    delegations.end(office.session, absence, by=office.officer)

    assert mails(office, "delegation:ended") == [(office.colleague.email, "You no longer act for Rowan Ashdown")]
