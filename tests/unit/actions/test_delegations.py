"""Who acts for someone who is away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import OutboxMail
from tests.support import factories
from tests.support.office import Office
from workflows.actions import delegations
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
